"""The case as the law walks it: built from the file, taken step by step through the table (G1 to G4).

Only what the file says is held against the law. A step it does not mention is taken to have happened;
what the notices say of themselves is judged where they are checked, and not a second time here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Refusal
from boards.model.findings import Finding, error, note
from boards.model.land.case import (
    AgreementsSigned,
    Applied,
    Approved,
    HearingHeld,
    LandAcquisitionCase,
    Notice,
    PlanAnnounced,
    PlanFinalised,
    PreAnnounced,
    RegistrationClosed,
    RiskAssessed,
    Surveyed,
)
from boards.model.land.stages import StepNotPossible, advanced
from boards.model.land.terms import Approver, LandTaken, NoticeKind, PublicInterestGround, Registration
from sync.county.land.case_file import AgreementsFile, HearingFile
from sync.county.land.periods import stated_end, stated_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.land.case import AnyStep
    from sync.county.land.case_file import CaseFile
    from sync.county.land.stages import Stage, Whole

_DAY = timedelta(days=1)


class Walked(NamedTuple):
    """One step of the case, whether the file mentions it, and the notice it is reported at."""

    step: AnyStep
    told: bool
    at: Stage


def procedure_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What the law refuses of the steps between the notices, at the notice that rests on them."""
    if stage.kind is NoticeKind.PLAN and not stage.correction and whole.case.risk_assessed_on is None:
        yield note("RISK_ASSESSMENT_UNKNOWN", "没有写明社会稳定风险评估的完成日期（risk_assessed_on）。")
    if stage.kind in {NoticeKind.PLAN, NoticeKind.FINAL}:
        yield from (finding for at, finding in walk(whole) if at is stage)


def walk(whole: Whole) -> Iterator[tuple[Stage, Finding]]:
    """Take the case along its steps; a step that is refused is said, and taken all the same."""
    case = _opened(whole.case)
    for one in _steps(whole):
        try:
            case = advanced(case, one.step, whole.calendar, whole.rules)
        except Refusal as refusal:
            if one.told and not isinstance(refusal, StepNotPossible):
                yield one.at, error(refusal.code, "".join(refusal.told()))
            case = msgspec.structs.replace(case, state=one.step.to, steps=(*case.steps, one.step))


def _opened(case: CaseFile) -> LandAcquisitionCase:
    """The case before its first step; what the file does not say asks for nothing."""
    hearing, agreements = case.hearing or HearingFile(), case.agreements or AgreementsFile()
    return LandAcquisitionCase(
        case_id=case.case_id,
        project=case.project or "",
        purpose=case.purpose or "",
        ground=case.ground or PublicInterestGround.INFRASTRUCTURE,
        places=(),  # the boards are checked notice by notice
        land=LandTaken(),  # who must approve is checked at the approval
        members=hearing.members or 0,
        owners=(agreements.owners or 0) if _counted(agreements) else 0,
    )


def _steps(whole: Whole) -> Iterator[Walked]:
    """The steps in the order of their days; none where the notices they rest on are not all there."""
    case, dated = whole.case, [one for one in whole.stages if one.posted_on and one.index not in whole.blamed]
    by_kind = {kind: [one for one in dated if one.kind is kind] for kind in NoticeKind}
    starts, surveys, plans = (
        by_kind[kind] for kind in (NoticeKind.START, NoticeKind.SURVEY, NoticeKind.PLAN)
    )
    plans.sort(key=lambda one: (one.posted_on or date.max, one.index))
    windows = [_window(one) for one in plans]
    window = windows[-1] if windows else None
    if not starts or not surveys or window is None:
        return
    first, last = plans[0], plans[-1]
    final = whole.newest(NoticeKind.FINAL)
    for start in starts:
        yield Walked(_pre_announced(start, whole), told=False, at=start)
    posted = surveys[0].posted_on or date.max
    yield Walked(
        Surveyed(notice=_notice(surveys[0], whole), survey_from=posted, survey_to=posted),
        told=False,
        at=surveys[0],
    )
    risk = case.risk_assessed_on
    if risk is None or (first.posted_on and risk <= first.posted_on):
        yield Walked(RiskAssessed(completed_on=risk or posted), told=False, at=first)
    for plan, registration in zip(plans, windows, strict=True):
        if registration is not None:
            step = PlanAnnounced(notice=_notice(plan, whole), registration=registration)
            yield Walked(step, told=plan is first and risk is not None, at=plan)
    yield from _after_the_plan(case, last, window, final or last, final)


def _after_the_plan(
    case: CaseFile, plan: Stage, window: Registration, at: Stage, final: Stage | None
) -> Iterator[Walked]:
    """Hearing, registration, agreements, application and approval, as far as the file mentions them."""
    hearing, agreements = case.hearing or HearingFile(), case.agreements or AgreementsFile()
    before = (
        hearing.held_on is not None and plan.correction and hearing.held_on <= (plan.posted_on or date.min)
    )
    if hearing.held_on and hearing.notified_on:
        yield Walked(
            HearingHeld(notified_on=hearing.notified_on, held_on=hearing.held_on), told=True, at=plan
        )
    elif hearing.held_on and not before:
        yield Walked(HearingHeld(notified_on=date.min, held_on=hearing.held_on), told=False, at=plan)
    objectors = (
        0 if before or hearing.members is None else hearing.objectors or 0
    )  # there was a hearing on the changed plan
    over = window.end + _DAY
    yield Walked(PlanFinalised(finalised_on=over, objectors=objectors), told=True, at=at)
    yield Walked(RegistrationClosed(closed_on=over), told=False, at=at)
    counted = _counted(agreements)
    signed, unsigned = (agreements.signed or 0, agreements.unsigned or 0) if counted else (0, 0)
    yield Walked(AgreementsSigned(signed=signed, declared_unsigned=unsigned), told=counted, at=at)
    if case.applied_on is None:
        return
    yield Walked(_applied(case), told=True, at=at)
    approval = final.file.approval if final else None
    if final and approval and approval.approved_on and approval.received:
        approved = Approved(
            authority=Approver.PROVINCE,
            doc_no=approval.doc_no or "",
            approved_on=approval.approved_on,
            received_on=approval.received,
        )
        yield Walked(approved, told=approval.approved_on <= approval.received, at=final)


def _counted(agreements: AgreementsFile) -> bool:
    """Whether the file accounts for all owners: those who signed, and how many there are."""
    return agreements.signed is not None and agreements.owners is not None


def _applied(case: CaseFile) -> Applied:
    """The application; a ground that needs a plan the file says nothing of is not refused for it."""
    assert case.applied_on is not None
    return Applied(
        applied_on=case.applied_on,
        in_year_plan=case.in_year_plan is not False,
        development_plan_no=case.development_plan if case.development_plan is not None else "未写明",
    )


def _pre_announced(stage: Stage, whole: Whole) -> PreAnnounced:
    posted = stage.posted_on or date.max
    return PreAnnounced(notice=_notice(stage, whole), survey_from=posted, survey_to=posted)


def _notice(stage: Stage, whole: Whole) -> Notice:
    """The notice with its period, where one can be counted; a correction without one changes nothing."""
    term = stated_term(stage.file.period) if stated_end(stage, whole.calendar) else None
    return Notice(
        doc_no=stage.file.doc_no or "",
        posted_on=stage.posted_on or date.max,
        term=term,
        material=not stage.correction or term is not None,
    )


def _window(stage: Stage) -> Registration | None:
    told = stage.file.registration
    if told is None or told.start is None or told.end is None or told.end == date.max:
        return None
    return Registration(start=told.start, end=told.end)
