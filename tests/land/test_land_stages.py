"""The land case: nothing happens against the table or the law, and each guard says its article."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.calendar.workdays import Term, Unit
from boards.model.calendar.years import shipped_calendar
from boards.model.land import refusals as refused
from boards.model.land.case import (
    AcquisitionAnnounced,
    AgreementsSigned,
    AnyStep,
    Applied,
    Approved,
    CaseClosed,
    HearingHeld,
    LandAcquisitionCase,
    LandState,
    Notice,
    PaidInFull,
    PaymentPublished,
    PlaceKind,
    PlanAnnounced,
    PlanFinalised,
    PostingEvidence,
    PostingPlace,
    PreAnnounced,
    RegistrationClosed,
    RiskAssessed,
    Surveyed,
    Withdrawn,
    period_end,
    without_evidence,
)
from boards.model.land.compensation import CompensationRow
from boards.model.land.stages import GUARDS, MOVES, StepNotPossible, advanced, with_evidence
from boards.model.land.terms import (
    NATIONAL,
    ZHEJIANG,
    Approver,
    LandTaken,
    PublicInterestGround,
    Registration,
)
from boards.model.money import Fen

CALENDAR = shipped_calendar()
PLACES = tuple(
    PostingPlace(kind=kind, name=name)
    for kind, name in (
        (PlaceKind.TOWNSHIP, "竹垓乡"),
        (PlaceKind.VILLAGE, "竹垓村"),
        (PlaceKind.GROUP, "竹垓村第三村民小组"),
    )
)
CASE = LandAcquisitionCase(
    case_id="L1",
    project="竹垓小学迁建工程",
    purpose="教育用地",
    ground=PublicInterestGround.PUBLIC_SERVICE,
    places=PLACES,
    land=LandTaken(),
    members=40,
    owners=12,
)


def notice(number: str, posted: str, **more) -> Notice:
    return Notice(doc_no=number, posted_on=date.fromisoformat(posted), places=PLACES, **more)


def plan_of(number: str, posted: str, **more) -> PlanAnnounced:
    window = Registration(start=date(2025, 11, 1), end=date(2025, 12, 10))
    return PlanAnnounced(notice=notice(number, posted, **more), registration=window)


START = PreAnnounced(
    notice=notice("启告", "2025-09-24"), survey_from=date(2025, 9, 27), survey_to=date(2025, 10, 19)
)
SURVEY = Surveyed(
    notice=notice("调公", "2025-10-21"), survey_from=date(2025, 9, 27), survey_to=date(2025, 10, 19)
)
RISK = RiskAssessed(completed_on=date(2025, 10, 22))
PLAN = plan_of("补告", "2025-10-31")
HEARING = HearingHeld(notified_on=date(2025, 12, 1), held_on=date(2025, 12, 11))
FINALISED = PlanFinalised(finalised_on=date(2025, 12, 1))
REGISTERED = RegistrationClosed(closed_on=date(2025, 12, 11))
SIGNED = AgreementsSigned(signed=10, declared_unsigned=2)
APPLIED = Applied(applied_on=date(2025, 12, 15))
APPROVED = Approved(
    authority=Approver.PROVINCE,
    doc_no="浙土字1号",
    approved_on=date(2026, 1, 12),
    received_on=date(2026, 1, 14),
)
ANNOUNCED = AcquisitionAnnounced(notice=notice("告", "2026-01-23"))
ROW = CompensationRow(village="竹垓村", item="区片综合补偿", amount=Fen(500), paid=Fen(500))
PAYING = PaymentPublished(notice=notice("付公", "2026-02-27"), rows=(ROW,))
PAID = PaidInFull(paid_on=date(2026, 2, 27))
CLOSED = CaseClosed(closed_on=date(2026, 4, 1))
WAY = (
    START, SURVEY, RISK, PLAN, FINALISED, REGISTERED, SIGNED, APPLIED, APPROVED, ANNOUNCED, PAYING, PAID, CLOSED
)  # fmt: skip
ALL = (*WAY, HEARING, Withdrawn(withdrawn_on=date(2025, 11, 5), reason="规划调整"))


def proved(case: LandAcquisitionCase, *numbers: str) -> LandAcquisitionCase:
    for number in numbers:
        for place in PLACES:
            case = with_evidence(
                case,
                PostingEvidence(
                    doc_no=number, place=place, posted_on=date(2025, 10, 31), photo_sha256="ab" * 32
                ),
            )
    return case


def after(*steps: AnyStep, case: LandAcquisitionCase = CASE) -> LandAcquisitionCase:
    for step in steps:
        case = advanced(case, step, CALENDAR)
    return case


def until(last: AnyStep, case: LandAcquisitionCase = CASE) -> LandAcquisitionCase:
    """The whole way up to the step before `last`, with proof of its postings."""
    return after(*WAY[: WAY.index(last)], case=proved(case, "补告"))


def with_(record, **changes):
    return msgspec.structs.replace(record, **changes)


def test_the_whole_of_l1_day_by_day():
    """The case of the primary school goes from its first notice to its end, and has every step in it."""
    case = after(*WAY, case=proved(CASE, "补告"))
    assert case.state is LandState.CLOSED
    assert case.steps == WAY


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=25))
def test_no_sequence_of_steps_reaches_a_state_against_the_table(steps):
    """Whatever is asked for, each state follows its predecessor by the table, and a refusal changes nothing."""
    case = proved(CASE, "补告")
    for step in steps:
        try:
            moved = advanced(case, step, CALENDAR)
        except (StepNotPossible, refused.GuardRefused):
            continue
        assert moved.state is step.to
        assert moved.state in MOVES[case.state]
        case = moved
    if case.latest(PlanAnnounced):
        assert case.latest(Surveyed)
        assert case.latest(RiskAssessed)
    if case.latest(AcquisitionAnnounced):
        assert case.latest(Approved)
    if case.latest(Approved):
        assert case.state is not LandState.WITHDRAWN


def test_the_tables_are_whole():
    """Every state has its moves and every state that can be entered its guards; nothing leads back to a draft."""
    assert set(MOVES) == set(LandState)
    assert (
        {state for targets in MOVES.values() for state in targets}
        == set(GUARDS)
        == set(LandState) - {LandState.DRAFT}
    )
    before_approval = list(LandState)[: list(LandState).index(LandState.APPROVED)]
    assert all(LandState.WITHDRAWN in MOVES[state] for state in before_approval)


def test_a_case_survives_the_wire():
    """A case with all its kinds of steps is the same after it was written and read."""
    case = after(*WAY, case=proved(CASE, "补告"))
    assert msgspec.json.decode(msgspec.json.encode(case), type=LandAcquisitionCase) == case


GUARDED = {
    "G1 survey missing": (after(START, RISK), PLAN, refused.PlanWithoutGround, "第二十七条"),
    "G1 risk missing": (after(START, SURVEY), PLAN, refused.PlanWithoutGround, "社会稳定风险评估"),
    "G2 survey too early": (after(START), with_(SURVEY, survey_from=date(2025, 9, 1)), refused.SurveyTooEarly, "第二十六条"),
    "G2 result before the end": (after(START), with_(SURVEY, survey_to=date(2025, 10, 25)), refused.SurveyTooEarly, "第二十六条"),
    "G3 plan still hangs": (
        after(START, SURVEY, RISK, plan_of("补告", "2025-11-20"), FINALISED, REGISTERED, SIGNED, case=proved(CASE, "补告")),
        APPLIED, refused.PeriodNotOver, "第二十八条",
    ),
    "G3 most members object": (
        until(FINALISED), with_(FINALISED, objectors=21), refused.HearingNotHeld, "第四十二条",
    ),
    "G3 hearing notice too short": (
        until(FINALISED), with_(HEARING, held_on=date(2025, 12, 10)), refused.HearingNoticeTooShort, "7个工作日",
    ),
    "G3 registration open": (
        until(REGISTERED), with_(REGISTERED, closed_on=date(2025, 12, 10)), refused.RegistrationStillOpen, "第四十七条",
    ),
    "G3 an owner forgotten": (until(SIGNED), with_(SIGNED, signed=9), refused.OwnersNotAccountedFor, "第二十九条"),
    "G3 housing without the year plan": (
        until(APPLIED, with_(CASE, ground=PublicInterestGround.RELOCATION_HOUSING)), APPLIED, refused.GroundNotSupported, "第四十五条",
    ),
    "G3 area without its plan": (
        until(APPLIED, with_(CASE, ground=PublicInterestGround.AREA_DEVELOPMENT)), with_(APPLIED, in_year_plan=True),
        refused.GroundNotSupported, "成片开发",
    ),
    "G4 basic farmland by the province": (
        until(APPROVED, with_(CASE, land=LandTaken(basic_farmland_ha=1))), APPROVED, refused.WrongApprover, "第四十六条",
    ),
    "G4 approved before it was asked": (
        until(APPROVED), with_(APPROVED, approved_on=date(2025, 12, 1)), refused.ApprovalDatesImpossible, "第四十六条",
    ),
    "G5 sixteen working days": (
        until(ANNOUNCED), AcquisitionAnnounced(notice=notice("告", "2026-02-05")), refused.AnnouncedOverdue, "第三十一条",
    ),
    "G5 before the approval came": (
        until(ANNOUNCED), AcquisitionAnnounced(notice=notice("告", "2026-01-13")), refused.AnnouncedBeforeApproval, "第三十一条",
    ),
    "G6 after sixty days": (until(PAID), with_(PAID, paid_on=date(2026, 3, 25)), refused.PaidOverdue, "第四十六条"),
    "G6 not all of it": (
        after(with_(PAYING, rows=(with_(ROW, paid=Fen(499)),)), case=until(PAYING)), PAID, refused.NotPaidInFull, "第四十六条",
    ),
    "G6 to leave before being paid": (
        after(with_(ANNOUNCED, vacate_by=date(2026, 2, 1)), PAYING, case=until(ANNOUNCED)), PAID,
        refused.VacatedBeforePayment, "第四十七条",
    ),
    "G7 a group forgotten": (
        CASE, with_(START, notice=with_(START.notice, places=PLACES[:2])), refused.PlacesMissing, "村民小组",
    ),
    "G7 no photo": (
        after(*WAY[: WAY.index(APPLIED)]), APPLIED, refused.PlacesMissing, "竹垓村第三村民小组",
    ),
    "G8 changed and not announced again": (
        until(FINALISED), with_(FINALISED, changed=True), refused.ChangedPlanNotAnnounced, "重新计算",
    ),
    "withdrawn without a word": (
        after(START), Withdrawn(withdrawn_on=date(2025, 10, 1), reason=" "), refused.WithdrawalWithoutReason, "原因",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GUARDED)
def test_a_guard_refuses_with_its_rule_and_article(name):
    """What the law does not allow is refused, in a sentence that names the rule; the case stays as it was."""
    case, step, refusal, words = GUARDED[name]
    with pytest.raises(refusal) as caught:
        advanced(case, step, CALENDAR)
    assert words in "".join(caught.value.told())
    assert "{" not in str(caught.value)


def test_what_is_late_may_be_done_with_its_reason():
    """A late announcement and a late payment are still owed to the villagers: with a reason they pass."""
    late = AcquisitionAnnounced(notice=notice("告", "2026-02-05"), overdue_reason="系统故障")
    case = after(late, PAYING, case=until(ANNOUNCED))
    assert (
        after(with_(PAID, paid_on=date(2026, 6, 1), overdue_reason="账户冻结"), case=case).state
        is LandState.PAID
    )


def test_the_last_lawful_day_is_in_time():
    """The fifteenth working day for the announcement and the sixtieth day for the payment need no reason."""
    last_day = AcquisitionAnnounced(notice=notice("告", "2026-02-04"))
    case = after(last_day, PAYING, case=until(ANNOUNCED))
    due = CALENDAR.deadline(last_day.notice.posted_on, ZHEJIANG.pay_within).day
    assert due - last_day.notice.posted_on >= timedelta(days=60)
    assert after(with_(PAID, paid_on=due), case=case).state is LandState.PAID
    with pytest.raises(refused.PaidOverdue):
        after(with_(PAID, paid_on=due + timedelta(days=1)), case=case)


def test_what_the_province_does_not_limit_is_not_asked():
    """Without Zhejiang's sixty days a payment is never late."""
    paid = with_(PAID, paid_on=date(2027, 3, 1))
    assert advanced(until(PAID), paid, CALENDAR, NATIONAL).state is LandState.PAID


