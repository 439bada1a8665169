"""Tables of clerks who share no habit: what was written is what is read, and one mistake is one finding."""

from collections import Counter

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_clerk import Clerk, group_of
from tests.roster.county_files import VILLAGES, as_csv, as_xls, as_xlsx
from tests.roster.county_markup import as_html, as_spreadsheetml

FORMS = {
    "xlsx": as_xlsx,
    "xls": as_xls,
    "html": as_html,
    "spreadsheetml": as_spreadsheetml,
    "csv": lambda pages: as_csv(pages, "gb18030"),
}


def truth(sheet):
    return Counter(
        (one.row, one.name, one.village.code, group_of(one) if sheet.has_groups else "", one.fen, one.area)
        for one in sheet.payees
    )


def read_as(reading):
    payouts = [(row, row.payout) for row in reading.rows]
    return Counter(
        (row.row, one.holder, row.village, one.group, one.amount_fen, one.quantity) for row, one in payouts
    )


@pytest.mark.thorough
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_whatever_a_clerk_writes_is_read(form, seed):
    """Row by row: name, village, group, fen and area; the declared total; no alarm anywhere."""
    sheet = Clerk(seed).sheet()
    reading = read_roster(sheet.file, FORMS[form]([sheet.page]), VILLAGES)
    assert truth(sheet) == read_as(reading)
    assert [one for one in reading.findings if one.level is not Level.NOTE] == []
    assert (reading.verdict, reading.declared_total_fen) == (Verdict.OK, sheet.total)


def spoil_id(sheet, payee):
    number = payee.cells[sheet.at("id")]
    return "id", number[:17] + ("1" if number[17] != "1" else "2")


def spoil_amount(sheet, payee):
    return "amount", f"约{payee.cells[sheet.at('amount')]}左右"


MISTAKES = {
    "a wrong check digit": (Level.ERROR, spoil_id),
    "an ID as a number": (Level.ERROR, lambda sheet, payee: ("id", 330590196001010000.0)),
    "an amount in words": (Level.ERROR, spoil_amount),
    "no amount": (Level.ERROR, lambda sheet, payee: ("amount", "")),
    "no name": (Level.ERROR, lambda sheet, payee: ("name", "")),
    "a name with a lost character": (Level.ERROR, lambda sheet, payee: ("name", payee.name[0] + "?")),
    "a village nobody has": (Level.ERROR, lambda sheet, payee: ("village", "岭冬坑村")),
    "a phone in the remarks": (Level.WARNING, lambda sheet, payee: ("remark", "联系14000001234")),
    "full-width digits": (Level.NOTE, lambda sheet, payee: ("area", f"{payee.area}".translate(str.maketrans("0123456789", "０１２３４５６７８９")))),
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("mistake", MISTAKES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**9), pick=st.integers(0, 99))
def test_one_mistake_is_found_at_its_cell_and_nowhere_else(mistake, seed, pick):
    """Whatever the table looks like: the level, the row and the column of the mistake, and no other alarm."""
    level, spoil = MISTAKES[mistake]
    sheet = Clerk(seed).sheet()
    payee = sheet.payees[pick % len(sheet.payees)]
    needed = {
        "a wrong check digit": "id",
        "an ID as a number": "id",
        "a village nobody has": "village",
        "a phone in the remarks": "remark",
    }
    assume(needed.get(mistake, "name") in sheet.columns)
    what, value = spoil(sheet, payee)
    payee.cells[sheet.at(what)] = value
    findings = read_roster(sheet.file, as_xlsx([sheet.page]), VILLAGES).findings
    letter = chr(65 + sheet.at(what))
    assert (level, payee.row, letter) in {(one.level, one.row, one.column) for one in findings}
    assert {one.row for one in findings if one.level is not Level.NOTE} <= {payee.row}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
@example(seed=1974858)  # two people under “村组”, between a total and two remarks
def test_a_wrong_total_is_told_wherever_it_stands(seed):
    """First or last, in any unit: the file must wait, and no payee is accused."""
    sheet = Clerk(seed).sheet()
    assume(len(sheet.total_cells) == 1)
    sheet.total_cells[0][sheet.at("amount")] += 500
    reading = read_roster(sheet.file, as_xlsx([sheet.page]), VILLAGES)
    told = [one.code for one in reading.findings if one.level is not Level.NOTE]
    assert (set(told), reading.verdict) == ({"TOTAL_MISMATCH"}, Verdict.HOLD)
    assert truth(sheet) == read_as(reading)
