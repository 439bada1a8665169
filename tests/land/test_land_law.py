"""The law over plain facts: each rule speaks with its code and article, at its day, and a changed plan begins anew."""

import inspect
import re
from datetime import date, timedelta
from importlib import import_module
from pkgutil import iter_modules

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model import land
from boards.model.calendar.workdays import Term, Unit
from boards.model.calendar.years import shipped_calendar
from boards.model.findings import Level, grave
from boards.model.land import application, registration
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.facts import (
    AgreementFacts,
    ApprovalFacts,
    CaseFacts,
    HearingFacts,
    NoticeFacts,
    PublicInterestGround,
    WindowFacts,
)
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.law import LAW
from boards.model.land.order import misplaced
from boards.model.land.terms import NATIONAL, ZHEJIANG
from boards.model.money import Fen

K = NoticeKind
CALENDAR = shipped_calendar()
BOARDS = ("竹垓乡人民政府公告栏", "竹垓村村务公开栏", "竹垓村第三村民小组公示栏")
WINDOW = WindowFacts(start=date(2025, 11, 1), end=date(2025, 12, 10), place="101室", phone="0572-0123456")
ROW = CompensationRow(village="竹垓村", item="区片综合补偿", amount=Fen(500), paid=Fen(500))
APPROVAL = ApprovalFacts(
    authority="浙江省人民政府",
    approved_on=date(2026, 1, 12),
    doc_no="浙土字1号",
    received=date(2026, 1, 14),
    publish_by=date(2026, 2, 4),
)


def notice(kind: K, posted: str, n: int, unit: Unit = Unit.CALENDAR_DAY, **more) -> NoticeFacts:
    day, term = date.fromisoformat(posted), Term(n=n, unit=unit)
    plain = {
        "index": list(K).index(kind),
        "kind": kind,
        "title": KINDS[kind].name,
        "doc_no": f"苕征〔{day.year}〕7号",
        "issuer": "苕安县人民政府",
        "posted_on": day,
        "term": term,
        "stated_until": CALENDAR.posting_end(day, term).day,
        "areas": (LandParcel(village="竹垓村", land_class="耕地", area=Area(ha=1)),),
        "boards": BOARDS,
        "concerned": (("竹垓村", "竹垓乡"),),
    }
    return NoticeFacts(**(plain | more))


START = notice(
    K.START, "2025-09-24", 10, Unit.WORKING_DAY, survey_from=date(2025, 9, 27), survey_to=date(2025, 10, 19)
)
SURVEY = notice(K.SURVEY, "2025-10-21", 7)
PLAN = notice(K.PLAN, "2025-10-31", 30, compensation=(ROW,), resettled=3, registration=WINDOW)
REGISTER = notice(K.REGISTER, "2025-11-01", 30, registration=WINDOW)
FINAL = notice(K.FINAL, "2026-01-23", 10, Unit.WORKING_DAY, approval=APPROVAL)
PAY = notice(K.PAY, "2026-02-27", 7, compensation=(ROW,))
WAY = (START, SURVEY, PLAN, REGISTER, FINAL, PAY)
HEARD = HearingFacts(notified_on=date(2025, 12, 1), held_on=date(2025, 12, 11), objectors=21, members=40)
CASE = CaseFacts(
    notices=WAY,
    calendar=CALENDAR,
    rules=ZHEJIANG,
    purpose="教育用地",
    risk_assessed_on=date(2025, 10, 22),
    hearing=HEARD,
    agreements=AgreementFacts(signed=10, unsigned=2, owners=12),
    applied_on=date(2025, 12, 15),
    ground=PublicInterestGround.PUBLIC_SERVICE,
)
with_ = msgspec.structs.replace


def changed(kind: K, **changes) -> CaseFacts:
    """The case with one of its notices said otherwise."""
    return with_(CASE, notices=tuple(with_(one, **changes) if one.kind is kind else one for one in WAY))


def told(case: CaseFacts) -> list[tuple[K, str, str]]:
    """What all rules say of all notices, the grave of it."""
    found = ((one.kind, finding) for one in case.notices for rule in LAW for finding in rule(one, case))
    return list(dict.fromkeys((kind, one.code, one.message) for kind, one in found if grave(one)))


