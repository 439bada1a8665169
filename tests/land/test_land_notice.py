"""What follows from a notice alone: order by the table, periods that restart, boards that each want their own proof."""

import re
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.calendar.workdays import LONGEST_TERM_DAYS, Term, TermNotPossible, Unit
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.elements import says_what_it_must
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import Act, NoticeKind, Step
from boards.model.land.notice import LandNotice, sum_of
from boards.model.land.order import may_follow
from boards.model.land.periods import last_day_to_act, posting_end
from boards.model.land.postings import PlaceKind, PostingEvidence, PostingPlace, coverage, groups_of
from boards.model.money import Fen
from boards.sheets.land.case import case_view
from boards.sheets.land.views import Progress
from sync import wire
from tests.land.land_house import CALENDAR, PACK, RULES, VILLAGE, hung_from, village_of

K = NoticeKind
HERE = village_of(VILLAGE)
POSTED = date(2025, 11, 3)


def notice(kind: NoticeKind, posted: date = POSTED, number: int = 1, **more) -> LandNotice:
    plain = {
        "case_id": "C", "number": number, "kind": kind, "project": "某某工程", "purpose": "教育用地",
        "county": "苕安县", "title": kind.value, "doc_no": f"苕征〔{posted.year}〕{number}号", "issuer": "苕安县人民政府",
        "posted_on": posted, "villages": (VILLAGE,),
    }  # fmt: skip
    return LandNotice(**(plain | more))


@settings(max_examples=200)
@given(st.lists(st.sampled_from(NoticeKind), max_size=12))
def test_no_sequence_of_notices_leaves_the_order(kinds):
    """Whatever is asked for, what may be published keeps the order of the law; stopping is the end."""
    published: list[NoticeKind] = []
    for kind in kinds:
        published += [] if any(may_follow(published, kind)) else [kind]
    first = {kind: published.index(kind) for kind in set(published)}
    for before, after in (
        (K.START, K.SURVEY),
        (K.SURVEY, K.PLAN),
        (K.PLAN, K.REGISTER),
        (K.PLAN, K.FINAL),
        (K.FINAL, K.PAY),
    ):
        if after in first:
            assert first[before] < first[after]
    if K.STOP in first:
        assert first[K.STOP] == len(published) - 1
        assert K.FINAL not in first
    if K.FINAL in first:
        assert set(published[first[K.FINAL] :]) <= {K.FINAL, K.PAY}


def test_a_notice_out_of_turn_is_refused_with_the_article():
    """An acquisition announced without a plan is told where the case stands and by which rule it cannot go on."""
    (found,) = may_follow([K.START, K.SURVEY], K.FINAL)
    assert found.code == "land-step-not-possible"
    told = "征地案件现在处于“现状调查结果已公示”，不能进入“已发布征收土地公告”（《土地管理法》第四十七条规定的程序）。"
    assert found.message.startswith(told)


def test_a_plan_without_its_survey_is_told_what_it_lacks():
    """G1: what a plan must rest on is named, and the article that asks for it."""
    (found,) = may_follow([K.START], K.PLAN)
    assert found.code == "land-g1-plan-without-ground"
    assert "（《土地管理法实施条例》第二十七条），现在还缺：现状调查结果公示。" in found.message


@settings(max_examples=80)
@given(st.integers(0, 40), st.integers(1, 120), st.sampled_from(Unit))
def test_a_plan_published_again_restarts_its_period(later, n, unit):
    """However the new plan states its term, people get at least thirty days from its own posting (G8)."""
    again = POSTED + timedelta(days=later)
    notices = [
        notice(K.PLAN, term=Term(n=30, unit=Unit.CALENDAR_DAY)),
        notice(K.PLAN, again, 2, revision=2, term=Term(n=n, unit=unit)),
    ]
    view = case_view(hung_from(notices), HERE, again, CALENDAR, RULES)
    step = next(one for one in view.steps if one.step is Step.PLAN)
    assert step.until.day >= again + timedelta(days=30)
    assert (step.number, step.restarted, step.progress) == (2, True, Progress.NOW)
    assert all(act.until.day >= step.until.day for act in view.now.acts if act.act is Act.OBJECT)
    assert view.corrected == {"land-x-plan-1"}


@pytest.mark.parametrize("n", [0, -3, LONGEST_TERM_DAYS + 1])
@pytest.mark.parametrize("kind", [K.PLAN, K.SURVEY])
def test_a_period_that_nobody_can_count_is_shown_with_the_laws(kind, n):
    """A notice of 0日 that hangs all the same: the page stands, and people have the days the law gives them."""
    hung = hung_from([notice(kind, term=Term(n=n, unit=Unit.CALENDAR_DAY))])
    lawful = hung_from([notice(kind)])
    shown, plain = (case_view(one, HERE, POSTED, CALENDAR, RULES).now for one in (hung, lawful))
    assert (shown.until, shown.days_left, shown.acts) == (plain.until, plain.days_left, plain.acts)


