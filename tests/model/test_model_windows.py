"""How long names may hang, which days are working days, and whose clock is believed."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.calendar.civil_day import (
    AHEAD,
    DARK,
    civil_day,
    names_day,
    raised_floor,
    trusted_today,
    walked_on,
)
from boards.model.calendar.workdays import (
    Certainty,
    DayException,
    DayKind,
    LastDay,
    Term,
    Unit,
    WorkCalendar,
    months_after,
)
from boards.model.calendar.years import shipped_calendar
from boards.model.pack import Guide, MaskPolicy, Pack, Programme, Windows
from boards.model.payouts import Phase, Terms
from boards.model.windows import (
    Ends,
    board_window,
    days_left,
    deadline,
    named_too_long,
    names_visible,
    workdays_of,
    year_before_visible,
)

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PAID_ON = date(2025, 9, 10)
CALENDAR = shipped_calendar()
WEEKENDS = WorkCalendar()
PACK = Pack(
    version="1",
    county_code="330590",
    county="苕安县",
    supervision_phone="12345",
    mask=MaskPolicy(version="1"),
    villages=(),
    programmes=(),
    digest="0" * 64,
)


def terms(phase=Phase.PAYMENT, paid_on=PAID_ON):
    return Terms(
        village="330590100201",
        programme="rice",
        programme_name="稻谷补贴",
        phase=phase,
        fiscal_year=2025,
        period_no="2025-01",
        paid_on=paid_on,
    )


@given(days, st.integers(0, 40), st.none() | st.integers(-400, 900), st.integers(1, 18))
@settings(max_examples=200)
def test_a_payout_list_hangs_to_its_rule_and_never_past_the_limit(paid_on, late, gap, months):
    """Not before year's end or the next batch, whichever is later, and never past the longest time."""
    upcoming = None if gap is None else paid_on + timedelta(days=gap)
    windows, imported_on = Windows(payment_max_months=months), paid_on + timedelta(days=late)
    until = board_window(terms(paid_on=paid_on), imported_on, windows, CALENDAR, upcoming).until
    limit = months_after(paid_on, months)
    assert not until.provisional
    assert until.day <= limit
    if upcoming is None:
        assert until.day == limit
    else:
        assert until.day == min(max(date(paid_on.year, 12, 31), upcoming - timedelta(days=1)), limit)


COUNTS = st.sampled_from(["calendar", "calendar_inclusive", "working", None])


@given(days, st.integers(1, 90), COUNTS)
@settings(max_examples=100)
def test_an_application_list_hangs_its_days(imported_on, count, basis):
    """Calendar days without the first one; working days are the calendar's own count."""
    windows = Windows(application_days=count, application_count=basis)
    until = board_window(terms(Phase.APPLICATION, None), imported_on, windows, CALENDAR).until
    if basis == "working":
        assert until == CALENDAR.posting_end(imported_on, Term(n=count, unit=Unit.WORKING_DAY))
    else:
        assert (until.day - imported_on).days == count
        assert not until.provisional


HOLIDAY_TABLES = st.dictionaries(st.integers(1, 90), st.sampled_from(DayKind), max_size=40)


@given(
    days, HOLIDAY_TABLES, st.sampled_from(Phase), st.tuples(st.integers(1, 30), st.integers(1, 30)), COUNTS
)
@settings(max_examples=200)
def test_the_deadline_is_the_nth_day_after_the_posting(posted, table, phase, counts, basis):
    """By any table of days off and make-up working days: as many days as the programme says, the posting's not."""
    exceptions = tuple(DayException(day=posted + timedelta(days=n), kind=kind) for n, kind in table.items())
    calendar = WorkCalendar(exceptions, range(2024, 2033))
    applied, paid = counts
    wall = "calendar" if basis == "calendar_inclusive" else basis
    windows = Windows(application_days=applied, application_count=basis, wall_days=paid, wall_count=wall)
    found = deadline(terms(phase), posted, windows, calendar)
    n = applied if phase is Phase.APPLICATION else paid
    left, last = n, posted
    while left:
        last += timedelta(days=1)
        kind = table.get((last - posted).days)
        works = kind is DayKind.MAKEUP_WORKDAY or (kind is None and last.weekday() < 5)
        left -= works or basis != "working"
    assert found.until == LastDay(day=last)
    unit = Unit.WORKING_DAY if basis == "working" else Unit.CALENDAR_DAY
    assert found.term == Term(n=n, unit=unit)


@given(days, st.sampled_from(Phase), st.integers(1, 30), st.none() | st.just("calendar"))
@settings(max_examples=100)
def test_a_sensitive_list_has_names_for_its_own_term_only(imported_on, phase, count, basis):
    """Names of relief or illness leave the screen with the term: seven working days where the pack says nothing."""
    windows = Windows(application_days=count, application_count=basis, wall_days=count, wall_count=basis)
    sensitive = msgspec.structs.replace(terms(phase), sensitive=True)
    window = board_window(sensitive, imported_on, windows, CALENDAR)
    assert window.until == deadline(sensitive, imported_on, windows, CALENDAR).until
    assert deadline(sensitive, imported_on, Windows(), CALENDAR).term == Term(n=7, unit=Unit.WORKING_DAY)
    assert deadline(terms(phase), imported_on, Windows(), CALENDAR).term == Term(n=7, unit=Unit.CALENDAR_DAY)