def test_nothing_is_said_of_a_lawful_case():
    """The case of the primary school goes its whole way, and no rule speaks, not even in a note."""
    assert [finding for one in WAY for rule in LAW for finding in rule(one, CASE)] == []


def plan_again(posted: str, n: int = 30, **more) -> CaseFacts:
    """The case with its plan changed and announced anew."""
    window = WindowFacts(
        start=date.fromisoformat(posted), end=date(2025, 12, 10), place="101室", phone="0572-0123456"
    )
    again = with_(notice(K.PLAN, posted, n, registration=window), index=len(WAY), correction=True)
    return with_(CASE, notices=(*WAY, with_(again, **more)))


BREACHES = {
    "G1 the risk was assessed after the plan": (with_(CASE, risk_assessed_on=date(2025, 11, 1)), K.PLAN, "land-g1-plan-without-ground", "第二十七条"),
    "G1 no survey": (with_(CASE, notices=(START, *(with_(one, index=one.index - 1) for one in WAY[2:]))), K.PLAN, "EARLIER_STAGE_MISSING", "第二十七条"),
    "G2 surveyed before it was announced": (changed(K.START, survey_from=date(2025, 9, 23)), K.START, "SURVEY_BEFORE_POSTING", "第二十六条"),
    "G2 the result before the survey": (changed(K.START, survey_from=date(2025, 10, 22), survey_to=date(2025, 10, 29)), K.SURVEY, "SURVEY_NOT_BEGUN", "第二十六条"),
    "G3 the plan still hangs": (changed(K.PLAN, term=Term(n=45, unit=Unit.CALENDAR_DAY), stated_until=date(2025, 12, 15)), K.FINAL, "land-g3-period-not-over", "第二十八条"),
    "G3 the changed plan still hangs": (plan_again("2025-11-15"), K.FINAL, "land-g3-period-not-over", "第二十八条"),
    "G3 the pre-announcement still hangs": (with_(changed(K.START, term=Term(n=80, unit=Unit.CALENDAR_DAY), stated_until=date(2025, 12, 13)), applied_on=date(2025, 12, 13)), K.FINAL, "land-g3-period-not-over", "第二十六条"),
    "G3 most object": (with_(CASE, hearing=HearingFacts(objectors=21, members=40)), K.FINAL, "land-g3-hearing-not-held", "第四十二条"),
    "G3 the hearing was told of too late": (with_(CASE, hearing=with_(HEARD, held_on=date(2025, 12, 10))), K.PLAN, "land-g3-hearing-notice-too-short", "7个工作日"),
    "G3 people still register": (with_(CASE, applied_on=date(2025, 12, 10)), K.FINAL, "land-g3-registration-open", "第四十七条"),
    "G3 an owner is forgotten": (with_(CASE, agreements=AgreementFacts(signed=9, unsigned=2, owners=12)), K.FINAL, "land-g3-owners-not-accounted-for", "第二十九条"),
    "G3 fewer than nobody signed": (with_(CASE, agreements=AgreementFacts(signed=13, unsigned=-1, owners=12)), K.FINAL, "land-g3-owners-not-accounted-for", "第二十九条"),
    "G3 housing outside the year plan": (with_(CASE, ground=PublicInterestGround.RELOCATION_HOUSING, in_year_plan=False), K.FINAL, "land-g3-ground-not-supported", "第四十五条"),
    "G3 area development without its plan": (with_(CASE, ground=PublicInterestGround.AREA_DEVELOPMENT, development_plan=""), K.FINAL, "land-g3-ground-not-supported", "成片开发"),
    "G3 approved while the plan hangs": (with_(changed(K.PLAN, term=Term(n=80, unit=Unit.CALENDAR_DAY), stated_until=date(2026, 1, 19)), applied_on=None), K.FINAL, "APPROVED_BEFORE_PERIOD_END", "第四十七条"),
    "G4 basic farmland by the province": (changed(K.FINAL, areas=(LandParcel(village="竹垓村", land_class="永久基本农田", area=Area(ha=1)),)), K.FINAL, "WRONG_APPROVER", "第四十六条"),
    "G4 approved before it was applied for": (with_(CASE, applied_on=date(2026, 1, 13)), K.FINAL, "land-g4-approval-dates", "第四十六条"),
    "G4 received before it was approved": (changed(K.FINAL, approval=with_(APPROVAL, approved_on=date(2026, 1, 15))), K.FINAL, "APPROVAL_DATES", ""),
    "G5 sixteen working days": (changed(K.FINAL, posted_on=date(2026, 2, 5), stated_until=date(2026, 2, 26)), K.FINAL, "ANNOUNCED_LATE", "第三十一条"),
    "G5 before the approval came": (changed(K.FINAL, posted_on=date(2026, 1, 13), stated_until=date(2026, 1, 27)), K.FINAL, "POSTED_BEFORE_APPROVAL", "第三十一条"),
    "G6 after sixty days": (changed(K.PAY, posted_on=date(2026, 3, 25), stated_until=date(2026, 4, 1), compensation=(with_(ROW, paid=Fen(499)),)), K.PAY, "PAYMENT_OVERDUE", "第四十六条"),
    "G7 the village is left out": (changed(K.PLAN, boards=(BOARDS[0], "第三村民小组公示栏")), K.PLAN, "POSTING_PLACE_MISSING", "第二十六条"),
    "G7 the township is left out": (changed(K.PLAN, boards=BOARDS[1:]), K.PLAN, "POSTING_PLACE_MISSING", "竹垓乡"),
    "stopped without a word": (with_(CASE, notices=(START, notice(K.STOP, "2025-10-01", 7, index=1, reason=" "))), K.STOP, "ELEMENT_MISSING", "第二十一条"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
def test_what_the_law_refuses_is_said_once_at_its_notice(name):
    """One breach is one finding, with its code, at the notice that rests on it, in a sentence that names the rule."""
    case, kind, code, words = BREACHES[name]
    ((where, said, message),) = told(case)
    assert (where, said) == (kind, code)
    assert words in message
    assert message.endswith("。")


def test_the_last_lawful_day_is_in_time():
    """The fifteenth working day for the announcement and the sixtieth day for the payment are not late."""
    for posted, codes in ((date(2026, 2, 4), []), (date(2026, 2, 5), ["ANNOUNCED_LATE"])):
        hangs_until = CALENDAR.posting_end(posted, FINAL.term).day
        assert [
            code for _, code, _ in told(changed(K.FINAL, posted_on=posted, stated_until=hangs_until))
        ] == codes
    due = CALENDAR.deadline(FINAL.posted_on, ZHEJIANG.pay_within).day
    open_ = (with_(ROW, paid=Fen(499)),)
    for late in (0, 1):
        posted = due + timedelta(days=late)
        case = changed(K.PAY, posted_on=posted, stated_until=posted + timedelta(days=7), compensation=open_)
        assert [code for _, code, _ in told(case)] == ["PAYMENT_OVERDUE"] * late


@pytest.mark.parametrize(
    ("begun", "ended", "codes"),
    [
        (date(2025, 10, 21), date(2025, 10, 22), {"SURVEY_ENDED_EARLY"}),
        (date(2025, 9, 27), date(2025, 12, 31), {"SURVEY_ENDED_EARLY"}),
        (date(2025, 9, 27), date(2025, 10, 21), set()),
        (date(2025, 9, 27), date(2025, 9, 28), {"SURVEY_RESULT_LATE"}),
    ],
)
def test_a_survey_may_be_done_before_its_planned_end(begun, ended, codes):
    """A result posted between the first day of the survey and its planned end is a note, and holds nothing."""
    corrected = with_(START, posted_on=date(2025, 9, 25), index=len(WAY), correction=True, survey_from=None)
    case = changed(K.START, survey_from=begun, survey_to=ended)
    for notices in (case.notices, (*case.notices, with_(corrected, survey_to=None))):
        found = with_(case, notices=notices)
        assert {one.code for rule in LAW for one in rule(SURVEY, found)} == codes
    assert not any(code.startswith("SURVEY") for _, code, _ in told(case))


def test_correcting_the_acquisition_moves_no_day_of_payment():
    """The sixty days count from the first acquisition notice, however often it is published again (浙土 §46)."""
    again = with_(notice(K.FINAL, "2026-02-26", 10, Unit.WORKING_DAY), index=len(WAY), correction=True)
    late = changed(
        K.PAY,
        posted_on=date(2026, 4, 1),
        stated_until=date(2026, 4, 8),
        compensation=(with_(ROW, paid=None),),
    )
    assert [code for _, code, _ in told(with_(late, notices=(*late.notices, again)))] == ["PAYMENT_OVERDUE"]


def test_the_plan_has_hung_when_the_land_is_approved():
    """Approved on the last day of the plan's period is a day too early, the day after is lawful (G3)."""
    for until, codes in ((date(2026, 1, 12), ["APPROVED_BEFORE_PERIOD_END"]), (date(2026, 1, 11), [])):
        term = Term(n=(until - PLAN.posted_on).days, unit=Unit.CALENDAR_DAY)
        case = with_(changed(K.PLAN, term=term, stated_until=until), applied_on=None)
        assert [code for _, code, _ in told(case)] == codes


def test_a_village_named_like_its_township_is_no_board_of_the_township():
    """竹垓镇竹垓镇村: the village's own board names the township too, and is none of the township's (G7)."""
    case = changed(
        K.PLAN, concerned=(("竹垓镇村", "竹垓镇"),), boards=("竹垓镇村村务公开栏", "竹垓镇村第三组公示栏")
    )
    assert [message.partition("（")[0] for _, _, message in told(case)] == ["张贴地点没有竹垓镇"]


def test_what_the_province_does_not_limit_is_not_asked():
    """Without Zhejiang's sixty days a payment is never late."""
    late = changed(
        K.PAY,
        posted_on=date(2027, 3, 1),
        stated_until=date(2027, 3, 8),
        compensation=(with_(ROW, paid=None),),
    )
    assert told(with_(late, rules=NATIONAL)) == []


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 11, 1), date(2025, 12, 9)), st.integers(1, 60), st.booleans())
def test_a_changed_plan_restarts_its_period(posted, n, states_a_period):
    """What counts at the application is the newest plan that states a period, never shorter than thirty days (G8)."""
    case = plan_again(
        posted.isoformat(), n, **({} if states_a_period else {"term": None, "stated_until": None})
    )
    end = (
        max(posted + timedelta(days=max(n, 30)), date(2025, 12, 10))
        if states_a_period
        else date(2025, 12, 10)
    )
    for late in (0, 1):
        asked = with_(case, applied_on=end + timedelta(days=late))
        found = {code for _, code, _ in told(asked)}
        assert bool(found & {"land-g3-period-not-over", "land-g3-registration-open"}) is not bool(late)


