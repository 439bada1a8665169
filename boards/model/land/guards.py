"""The guards G1 to G8 of a land case: each one rule of the law, each refusing with its article (domain §2.2).

A guard looks at the case as it stands and at the step that is asked for; it returns nothing or raises.
What the table of moves already makes sure of is not asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from boards.model.land import refusals as refused
from boards.model.land.case import (
    AcquisitionAnnounced,
    AgreementsSigned,
    Applied,
    Approved,
    HearingHeld,
    PaidInFull,
    PaymentPublished,
    PlanAnnounced,
    PlanFinalised,
    PreAnnounced,
    RegistrationClosed,
    RiskAssessed,
    Surveyed,
    Withdrawn,
    counting,
    period_end,
    without_evidence,
)
from boards.model.land.compensation import paid_in_full
from boards.model.land.terms import (
    Approver,
    PublicInterestGround,
    approver_of,
    hearing_required,
    needs_year_plan,
)

if TYPE_CHECKING:
    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.land.case import LandAcquisitionCase, Step
    from boards.model.land.terms import LandRules


class Asked(NamedTuple):
    """A step that is asked for, and all a guard may look at."""

    case: LandAcquisitionCase
    step: Step
    calendar: WorkCalendar
    rules: LandRules


def g1_plan_has_its_ground(asked: Asked) -> None:
    """G1: a plan is drawn up from the posted survey and the risk assessment (条例 §27)."""
    parts = (("现状调查结果公示", Surveyed), ("社会稳定风险评估", RiskAssessed))
    missing = [name for name, kind in parts if asked.case.latest(kind) is None]
    if missing:
        raise refused.PlanWithoutGround(missing="、".join(missing))


def g2_survey_after_pre_announcement(asked: Asked) -> None:
    """G2: a survey may run inside the pre-announcement period, not before; its result comes after its end."""
    step = asked.step
    assert isinstance(step, Surveyed)
    announced, posted = asked.case.first(PreAnnounced).notice.posted_on, step.notice.posted_on
    if not announced <= step.survey_from <= step.survey_to <= posted:
        dates = f"预公告{announced}，调查{step.survey_from}至{step.survey_to}，结果公示{posted}"
        raise refused.SurveyTooEarly(dates=dates)


def g3_periods_are_over(asked: Asked) -> None:
    """G3: ten working days of pre-announcement and thirty days of plan notice have passed (条例 §26, §28)."""
    assert isinstance(asked.step, Applied)
    notices: tuple[tuple[str, type[PreAnnounced | PlanAnnounced], str], ...] = (
        ("征收土地预公告", PreAnnounced, "《土地管理法实施条例》第二十六条"),
        ("征地补偿安置公告", PlanAnnounced, "《土地管理法实施条例》第二十八条"),
    )
    for name, kind, article in notices:
        end = period_end(asked.case, kind, asked.calendar, asked.rules)
        if end and asked.step.applied_on <= end.day:
            raise refused.PeriodNotOver(
                notice=name, last_day=end.day, article=article, asked=asked.step.applied_on
            )


def g3_hearing_was_held(asked: Asked) -> None:
    """G3: a plan most members hold unlawful is heard before it stands (条例 §28, 浙土 §42)."""
    case, step = asked.case, asked.step
    final = step if isinstance(step, PlanFinalised) else case.last(PlanFinalised)
    plan = counting(case, PlanAnnounced)[-1]
    since = case.steps[case.steps.index(plan) :]
    heard = any(isinstance(one, HearingHeld) for one in since)
    if hearing_required(final.objectors, case.members) and not heard:
        raise refused.HearingNotHeld(objectors=final.objectors, members=case.members)


def g3_hearing_was_announced(asked: Asked) -> None:
    """G3: the notice of a hearing is public seven working days before it (标准目录)."""
    assert isinstance(asked.step, HearingHeld)
    last = asked.calendar.posting_end(asked.step.notified_on, asked.rules.hearing_notice).day
    if asked.step.held_on <= last:
        raise refused.HearingNoticeTooShort(last_day=last)


def g3_registration_is_over(asked: Asked) -> None:
    """G3: owners have the whole window of the notice to register (土管法 §47)."""
    step = asked.step
    assert isinstance(step, RegistrationClosed | Applied)
    last = asked.case.last(PlanAnnounced).registration.end
    on = step.closed_on if isinstance(step, RegistrationClosed) else step.applied_on
    if on <= last:
        raise refused.RegistrationStillOpen(last_day=last)


def g3_owners_are_accounted_for(asked: Asked) -> None:
    """G3: signed and declared unsigned together are all owners (条例 §29)."""
    step = asked.step
    agreed = step if isinstance(step, AgreementsSigned) else asked.case.last(AgreementsSigned)
    counts = (agreed.signed, agreed.declared_unsigned)
    if min(counts) < 0 or sum(counts) != asked.case.owners:
        raise refused.OwnersNotAccountedFor(signed=counts[0], declared=counts[1], owners=asked.case.owners)


def g3_ground_is_supported(asked: Asked) -> None:
    """G3: housing and area development are in the year plan, the latter with its own plan (土管法 §45)."""
    assert isinstance(asked.step, Applied)
    if needs_year_plan(asked.case.ground) and not asked.step.in_year_plan:
        raise refused.GroundNotSupported(needed="纳入国民经济和社会发展年度计划")
    area = asked.case.ground is PublicInterestGround.AREA_DEVELOPMENT
    if area and not asked.step.development_plan_no:
        raise refused.GroundNotSupported(needed="有经批准的成片开发方案")


def g4_approver_is_right(asked: Asked) -> None:
    """G4: basic farmland, much arable or much other land is for the State Council (土管法 §46)."""
    step = asked.step
    assert isinstance(step, Approved)
    central = approver_of(asked.case.land) is Approver.STATE_COUNCIL
    if central and step.authority is not Approver.STATE_COUNCIL:
        raise refused.WrongApprover
    applied = asked.case.last(Applied).applied_on
    if not applied <= step.approved_on <= step.received_on:
        dates = f"报批{applied}，批准{step.approved_on}，收到{step.received_on}"
        raise refused.ApprovalDatesImpossible(dates=dates)


def g5_announced_in_time(asked: Asked) -> None:
    """G5: announced within 15 working days of receiving the approval (条例 §31), or with the reason."""
    step = asked.step
    assert isinstance(step, AcquisitionAnnounced)
    received = asked.case.last(Approved).received_on
    if step.notice.posted_on < received:
        raise refused.AnnouncedBeforeApproval
    last = asked.calendar.posting_end(received, asked.rules.announce_within).day
    first = asked.case.latest(AcquisitionAnnounced) is None
    if first and step.notice.posted_on > last and not step.overdue_reason:
        raise refused.AnnouncedOverdue(last_day=last)


def g6_paid_in_time(asked: Asked) -> None:
    """G6: all is paid within 60 days of the announcement (浙土 §46), before anyone must leave (浙土 §47)."""
    step, case = asked.step, asked.case
    assert isinstance(step, PaidInFull)
    if not paid_in_full(case.last(PaymentPublished).rows):
        raise refused.NotPaidInFull
    vacate_by = case.last(AcquisitionAnnounced).vacate_by
    if vacate_by and step.paid_on > vacate_by:
        raise refused.VacatedBeforePayment(vacate_by=vacate_by)
    if asked.rules.pay_within:
        announced = case.first(AcquisitionAnnounced).notice.posted_on
        last = asked.calendar.deadline(announced, asked.rules.pay_within).day
        if step.paid_on > last and not step.overdue_reason:
            raise refused.PaidOverdue(last_day=last)


def g7_notice_hangs_everywhere(asked: Asked) -> None:
    """G7: a notice is meant for the township's board, every village's and every group's (条例 §26, §28)."""
    step = asked.step
    assert isinstance(step, PreAnnounced | Surveyed | PlanAnnounced | AcquisitionAnnounced | PaymentPublished)
    missing = [place.name for place in asked.case.places if place not in step.notice.places]
    if missing:
        raise refused.PlacesMissing(places="、".join(missing))


def g7_postings_are_proved(asked: Asked) -> None:
    """G7: the application carries a photo of the plan notice at every place (报批材料: 公告及照片)."""
    plan = asked.case.last(PlanAnnounced)
    missing = without_evidence(asked.case, plan.notice.doc_no)
    if missing:
        raise refused.PlacesMissing(places="、".join(place.name for place in missing))


def g8_changed_plan_is_announced_again(asked: Asked) -> None:
    """G8: a plan that changed is published again, and its period starts anew (浙土 §42)."""
    assert isinstance(asked.step, PlanFinalised)
    if asked.step.changed:
        raise refused.ChangedPlanNotAnnounced


def withdrawal_has_its_reason(asked: Asked) -> None:
    """Stopping a case is published with the reason."""
    assert isinstance(asked.step, Withdrawn)
    if not asked.step.reason.strip():
        raise refused.WithdrawalWithoutReason
