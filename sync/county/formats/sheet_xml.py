"""A second look at .xlsx for what calamine leaves out: what is hidden or struck out, errors, bare formulas.

Each sheet's XML is streamed once, block by block. Most sheets have none of it, and a search for the
few telling bytes says so at the speed of unzipping; only where one is found is the sheet parsed.
A row or column of no height or width is hidden like any other.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from xml.parsers import expat

import msgspec

from sync.county.formats.asides import asides_in, page_edge
from sync.county.formats.errors import WorkbookDamaged, WorkbookTooLarge
from sync.county.formats.grid import Aside, Fault, column_number, scales
from sync.county.formats.sheet_comments import comments_in

CHUNK_BYTES = 1 << 20
PART_MAX_BYTES = 600 * 1024 * 1024
_SMALL_PART_BYTES = 16 * 1024 * 1024
_TELLING = (b"hidden", b't="e"', b' ht="0', b"<f>", b"<f ", b"<f/")
_TELLING_FIRST = (b"zeroHeight", b' width="0')  # before the rows
_OTHER_HAND = (b"='", b":sheetData")  # as few programs write: such a sheet is parsed whole
_EDGES = re.compile(rb"(?:odd|even|first)(?:Header|Footer)>([^<]+)<")  # behind the rows
_NOTHING = re.compile(r"0+(?:\.\d*)?|\.\d+")  # a height or width less than one
_LINKS = "xl/externallinks/externallink"
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the second look found on one sheet."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    faults: dict[tuple[int, int], Fault] = {}
    struck: frozenset[tuple[int, int]] = frozenset()
    scaled: dict[tuple[int, int], str] = {}
    comments: tuple[tuple[str, str], ...] = ()


class Struck(msgspec.Struct, frozen=True, kw_only=True):
    """What is struck out wherever it is used: cell styles and shared strings, by their numbers as written."""

    styles: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    scaled: dict[str, str] = {}  # number formats that show another figure than is stored, by style

    @property
    def telling(self) -> tuple[bytes, ...]:
        """Bytes without which no cell of a sheet is struck out."""
        styles = (f's="{style}"'.encode() for style in (*self.styles, *self.scaled))
        return (*styles, b"strike", *((b"<v>",) if self.strings else ()))


class SeenBook(msgspec.Struct, frozen=True, kw_only=True):
    """What the second look found in a workbook: by sheet, beside its sheets, and whether it has links."""

    sheets: dict[str, Seen]
    asides: tuple[Aside, ...] = ()
    linked: bool = False


def seen_in(data: bytes) -> SeenBook:
    """What an .xlsx hides or could not calculate; raises WorkbookDamaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            struck, edges = struck_in(packed), list[Aside]()
            sheets = {name: _sheet(packed, name, part, struck, edges) for name, part in _sheets(packed)}
            linked = any(name.lower().startswith(_LINKS) for name in packed.namelist())
            return SeenBook(sheets=sheets, asides=(*edges, *asides_in(packed)), linked=linked)
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


def struck_in(packed: zipfile.ZipFile) -> Struck:
    """The styles and shared strings with a line through them; nearly no workbook has any."""
    fonts, styles, within = list[bool](), list[str](), ""
    for tag, given in _lined(packed, "xl/styles.xml"):
        within = tag if tag in {"fonts", "cellXfs", "cellStyleXfs", "dxfs"} else within
        if tag == "font" and within == "fonts":
            fonts.append(False)
        elif tag == "strike" and within == "fonts":
            fonts[-1] = _true(given.get("val", "1"))
        elif tag == "xf" and within == "cellXfs":
            styles.append(given.get("fontId", "0"))
    lined = {str(at) for at, struck in enumerate(fonts) if struck}
    return Struck(
        styles=frozenset(str(at) for at, font in enumerate(styles) if font in lined),
        strings=frozenset(_struck_strings(packed)),
        scaled=_scaled_in(packed),
    )


def _scaled_in(packed: zipfile.ZipFile) -> dict[str, str]:
    """The number formats of cell styles that scale, by the style's number."""
    part, codes, styles, within = "xl/styles.xml", dict(_PERCENT), list[str](), ""
    if part not in packed.namelist() or not any(map(_FORMATS.search, _blocks(packed, part))):
        return {}
    for tag, given in _elements(packed, part):
        within = tag if tag in {"cellXfs", "cellStyleXfs", "dxfs"} else within
        if tag == "numFmt" and scales(given.get("formatCode", "")):
            codes[given.get("numFmtId", "")] = given["formatCode"]
        elif tag == "xf" and within == "cellXfs":
            styles.append(given.get("numFmtId", ""))
    return {str(at): codes[style] for at, style in enumerate(styles) if style in codes}


