"""A second look at .xls (BIFF) for what calamine does not report: hidden rows and columns, error cells.

xlrd is slow but knows the records; it reads only .xls, which has at most 65,536 rows a sheet.
"""

from __future__ import annotations

import importlib
import io
import struct

from sync.county.formats.sheet_xml import Seen

_ERROR_CELL = 5
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


def seen_in(data: bytes) -> dict[str, Seen] | None:
    """What each sheet of an .xls hides or could not calculate; None when xlrd cannot read the file."""
    xlrd = importlib.import_module("xlrd")  # 20 ms, only an old workbook needs it
    try:
        with xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO()) as book:
            return {sheet.name: _seen(sheet) for sheet in book.sheets()}
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


def _seen(sheet: object) -> Seen:
    return Seen(
        hidden_rows=frozenset(at for at, row in getattr(sheet, "rowinfo_map", {}).items() if row.hidden),
        hidden_columns=frozenset(
            at for at, column in getattr(sheet, "colinfo_map", {}).items() if column.hidden
        ),
        faults={
            (row, at): "error"
            for row, cells in enumerate(getattr(sheet, "_cell_types", []))
            if _ERROR_CELL in cells
            for at, kind in enumerate(cells)
            if kind == _ERROR_CELL
        },
    )