def test_the_order_in_the_file_means_nothing():
    """Of a pre-announcement published twice the one posted later counts, wherever it stands in the file (settled §32)."""
    term = Term(n=60, unit=Unit.CALENDAR_DAY)
    again = with_(START, posted_on=date(2025, 10, 17), term=term, correction=True)
    for notices in ((START, again, *WAY[1:]), (again, START, *WAY[1:])):
        standing = tuple(with_(one, index=n) for n, one in enumerate(notices))
        case = with_(CASE, notices=standing, applied_on=date(2025, 12, 16))
        found = [message for _, code, message in told(case) if code == "land-g3-period-not-over"]
        assert ["征收土地预公告的公告期到2025-12-16才满" in one for one in found] == [True]


@pytest.mark.parametrize("held", [date(2025, 11, 12), date(2025, 12, 11)])
def test_a_changed_plan_undoes_what_was_said_of_the_first(held):
    """Who objected to a plan was heard; the plan that is announced anew is another one, before or after the hearing."""
    case = with_(plan_again("2025-11-14"), applied_on=date(2025, 12, 20))
    for notified in (None, date(2025, 11, 1)):
        assert told(with_(case, hearing=with_(HEARD, notified_on=notified, held_on=held))) == []
    assert [code for _, code, _ in told(with_(case, hearing=with_(HEARD, held_on=None)))] == [
        "land-g3-hearing-not-held"
    ]


