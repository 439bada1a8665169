"""Tables that programs save as .xls without being workbooks: an HTML page, or XML (SpreadsheetML 2003).

Both are recognised by their first words. HTML is read as browsers do, open tags and all; in XML a
document type (where entities could expand) is refused.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from xml.parsers import expat

from sync.county.formats.delimited import decoded
from sync.county.formats.errors import WorkbookDamaged, WorkbookTooLarge
from sync.county.formats.grid import Book, Grid, Merge, Value
from sync.county.formats.placing import CELLS_MAX, Placing
from sync.county.formats.sheet_xml import table_parser

HEAD_BYTES = 8192
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?<![\w-])(?:height|width)\s*:\s*\.?0(?![\d.])",
    re.IGNORECASE,
)
_LINED = re.compile(
    r"text-decoration[\w-]*\s*:[^;]*line-through|text-line-through\s*:\s*single", re.IGNORECASE
)
_STRIKING, _LINES = frozenset({"s", "strike", "del"}), frozenset({"p", "div", "h1", "h2", "h3", "h4"})
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,60})</x:Name>", re.IGNORECASE)


def head_of(data: bytes) -> str:
    """First words of a text file, lower case."""
    text = data[:HEAD_BYTES].replace(b"\0", b"").decode("latin-1")  # its words are ASCII in any encoding
    return text.lstrip("\xef\xbb\xbf\xfe\xff \r\n\t").lower()


class Html:
    """A web page whose tables are the sheets: what web systems export as “.xls”."""

    name = "html"

    def claims(self, data: bytes) -> bool:
        """Whether it begins like a page and has a table."""
        head = head_of(data)
        opened = head.startswith("<") and not head.startswith("<?xml version")
        page = re.search(r"<(html|table|!doctype html|meta|body|div|style)\b", head)
        return bool(page) and (opened or "<html" in head) and _SPREADSHEET + '"' not in head.split("<html")[0]

    def read(self, data: bytes) -> Book:
        """Its tables as one sheet, or as many as its program names; raises a refusal when there is none."""
        page = _Page()
        text = _html_text(data)
        try:
            page.feed(text)
            page.close()
        except (AssertionError, ValueError) as why:  # html.parser's own words for a broken declaration
            raise WorkbookDamaged from why
        names = _SHEET_NAME.findall(text[:HEAD_BYTES])  # in a comment of Excel's; other pages have none
        if len(names) != len(page.tables):
            names = [None] * len(page.tables)
        named = zip(page.tables, names, strict=True)
        grids = [table.grid(name) for table, name in named if table.rows]
        if not grids:
            raise WorkbookDamaged
        return Book(format=self.name, sheets=tuple(_one_table(grids)))


def _html_text(data: bytes) -> str:
    declared = _CHARSET.search(data[:HEAD_BYTES])
    if declared and declared[1].lower() in {b"gb2312", b"gbk", b"gb18030"}:
        with suppress(UnicodeDecodeError):
            return data.decode("gb18030")
    return decoded(data)


def _one_table(grids: list[Grid]) -> list[Grid]:
    """A title in a table of its own, or a table cut into pages, reads on as one sheet."""
    if len(grids) == 1 or any(grid.name for grid in grids):
        return grids
    rows: list[list[Value]] = []
    merges: list[Merge] = []
    hidden: set[int] = set()
    struck: set[tuple[int, int]] = set()
    for grid in grids:
        down = len(rows)
        rows += grid.rows
        merges += (Merge(one.top + down, one.left, one.bottom + down, one.right) for one in grid.merges)
        hidden |= {row + down for row in grid.hidden_rows}
        struck |= {(row + down, column) for row, column in grid.struck}
    columns = frozenset[int]().union(*(grid.hidden_columns for grid in grids))
    return [
        Grid(
            name=None,
            rows=rows,
            merges=tuple(merges),
            hidden_rows=frozenset(hidden),
            hidden_columns=columns,
            struck=frozenset(struck),
        )
    ]


class _Open:
    """A table whose end has not come, and the cell that is open in it."""

    def __init__(self) -> None:
        self.placing = Placing()
        self.said: list[str] = []  # all its words: what it says if it turns out to be no table of its own
        self.text: list[str] | None = None
        self.span = (1, 1)
        self.lined_row = self.lined = False

    def end_cell(self) -> None:
        """Put the cell that is open."""
        if self.text is not None:
            text = "".join(self.text).replace("\xa0", " ").strip()
            self.placing.put(text, *self.span, struck=self.lined and bool(text))
            self.text = None

    def lists_something(self) -> bool:
        """Whether it has rows and columns as a list has: not the text of a cell."""
        widths = [len(row) for row in self.placing.rows]
        return sum(width > 2 for width in widths) > 1 or sum(width > 1 for width in widths) > 2


class _Page(HTMLParser):
    """Collects the cells of its tables. A list inside a layout's cell is a table, all else there is text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Placing] = []
        self._open: list[_Open] = []
        self._loose: list[str] = []
        self._skipping = ""
        self._lines = 0  # open elements that strike their text out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Rows and cells begin; an open cell ends where the next one begins."""
        given = {name: value or "" for name, value in attrs}
        table, style = self._open[-1] if self._open else None, given.get("style", "")
        if tag in {"style", "script", "title", "xml"}:
            self._skipping = tag
        elif tag in _STRIKING:
            self._lines += 1
        elif tag == "table":
            self._begin()
        elif tag == "br":
            self.handle_data("\n")
        elif table is None:
            self._loose += ["\n"] if tag in _LINES else []
        elif tag == "col":
            hidden = bool(_HIDDEN.search(style)) or given.get("width") == "0"
            table.placing.column(0, _span(given.get("span")) - 1, hidden=hidden)
        elif tag == "tr":
            table.end_cell()
            table.placing.new_row(hidden=bool(_HIDDEN.search(style)) or given.get("height") == "0")
            table.lined_row = bool(_LINED.search(style))
        elif tag in {"td", "th"}:
            table.end_cell()
            table.text, table.lined = [], table.lined_row or bool(_LINED.search(style))
            table.span = (_span(given.get("rowspan")), _span(given.get("colspan")))

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag == self._skipping:
            self._skipping = ""
        elif tag in _STRIKING:
            self._lines = max(self._lines - 1, 0)
        elif tag == "table" and self._open:
            self._end(self._open.pop())
        elif self._open and tag in {"td", "th", "tr"}:
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """Text of the open cell, or of a title above the table."""
        if self._skipping:
            return
        if not self._open:
            self._loose.append(data)
            return
        table = self._open[-1]
        table.said.append(data)
        if table.text is not None:
            table.text.append(data)
            table.lined = table.lined or bool(self._lines and data.strip())

    def close(self) -> None:
        """End the tables whose end is missing."""
        super().close()
        while self._open:
            self._end(self._open.pop())

    def _begin(self) -> None:
        table = _Open()
        if not self._open:
            self.tables.append(table.placing)
            self._lines_outside(table.placing)
        self._open.append(table)

    def _end(self, table: _Open) -> None:
        """A list inside a layout parts it in two: what stands before the list, and what behind."""
        table.end_cell()
        if not self._open:
            return
        around = self._open[-1]
        if table.lists_something():
            around.end_cell()
            around.placing = Placing()
            self.tables += (table.placing, around.placing)
        elif around.text is not None:
            around.text += table.said
        around.said += table.said

    def _lines_outside(self, placing: Placing) -> None:
        """Paragraphs before a table are its title lines: one row each."""
        for line in filter(None, map(str.strip, "".join(self._loose).splitlines())):
            placing.new_row()
            placing.put(line)
        self._loose = []


