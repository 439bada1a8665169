"""Working days, periods and deadlines: domain §2.4, §3.2, §3.3, and what must hold for any calendar."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.calendar.workdays import (
    Certainty,
    DayException,
    DayKind,
    Term,
    TermNotPossible,
    Unit,
    WorkCalendar,
)
from boards.model.calendar.years import (
    CalendarUnreadable,
    calendar_from,
    exceptions_from,
    exceptions_from_holiday_cn,
    shipped_calendar,
)

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2004, 1, 1), date(2028, 12, 31))
TERMS = st.builds(Term, n=st.integers(1, 60), unit=st.sampled_from(Unit))


def working(n: int) -> Term:
    return Term(n=n, unit=Unit.WORKING_DAY)


def days(n: int) -> Term:
    return Term(n=n, unit=Unit.CALENDAR_DAY)


@given(DAYS, TERMS, DAYS)
def test_adding_a_holiday_never_makes_a_period_or_deadline_earlier(start, term, holiday):
    """A day more off can only move a last day on, for notices and for people."""
    more = WorkCalendar(
        (
            *(one for one in CALENDAR.exceptions() if one.day != holiday),
            DayException(day=holiday, kind=DayKind.HOLIDAY),
        ),
        CALENDAR.years,
    )
    assert more.posting_end(start, term).day >= CALENDAR.posting_end(start, term).day
    assert more.deadline(start, term).day >= CALENDAR.deadline(start, term).day


@given(DAYS, TERMS)
def test_a_deadline_never_falls_before_the_period_it_follows(start, term):
    """Rolling over holidays gives people more time, never less, and ends on a working day."""
    end, deadline = CALENDAR.posting_end(start, term), CALENDAR.deadline(start, term)
    assert deadline.day >= end.day
    assert CALENDAR.is_workday(deadline.day)[0]
    assert end.provisional <= deadline.provisional


@given(DAYS, st.integers(1, 60))
def test_a_working_day_period_holds_exactly_its_working_days(start, n):
    """From the day after posting to the last day there are n working days, and the last is one."""
    end = CALENDAR.posting_end(start, working(n)).day
    inside = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert sum(CALENDAR.is_workday(day)[0] for day in inside) == n
    assert CALENDAR.is_workday(end)[0]


@given(DAYS, TERMS)
def test_an_answer_that_touches_an_unannounced_year_is_provisional(start, term):
    """A working-day period is certain exactly if every day of it lies in an announced year."""
    end = CALENDAR.posting_end(start, term)
    touches = term.unit is Unit.WORKING_DAY and end.day.year > 2026
    assert end.provisional == touches


@given(
    DAYS, st.integers(1, 40), st.lists(st.tuples(st.integers(0, 89), st.sampled_from(DayKind)), max_size=30)
)
def test_no_later_table_can_beat_the_earliest_end(start, n, table):
    """Whatever the notice for 2027 says about days the law leaves open, no period ends before the bound."""
    fixed = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    exceptions = {
        day: DayException(day=day, kind=kind)
        for offset, kind in table
        if ((day := date(2027, 1, 1) + timedelta(days=offset)).month, day.day) not in fixed
    }
    exceptions[date(2027, 1, 1)] = DayException(day=date(2027, 1, 1), kind=DayKind.HOLIDAY)
    for month, day in fixed:
        exceptions[date(2027, month, day)] = DayException(day=date(2027, month, day), kind=DayKind.HOLIDAY)
    known = CALENDAR.extended(exceptions.values(), {2027})
    assert known.posting_end(start, working(n)).day >= CALENDAR.earliest_end(start, working(n))


@pytest.mark.parametrize(
    ("posted", "last"),
    [
        ("2025-01-22", "2025-02-11"),
        ("2025-04-29", "2025-05-16"),
        ("2025-09-24", "2025-10-14"),
        ("2026-02-10", "2026-03-02"),
        ("2026-02-12", "2026-03-04"),
        ("2026-04-28", "2026-05-14"),
        ("2026-09-22", "2026-10-13"),
        ("2026-02-28", "2026-03-13"),  # 内江: the notice counts the posting day and says 03-12
        ("2026-03-16", "2026-03-30"),  # 惠东
        ("2024-09-23", "2024-10-11"),  # 天津: the notice says 10-10
        ("2026-09-30", "2026-10-20"),
    ],
)
def test_ten_working_days(posted, last):
    """The ten-working-day examples and the three real notices come out to the day, and are certain."""
    end = CALENDAR.posting_end(date.fromisoformat(posted), working(10))
    assert (end.day.isoformat(), end.certainty) == (last, Certainty.OFFICIAL)


def test_ten_working_days_over_an_unannounced_new_year():
    """21 December 2026 plus ten working days crosses into 2027: a date is given, and called provisional."""
    end = CALENDAR.posting_end(date(2026, 12, 21), working(10))
    assert end.provisional
    assert CALENDAR.earliest_end(date(2026, 12, 21), working(10)) <= end.day


@pytest.mark.parametrize(
    ("since", "n", "last"),
    [
        ("2026-04-29", 15, "2026-05-22"),
        ("2026-02-10", 7, "2026-02-26"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-02-10", 40, "2026-04-14"),
        ("2025-09-26", 20, "2025-10-30"),
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-04-30", 1, "2026-05-06"),
    ],
)
def test_working_day_deadlines(since, n, last):
    """The request and inquiry clocks of domain §3.3 come out to the day."""
    assert CALENDAR.deadline(date.fromisoformat(since), working(n)).day == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("since", "n", "last"),
    [
        ("2026-01-15", 30, "2026-02-14"),  # a Saturday that is worked: stays
        ("2026-09-02", 30, "2026-10-08"),
        ("2026-04-03", 30, "2026-05-06"),
        ("2026-03-10", 60, "2026-05-09"),
    ],
)
def test_calendar_day_deadlines_roll_over_days_off(since, n, last):
    """A person's last day that is off moves to the next working day (民法典 §203); a worked Saturday stays."""
    assert CALENDAR.deadline(date.fromisoformat(since), days(n)).day == date.fromisoformat(last)


