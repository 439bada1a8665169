"""A second look at .ods for what calamine does not report: hidden or struck out, formats, comments."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from sync.county.formats.errors import WorkbookDamaged
from sync.county.formats.grid import Aside, column_letter, scales
from sync.county.formats.sheet_xml import PART_MAX_BYTES, Seen, SeenBook, table_parser

REPEATED_MAX = 1000
"""Equal rows or columns beyond this are the empty rest of a sheet."""

_HIDDEN = {"collapse", "filter"}
_NUMBERS = frozenset({"number-style", "currency-style", "percentage-style"})
_LINED = "text-line-through-style"
_THOUSAND = 3  # noughts
_NO_SIZE = re.compile(r"0+(?:\.0*)?(?:[a-z]+)")


def seen_in(data: bytes) -> SeenBook:
    """What an .ods hides; raises WorkbookDamaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            look = _Look()
            with packed.open("content.xml") as stream:
                look.parser.Parse(stream.read(PART_MAX_BYTES), True)  # noqa: FBT003
            with packed.open("meta.xml") if "meta.xml" in packed.namelist() else io.BytesIO() as meta:
                words = re.findall(r">([^<>]{6,})<", meta.read(PART_MAX_BYTES).decode("utf-8", "replace"))
            return SeenBook(sheets=look.sheets, asides=(Aside("文档属性", "|".join(words)),))
    except (zipfile.BadZipFile, expat.ExpatError, OSError, KeyError, ValueError, EOFError, zlib.error) as why:
        raise WorkbookDamaged from why


class _Look:
    """Parses the content, keeping only what is hidden, struck out or shown otherwise, and the comments."""

    def __init__(self) -> None:
        self.parser = table_parser(self._start, self._end, self._text)
        self.sheets: dict[str, Seen] = {}
        self._style, self._flat, self._styles = "", set[str](), _Styles()
        self._row = self._column = 0
        self._rows, self._columns, self._struck = set[int](), set[int](), set[tuple[int, int]]()
        self._scaled: dict[tuple[int, int], str] = {}
        self._of_row, self._of_columns = "", list[tuple[int, str]]()  # styles of cells that have none
        self._comments: list[tuple[str, str]] = []
        self._name, self._said, self._repeated = "", list[str](), 1

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition("|")[2]
        given = {name.rpartition("|")[2]: value for name, value in attributes.items()}
        self._styles.start(local, given)
        if local == "style":
            self._style = given.get("name", "")
        elif _NO_SIZE.fullmatch(given.get("row-height", given.get("column-width", ""))):
            self._flat.add(self._style)
        elif local == "table":
            self._name, self._row, self._column = given.get("name", ""), 0, 0
        else:
            self._inside(local, given)

    def _inside(self, local: str, given: dict[str, str]) -> None:
        hides = given.get("visibility") in _HIDDEN or given.get("style-name") in self._flat
        if local == "table-column":
            repeated = _number(given.get("number-columns-repeated"))
            if hides:
                self._columns |= set(range(self._column, self._column + min(repeated, REPEATED_MAX)))
            self._column += repeated
            self._of_columns.append((self._column, given.get("default-cell-style-name", "")))
        elif local == "table-row":
            self._of_row = given.get("default-cell-style-name", "")
            self._repeated, self._column = _number(given.get("number-rows-repeated")), 0
            if hides:
                self._rows |= set(range(self._row, self._row + min(self._repeated, REPEATED_MAX)))
        elif local in {"table-cell", "covered-table-cell"}:
            self._cell(given)
        elif local == "span" and given.get("style-name") in self._styles.lined:
            self._struck.add((self._row, self._column - 1))
        elif local == "annotation":
            self._said = [""]

    def _cell(self, given: dict[str, str]) -> None:
        repeated = _number(given.get("number-columns-repeated"))
        style = given.get("style-name") or self._of_row or self._column_style()
        cells = [(self._row, at) for at in range(self._column, self._column + min(repeated, REPEATED_MAX))]
        if style in self._styles.lined and repeated <= REPEATED_MAX:
            self._struck |= set(cells)
        if "value" in given and (code := self._styles.shown_as(style)):
            self._scaled |= dict.fromkeys(cells, code)
        self._column += repeated

    def _column_style(self) -> str:
        return next((style for stop, style in self._of_columns if self._column < stop), "")

    def _text(self, text: str) -> None:
        self._styles.text(text)
        if self._said:
            self._said.append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition("|")[2]
        self._styles.end(local)
        if local == "annotation":
            self._comments.append((f"{column_letter(self._column - 1)}{self._row + 1}", "".join(self._said)))
            self._said = []
        elif local == "table-row":
            self._row += self._repeated
        elif local == "table":
            self.sheets[self._name] = Seen(
                hidden_rows=frozenset(self._rows),
                hidden_columns=frozenset(self._columns),
                struck=frozenset(self._struck),
                scaled=self._scaled,
                comments=tuple(self._comments),
            )
            self._rows, self._columns, self._struck, self._comments = set(), set(), set(), []
            self._scaled, self._of_columns = {}, []


class _Styles:
    """The cell styles: which strike out, and number formats as other workbooks write them."""

    def __init__(self) -> None:
        self.lined, self._codes, self._of_style = set[str](), dict[str, str](), dict[str, str]()
        self._style = self._format = self._code = ""
        self._drawn = 0  # figures behind a point that is only drawn, while its text is read

    def start(self, local: str, given: dict[str, str]) -> None:
        """An element begins, its names without their namespaces."""
        if local == "style":
            self._style = given.get("name", "")
            self._of_style[self._style] = given.get("data-style-name", "")
        elif given.get(_LINED, "none") != "none":
            self.lined.add(self._style)
        elif local in _NUMBERS:
            self._format, self._code = given.get("name", ""), "%" if local.startswith("percentage") else ""
        elif local == "number" and self._format:
            noughts = len(given.get("display-factor", "1")) - 1
            self._code += "0.00" + "," * (noughts // _THOUSAND)
        elif local == "embedded-text" and self._format:
            self._drawn = int(given["position"]) if given.get("position", "").isdigit() else 0

    def text(self, text: str) -> None:
        """Words of a number format; a point among its figures divides what is shown."""
        if self._format and self._drawn and text == ".":
            self._code = self._code.replace("0.00", f"0!.{'0' * self._drawn}", 1)
        elif self._format and text.strip():
            self._code += f'"{text.strip()}"'

    def end(self, local: str) -> None:
        """An element ends."""
        if local in _NUMBERS:
            self._codes[self._format] = self._code
            self._format = ""
        elif local == "embedded-text":
            self._drawn = 0

    def shown_as(self, style: str) -> str:
        """The code of a style's number format, where it shows another figure than is stored; else ""."""
        code = self._codes.get(self._of_style.get(style, ""), "")
        return code if scales(code) else ""


def _number(written: str | None) -> int:
    return int(written) if written and written.isdigit() and len(written) < 8 else 1