def test_a_last_day_is_a_day():
    """On the last day of a notice its period runs and people can object; a day later neither."""
    hung = hung_from([notice(K.START, term=Term(n=10, unit=Unit.WORKING_DAY))])
    last = posting_end(hung[0].notice, CALENDAR, RULES).day
    for later, days_left, acts in ((0, 0, [Act.OBJECT]), (1, -1, [])):
        view = case_view(hung, HERE, last + timedelta(days=later), CALENDAR, RULES)
        assert (view.now.days_left, [one.act for one in view.now.acts]) == (days_left, acts)
        assert view.steps[0].progress is (Progress.DONE if later else Progress.NOW)


def test_the_notice_told_of_is_the_one_whose_period_still_runs():
    """A survey result that hangs a day longer than the later notice is what a villager can still act on."""
    long, short = Term(n=20, unit=Unit.CALENDAR_DAY), Term(n=7, unit=Unit.CALENDAR_DAY)
    hung = hung_from(
        [notice(K.SURVEY, term=long), notice(K.REGISTER, POSTED + timedelta(days=5), 2, term=short)]
    )
    for day, number in ((12, 2), (13, 1), (20, 1), (21, 2)):
        view = case_view(hung, HERE, POSTED + timedelta(days=day), CALENDAR, RULES)
        assert view.now.hung.notice.number == number, day


def test_payment_is_late_after_its_last_day_and_done_when_all_is_paid():
    """The sixtieth day is in time; half the money is not the money."""
    due = CALENDAR.deadline(POSTED, RULES.pay_within).day
    hung = hung_from([notice(K.FINAL)])
    for day, progress in ((due, Progress.NOW), (due + timedelta(days=1), Progress.LATE)):
        assert case_view(hung, HERE, day, CALENDAR, RULES).steps[-1].progress is progress
    for paid, progress in ((1000, Progress.DONE), (500, Progress.NOW), (None, Progress.NOW)):
        row = CompensationRow(village="竹垓村", item="青苗", amount=Fen(1000), paid=paid)
        pay = notice(K.PAY, POSTED + timedelta(days=9), 2, compensation=(row,), due_fen=1000, paid_fen=paid)
        view = case_view(hung_from([notice(K.FINAL), pay]), HERE, pay.posted_on, CALENDAR, RULES)
        assert view.steps[-1].progress is progress


@pytest.mark.parametrize(
    "kinds", ["start", "start survey", "start survey plan", "start survey plan register"]
)
def test_only_the_furthest_notice_is_objected_to(kinds):
    """While the plan hangs nobody is sent to object to the survey; the plan alone leads to a hearing."""
    posted = [NoticeKind(kind) for kind in kinds.split()]
    term = Term(n=60, unit=Unit.CALENDAR_DAY)
    notices = [notice(kind, POSTED + timedelta(days=n), n + 1, term=term) for n, kind in enumerate(posted)]
    acts = case_view(hung_from(notices), HERE, POSTED, CALENDAR, RULES).now.acts
    last = posted.index(K.PLAN) if K.PLAN in posted else len(posted) - 1
    until = last_day_to_act(notices[last], posting_end(notices[last], CALENDAR, RULES), CALENDAR)
    expected = [Act.OBJECT, Act.HEARING] if K.PLAN in posted else [Act.OBJECT]
    assert [(one.act, one.until) for one in acts] == [(act, until) for act in expected]


def test_correcting_the_acquisition_notice_gives_no_more_time_to_pay():
    """The sixty days count from the first acquisition notice, however often it is published again (浙土 §46)."""
    notices = [notice(K.FINAL), notice(K.FINAL, POSTED + timedelta(days=40), 2, revision=2)]
    view = case_view(hung_from(notices), HERE, POSTED + timedelta(days=70), CALENDAR, RULES)
    step = view.steps[-1]
    assert (step.step, step.progress) == (Step.PAY, Progress.LATE)
    assert step.due.day == date(2026, 1, 4)  # 2 January 2026 is a day off: moved to Sunday the 4th, a workday


@settings(max_examples=80)
@given(
    st.sampled_from(NoticeKind), st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    st.none() | st.builds(Term, n=st.integers(1, 400), unit=st.sampled_from(Unit)), st.none() | st.integers(0, 90),
)  # fmt: skip
def test_no_notice_hangs_shorter_than_the_law(kind, posted, term, stated):
    """Never before the statutory minimum, never before its own term; who acts has until then or later."""
    one = notice(
        kind, posted, term=term, stated_until=None if stated is None else posted + timedelta(days=stated)
    )
    end, minimum = posting_end(one, CALENDAR, RULES), RULES.minimum(kind)
    for least in filter(None, (term, minimum)):
        assert end.day >= CALENDAR.posting_end(posted, least).day
    acts = last_day_to_act(one, end, CALENDAR)
    if end is not None:
        assert acts.day >= end.day
        assert acts.provisional or not end.provisional
    assert (end is None) == (term is None and minimum is None)


PLACES = (
    PostingPlace(kind=PlaceKind.TOWNSHIP, name="竹垓乡"),
    PostingPlace(kind=PlaceKind.VILLAGE, name="竹垓村"),
    PostingPlace(kind=PlaceKind.GROUP, name="竹垓村第三村民小组"),
)
BOARDS = ("竹垓乡人民政府公告栏", "竹垓村村务公开栏", "竹垓村第三村民小组公示栏")