def test_a_posting_period_does_not_roll():
    """Thirty days from 31 October 2025 end on Sunday 30 November: a minimum length is not a deadline."""
    assert CALENDAR.posting_end(date(2025, 10, 31), days(30)).day == date(2025, 11, 30)
    assert CALENDAR.deadline(date(2025, 10, 31), days(30)).day == date(2025, 12, 1)


def test_what_the_law_fixes_is_known_without_a_table():
    """1 October 2030 is off by law, 2 January is judged by its weekday, and both say what they rest on."""
    assert CALENDAR.is_workday(date(2030, 10, 1)) == (False, Certainty.STATUTORY)
    assert CALENDAR.is_workday(date(2030, 1, 2)) == (True, Certainty.WEEKEND_RULE)
    assert CALENDAR.is_workday(date(2026, 2, 14)) == (True, Certainty.OFFICIAL)


def test_all_of_2026():
    """The seven holiday blocks and six worked weekend days of 2026 are as announced."""
    off = {date(2026, 1, 1) + timedelta(days=i) for i in range(365)}
    off = {day for day in off if not CALENDAR.is_workday(day)[0]}
    made_up = [
        d
        for d in (date(2026, 1, 1) + timedelta(days=i) for i in range(365))
        if d.weekday() >= 5 and d not in off
    ]
    assert [f"{d:%m-%d}" for d in made_up] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert {date(2026, 2, 15) + timedelta(days=i) for i in range(9)} <= off


def test_a_holiday_cn_year_makes_provisional_dates_certain():
    """When the file of 2027 arrives the same question has a certain answer, also over the New Year."""
    raw = {
        "year": 2027,
        "papers": [],
        "days": [
            {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
            {"name": "元旦", "date": "2026-12-27", "isOffDay": False},
        ],
    }
    year, exceptions = exceptions_from_holiday_cn(json.dumps(raw).encode())
    known = CALENDAR.extended(exceptions, {year})
    assert known.posting_end(date(2026, 12, 21), working(10)).certainty is Certainty.OFFICIAL
    assert known.posting_end(date(2026, 12, 21), working(10)).day == date(2027, 1, 4)  # 27 December is worked


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("day,type\n", 1),
        ("date,kind\n2026-13-01,holiday\n", 2),
        ("date,kind\n\n2026-01-01,off\n", 3),
        ("date,kind\n2026-01-01,holiday\n2026-01-01,makeup_workday\n", 3),
        ("date,kind\n2026-01-01\n", 2),
        ("", 1),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(text, line):
    """A wrong header, date, kind or repeated day is refused, naming the line to mend."""
    with pytest.raises(CalendarUnreadable) as refused:
        exceptions_from(text)
    assert {one.line for one in refused.value.faults} == {line}


def test_a_file_that_is_not_holiday_cn_is_refused():
    """Any other JSON, or none, is one sentence and not a crash."""
    for raw in (b"", b"[]", b'{"year": 2027}', b'{"year": 2027, "days": [{"date": "x"}]}'):
        with pytest.raises(CalendarUnreadable):
            exceptions_from_holiday_cn(raw)


@pytest.mark.parametrize("n", [0, -3, 4000])
@pytest.mark.parametrize("unit", Unit)
def test_impossible_terms_are_refused(n, unit):
    """No term of no days, less than none, or more than ten years is computed."""
    with pytest.raises(TermNotPossible):
        CALENDAR.posting_end(date(2026, 1, 1), Term(n=n, unit=unit))
    with pytest.raises(TermNotPossible):
        CALENDAR.deadline(date(9990, 1, 1), Term(n=5, unit=unit))


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(DayKind)),
        unique_by=lambda x: x[0],
    )
)
def test_a_table_survives_writing_and_reading(table):
    """What is written as CSV is the calendar that is read."""
    text = "date,kind,festival\n" + "".join(f"{day},{kind.value},x\n" for day, kind in table)
    read = calendar_from(text)
    assert read.years == {day.year for day, _ in table}
    assert all(read.is_workday(day)[0] is (kind is DayKind.MAKEUP_WORKDAY) for day, kind in table)


def test_the_demo_pack_says_what_is_shipped():
    """The years the demo county's pack carries agree with the shipped table on every day."""
    folder = Path(__file__).parents[2] / "deploy" / "demo" / "pack" / "calendar"
    for path in folder.glob("*.csv"):
        year = int(path.stem)
        packed = WorkCalendar(exceptions_from(path.read_text("utf-8")), {year})
        of_year = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
        assert [day for day in of_year if packed.is_workday(day)[0] != CALENDAR.is_workday(day)[0]] == []
