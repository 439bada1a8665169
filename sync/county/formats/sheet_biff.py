"""A second look at .xls (BIFF) for what calamine does not report: what is hidden or struck out, errors.

xlrd is slow but knows the records; it reads only .xls, which has at most 65,536 rows a sheet.
"""

from __future__ import annotations

import importlib
import io
import struct
from collections.abc import Iterator
from typing import Any

from sync.county.formats.asides import embedded, page_edge, spelled
from sync.county.formats.grid import Aside, Fault, column_letter, scales
from sync.county.formats.sheet_xml import Seen, SeenBook

_TEXT_CELL, _ERROR_CELL = 1, 5
_BEGIN, _EDGES, _HEAD = 0x0809, {0x0014, 0x0015}, 3  # records, and what stands before their letters
_NAME, _OBJECT, _TEXT, _MORE, _COMMENT = 0x0018, 0x005D, 0x01B6, 0x003C, 0x19
_CELLS = {"Workbook", "Book"}
_STORAGE = 1
_TRIPPED = (
    AssertionError,
    LookupError,
    ValueError,
    TypeError,
    struct.error,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    AttributeError,
)
"""What xlrd raises, besides its own, over records that make no sense."""


def seen_in(data: bytes) -> SeenBook | None:
    """What an .xls hides or could not calculate; None when xlrd cannot read the file."""
    xlrd = importlib.import_module("xlrd")  # 20 ms, only an old workbook needs it
    try:
        with xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO()) as book:
            sheets = {sheet.name: _seen(sheet, book) for sheet in book.sheets()}
            stored = xlrd.compdoc.CompDoc(data, logfile=io.StringIO())
            asides = (
                *_beside(stored.get_named_stream("Workbook") or b"", book.sheet_names()),
                *_stored(stored, stored.dirlist[0].children),
            )
            return SeenBook(sheets=sheets, asides=asides)
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, *_TRIPPED):
        return None  # calamine read it; a damaged record xlrd trips over is no reason to refuse it


def is_locked(data: bytes) -> bool:
    """Whether an .xls that does not open is behind a password (a FILEPASS record): xlrd says so."""
    xlrd = importlib.import_module("xlrd")
    try:
        xlrd.open_workbook(file_contents=data, on_demand=True, logfile=io.StringIO()).release_resources()
    except xlrd.XLRDError as why:
        return "encrypted" in str(why)
    except (xlrd.compdoc.CompDocError, *_TRIPPED):
        return False
    return False


def _seen(sheet: Any, book: Any) -> Seen:  # noqa: ANN401 - xlrd has no types
    rows, columns = sheet.rowinfo_map, sheet.colinfo_map
    unsaid = set(range(sheet.nrows)) - rows.keys() if sheet.default_row_hidden else set()
    return Seen(
        hidden_rows=frozenset(unsaid | {at for at, row in rows.items() if row.hidden or row.height == 0}),
        hidden_columns=frozenset(at for at, one in columns.items() if one.hidden or one.width == 0),
        faults=dict(_faults(sheet)),
        struck=frozenset(_struck(sheet, book)),
        scaled=dict(_scaled(sheet, book)),
        comments=tuple(
            (f"{column_letter(column)}{row + 1}", note.text)
            for (row, column), note in sorted(sheet.cell_note_map.items())
        ),
    )


def _faults(sheet: Any) -> Iterator[tuple[tuple[int, int], Fault]]:  # noqa: ANN401
    """Errors, and formulas without a result: a text of no length is what is stored for one."""
    for row, kinds in enumerate(sheet._cell_types):  # noqa: SLF001 - the cells one by one cost ten times more
        if _ERROR_CELL in kinds:
            yield from (((row, at), "error") for at, kind in enumerate(kinds) if kind == _ERROR_CELL)
        values = sheet._cell_values[row]  # noqa: SLF001
        if "" in values and _TEXT_CELL in kinds:
            yield from (
                ((row, at), "formula")
                for at, (kind, value) in enumerate(zip(kinds, values, strict=True))
                if kind == _TEXT_CELL and value == ""
            )


def _scaled(sheet: Any, book: Any) -> Iterator[tuple[tuple[int, int], str]]:  # noqa: ANN401
    """Cells whose number format shows another figure than is stored."""
    formats = {key: one.format_str for key, one in book.format_map.items() if scales(one.format_str or "")}
    styles = {
        at: formats[style.format_key] for at, style in enumerate(book.xf_list) if style.format_key in formats
    }
    for row, used in enumerate(sheet._cell_xf_indexes if styles else ()):  # noqa: SLF001
        yield from (((row, at), styles[style]) for at, style in enumerate(used) if style in styles)


def _struck(sheet: Any, book: Any) -> Iterator[tuple[int, int]]:  # noqa: ANN401
    """Cells whose font, or the font of a stretch in them, has a line through it."""
    fonts = {at for at, font in enumerate(book.font_list) if font.struck_out}
    if not fonts:
        return
    styles = {at for at, style in enumerate(book.xf_list) if style.font_index in fonts}
    for row, used in enumerate(sheet._cell_xf_indexes):  # noqa: SLF001
        yield from ((row, at) for at, style in enumerate(used) if style in styles)
    for place, runs in sheet.rich_text_runlist_map.items():
        if any(font in fonts for _, font in runs):
            yield place


def _beside(stream: bytes, names: list[str]) -> Iterator[Aside]:
    """Page edges, defined names and text boxes, in the records of the sheets (in their order) themselves."""
    at, sheet, before, comment = 0, -1, 0, False
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        sheet += kind == _BEGIN
        if kind in _EDGES and length > _HEAD and 0 < sheet <= len(names):
            raw, wide = stream[at + 4 + _HEAD : at + 4 + length], stream[at + 3 + _HEAD] & 1
            yield page_edge(raw.decode("utf-16-le" if wide else "latin-1", "replace"), names[sheet - 1])
        elif kind == _NAME:
            yield from (Aside("定义的名称", text) for text in spelled(stream[at + 4 : at + 4 + length]))
        elif kind == _OBJECT:
            comment = stream[at + 8 : at + 9] == bytes([_COMMENT])  # comments are read with their cells
        elif kind == _MORE and before == _TEXT and not comment:
            yield from (Aside("图形、文本框", text) for text in spelled(stream[at + 5 : at + 4 + length]))
        at, before = at + 4 + length, kind


def _stored(stored: Any, children: list[int], way: str = "") -> Iterator[Aside]:  # noqa: ANN401
    """What properties, embedded files and caches spell in plain letters: every stream but the cells'."""
    for node in (stored.dirlist[at] for at in children):
        path = f"{way}{node.name}"
        if node.etype == _STORAGE:
            yield from _stored(stored, node.children, f"{path}/")
        elif path not in _CELLS:
            place = "文档属性" if node.name.startswith("\x05") and not way else "嵌入的对象"
            yield from (Aside(place, text) for text in embedded(stored.get_named_stream(path) or b""))