def test_every_reason_against_an_application_is_told():
    """Periods, hearing, registration, owners, ground: a clerk mends them together, not one after the other."""
    wrong = with_(
        CASE,
        applied_on=date(2025, 11, 30),
        ground=PublicInterestGround.RELOCATION_HOUSING,
        in_year_plan=False,
    )
    reasons = ["land-g3-period-not-over", "land-g3-registration-open", "land-g3-ground-not-supported"]
    for day, many in ((date(2025, 11, 30), 3), (date(2025, 12, 10), 2), (date(2025, 12, 11), 1)):
        assert [code for _, code, _ in told(with_(wrong, applied_on=day))] == reasons[-many:]
    unsigned = with_(wrong, applied_on=date(2025, 12, 11), agreements=AgreementFacts(signed=9, owners=12))
    assert {code for _, code, _ in told(unsigned)} == {"land-g3-owners-not-accounted-for", reasons[-1]}


@given(
    st.sets(st.sampled_from(["risk_assessed_on", "hearing", "agreements", "applied_on", "ground"])),
    st.sets(st.sampled_from(WAY[1:])),
)
def test_what_is_not_known_is_not_refused(absent, away):
    """A fact that is missing holds nothing: only that an earlier notice is missing is said, at the one resting on it."""
    empty = {"hearing": HearingFacts(), "agreements": AgreementFacts()}
    notices = [one for one in WAY if one not in away]
    case = with_(
        CASE,
        notices=tuple(with_(one, index=n) for n, one in enumerate(notices)),
        **{key: empty.get(key) for key in absent},
    )
    assert {code for _, code, _ in told(case)} <= {"EARLIER_STAGE_MISSING"}


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(K), st.integers(0, 60), st.booleans()), max_size=7))
def test_as_few_notices_are_blamed_as_explain_the_order(drawn):
    """Without the misplaced the days rise with the kinds, and in a case that is in order none is misplaced."""
    notices = [
        with_(
            notice(kind, "2025-09-24", 7),
            index=n,
            posted_on=date(2025, 9, 24) + timedelta(days=days),
            correction=again,
        )
        for n, (kind, days, again) in enumerate(drawn)
    ]
    wrong = misplaced(notices)
    kept = [one for one in notices if one.index not in wrong and not one.correction]
    kept.sort(key=lambda one: list(K).index(one.kind))
    assert [one.posted_on for one in kept] == sorted(one.posted_on for one in kept)
    assert not any(one.correction for one in notices if one.index in wrong)
    if wrong:
        firsts = sorted(
            (one for one in notices if not one.correction), key=lambda one: list(K).index(one.kind)
        )
        assert [one.posted_on for one in firsts] != sorted(one.posted_on for one in firsts)


