"""What was written is what is read: layouts × formats × encodings, from a county that knows the truth."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import (
    GROUPLESS,
    LAYOUTS,
    ONE_PAGE,
    VILLAGES,
    as_csv,
    as_xls,
    as_xlsx,
    by_openpyxl,
)
from tests.roster.strategies import lists

PACE = settings(max_examples=4, deadline=None)


def holds(reading, households, layout):
    want = Counter(
        (name, village, "" if layout in GROUPLESS else group, fen)
        for name, village, group, fen in (one.truth for one in households)
    )
    got = Counter(
        (row.payout.holder, row.village, row.payout.group, row.payout.amount_fen) for row in reading.rows
    )
    assert got == want
    assert Counter(row.payout.quantity for row in reading.rows) == Counter(one.area for one in households)
    assert [one for one in reading.findings if one.level is not Level.NOTE] == []
    assert reading.verdict is Verdict.OK
    assert reading.declared_total_fen == sum(one.fen for one in households)


@pytest.mark.thorough
@pytest.mark.parametrize("layout", LAYOUTS)
@PACE
@given(data=st.data(), written=st.sampled_from([as_xlsx, by_openpyxl]))
def test_a_workbook_is_read_as_it_was_written(layout, data, written):
    """Every layout in .xlsx gives back each household once, to the fen, with its village and its total."""
    households = data.draw(lists())
    holds(read_roster("名册.xlsx", written(LAYOUTS[layout](households)), VILLAGES), households, layout)


@pytest.mark.thorough
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_the_old_binary_format_is_read_alike(layout, data):
    """The same layouts in .xls (BIFF), merges and hidden sheets included."""
    households = data.draw(lists())
    holds(read_roster("名册.xls", as_xls(LAYOUTS[layout](households)), VILLAGES), households, layout)


@pytest.mark.parametrize("layout", ONE_PAGE)
@PACE
@given(
    data=st.data(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_text_in_any_encoding_is_read_alike(layout, data, encoding, delimiter):
    """Text files carry no merges and may come in six encodings; the rows are the same."""
    households = data.draw(lists())
    text = as_csv(LAYOUTS[layout](households), encoding, delimiter)
    reading = read_roster("名册.csv", text, VILLAGES)
    assert all(row.sheet is None for row in reading.rows)
    holds(reading, households, layout)


@PACE
@given(lists(), st.sampled_from(["名册.csv", "名册.xls", "名册", "2025.zip"]))
def test_the_ending_of_the_name_says_nothing(households, name):
    """A format is told by what is in the file, never by what it is called."""
    reading = read_roster(name, as_xlsx(LAYOUTS["flat"](households)), VILLAGES)
    assert (reading.format, len(reading.rows)) == ("xlsx", len(households))


@PACE
@given(lists())
def test_row_numbers_are_those_a_spreadsheet_shows(households):
    """Each reading row points at the line its household was written on."""
    pages = LAYOUTS["blocks"](households)
    for row in read_roster("x", as_xlsx(pages), VILLAGES).rows:
        page = next(page for page in pages if page.name == row.sheet)
        assert page.rows[row.row - 1][1] == row.payout.holder


@PACE
@given(lists())
def test_without_a_village_list_names_stand_as_written(households):
    """With no list to check against the village is its plain name, and nothing is accused."""
    reading = read_roster("x", as_xlsx(LAYOUTS["flat"](households)))
    assert [row.village for row in reading.rows] == [one.village.name for one in households]
    assert reading.verdict is Verdict.OK
