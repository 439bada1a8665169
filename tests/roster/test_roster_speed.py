"""The work a row costs, counted in calls instead of seconds: a number that no busy machine changes."""

import sys

from sync.county.intake.check import read_roster
from tests.bench.bench_roster import roster
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx

CALLS_A_ROW = 125
"""Python functions entered for one more row of eleven columns, all checks included."""


def calls(data: bytes) -> int:
    """How many Python functions a reading enters."""
    count = 0

    def seen(_frame, event, _what):
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        read_roster("全县.xlsx", data, VILLAGES)
    finally:
        sys.setprofile(None)
    return count


def listed(rows: int) -> list[Page]:
    page = Page("明细")
    for row in roster(rows):
        page.add(*row)
    return [page]


def test_a_row_costs_what_it_cost():
    """Four hundred rows more take four hundred times the same few calls: no rule for headers runs over payees."""
    few, many = as_xlsx(listed(200)), as_xlsx(listed(600))
    read_roster("全县.xlsx", few, VILLAGES)  # what is compiled and cached once
    assert (calls(many) - calls(few)) / 400 <= CALLS_A_ROW


def test_a_row_of_text_costs_little_more():
    """In a CSV every cell is text; numbers are read from it, and still no rule for headers runs over payees."""
    few, many = as_csv(listed(200), "utf-8"), as_csv(listed(600), "utf-8")
    read_roster("全县.csv", few, VILLAGES)
    assert (calls(many) - calls(few)) / 400 <= 2 * CALLS_A_ROW