def rules_in(module) -> set:
    """Functions of a module that have the form of a law."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return {
        one
        for name, one in functions
        if one.__module__ == module.__name__
        and not name.startswith("_")
        and [*inspect.signature(one).parameters.values()][1:]
        and inspect.signature(one).return_annotation == "Iterator[Finding]"
        and [p.annotation for p in inspect.signature(one).parameters.values()] == ["NoticeFacts", "CaseFacts"]
    }


def test_every_rule_is_on_duty():
    """Each pure rule of the room stands in the law once; the end of the registration is asked at the application."""
    rooms = [import_module(f"{land.__name__}.{one.name}") for one in iter_modules(land.__path__)]
    found = set().union(*map(rules_in, rooms))
    assert len(set(LAW)) == len(LAW)
    assert found - set(LAW) == {registration.window_is_over}
    assert "window_is_over" in inspect.getsource(application.may_be_applied_for)


def test_a_rule_that_refuses_says_what_to_do():
    """A refusal of the law is an error, names its article, and tells the clerk to mend it before publishing."""
    refusals = [
        (code, message)
        for case, *_ in BREACHES.values()
        for _, code, message in told(case)
        if code.startswith("land-")
    ]
    assert len({code for code, _ in refusals}) == 8
    for _, message in refusals:
        assert re.search(r"《[^》]+》第[一二三四五六七八九十]+条|标准目录", message)
        assert message.endswith("请按规定补齐后再发布。")
    levels = {
        one.level
        for case, *_ in BREACHES.values()
        for n in case.notices
        for rule in LAW
        for one in rule(n, case)
        if one.code.startswith("land-")
    }
    assert levels == {Level.ERROR}
