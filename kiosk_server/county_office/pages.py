"""The desk's pages: a seat and what it looks at in, HTML out. No script; all forms work by themselves."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from minijinja import Environment

from boards.model.calendar.civil_day import civil_day
from boards.model.money import yuan
from boards.model.privacy.withheld import shown
from kiosk_server.county_office.differences import compared_told
from kiosk_server.county_office.on_wall import files_of
from kiosk_server.county_office.seat import Seat
from kiosk_server.county_office.staff.roles import AUDITOR, CLERK, PACK_EDITOR, REVIEWER, TITLES, office_due
from kiosk_server.county_office.words import found_here, told_here
from kiosk_server.people.accounts import ADMINISTRATOR, account
from kiosk_server.people.errors import AccountUnknown
from sync.county.intake import drafts
from sync.county.publish import hands, proposals
from sync.county.publish.parts import (
    BatchAlreadyPublished,
    ChangedMeanwhile,
    MadeByOlderPack,
    looked_at,
    overtaken,
    refuse_older_pack,
)
from sync.county.publish.proposals import ProposalDamaged
from sync.county.publish.published.meanwhile import PublishedMeanwhile
from sync.county.publish.published.text import published_already
from sync.county.publish.review_text import (
    KINDS,
    REASONS,
    STANDINGS,
    WORDED,
    confirmed_warnings,
    reasons_told,
)
from sync.county.publish.status import land_status, land_told
from sync.county.publish.year_text import APART
from sync.trust_layout import SEATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from boards.model.errors import Refusal
    from boards.model.land.notice import Attachment
    from sync.county.intake.drafts import Draft
    from sync.county.publish.proposals import OnList, Part, Proposal

TEMPLATES = (
    "desk.html",
    "home.html",
    "draft.html",
    "proposal.html",
    "seated.html",
    "village.html",
    "trouble.html",
    "login.html",
    "account.html",
    "people.html",
)
STATIC = ("kiosk.css", "icon.svg", "desk.css")
_ACTS = {
    "proposed": "提交",
    "accepted": "审核通过",
    "returned": "退回",
    "cancelled": "取消",
    "published": "发布",
}
_TAGS = {"proposed": "now", "reviewed": "fix", "published": "done"}
_NEXT = {"proposed": (REVIEWER, "审核"), "reviewed": (CLERK, "发布")}
_WEEKDAYS = "一二三四五六日"


def static() -> dict[str, bytes]:
    """The board's style and icon, and what an office adds to them, by file name."""
    own, board = files("kiosk_server.county_office") / "static", files("boards.pages") / "static"
    return {name: (own if name == "desk.css" else board).joinpath(name).read_bytes() for name in STATIC}


def home_page(seat: Seat, refusal: Refusal | None = None) -> str:
    """What waits: drafts and files for the clerk, proposals for whoever sees them.

    A refusal is of the file handed in.
    """
    clerk = seat.has(CLERK)
    found = [one for one in proposals.proposals(seat.county) if sees(seat, one)]
    mine = [one for one in drafts.drafts(seat.county) if sees_draft(seat, one)]
    waiting = {one.id for one in found}
    at_draft = {one.proposal: one for one in mine if one.proposal and one.proposal not in waiting}
    sent_back = [
        (one.last, at_draft[one.proposal.id])
        for one in hands.returned(seat.county)
        if one.proposal.id in at_draft
    ]
    return rendered(
        "home.html",
        seat,
        refusal=told_here(refusal) if refusal else None,
        clerk=clerk,
        lists=seat.has(CLERK, REVIEWER, PACK_EDITOR, AUDITOR),
        inbox=list(drafts.inbox(seat.county)) if clerk else [],
        returned=[
            (
                draft.id,
                shown(draft.file),
                named(seat, last.by),
                moment(last.at),
                _ACTS[last.act],
                last.reason,
            )
            for last, draft in sent_back
        ],
        drafts=[
            (one.id, shown(one.file), named(seat, one.by), moment(one.at))
            for one in mine
            if one.proposal not in waiting
        ],
        proposals=[_listed(seat, one) for one in reversed(found)],
        land=list(land_told(seat.county, land_status(seat.county))),
    )


def sees(seat: Seat, found: Proposal) -> bool:
    """Whether this person is shown a proposal: a clerk those he acts on, a reviewer and an auditor all."""
    return seat.has(REVIEWER, AUDITOR) or acts_on(seat, found)