@pytest.mark.parametrize(
    ("windows", "told"),
    [
        (Windows(), False),
        (Windows(wall_days=21), False),
        (Windows(wall_days=22), True),
        (Windows(wall_days=30, wall_count="calendar"), False),
        (Windows(wall_days=31, wall_count="calendar"), True),
        (Windows(application_days=31, application_count="calendar_inclusive"), True),
    ],
)
def test_sensitive_names_kept_longer_than_thirty_days_are_told(windows, told):
    """The check of the pack names the programme (settled §37), and never one that is not sensitive."""
    care, plain = (
        Programme(
            code="care",
            name=name,
            department="民政局",
            sensitive=sensitive,
            guide=Guide(who="某类", standard="另行公布"),
            windows=windows,
        )
        for name, sensitive in (("护理补贴", True), ("稻谷补贴", False))
    )
    pack = msgspec.structs.replace(PACK, programmes=(care, plain))
    assert named_too_long(pack) == (("护理补贴",) if told else ())


@pytest.mark.parametrize(
    ("opened", "last"),
    [
        (date(2025, 9, 26), date(2025, 10, 13)),  # Sunday the 28th and Saturday 11 October are worked
        (date(2026, 2, 12), date(2026, 2, 28)),  # so are Saturday the 14th and Saturday the 28th
        (date(2026, 9, 24), date(2026, 10, 12)),  # Mid-Autumn and National Day; 10 October is worked
    ],
)
def test_seven_working_days_know_the_holidays(opened, last):
    """An application list before a long holiday hangs seven days that people work, by the State Council's tables."""
    windows = Windows(application_days=7, application_count="working")
    window = board_window(terms(Phase.APPLICATION, None), opened, windows, CALENDAR)
    assert (window.start, window.until, window.ends) == (opened, LastDay(day=last), Ends.DAYS)


def test_a_window_into_a_year_without_a_table_is_provisional():
    """Seven working days from 28 December 2026 rest on a year that is not announced, and say so."""
    windows = Windows(application_days=7, application_count="working")
    until = board_window(terms(Phase.APPLICATION, None), date(2026, 12, 28), windows, CALENDAR).until
    assert until == LastDay(day=date(2027, 1, 7), certainty=Certainty.WEEKEND_RULE)


@given(days, days)
@settings(max_examples=100)
def test_names_leave_on_their_day_with_nothing_published(imported_on, today):
    """The last day shows names with 0 days left; the next one shows none."""
    window = board_window(terms(Phase.APPLICATION, None), imported_on, Windows(), CALENDAR)
    assert names_visible(window, window.until.day)
    assert days_left(window, window.until.day) == 0
    assert not names_visible(window, window.until.day + timedelta(days=1))
    assert names_visible(window, today) == (days_left(window, today) >= 0)


@pytest.mark.parametrize(
    ("next_batch_on", "until", "ends"),
    [
        (None, date(2027, 3, 10), Ends.LIMIT),
        (date(2025, 11, 1), date(2025, 12, 31), Ends.YEAR),
        (date(2026, 1, 1), date(2025, 12, 31), Ends.YEAR),
        (date(2026, 6, 20), date(2026, 6, 19), Ends.NEXT_BATCH),
        (date(2028, 1, 1), date(2027, 3, 10), Ends.LIMIT),
    ],
)
def test_the_four_ends_of_a_payout_list(next_batch_on, until, ends):
    """The later of 31 December and the next batch, at most 18 months (settled §2)."""
    window = board_window(terms(), date(2025, 9, 12), Windows(), CALENDAR, next_batch_on)
    assert (window.start, window.until.day, window.ends) == (date(2025, 9, 12), until, ends)


def test_the_day_of_posting_is_not_counted():
    """An application list posted on the 1st for 7 days hangs to the 8th."""
    window = board_window(terms(Phase.APPLICATION, None), date(2025, 9, 1), Windows(), CALENDAR)
    assert window.until.day == date(2025, 9, 8)


def test_months_end_with_the_month():
    """Eighteen months after 31 August is the last of February."""
    assert months_after(date(2025, 8, 31), 18) == date(2027, 2, 28)
    assert months_after(date(2025, 12, 31), 12) == date(2026, 12, 31)


HOLIDAYS = tuple(
    DayException(day=date(2025, 10, day), kind=DayKind.HOLIDAY) for day in (1, 2, 3, 6, 7, 8)
) + tuple(
    DayException(day=day, kind=DayKind.MAKEUP_WORKDAY) for day in (date(2025, 9, 28), date(2025, 10, 11))
)


def test_working_days_know_make_up_sundays():
    """Ten working days over National Day 2025: the 28th of September counts, a week in October does not."""
    table = WorkCalendar(HOLIDAYS, (2025,))
    assert table.working_day(date(2025, 9, 24), 10) == LastDay(day=date(2025, 10, 14))
    assert WEEKENDS.working_day(date(2024, 9, 24), 10).day == date(2024, 10, 8)


