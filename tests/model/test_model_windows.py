"""How long names may hang, which days are working days, and whose clock is believed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.calendar import DayException, DayKind, Workdays, working_days_after
from boards.model.clock import AHEAD, civil_day, raised_floor, trusted_today
from boards.model.pack import MaskPolicy, Pack, Windows
from boards.model.payouts import Phase, Terms
from boards.model.windows import (
    Ends,
    board_window,
    days_left,
    months_after,
    names_visible,
    wall_window,
    workdays_of,
)

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PAID_ON = date(2025, 9, 10)


def is_weekday(day):
    return day.weekday() < 5


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
    window = board_window(
        terms(paid_on=paid_on), paid_on + timedelta(days=late), Windows(payment_max_months=months), upcoming
    )
    limit = months_after(paid_on, months)
    assert window.until <= limit
    if upcoming is None:
        assert window.until == limit
    else:
        assert window.until == min(max(date(paid_on.year, 12, 31), upcoming - timedelta(days=1)), limit)


@given(days, st.integers(1, 90), st.sampled_from(["calendar", "calendar_inclusive", "working"]))
@settings(max_examples=100)
def test_an_application_list_hangs_its_days(imported_on, count, basis):
    """Calendar days without the first one, one less where it counts, at least as many for working days."""
    window = board_window(
        terms(Phase.APPLICATION, None),
        imported_on,
        Windows(application_days=count, application_count=basis),
        is_workday=is_weekday,
    )
    spent = (window.until - imported_on).days
    if basis == "working":
        working = sum((imported_on + timedelta(days=n)).weekday() < 5 for n in range(1, spent + 1))
        assert working == count
        assert window.until.weekday() < 5
    else:
        assert spent == count - (basis == "calendar_inclusive")


@given(days, days)
@settings(max_examples=100)
def test_names_leave_on_their_day_with_nothing_published(imported_on, today):
    """The last day shows names with 0 days left; the next one shows none."""
    window = board_window(terms(Phase.APPLICATION, None), imported_on, Windows())
    assert names_visible(window, window.until)
    assert days_left(window, window.until) == 0
    assert not names_visible(window, window.until + timedelta(days=1))
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
    window = board_window(terms(), date(2025, 9, 12), Windows(), next_batch_on)
    assert (window.start, window.until, window.ends) == (date(2025, 9, 12), until, ends)


def test_the_day_of_posting_is_not_counted():
    """Posted on the 1st for 7 days hangs to the 8th."""
    assert wall_window(date(2025, 9, 1), 7).until == date(2025, 9, 8)


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
    table = Workdays(HOLIDAYS, (2025,))
    assert working_days_after(date(2025, 9, 24), 10, table) == date(2025, 10, 14)
    assert working_days_after(date(2025, 9, 24), 10, is_weekday) == date(2025, 10, 8)
    assert not table.provisional(date(2025, 1, 1))
    assert table.provisional(date(2027, 1, 1))


def test_a_packs_year_goes_over_the_shipped_one():
    """A county may replace a year and add one; what it does not carry stays as shipped."""
    strange = DayException(day=date(2026, 3, 3), kind=DayKind.HOLIDAY)
    pack = Pack(
        version="1",
        county_code="330590",
        county="苕安县",
        supervision_phone="12345",
        mask=MaskPolicy(version="1"),
        villages=(),
        programmes=(),
        calendar_years=(2026,),
        calendar=(strange,),
        digest="0" * 64,
    )
    workday = workdays_of(pack)
    assert not workday(date(2026, 3, 3))
    assert workday(date(2026, 2, 17))  # the shipped Spring Festival was replaced with the year
    assert not workday(date(2025, 10, 6))


instants = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))
BUILT = datetime(2025, 1, 1, tzinfo=UTC)


@given(instants)
@settings(max_examples=100)
def test_a_wrong_clock_gives_the_floors_own_day(now):
    """A clock in 1970 or 2099 is suspect, and the board stays on the day it is sure of."""
    today, suspect = trusted_today(now, BUILT)
    assert suspect == (not BUILT - timedelta(days=1) <= now <= BUILT + AHEAD)
    assert today == civil_day(BUILT if suspect else now)


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
    window = board_window(terms(Phase.APPLICATION, None), date(2025, 9, 10), Windows())
    assert names_visible(window, date(2024, 1, 1))