def acts_on(seat: Seat, found: Proposal) -> bool:
    """Whether it is his to publish or take back: of his offices, or his own; who only looks acts on none."""
    office = office_due(found)
    if seat.has(CLERK) if office is None else seat.may(CLERK, office):
        return True
    if seat.has(PACK_EDITOR) and str(found.kind) in SEATED:
        return True
    return seat.has(CLERK) and hands.proposer(seat.county, found.id) == seat.name


def refuse_unseen(seat: Seat, proposal_id: str, its: Callable[[Seat, Proposal], bool] = sees) -> None:
    """Raise ProposalNotFound for another office's clerk, as if it were not there.

    One that nobody can read any more shows nothing, and whoever finds it may take it back.
    """
    proposals.folder_of(seat.county, proposal_id)
    with suppress(ProposalDamaged):
        if not its(seat, proposals.proposal(seat.county, proposal_id)):
            raise proposals.ProposalNotFound(id=proposal_id)


def sees_draft(seat: Seat, draft: Draft) -> bool:
    """Whether this person is shown a roster that is not handed in: his own, or of his offices."""
    return seat.has(AUDITOR) or works_on(seat, draft)


def works_on(seat: Seat, draft: Draft) -> bool:
    """Whether it is his to fill in, hand in or throw away."""
    office = draft.fields.get("office", "")
    return (seat.has(CLERK) and draft.by == seat.name) or seat.may(CLERK, office)


def named(seat: Seat, login: str) -> str:
    """Who is meant by a login, for the eye; of older folders what was typed as a name."""
    try:
        return f"{account(seat.desk.people, login).name}（{login}）" if login else ""
    except AccountUnknown:
        return login


def _listed(seat: Seat, one: Proposal) -> dict[str, Any]:
    standing = proposals.stands(seat.county, one)
    role, act = _NEXT.get(standing, ("", ""))
    return {
        "id": one.id,
        "name": one.programme_name,
        "batch": one.title if one.kind == "notice" else one.batch,
        "figures": one.kind not in WORDED,
        "kind": KINDS[one.kind],
        "villages": len(one.parts),
        "count": one.count,
        "sum": yuan(one.sum_fen) if one.kind not in WORDED or one.kind == "year" else "",
        "standing": STANDINGS[standing],
        "tag": _TAGS[standing],
        "by": named(seat, hands.proposer(seat.county, one.id)).partition("（")[0] or "没有登记",
        "next": act if role and seat.has(role) else "查看",
    }


def proposal_page(seat: Seat, proposal_id: str, refusal: Refusal | None = None) -> str:
    """What a reviewer must see before signing: figures, what changes, every warning with its rows, hands.

    Names stand on the villages' own pages. The digest is taken before what it is of: a proposal that changes
    in between can be looked at, not signed.
    """
    refuse_unseen(seat, proposal_id)
    digest = _look(seat, proposal_id)
    found = proposals.proposal(seat.county, proposal_id)
    standing = proposals.stands(seat.county, found)
    by, through = hands.proposer(seat.county, found.id), hands.hands(seat.county, found.id)
    acts = seat.has(CLERK) and acts_on(seat, found)
    files, published, damaged = _of_lines(seat, found) if standing != "published" else ((), [], None)
    older = isinstance(damaged, MadeByOlderPack)
    looks = seat.has(REVIEWER, AUDITOR) and standing != "published" and not older
    refused = refusal or damaged
    return rendered(
        "proposal.html",
        seat,
        refusal=told_here(refused) if refused else None,
        id=found.id,
        shown=digest,
        name=found.programme_name,
        kind=KINDS[found.kind],
        batch=found.batch,
        title=shown(found.title),
        file=shown(found.file),
        source=shown(found.source),
        reason=found.reason,
        notice=found.shown.splitlines(),
        seated=found.kind in SEATED,
        total=yuan(found.sum_fen) if found.kind == "year" else "",
        years=list(_years(found)),
        digest=in_fours(found.source_sha256),
        looks=looks,
        sheets=found.kind == "notice" and not found.reason,
        files=[_file(one) for one in files if looks],
        standing=STANDINGS[standing],
        tag=_TAGS[standing],
        parts=[_part(part) | _compared(seat, found, part, looks=looks) for part in found.parts],
        count=found.count,
        sum=yuan(found.sum_fen),
        source_total=yuan(found.source_total_fen),
        unchecked="、".join(found.unchecked),
        published=published,
        warnings=[
            (one.reason, [(found_here(at.message), at.where, _lines(found, at.lines)) for at in one.findings])
            for one in confirmed_warnings(found)
        ],
        hands=[(_ACTS[one.act], named(seat, one.by), moment(one.at), one.reason) for one in through],
        proposer=named(seat, by),
        same_person=by == seat.name,
        may_review=seat.has(REVIEWER) and standing != "published",
        again=standing == "reviewed",
        may_publish=acts and standing == "reviewed",
        may_cancel=acts and standing != "published",
        own_machine=seat.county.settings.rules.own_machine,
        holds=[office for office in ("publisher", "reviewer") if seat.name in seat.county.sitting(office)],
        others={office: seat.county.others(office, but=seat.name) for office in ("publisher", "reviewer")},
    )


