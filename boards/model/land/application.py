"""G3: what must be done before an acquisition is applied for (条例 §28 to §30, 土管法 §45 and §47)."""

from __future__ import annotations

from collections.abc import Iterator

from boards.model.findings import Finding
from boards.model.land.facts import CaseFacts, NoticeFacts, PublicInterestGround, refused
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.periods import lawful_end
from boards.model.land.registration import window_is_over


def needs_year_plan(ground: PublicInterestGround | None) -> bool:
    """Whether the project must be in the yearly plan of development (土管法 §45: items 4 and 5)."""
    return ground in {PublicInterestGround.RELOCATION_HOUSING, PublicInterestGround.AREA_DEVELOPMENT}


def hearing_required(objectors: int, members: int) -> bool:
    """More than half of the members hold the plan unlawful (条例 §28, 浙土 §42)."""
    return 2 * objectors > members


def hearing_announced(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: the notice of a hearing is public seven working days before it (标准目录)."""
    notified, held = case.hearing.notified_on, case.hearing.held_on
    if notice is not case.plan or notified is None or held is None:
        return
    last = case.calendar.posting_end(notified, case.rules.hearing_notice).day
    if held <= last:
        yield refused(
            "land-g3-hearing-notice-too-short",
            f"听证通知应当在听证前7个工作日公开（农村集体土地征收基层政务公开标准目录），{last}之后才能听证。",
        )


def hearing_held(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: a plan most members hold unlawful is heard before it stands (条例 §28, 浙土 §42).

    A plan that was changed after its hearing is another plan: who objected to the first one was heard,
    and does not count against it.
    """
    objectors, members = case.hearing.objectors or 0, case.hearing.members
    if notice is not case.judged_at or members is None or case.hearing.held_on:
        return
    if hearing_required(objectors, members):
        yield refused(
            "land-g3-hearing-not-held",
            f"过半数成员（{objectors}/{members}）认为方案不符合规定，应当先举行听证"
            "（《土地管理法实施条例》第二十八条、《浙江省土地管理条例》第四十二条）。",
        )


def owners_accounted_for(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: signed and declared unsigned together are all owners (条例 §29)."""
    signed, owners = case.agreements.signed, case.agreements.owners
    declared = case.agreements.unsigned or 0
    if notice is not case.judged_at or signed is None or owners is None:
        return
    if min(signed, declared) < 0 or signed + declared != owners:
        yield refused(
            "land-g3-owners-not-accounted-for",
            f"已签协议{signed}户，申请中说明未签{declared}户，合计不等于应签{owners}户"
            "（《土地管理法实施条例》第二十九条）。",
        )


def may_be_applied_for(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: every reason that stands against the application, for a clerk who mends them together.

    What a hearing or the owners leave open is told by rules of their own, applied for or not.
    """
    if case.applied_on and notice is case.judged_at:
        yield from _periods_are_over(notice, case)
        yield from window_is_over(notice, case)
        yield from _ground_supported(notice, case)


def _periods_are_over(_notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """Ten working days of pre-announcement and thirty days of plan notice have passed (条例 §26, §28).

    A plan that is changed hangs anew; a correction that does not restart its period moves no day (G8).
    """
    for kind in (NoticeKind.START, NoticeKind.PLAN):
        running = case.running(kind)
        end = lawful_end(running, case) if running else None
        if end and case.applied_on and case.applied_on <= end:
            row = KINDS[kind]
            yield refused(
                "land-g3-period-not-over",
                f"{row.name}的公告期到{end}才满（{row.period_article}），{case.applied_on}不能报批。",
            )


def _ground_supported(_notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """Housing and area development are in the year plan, the latter with its own plan (土管法 §45)."""
    lacking = []
    if needs_year_plan(case.ground) and case.in_year_plan is False:
        lacking.append("纳入国民经济和社会发展年度计划")
    if case.ground is PublicInterestGround.AREA_DEVELOPMENT and case.development_plan == "":
        lacking.append("有经批准的成片开发方案")
    for needed in lacking:
        yield refused(
            "land-g3-ground-not-supported", f"这类用地应当{needed}（《土地管理法》第四十五条），申请中没有。"
        )