def _span(written: str | None) -> int:
    number = int(written) if written and written.isdigit() and len(written) < 6 else 1
    return min(max(number, 1), 65535)


class SpreadsheetML:
    """Excel 2003's XML: Workbook, Worksheet, Table, Row, Cell, Data."""

    name = "spreadsheetml"

    def claims(self, data: bytes) -> bool:
        """Whether the namespace of SpreadsheetML stands at the top of an XML file."""
        head = head_of(data)
        return _SPREADSHEET in head and "<html" not in head

    def read(self, data: bytes) -> Book:
        """All worksheets; raises a refusal for broken XML and for document types."""
        sheets = _Sheets()
        parser = table_parser(sheets.start, sheets.end, sheets.text)
        parser.buffer_text = True
        # as UTF-8: expat itself knows neither GB18030 nor declarations that are wrong
        text = re.sub(r"^<\?xml[^>]*\?>", "", decoded(data).lstrip("\ufeff \r\n\t"))
        try:
            parser.Parse(text.encode(), True)  # noqa: FBT003 - the parser's own positional flag
        except expat.ExpatError as why:
            raise WorkbookDamaged from why
        if not sheets.grids:
            raise WorkbookDamaged
        return Book(format=self.name, sheets=tuple(sheets.grids))


class _Sheets:
    """What the parser meets, as grids. Cells may skip columns (Index) and cover others (MergeAcross)."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self._name: str | None = None
        self._visible = True
        self._placing: Placing | None = None
        self._cell: tuple[int, int] = (1, 1)
        self._type = "String"
        self._parts: list[str] | None = None
        self._value: Value = ""
        self._formula = self._lined = False
        self._of_cell = False
        self._style, self._struck = "", set[str]()

    def start(self, tag: str, given: dict[str, str]) -> None:
        """An element opens."""
        local = tag.rpartition("|")[2]
        own = {name.rpartition("|")[2]: value for name, value in given.items()}
        if local == "Worksheet":
            self._name, self._visible, self._placing = own.get("Name"), True, Placing()
        elif local == "Style":
            self._style = own.get("ID", "")
        elif local == "Font" and own.get("StrikeThrough") == "1":
            self._struck.add(self._style)
        elif local == "Visible":
            self._parts = []
        elif self._placing is not None:
            self._inside(self._placing, local, own)

    def _inside(self, placing: Placing, local: str, own: dict[str, str]) -> None:
        if local == "Column":
            placing.column(_number(own, "Index"), _number(own, "Span"), hidden=_unseen(own, "Width"))
        elif local == "Row":
            placing.new_row(_number(own, "Index"), hidden=_unseen(own, "Height"))
            self._lined = own.get("StyleID") in self._struck
        elif local == "Cell":
            placing.skip_to(_number(own, "Index"))
            self._cell = (_number(own, "MergeDown") + 1, _number(own, "MergeAcross") + 1)
            self._value, self._formula = "", "Formula" in own
            self._of_cell = own.get("StyleID", "") in self._struck if "StyleID" in own else self._lined
        elif local in {"S", "Del"}:
            self._of_cell = True
        elif local == "Data":
            self._type, self._parts = own.get("Type", "String"), []

    def text(self, data: str) -> None:
        """Characters of the open Data."""
        if self._parts is not None:
            self._parts.append(data)

    def end(self, tag: str) -> None:
        """An element closes."""
        local = tag.rpartition("|")[2]
        if local == "Data" and self._parts is not None:
            self._value, self._parts = _typed("".join(self._parts), self._type), None
            if self._type == "Error" and self._placing is not None:
                self._placing.fault("error")
        elif local == "Cell" and self._placing is not None:
            if self._formula and self._value in {"", None}:
                self._placing.fault("formula")
            self._placing.put(self._value, *self._cell, struck=self._of_cell)
        elif local == "Visible":
            self._visible, self._parts = "".join(self._parts or ()) == "SheetVisible", None
        elif local == "Worksheet" and self._placing is not None:
            self.grids.append(self._placing.grid(self._name, visible=self._visible))
            self._placing = None


def _number(own: dict[str, str], name: str) -> int:
    written = own.get(name, "")
    number = int(written) if written.isdigit() and len(written) < 9 else 0
    if number > CELLS_MAX:
        raise WorkbookTooLarge(what=f"{number} 行或列")
    return number


def _unseen(own: dict[str, str], size: str) -> bool:
    return own.get("Hidden") == "1" or bool(re.fullmatch(r"0+(?:\.0*)?", own.get(size, "")))


def _typed(text: str, kind: str) -> Value:
    """Numbers as they are written: digits a double cannot hold stay text."""
    if kind == "Number":
        try:
            return float(text) if len(re.sub(r"\D", "", text)) <= 15 or "e" in text.lower() else text.strip()
        except ValueError:
            return text
    return text[:10] if kind == "DateTime" else text


HTML, SPREADSHEETML = Html(), SpreadsheetML()