def _look(seat: Seat, proposal_id: str) -> str:
    """What the form says was shown; nothing of what is published or damaged, which nobody signs."""
    with suppress(ProposalDamaged):
        return looked_at(seat.county, proposal_id)
    return ""


def _years(found: Proposal) -> Iterator[tuple[str, str, list[tuple[str, bool]]]]:
    """Each village's code and year: its total, its programmes, and in small what stands behind them."""
    texts = found.shown.split(APART) if found.kind == "year" else ()
    for code, told in zip(found.villages, texts, strict=False):
        head, *lines = told.split("\n")
        yield code, head, [(line.strip(), line.startswith("    ")) for line in lines]


_OVERTAKEN = (ChangedMeanwhile, BatchAlreadyPublished, PublishedMeanwhile)


def _of_lines(seat: Seat, found: Proposal) -> tuple[tuple[Attachment, ...], list[str], Refusal | None]:
    """Files of a notice, what is published of a batch already; what nobody may sign is shown with why."""
    try:
        refuse_older_pack(seat.county, found)
        overtaken(seat.county, found)
        return files_of(seat.county, found), published_already(seat.county, found), None
    except (ProposalDamaged, MadeByOlderPack, *_OVERTAKEN) as damaged:
        return (), [], damaged


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "code": part.village,
        "count": part.count,
        "households": part.households,
        "sum": yuan(part.sum_fen),
        "edition": part.edition,
        "prints": part.count > 0 or part.edition > 1,
        "reasons": reasons_told(part),
        "left_out": "；".join(
            f"{REASONS[one.reason]} {one.count} 行 {yuan(one.sum_fen)} 元" for one in part.left_out
        ),
    }


def _compared(seat: Seat, found: Proposal, part: Part, *, looks: bool) -> dict[str, str]:
    """How a village's list differs from the last edition, for who looks before it is published."""
    asked = looks and found.kind not in WORDED
    return {"compared": compared_told(seat.county, found, part) if asked else ""}


def _lines(found: Proposal, listed: tuple[OnList, ...]) -> list[tuple[str, str, int]]:
    """Village, its code and the line, for each line a row became."""
    return [(found.part(one.village).name, one.village, one.line) for one in listed]


def _file(one: Attachment) -> tuple[str, str, int, str]:
    return one.name, one.media_type, -(-one.size_bytes // 1024), in_fours(one.sha256)


def in_fours(sha256: str) -> str:
    """A digest to be compared by eye; no run of digits in it could be somebody's number."""
    return " ".join(sha256[at : at + 4] for at in range(0, len(sha256), 4))


def moment(instant: str) -> str:
    """An instant as an office says it, in local time."""
    local = datetime.fromisoformat(instant) + timedelta(hours=8)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def rendered(template: str, seat: Seat, **made: object) -> str:
    """A template with what every page of this seat says."""
    today = civil_day(seat.clock())
    page: str = _environment().render_template(
        template,
        county=seat.desk.name,
        role="、".join(TITLES[name] for name in TITLES if seat.has(name)),
        who=seat.account.name if seat.account else "",
        staff=seat.has(ADMINISTRATOR, AUDITOR),
        csrf=seat.token,
        iso_today=today.isoformat(),
        today=f"{today.month}月{today.day}日",
        weekday=f"星期{_WEEKDAYS[today.weekday()]}",
        **made,
    )
    return page


@cache
def _environment() -> Environment:
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined_behavior="strict")
    environment.debug = False  # an error must not quote what was on the page
    folder = files("kiosk_server.county_office") / "templates"
    for name in TEMPLATES:
        environment.add_template(name, folder.joinpath(name).read_text("utf-8"))
    return environment
