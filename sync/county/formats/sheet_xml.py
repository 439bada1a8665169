"""A second look at .xlsx for what calamine leaves out: hidden rows and columns, errors, bare formulas.

Each sheet's XML is streamed once, block by block. Most sheets have none of it, and a search for the
few telling bytes says so at the speed of unzipping; only where one is found is the sheet parsed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

import msgspec

from sync.county.formats.errors import WorkbookDamaged, WorkbookTooLarge
from sync.county.formats.grid import Fault, column_number
from sync.county.formats.sheet_comments import comments_in

CHUNK_BYTES = 1 << 20
PART_MAX_BYTES = 600 * 1024 * 1024
_SMALL_PART_BYTES = 16 * 1024 * 1024
_TELLING = (b"hidden", b't="e"', b"t='e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the second look found on one sheet."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    faults: dict[tuple[int, int], Fault] = {}
    comments: tuple[tuple[str, str], ...] = ()


def seen_in(data: bytes) -> dict[str, Seen]:
    """What each sheet of an .xlsx hides or could not calculate, by the sheet's name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return {name: _sheet(packed, part) for name, part in _sheets(packed)}
    except (zipfile.BadZipFile, expat.ExpatError, OSError, KeyError, ValueError, EOFError, zlib.error) as why:
        raise WorkbookDamaged from why


def _sheets(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of the sheets and the parts they stand in."""
    targets = {
        given.get("Id", ""): posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))
        for tag, given in _elements(packed, "xl/_rels/workbook.xml.rels")
        if tag == "Relationship"
    }
    parts = set(packed.namelist())
    for tag, given in _elements(packed, "xl/workbook.xml"):
        part = targets.get(given.get("id", ""), "").lstrip("/")
        if tag == "sheet" and part in parts and given.get("name"):
            yield given["name"], part


def _elements(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Elements of a small part with their attributes, neither with its namespace."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = table_parser(
        lambda tag, given: found.append((_local(tag), {_local(name): value for name, value in given.items()}))
    )
    with packed.open(part) as stream:
        data = stream.read(_SMALL_PART_BYTES + 1)
    if len(data) > _SMALL_PART_BYTES:
        raise WorkbookTooLarge(what=part)
    parser.Parse(data, True)  # noqa: FBT003 - the parser's own positional flag
    return found


def _sheet(packed: zipfile.ZipFile, part: str) -> Seen:
    """What one sheet hides or could not calculate, and its comments."""
    seen = Seen()
    if any(any(mark in block for mark in _TELLING) for block in _blocks(packed, part)):
        look = _Look()
        for at, block in enumerate(_blocks(packed, part)):
            look.parser.Parse(block[_OVERLAP:] if at else block, False)  # noqa: FBT003
        seen = look.seen()
    comments = comments_in(packed, part)
    return msgspec.structs.replace(seen, comments=comments) if comments else seen


_OVERLAP = 8


def _blocks(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in blocks; each but the first begins with the last bytes of the one before."""
    read, last = 0, b""
    with packed.open(part) as stream:
        while block := stream.read(CHUNK_BYTES):
            read += len(block)
            if read > PART_MAX_BYTES:
                raise WorkbookTooLarge(what=f"{read // 2**20} MB")
            yield last + block
            last = (last + block)[-_OVERLAP:]


class _Look:
    """Parses one sheet, keeping only what is hidden or has no value."""

    def __init__(self) -> None:
        self.parser = table_parser(self._start, self._end)
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._faults: dict[tuple[int, int], Fault] = {}
        self._row = self._column = -1
        self._formula = self._valued = self._error = False

    def _start(self, tag: str, given: dict[str, str]) -> None:
        local = _local(tag)
        if local == "c":
            self._column += 1
            if place := _REFERENCE.match(given.get("r", "")):
                self._row, self._column = int(place[2]) - 1, column_number(place[1])
            self._formula, self._valued = False, given.get("t") == "str"
            self._error = given.get("t") == "e"
        elif local == "f":
            self._formula = True
        elif local == "v":
            self.parser.CharacterDataHandler = self._value
        elif local == "row":
            written = given.get("r", "")
            self._row = int(written) - 1 if written.isdigit() else self._row + 1
            self._column = -1
            if _true(given.get("hidden")):
                self._rows.add(self._row)
        elif local == "col" and _true(given.get("hidden")):
            first, last = int(given.get("min", "1")), int(given.get("max", "1"))
            self._columns |= set(range(max(first, 1) - 1, min(last, 16_384)))

    def _value(self, _: str) -> None:
        self._valued = True

    def _end(self, tag: str) -> None:
        local = _local(tag)
        if local == "v":
            self.parser.CharacterDataHandler = None
        if local != "c":
            return
        if self._error:
            self._faults[self._row, self._column] = "error"
        elif self._formula and not self._valued:
            self._faults[self._row, self._column] = "formula"

    def seen(self) -> Seen:
        return Seen(
            hidden_rows=frozenset(self._rows), hidden_columns=frozenset(self._columns), faults=self._faults
        )


def _local(tag: str) -> str:
    return tag.rpartition("|")[2]


def _true(written: str | None) -> bool:
    return written in {"1", "true", "on"}


def table_parser(
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> expat.XMLParserType:
    """A parser that refuses document types, where entities could expand: no table needs one."""
    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, _no_doctype
    return parser


def _no_doctype(*_: object) -> None:
    raise WorkbookDamaged