_PERCENT = {"9": "0%", "10": "0.00%"}  # formats every workbook has, by number
_FORMATS = re.compile(rb'formatCode|numFmtId="(?:9|10)"')


def _struck_strings(packed: zipfile.ZipFile) -> Iterator[str]:
    at = -1
    for tag, given in _lined(packed, "xl/sharedStrings.xml"):
        at += tag == "si"
        if tag == "strike" and _true(given.get("val", "1")):
            yield str(at)


def _lined(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a part that says somewhere that a text is struck out, as far as they matter."""
    found: list[tuple[str, dict[str, str]]] = []
    if part not in packed.namelist() or not any(b"strike" in block for block in _blocks(packed, part)):
        return found
    parser = table_parser(
        lambda tag, given: found.append((_local(tag), given)) if _local(tag) in _OF_STRIKING else None
    )
    for at, block in enumerate(_blocks(packed, part)):
        parser.Parse(block[_OVERLAP:] if at else block, False)  # noqa: FBT003
    return found


_OF_STRIKING = frozenset({"si", "strike", "font", "xf", "fonts", "cellXfs", "cellStyleXfs", "dxfs"})


def _sheet(packed: zipfile.ZipFile, name: str, part: str, struck: Struck, edges: list[Aside]) -> Seen:
    """What one sheet hides or could not calculate, and its comments."""
    seen, telling, ends = Seen(), False, (b"", b"")
    marks = (*_TELLING, *(struck.telling if struck != Struck() else (b"strike",)))
    for at, block in enumerate(_blocks(packed, part)):
        telling = telling or any(
            mark in block for mark in (marks if at else (*marks, *_TELLING_FIRST, *_OTHER_HAND))
        )
        ends = ends[1], block
    if telling:
        look = _Look(struck)
        for at, block in enumerate(_blocks(packed, part)):
            look.parser.Parse(block[_OVERLAP:] if at else block, False)  # noqa: FBT003
        seen = look.seen()
    written = dict.fromkeys(edge for end in ends for edge in _EDGES.findall(end))
    edges += (page_edge(unescape(edge.decode("utf-8", "replace")), name) for edge in written)
    comments = comments_in(packed, part)
    return msgspec.structs.replace(seen, comments=comments) if comments else seen


_OVERLAP = 2048  # longer than the edge of a page may be


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
    """Parses one sheet, keeping only what is hidden, struck out or has no value."""

    def __init__(self, struck: Struck) -> None:
        self.parser = table_parser(self._start, self._end)
        self.parser.buffer_text = True
        self._lined, self._struck = struck, set[tuple[int, int]]()
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._faults: dict[tuple[int, int], Fault] = {}
        self._scaled: dict[tuple[int, int], str] = {}
        self._row = self._column = -1
        self._formula = self._valued = self._error = self._shared = self._flat = False

    def _start(self, tag: str, given: dict[str, str]) -> None:
        local = _local(tag)
        if local == "c":
            self._column += 1
            if place := _REFERENCE.match(given.get("r", "")):
                self._row, self._column = int(place[2]) - 1, column_number(place[1])
            self._formula, self._valued = False, given.get("t") == "str"
            self._error, self._shared = given.get("t") == "e", given.get("t") == "s"
            if given.get("s") in self._lined.styles:
                self._struck.add((self._row, self._column))
            if code := self._lined.scaled.get(given.get("s", "")):
                self._scaled[self._row, self._column] = code
        elif local == "f":
            self._formula = True
        elif local == "strike" and _true(given.get("val", "1")):
            self._struck.add((self._row, self._column))
        elif local == "v":
            self.parser.CharacterDataHandler = self._value
        else:
            self._around(local, given)

    def _around(self, local: str, given: dict[str, str]) -> None:
        """Rows and columns: hidden, or of no height or width. Rows may have none unless they say so."""
        hides = _true(given.get("hidden"))
        if local == "row":
            written = given.get("r", "")
            self._row = int(written) - 1 if written.isdigit() else self._row + 1
            self._column = -1
            if hides or _NOTHING.fullmatch(given.get("ht", "0" if self._flat else "")):
                self._rows.add(self._row)
        elif local == "sheetFormatPr":
            self._flat = _true(given.get("zeroHeight"))
        elif local == "col" and (hides or _NOTHING.fullmatch(given.get("width", ""))):
            first, last = int(given.get("min", "1")), int(given.get("max", "1"))
            self._columns |= set(range(max(first, 1) - 1, min(last, 16_384)))

    def _value(self, text: str) -> None:
        self._valued = True
        if self._shared and text in self._lined.strings:
            self._struck.add((self._row, self._column))

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
            hidden_rows=frozenset(self._rows),
            hidden_columns=frozenset(self._columns),
            faults=self._faults,
            struck=frozenset(self._struck),
            scaled=self._scaled,
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
