"""When people may apply for a programme: every year, over New Year, or once; and packs that do not say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.programmes import apply_faults, open_until
from sync.pack import parsed_pack
from tests.model.test_model_pack import FILES

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31)).filter(lambda day: (day.month, day.day) != (2, 29))
NO_DAYS = ("apply_from", "apply_to", "name_en")


@pytest.mark.parametrize(
    ("first", "last", "today", "until"),
    [
        ("03-01", "05-31", "2026-03-01", "2026-05-31"),
        ("03-01", "05-31", "2027-05-31", "2027-05-31"),
        ("03-01", "05-31", "2026-06-01", None),
        ("03-01", "05-31", "2026-02-28", None),
        ("11-01", "02-28", "2026-12-31", "2027-02-28"),
        ("11-01", "02-28", "2027-01-01", "2027-02-28"),
        ("11-01", "02-28", "2027-03-01", None),
        ("01-01", "12-31", "2028-02-29", "2028-12-31"),
        ("2026-06-15", "2026-07-31", "2026-07-31", "2026-07-31"),
        ("2026-06-15", "2026-07-31", "2027-07-01", None),
        ("2026-12-01", "2027-01-10", "2027-01-05", "2027-01-10"),
        ("", "", "2026-07-01", None),
    ],
)
def test_until_when_people_may_apply(first, last, today, until):
    """Both days belong to the time; a yearly one comes again, a dated one does not."""
    found = open_until(first, last, date.fromisoformat(today))
    assert found == (date.fromisoformat(until) if until else None)


@given(first=DAYS, length=st.integers(0, 300), day=st.integers(-400, 400))
def test_a_yearly_time_is_the_same_days_each_year(first, length, day):
    """Whatever the year: open exactly within the days, closed outside, and never said to end before today."""
    last = first + timedelta(days=length)
    if (last.month, last.day) == (2, 29):
        return
    today = first + timedelta(days=day)
    found = open_until(f"{first:%m-%d}", f"{last:%m-%d}", today)
    assert found is None or today <= found
    if 0 <= day <= length:
        assert found == last


@pytest.mark.parametrize(
    ("first", "last", "field", "why"),
    [
        ("03-01", "", "apply_from", "要么都写"),
        ("", "05-31", "apply_to", "要么都写"),
        ("3-1", "05-31", "apply_from", "每年"),
        ("０３-01", "05-31", "apply_from", "每年"),
        ("02-29", "05-31", "apply_from", "02-29"),
        ("2026-02-29", "2026-05-31", "apply_from", "没有这一天"),
        ("2028-02-29", "05-31", "apply_to", "一样"),
        ("2026-06-01", "2026-05-31", "apply_to", "不能早于"),
    ],
)
def test_days_that_cannot_be_are_told_by_field(first, last, field, why):
    """One sentence, on the field that is wrong."""
    ((found, told),) = apply_faults(first, last)
    assert found == field
    assert why in told


def test_a_pack_that_does_not_say_is_read_as_before():
    """Packs written before there were these fields open, and say nothing of applying and no English name."""
    old = {
        name: b"\n".join(
            line for line in raw.split(b"\n") if not line.startswith(tuple(map(str.encode, NO_DAYS)))
        )
        for name, raw in FILES.items()
    }
    assert old != FILES
    for one in parsed_pack(old).programmes:
        assert (one.apply_from, one.apply_to, one.name_en) == ("", "", "")
    assert all(one.name_en for one in parsed_pack(FILES).programmes)
