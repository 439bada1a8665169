"""Tables that people open in a spreadsheet, as CSV and XLSX, and no cell of which it runs. Pure.

A text that a spreadsheet would take for a formula gets a TAB before it in CSV and stays a text in XLSX; only
money is a number there. The same table gives the same bytes: XLSX is written here and not by openpyxl,
which dates and packs what it writes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from io import BytesIO, StringIO
from typing import Final, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

Cell = str | int
"""A text, or money in fen."""

_RUN = re.compile(r"\s*[=+\-@＝＋－＠]|[^\S\t\r\n]*[\t\r\n]")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_EXACT_FEN: Final = 10**15  # a spreadsheet counts with 15 digits: what is larger stays a text
_DATED: Final = (1980, 1, 1, 0, 0, 0)  # where a ZIP begins to count
_MADE_BY_UNIX: Final = 3
_TEXT, _MONEY, _HEAD, _STRUCK, _TITLE = range(1, 6)  # places in cellXfs below


class Column(NamedTuple):
    """One column; `struck` where its money is what it was before a correction."""

    label: str
    struck: bool = False


class Table(NamedTuple):
    """Lines above it (the first is its title), columns, rows, and the row of its sums."""

    above: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()


def guarded(text: str) -> str:
    """A text as no spreadsheet takes it for a formula (line §7): a TAB before it, which readers take off."""
    return f"\t{text}" if _RUN.match(text) else text


def as_csv(table: Table) -> bytes:
    """UTF-8 with its mark, as Excel wants it; every text in quotes, money with two decimals."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in _rows(table):
        writer.writerow([guarded(cell) if isinstance(cell, str) else _yuan(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _rows(table: Table) -> Iterator[Sequence[Cell]]:
    """Everything from top to bottom."""
    yield from ((line,) for line in table.above)
    yield tuple(column.label for column in table.columns)
    yield from table.rows
    if table.total:
        yield table.total


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def as_xlsx(table: Table) -> bytes:
    """A workbook of one sheet: no formula, no date, no macro."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as book:
        for name, text in (*_PARTS.items(), ("xl/worksheets/sheet1.xml", _sheet(table))):
            part = ZipInfo(name, _DATED)
            part.create_system = _MADE_BY_UNIX
            book.writestr(part, _XML + text)
    return out.getvalue()


def _sheet(table: Table) -> str:
    top = len(table.above) + 1
    rows = "".join(
        f'<row r="{number}">{_cells(table, number, row)}</row>' for number, row in enumerate(_rows(table), 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{_widths(table)}</cols><sheetData>{rows}</sheetData></worksheet>"
    )


def _cells(table: Table, number: int, row: Sequence[Cell]) -> str:
    top = len(table.above) + 1
    style = _TITLE if number == 1 else _HEAD if number == top else _TEXT
    return "".join(
        _cell(f"{_letters(at)}{number}", cell, style, struck=number > top and table.columns[at].struck)
        for at, cell in enumerate(row)
        if cell != ""
    )


def _cell(place: str, cell: Cell, style: int, *, struck: bool) -> str:
    if isinstance(cell, int) and abs(cell) < _EXACT_FEN:
        return f'<c r="{place}" s="{_STRUCK if struck else _MONEY}"><v>{_yuan(cell)}</v></c>'
    text = escape(_ODD.sub(_coded, cell if isinstance(cell, str) else str(_yuan(cell))), quote=False)
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _coded(found: re.Match[str]) -> str:
    """What XML cannot hold as spreadsheets write it, and what looks like that (ST_Xstring)."""
    return f"_x{ord(found[0]):04X}_"


def _letters(at: int) -> str:
    """0 → A; no table has more than 26 columns."""
    return chr(ord("A") + at)


def _widths(table: Table) -> str:
    """As wide as the longest text of the column; a Chinese character is two wide."""
    found = []
    for at, column in enumerate(table.columns, start=1):
        texts = (column.label, *(row[at - 1] for row in table.rows))
        wide = min(max(_wide(text) for text in texts) + 2, 60)
        found.append(f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>')
    return "".join(found)


def _wide(cell: Cell) -> int:
    text = cell if isinstance(cell, str) else f"{_yuan(cell):,}"
    return len(text) if text.isascii() else sum(1 if char.isascii() else 2 for char in text)


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONT: Final = '<name val="宋体"/></font>'
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="4"><font><sz val="11"/>{_FONT}'
        f'<font><b/><sz val="11"/>{_FONT}<font><strike/><sz val="11"/>{_FONT}<font><b/><sz val="16"/>{_FONT}'
        '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf/>'
        '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/>'
        '<xf numFmtId="4" fontId="2" applyNumberFormat="1" applyFont="1"/>'
        '<xf numFmtId="49" fontId="3" applyNumberFormat="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
