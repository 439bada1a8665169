"""Land cases for programs: where each stands today, and its notices, as page and feed have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from boards.model.calendar.workdays import LastDay
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import Act, NoticeKind, Step
from boards.pages.frame.wording import under
from boards.sheets.land.case_line import CaseLine
from boards.sheets.land.views import ActView, CaseView, HungNotice, Progress, StepView


class Until(msgspec.Struct, frozen=True, kw_only=True):
    """A last day; a holiday notice to come may move a provisional one."""

    day: date
    provisional: bool


class ActNow(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done today or later."""

    act: Act
    since: date | None
    until: Until
    office: str


class CaseHead(msgspec.Struct, frozen=True, kw_only=True):
    """One case in a line: the notice of the day, its last day, what can be done."""

    page: str  # address of the page for people
    twin: str  # address of the case as JSON
    case_id: str
    project: str
    purpose: str
    title: str
    until: Until | None
    acts: tuple[ActNow, ...]
    step: int  # from 1
    steps: int
    going: bool
    stopped: bool
    area: Area


class CasesOfVillage(msgspec.Struct, frozen=True, kw_only=True):
    """All land cases of a village, the one that moved last first."""

    village: str
    cases: tuple[CaseHead, ...]


class StepNow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the eight steps with its real dates."""

    step: Step
    progress: Progress
    since: date | None
    until: Until | None
    due: Until | None  # the law's last day, where only that is known
    notice: int  # number of the notice that reports it, 0 where there is none


class NoticeHead(msgspec.Struct, frozen=True, kw_only=True):
    """One notice; `digest` and `code` are those on the printed sheet, its text is on its page."""

    page: str
    number: int
    kind: NoticeKind
    revision: int
    title: str
    doc_no: str
    issuer: str
    posted_on: date
    stated_until: date | None
    corrected: bool  # a later notice took its place
    digest: str
    code: str


class Land(msgspec.Struct, frozen=True, kw_only=True):
    """Land of one class in one village."""

    village: str
    land_class: str
    area: Area


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """One case as this village sees it."""

    village: str
    case: CaseHead
    steps: tuple[StepNow, ...]
    land: tuple[Land, ...]  # of this village
    compensation: tuple[CompensationRow, ...]
    due_fen: int | None
    paid_fen: int | None
    notices: tuple[NoticeHead, ...]


def cases_of_village(village: str, cases: Iterable[CaseLine]) -> CasesOfVillage:
    """Every case in a line."""
    return CasesOfVillage(village=village, cases=tuple(_head(village, case) for case in cases))


def case_page(line: CaseLine, case: CaseView) -> CasePage:
    """A case with its steps, areas, money and notices; `line` is its line."""
    return CasePage(
        village=case.village,
        case=_head(case.village, line),
        steps=tuple(_step(step) for step in case.steps),
        land=tuple(_land(parcel) for parcel in case.own),
        compensation=case.compensation,
        due_fen=case.due_fen,
        paid_fen=case.paid_fen,
        notices=tuple(_notice(one, case) for one in case.hung),
    )


def _head(village: str, case: CaseLine) -> CaseHead:
    return CaseHead(
        page=under(village, "land", case.case_id),
        twin=under(village, "json", "land", case.case_id),
        case_id=case.case_id,
        project=case.project,
        purpose=case.purpose,
        title=case.title,
        until=_until(case.until),
        acts=tuple(_act(act) for act in case.acts),
        step=case.at,
        steps=case.steps,
        going=case.going,
        stopped=case.stopped,
        area=case.own,
    )


def _act(act: ActView) -> ActNow:
    until = Until(day=act.until.day, provisional=act.until.provisional)
    return ActNow(act=act.act, since=act.since, until=until, office=act.office)


def _step(step: StepView) -> StepNow:
    return StepNow(
        step=step.step,
        progress=step.progress,
        since=step.since,
        until=_until(step.until),
        due=_until(step.due),
        notice=step.number,
    )


def _land(parcel: LandParcel) -> Land:
    return Land(village=parcel.village, land_class=parcel.land_class, area=parcel.area)


def _notice(one: HungNotice, case: CaseView) -> NoticeHead:
    notice = one.notice
    return NoticeHead(
        page=under(case.village, "land", notice.case_id, str(notice.number)),
        number=notice.number,
        kind=notice.kind,
        revision=notice.revision,
        title=notice.title,
        doc_no=notice.doc_no,
        issuer=notice.issuer,
        posted_on=notice.posted_on,
        stated_until=notice.stated_until,
        corrected=one.rec in case.corrected,
        digest=one.digest,
        code=one.code,
    )


def _until(last: LastDay | None) -> Until | None:
    return None if last is None else Until(day=last.day, provisional=last.provisional)
