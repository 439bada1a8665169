"""Tables for spreadsheets: what is in them is read back as it was, and nothing in them runs (line §7)."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from boards.sheets.spreadsheet import Column, Table, as_csv, as_xlsx, guarded

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30)
STARTS = st.sampled_from(
    ["", "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", " =", "\u3000@", "\t=", " \t+"]
)
TEXTS = st.builds(str.__add__, STARTS, PLAIN)
FEN = st.integers(-(10**13), 10**13)
ROWS = st.lists(st.tuples(TEXTS, FEN, TEXTS), max_size=8)
RUNS = tuple("=+-@\t\r＝＋－＠")
COMMAND = '=cmd|"/C calc"!A0'


def table_of(rows, above=("名单", "=1+1")):
    columns = (Column("户主"), Column("金额（元）"), Column("-备注"))
    return Table(above, columns, tuple(rows), ("合计", sum(row[1] for row in rows), ""))


def cells_of(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def unguarded(text):
    return text.removeprefix("\t")


@pytest.mark.thorough
@given(rows=ROWS)
@example(rows=[(COMMAND, -5, "@SUM(A1)"), ("\t=1", 0, " －2")])
def test_csv_gives_back_every_text_and_every_fen(rows):
    """Less the one TAB before what a spreadsheet would run; money with two decimals and without quotes."""
    table = table_of(rows)
    found = cells_of(as_csv(table))
    wanted = [*([one] for one in table.above), [one.label for one in table.columns], *table.rows, table.total]
    for row, cells in zip(found, wanted, strict=True):
        for text, cell in zip(row, cells, strict=True):
            if isinstance(cell, int):
                assert Decimal(text) * 100 == cell
                assert Decimal(text).as_tuple().exponent == -2
            else:
                assert (unguarded(text) if guarded(cell) != cell else text) == cell


@given(text=TEXTS)
@example(text="\u00a0=1")
@example(text="\u2003＝1")
def test_no_text_of_a_csv_begins_as_a_formula(text):
    """Behind any spaces no text begins with one of = + - @ ＝ ＋ － ＠, a TAB or a line end; a TAB stands before it."""
    kept = guarded(text)
    begins = text.lstrip(" \u3000\u00a0\u2003")
    assert kept == (f"\t{text}" if begins.startswith((*RUNS, "\n")) else kept)
    assert kept in {text, f"\t{text}"}
    assert kept.startswith("\t") or not text.strip().startswith(RUNS)


def test_texts_are_quoted_and_excel_knows_the_encoding():
    """A mark for UTF-8 at the front, quotes around every text and around no sum."""
    content = as_csv(table_of([("朱𬭎", 120000, "")]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert '"朱𬭎",1200.00,""\r\n"合计",1200.00,""\r\n' in content.decode()
    assert '"\t=1+1"' in content.decode()


@pytest.mark.thorough
@given(rows=ROWS)
@settings(deadline=None)
@example(rows=[(COMMAND, -5, "@SUM(A1)"), ("\t=1", 0, " －2"), ("_x0041_", 1, "<a&b>]]>")])
def test_xlsx_gives_back_every_text_and_every_fen(rows):
    """By two readers: texts are texts, money is a number, and no cell is a formula."""
    table = table_of(rows)
    content = as_xlsx(table)
    wanted = [
        *((one,) for one in table.above),
        tuple(one.label for one in table.columns),
        *table.rows,
        table.total,
    ]
    sheet = load_workbook(BytesIO(content)).active
    for number, cells in enumerate(wanted, start=1):
        for at, cell in enumerate(cells, start=1):
            found = sheet.cell(number, at)
            assert found.data_type == ("n" if isinstance(cell, int) or cell == "" else "s"), found.value
            if isinstance(cell, int):
                assert Decimal(repr(found.value)) * 100 == cell
            else:
                assert unescape(found.value or "") == cell
    read = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    for row, cells in zip(read, wanted, strict=True):
        for found, cell in zip(row, cells, strict=False):
            assert (round(found * 100) if isinstance(cell, int) else found) == cell
    with ZipFile(BytesIO(content)) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml").replace(b"<fonts", b"")


def test_a_sum_beyond_a_spreadsheets_digits_stays_a_text():
    """Ten trillion yuan to the fen are sixteen digits: as a number the last would be lost."""
    sheet = load_workbook(BytesIO(as_xlsx(table_of([("甲", 10**15 + 1, "")])))).active
    assert sheet["B4"].value == "10000000000000.01"
    assert sheet["B4"].data_type == "s"


def test_what_a_correction_replaced_is_struck():
    """The old amount is a number, and crossed out; the new one is not."""
    table = Table(
        ("名单",), (Column("金额"), Column("更正前", struck=True)), ((120000, 100000),), (120000, "")
    )
    sheet = load_workbook(BytesIO(as_xlsx(table))).active
    assert (sheet["A3"].font.strike, sheet["B3"].font.strike) == (None, True)
    assert sheet["B3"].value == 1000
    assert sheet["B2"].font.strike is None


def test_the_same_table_is_the_same_workbook():
    """No clock in it, nothing packed by a library that another machine has in another version."""
    content = as_xlsx(table_of([("甲", 1, "")]))
    assert content == as_xlsx(table_of([("甲", 1, "")]))
    with ZipFile(BytesIO(content)) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {part.compress_type for part in book.infolist()} == {ZIP_STORED}
        assert "docProps" not in "".join(book.namelist())


@pytest.mark.parametrize("text", ["\x00", "甲\x0b乙", "a\rb", "_x000D_"])
def test_what_xml_cannot_hold_is_written_as_spreadsheets_do(text):
    """A control character never comes from an event; if one does, the workbook opens and has it."""
    content = as_xlsx(table_of([(text, 1, "")]))
    assert unescape(load_workbook(BytesIO(content)).active["A4"].value) == text
    assert CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[3][0] == text
