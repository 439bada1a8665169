"""Days of payment: what no calendar has, what lies ahead, and what is of another year than the list."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.roster.county_tables import alarms, lines, notes, read, usual

TODAY = date(2025, 11, 28)
HEAD = ("序号", "户主姓名", "补贴面积（亩）", "补贴标准（元/亩）", "补贴金额（元）", "发放日期", "备注")


def paid(days: dict[int, str], remark: str = "") -> list[list]:
    """Six lines paid on 2025-09-30 but for these."""
    rows = [[*row, "2025-09-30", ""] for row in lines(usual)]
    for at, day in days.items():
        rows[at][5:] = [day, remark]
    return rows


def found(rows, title="2025年稻谷补贴发放表") -> list[tuple[str, int | None]]:
    return alarms(read([title], HEAD, *rows, today=TODAY))


def test_days_that_cannot_be_are_held():
    """30 February, a day ahead of today and 2019 in a list of 2025: a warning at each, and at no other row."""
    rows = paid({1: "2025-02-30", 2: "2035-01-01", 4: "2019-05-01"})
    assert sorted(found(rows)) == [
        ("PAYDAY_IMPOSSIBLE", 4),
        ("PAYDAY_IN_FUTURE", 5),
        ("PAYDAY_OF_ANOTHER_YEAR", 7),
    ]


@given(st.sampled_from(["结转", "上年补发", "2024年补发"]))
def test_what_is_carried_over_may_be_of_another_year(remark):
    """R10: unless carried over."""
    assert found(paid({1: "2024-12-30"}, remark)) == []


@pytest.mark.thorough
@given(st.dates(date(2025, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]))
def test_any_day_of_the_year_is_right(day, spelling):
    """Right rows are not accused, however the day is written."""
    assert found(paid({3: day.strftime(spelling), 5: "9月"})) == []


@pytest.mark.parametrize("year", [2025, 2024])
def test_a_list_paid_in_the_next_year_is_one_list(year):
    """What all rows say is the list's own: whether it fits the fiscal year is asked when it is proposed."""
    rows = paid(dict.fromkeys(range(6), "2025-01-20"))
    assert found(rows, f"{year}年稻谷补贴发放表") == []


def test_a_list_that_lies_ahead_as_a_whole_accuses_no_row():
    """A plan, or a clock that is slow: one note."""
    reading = read(["2025年稻谷补贴"], HEAD, *paid({}), today=date(2025, 6, 1))
    assert (alarms(reading), ("PAYDAYS_IN_FUTURE", None) in notes(reading)) == ([], True)


def test_a_planned_day_may_lie_ahead():
    """计划发放日期 is no day of payment."""
    rows = paid(dict.fromkeys(range(6), "2026-01-20"))
    reading = read(["2025年"], [*HEAD[:5], "计划发放日期", "备注"], *rows, today=TODAY)
    assert (alarms(reading), {row.payout.paid_on for row in reading.rows}) == ([], {None})
    assert notes(reading)
