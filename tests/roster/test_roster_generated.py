"""Files of a generator that does not know the reader: what was written is what is read."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from sync.county.formats.grid import column_letter
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import as_csv, as_xls, as_xlsx
from tests.roster.county_generator import CELL_FAULTS, LAYOUTS, TEXT_LAYOUTS, VILLAGES, county_file, planted
from tests.roster.county_markup import as_html, as_spreadsheetml

seeds = st.integers(0, 10**9)
WRITERS = {"xlsx": as_xlsx, "xls": as_xls, "html": as_html, "spreadsheetml": as_spreadsheetml}
FAULT_LAYOUTS = ("table", "headings", "paged", "plots", "sheets")


def holds(file, reading):
    """Every payee once, to the fen, in its village and group; the total; nobody accused."""
    got = Counter(
        (row.payout.holder, row.village, row.payout.group, row.payout.amount_fen) for row in reading.rows
    )
    assert got == Counter(file.truth.rows)
    assert [one for one in reading.findings if one.level is not Level.NOTE] == []
    assert (reading.verdict, reading.declared_total_fen) == (Verdict.OK, file.truth.total)
    if file.layout != "wages":
        assert Counter(row.payout.quantity for row in reading.rows) == Counter(file.truth.areas)


@pytest.mark.thorough
@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=2, deadline=None)
@given(seed=seeds)
def test_a_file_of_the_generator_is_read_as_written(layout, form, seed):
    """Layouts × formats: each household once, with its place, area and fen."""
    file = county_file(seed, layout)
    if form == "html" and layout == "sheets":
        form = "spreadsheetml"  # a web page has one sheet
    holds(file, read_roster(file.name, WRITERS[form](file.pages), VILLAGES))


@pytest.mark.parametrize("layout", TEXT_LAYOUTS)
@settings(max_examples=3, deadline=None)
@given(seed=seeds, encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16", "utf-16-be"]))
def test_a_text_file_of_the_generator_is_read_as_written(layout, encoding, seed):
    """The same where there are no merges, in every encoding."""
    file = county_file(seed, layout)
    holds(file, read_roster(file.name, as_csv(file.pages, encoding), VILLAGES))


@pytest.mark.parametrize("fault", CELL_FAULTS)
@settings(max_examples=4, deadline=None)
@given(seed=seeds, layout=st.sampled_from(FAULT_LAYOUTS))
def test_a_planted_fault_is_found_at_its_cell_and_nowhere_else(fault, layout, seed):
    """The level and the cell are those of the fault; no other row of any sheet is accused."""
    file = county_file(seed, layout)
    put = planted(file, fault)
    if put is None:
        return
    findings = read_roster(file.name, as_xlsx(file.pages), VILLAGES).findings
    here = [one for one in findings if (one.sheet, one.row) == (put.sheet, put.row)]
    assert (put.level, column_letter(put.column)) in {(one.level.value, one.column) for one in here}
    accused = {(one.sheet, one.row) for one in findings if one.level is not Level.NOTE}
    assert accused == (set() if put.level == "note" else {(put.sheet, put.row)})
