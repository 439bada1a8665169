"""The order of a case: which notice may follow, which one is misplaced, what a plan rests on (G1, G8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from boards.model.findings import Finding, error, note, warning
from boards.model.land.facts import CaseFacts, NoticeFacts, refused, window_of
from boards.model.land.kinds import KINDS, RANK, UNANNOUNCED, NoticeKind, furthest


def may_follow(published: Iterable[NoticeKind], kind: NoticeKind) -> Iterator[Finding]:
    """What speaks against publishing a notice of a kind after those that hang (土管法 §47, G1, G8).

    What lies between two notices (risk assessment, agreements, application, approval) is not published
    and taken to have happened. A kind that hangs may be published again, most only until the land is
    acquired; of a case that was stopped nothing follows.
    """
    hung, row = frozenset(published), KINDS[kind]
    standing = furthest(hung)
    if kind in hung and standing is not NoticeKind.STOP:
        possible = not row.until_final or NoticeKind.FINAL not in hung
    else:
        possible = standing in row.follows
    if not possible:
        yield error(
            "land-step-not-possible",
            f"征地案件现在处于“{KINDS[standing].state if standing else UNANNOUNCED}”，不能进入“{row.state}”"
            "（《土地管理法》第四十七条规定的程序）。请核对是否有环节没有完成或没有发布。",
        )
    elif kind is NoticeKind.PLAN and NoticeKind.SURVEY not in hung:
        yield _plan_lacks("现状调查结果公示")


def in_order(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """A notice stands where the law puts it, and what it rests on is there (domain §2.2)."""
    if notice.kind is None:
        return
    row = KINDS[notice.kind]
    if notice.misplaced:
        yield error("STAGE_OUT_OF_ORDER", _order_sentence(notice, notice.kind, case.notices))
    needed = None if notice.correction else row.rests_on
    if needed and all(other.kind is not needed for other in case.notices):
        yield warning(
            "EARLIER_STAGE_MISSING",
            f"案件里没有{KINDS[needed].name}，本公告以它为前提（{row.rests_article}）。",
        )


def plan_has_its_ground(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G1: a plan is drawn up from the posted survey and the risk assessment (条例 §27)."""
    assessed = case.risk_assessed_on
    if notice.kind is not NoticeKind.PLAN:
        return
    if assessed is None:
        if not notice.correction:
            yield note("RISK_ASSESSMENT_UNKNOWN", "没有写明社会稳定风险评估的完成日期（risk_assessed_on）。")
    elif case.plan and notice is case.standing(notice.kind)[0] and window_of(notice):
        posted = notice.posted_on
        if posted and assessed > posted:
            yield _plan_lacks("社会稳定风险评估")


def title_is_its_own(notice: NoticeFacts, _case: CaseFacts) -> Iterator[Finding]:
    """A title does not plainly name another notice than the stage it stands in."""
    named = [kind for kind, row in KINDS.items() if row.plain_title.search(notice.title or "")]
    if notice.kind and named and notice.kind not in named and not notice.correction:
        names, own = "、".join(KINDS[kind].name for kind in named), KINDS[notice.kind].name
        yield warning("TITLE_NOT_STAGE", f"标题“{notice.title}”是{names}的标题，这个环节是{own}。")


def misplaced(notices: Iterable[NoticeFacts]) -> frozenset[int]:
    """Indices of the notices whose posting day breaks the order of the law, as few as explain it.

    Kept is the heaviest chain of notices in order. A notice whose own dates contradict its posting
    day weighs less; of two that cannot both stand the later step is blamed, as it rests on the other.
    """
    chain = [
        (RANK[one.kind], one.posted_on, one)
        for one in notices
        if one.kind and one.posted_on and not one.correction
    ]
    chain.sort(key=lambda link: link[0])
    best: list[tuple[int, frozenset[int]]] = []
    for place, (_, posted, one) in enumerate(chain):
        before = [best[earlier] for earlier in range(place) if chain[earlier][1] <= posted]
        weight, kept = max(before, key=lambda way: way[0], default=(0, frozenset()))
        # Each step's own share falls with its rank, so that at equal counts the earlier steps are kept.
        share = 1000 - place - (500 if _doubtful(one, posted) else 0)
        best.append((weight + share, kept | {one.index}))
    _, kept = max(best, key=lambda way: way[0], default=(0, frozenset()))
    return frozenset(one.index for _, _, one in chain) - kept


def _plan_lacks(missing: str) -> Finding:
    return refused(
        "land-g1-plan-without-ground",
        "拟定补偿安置方案要以土地现状调查和社会稳定风险评估为依据"
        f"（《土地管理法实施条例》第二十七条），现在还缺：{missing}。",
    )


def _order_sentence(notice: NoticeFacts, kind: NoticeKind, notices: Iterable[NoticeFacts]) -> str:
    """Name the first notice that it cannot stand beside."""
    posted = notice.posted_on or date.max
    for other in notices:
        if other.kind and other.posted_on and not other.correction:
            early = RANK[other.kind] < RANK[kind] and other.posted_on > posted
            late = RANK[other.kind] > RANK[kind] and other.posted_on < posted
            if early or late:
                return (
                    f"{KINDS[kind].name}（{posted}）{'早于' if early else '晚于'}"
                    f"{KINDS[other.kind].name}（{other.posted_on}），环节先后不符合规定（《土地管理法》第四十七条）。"
                )
    return f"{KINDS[kind].name}的张贴日期与其他环节的先后不符（《土地管理法》第四十七条）。"


def _doubtful(notice: NoticeFacts, posted: date) -> bool:
    """Whether a notice's own dates contradict its posting day."""
    surveyed = notice.survey_from if notice.kind is NoticeKind.START else None
    received = notice.approval.received if notice.approval else None
    return (
        (surveyed is not None and surveyed < posted)
        or (notice.stated_until is not None and notice.stated_until <= posted)
        or (received is not None and received > posted)
    )