@given(st.sets(st.sampled_from(BOARDS)), st.sets(st.sampled_from(PLACES)), st.booleans())
def test_each_board_wants_its_own_proof(named, proved, other_notice):
    """A board is covered by its own photo of this very notice, whatever the other boards have (G7)."""
    one = notice(K.PLAN, posted_at=tuple(named))
    evidence = [
        PostingEvidence(
            doc_no="别的公告" if other_notice else one.doc_no,
            place=place,
            posted_on=POSTED,
            photo_sha256="ab" * 32,
        )
        for place in proved
    ]
    found = coverage(one, PLACES, evidence)
    assert [place.place for place in found] == list(PLACES)
    assert [place.named for place in found] == [board in named for board in BOARDS]
    assert [place.evidence is None for place in found] == [
        other_notice or place not in proved for place in PLACES
    ]


def test_a_posting_without_a_photo_proves_nothing():
    """An empty digest is no evidence."""
    bare = PostingEvidence(doc_no=notice(K.PLAN).doc_no, place=PLACES[0], posted_on=POSTED, photo_sha256="")
    assert coverage(notice(K.PLAN), PLACES, [bare])[0].evidence is None


def test_the_groups_of_a_village_come_from_areas_and_boards():
    """第二村民小组 in the areas, 第三村民小组 among the boards: both are posting places; a neighbour's and an office's are not."""
    areas = (
        LandParcel(village="竹垓村", village_code=VILLAGE, group="第二村民小组", area=Area(ha=Decimal(1))),
        LandParcel(
            village="中坞村", village_code="330590200202", group="第一村民小组", area=Area(ha=Decimal(1))
        ),
    )
    one = notice(
        K.PLAN,
        areas=areas,
        posted_at=("竹垓村第三村民小组公示栏", "中坞村第一村民小组公示栏", "乡组织办竹垓村栏"),
    )
    assert groups_of([one], "竹垓村", VILLAGE) == ("竹垓村第三村民小组", "竹垓村第二村民小组")
    view = case_view(hung_from([one]), HERE, POSTED, CALENDAR, RULES)
    assert [place.place.name for place in view.coverage] == [
        "竹垓乡", "竹垓村", "竹垓村第三村民小组", "竹垓村第二村民小组",
    ]  # fmt: skip
    assert [place.named for place in view.coverage] == [False, False, True, False]


def test_a_village_whose_groups_are_not_named_still_owes_one():
    """Where no notice names a group, the posting in the groups is one open place of the village."""
    view = case_view(hung_from([notice(K.PLAN)]), HERE, POSTED, CALENDAR, RULES)
    assert [(one.place.kind, one.evidence is None) for one in view.coverage] == [
        (PlaceKind.TOWNSHIP, True), (PlaceKind.VILLAGE, True), (PlaceKind.GROUP, True),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 9999), st.none() | st.integers(1, 9999)), max_size=6))
def test_a_unit_that_some_line_lacks_has_no_sum(lines):
    """Areas are added as printed, unit by unit; a sum over a gap would be a figure nobody published."""
    parcels = [
        LandParcel(
            village="竹垓村", area=Area(ha=Decimal(ha).scaleb(-4), mu=None if mu is None else Decimal(mu))
        )
        for ha, mu in lines
    ]
    total = sum_of(parcels)
    assert total.ha == (sum(Decimal(ha).scaleb(-4) for ha, _ in lines) if lines else None)
    assert (total.mu is None) == (not lines or any(mu is None for _, mu in lines))


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_missing_element_names_the_article_that_asks_for_it(kind):
    """A notice without its lawful content is told by which article it must have it."""
    bare = NoticeFacts(index=0, kind=kind, title="x", doc_no="x", issuer="x", posted_on=POSTED)
    case = CaseFacts(notices=(bare,), calendar=CALENDAR, rules=RULES, purpose="x")
    found = list(says_what_it_must(bare, case))
    assert found
    assert all(re.search(r"（《[^》]+》第", one.message) for one in found), found


def test_terms_beyond_reason_are_refused_with_a_sentence():
    """A slip of the pen in a period costs a sentence, not minutes of counting, and the notice still reads."""
    long = notice(K.PLAN, term=Term(n=LONGEST_TERM_DAYS + 1, unit=Unit.CALENDAR_DAY))
    with pytest.raises(TermNotPossible, match="无法计算"):
        CALENDAR.posting_end(POSTED, long.term)
    assert msgspec.json.decode(msgspec.json.encode(long), type=LandNotice) == long
    assert PACK.county == long.county


def test_a_notice_without_the_day_of_the_risk_assessment_keeps_its_bytes():
    """The field is written only where it is known: what was published before it existed reads the same."""
    plain = wire.canonical(notice(K.PLAN))
    assert b"risk_assessed_on" not in plain
    assert wire.canonical(msgspec.json.decode(plain, type=LandNotice)) == plain
    dated = notice(K.PLAN, risk_assessed_on=date(2025, 10, 22))
    assert msgspec.json.decode(wire.canonical(dated), type=LandNotice) == dated
