"""A second look at .ods for what calamine does not report: what is hidden or struck out, and comments."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from sync.county.formats.errors import WorkbookDamaged
from sync.county.formats.grid import Aside, column_letter
from sync.county.formats.sheet_xml import PART_MAX_BYTES, Seen, SeenBook, table_parser

REPEATED_MAX = 1000
"""Equal rows or columns beyond this are the empty rest of a sheet."""

_HIDDEN = {"collapse", "filter"}
_NO_SIZE = re.compile(r"0+(?:\.0*)?(?:[a-z]+)")
_LINED = "text-line-through-style"


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
    """Parses the content, keeping only what is hidden or struck out, and the comments."""

    def __init__(self) -> None:
        self.parser = table_parser(self._start, self._end, self._text)
        self.sheets: dict[str, Seen] = {}
        self._style, self._flat, self._lined = "", set[str](), set[str]()
        self._row = self._column = 0
        self._rows, self._columns, self._struck = set[int](), set[int](), set[tuple[int, int]]()
        self._comments: list[tuple[str, str]] = []
        self._name, self._said, self._repeated = "", list[str](), 1

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition("|")[2]
        given = {name.rpartition("|")[2]: value for name, value in attributes.items()}
        if local == "style":
            self._style = given.get("name", "")
        elif given.get(_LINED, "none") != "none":
            self._lined.add(self._style)
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
        elif local == "table-row":
            self._repeated, self._column = _number(given.get("number-rows-repeated")), 0
            if hides:
                self._rows |= set(range(self._row, self._row + min(self._repeated, REPEATED_MAX)))
        elif local in {"table-cell", "covered-table-cell"}:
            self._cell(given)
        elif local == "span" and given.get("style-name") in self._lined:
            self._struck.add((self._row, self._column - 1))
        elif local == "annotation":
            self._said = [""]

    def _cell(self, given: dict[str, str]) -> None:
        repeated = _number(given.get("number-columns-repeated"))
        if given.get("style-name") in self._lined and repeated <= REPEATED_MAX:
            self._struck |= {(self._row, at) for at in range(self._column, self._column + repeated)}
        self._column += repeated

    def _text(self, text: str) -> None:
        if self._said:
            self._said.append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition("|")[2]
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
                comments=tuple(self._comments),
            )
            self._rows, self._columns, self._struck, self._comments = set(), set(), set(), []


def _number(written: str | None) -> int:
    return int(written) if written and written.isdigit() and len(written) < 8 else 1