@given(days, st.integers(1, 60))
def test_counting_back_undoes_counting_on(start, n):
    """From a working day, n working days on and n back is the same day."""
    start = CALENDAR.rolled(start).day
    assert CALENDAR.working_day(CALENDAR.working_day(start, n).day, -n).day == start


def test_a_packs_year_goes_over_the_shipped_one():
    """A county may replace a year and add one; what it does not carry stays as shipped."""
    strange = DayException(day=date(2026, 3, 3), kind=DayKind.HOLIDAY)
    pack = msgspec.structs.replace(PACK, calendar_years=(2026,), calendar=(strange,))
    calendar = workdays_of(pack)
    assert not calendar.is_workday(date(2026, 3, 3))[0]
    assert calendar.is_workday(date(2026, 2, 17))[0]  # the shipped Spring Festival was replaced with the year
    assert not calendar.is_workday(date(2025, 10, 6))[0]


instants = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))
BUILT = datetime(2025, 1, 1, tzinfo=UTC)


@given(instants)
@settings(max_examples=100)
def test_a_wrong_clock_gives_the_floors_own_day(now):
    """A clock in 1970 or 2099 is suspect, and the board stays on the day it is sure of."""
    today, suspect = trusted_today(now, BUILT)
    assert suspect == (not BUILT - timedelta(days=1) <= now <= BUILT + AHEAD)
    assert today == civil_day(BUILT if suspect else now)


@given(st.lists(st.integers(1, DARK.days), min_size=60, max_size=80))
@settings(max_examples=50)
def test_a_right_clock_is_right_after_years_of_silence(gaps):
    """Day by day, dark for up to a month now and then, nothing signed for years: never suspect."""
    walked, now = BUILT, BUILT
    for gap in gaps:
        now += timedelta(days=gap)
        assert trusted_today(now, BUILT, walked) == (civil_day(now), False)
        walked = walked_on(walked, now, BUILT, datetime.max.replace(tzinfo=UTC))


@given(st.lists(instants, max_size=20), st.integers(0, 1000))
@settings(max_examples=200)
def test_a_clock_set_forward_gains_no_more_than_one_run_may(times, up):
    """However often it is set, it comes no further than 400 days behind what was signed, or than the run allows."""
    walked, longest = BUILT, BUILT + timedelta(days=up)
    for now in times:
        on = walked_on(walked, now, BUILT, longest)
        assert walked <= on <= max(BUILT + AHEAD, longest)
        walked = on


@given(instants, st.integers(0, 900))
@settings(max_examples=200)
def test_names_go_by_the_latest_day_while_the_clock_is_suspect(now, days):
    """A list that looks expired by any of them hides its names; with a clock that is believed its own day counts."""
    walked = BUILT + timedelta(days=days)
    today, suspect = trusted_today(now, BUILT, walked)
    latest = max(civil_day(now), civil_day(walked))
    assert names_day(now, BUILT, walked) == (latest if suspect else today)


@given(st.lists(instants, max_size=6))
@settings(max_examples=100)
def test_the_floor_only_rises_in_steps(times):
    """Whatever is seen, the floor never falls, never jumps, never passes build + 20 years."""
    floor = BUILT
    for seen in times:
        raised = raised_floor(floor, seen, built=BUILT)
        assert floor <= raised <= floor + AHEAD
        assert raised <= datetime(2045, 1, 1, tzinfo=UTC)
        floor = raised


def test_the_day_changes_at_midnight_in_shanghai():
    """15:59 UTC is still today, 16:00 UTC is tomorrow; a time without a zone is refused."""
    assert civil_day(datetime(2025, 9, 10, 15, 59, tzinfo=UTC)) == date(2025, 9, 10)
    assert civil_day(datetime(2025, 9, 10, 16, 0, tzinfo=UTC)) == date(2025, 9, 11)
    with pytest.raises(ValueError, match="time zone"):
        civil_day(datetime(2025, 9, 10))


def test_a_clock_gone_back_blanks_no_name():
    """A list imported today stays readable although the clock now says last year."""
    window = board_window(terms(Phase.APPLICATION, None), date(2025, 9, 10), Windows(), CALENDAR)
    assert names_visible(window, date(2024, 1, 1))


@given(days, st.integers(200, 600), st.integers(0, 366), st.integers(1, 18), st.integers(0, 800))
def test_last_year_leaves_with_its_own_longest_term(paid_on, gap, beside, months, late):
    """Beside this year's for as long as the pack says, never past a payout list's longest time; relief never."""
    opened = paid_on + timedelta(days=gap)
    today, before = opened + timedelta(days=late), terms(paid_on=paid_on)
    windows = Windows(year_before_days=beside, payment_max_months=months)
    said = year_before_visible(before, windows, opened, today, hangs=False)
    assert said == (beside > 0 and late <= beside and today <= months_after(paid_on, months))
    assert year_before_visible(before, windows, opened, today, hangs=True)
    relief = msgspec.structs.replace(before, sensitive=True)
    assert not any(
        year_before_visible(relief, windows, opened, today, hangs=hangs) for hangs in (True, False)
    )