def test_a_heard_plan_stands_although_most_objected():
    """After the hearing a plan most members objected to can be final; without their majority it needs none."""
    heard = after(HEARING, case=until(FINALISED))
    assert after(with_(FINALISED, objectors=40), case=heard).state is LandState.PLAN_FINALISED
    assert after(with_(FINALISED, objectors=20), case=until(FINALISED)).state is LandState.PLAN_FINALISED


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2025, 11, 1), date(2026, 5, 1)),
    st.integers(1, 90),
    st.sampled_from(Unit),
    st.booleans(),
)
def test_a_changed_plan_restarts_its_period(posted, n, unit, material):
    """The period that counts is that of the newest material plan, never shorter than thirty days."""
    first = after(START, SURVEY, RISK, PLAN)
    before = period_end(first, PlanAnnounced, CALENDAR)
    again = plan_of("补告2", posted.isoformat(), term=Term(n=n, unit=unit), material=material)
    end = period_end(after(again, case=first), PlanAnnounced, CALENDAR)
    assert before.day == date(2025, 11, 30)
    if material:
        assert end.day >= posted + timedelta(days=30)
        assert end.day >= CALENDAR.posting_end(posted, Term(n=n, unit=unit)).day
    else:
        assert end == before


def test_a_hearing_of_an_earlier_plan_does_not_count_for_a_changed_one():
    """Once the plan is announced anew, its own objectors get a hearing of their own."""
    case = after(HEARING, plan_of("补告2", "2025-12-20"), case=until(FINALISED))
    with pytest.raises(refused.HearingNotHeld):
        after(with_(FINALISED, objectors=30), case=case)


def test_a_period_that_never_began_has_no_end():
    """A draft has no periods, and where the law sets none and the notice states none there is no end."""
    assert period_end(CASE, PreAnnounced, CALENDAR) is None
    assert period_end(until(PAYING), AcquisitionAnnounced, CALENDAR, NATIONAL) is None
    assert period_end(until(PAYING), AcquisitionAnnounced, CALENDAR, ZHEJIANG).day == date(2026, 2, 6)


def test_each_place_wants_its_own_photo():
    """One photo proves one place; the others stay open duties (G7)."""
    case = with_evidence(
        CASE,
        PostingEvidence(doc_no="启告", place=PLACES[1], posted_on=date(2025, 9, 24), photo_sha256="cd" * 32),
    )
    assert without_evidence(case, "启告") == (PLACES[0], PLACES[2])
    assert without_evidence(case, "补告") == PLACES
