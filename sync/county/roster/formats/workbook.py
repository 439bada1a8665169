"""xlsx, xls, ods and xlsb through calamine: fast, and it tells merges and hidden sheets."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, cast

from sync.county.roster.errors import RosterRefused, WorkbookDamaged, WorkbookLocked, WorkbookTooLarge
from sync.county.roster.formats.grid import Book, Grid, Merge, Value

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ZIP, OLE2 = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
UNPACKED_MAX_BYTES = 800 * 1024 * 1024
CELLS_MAX = 40_000_000
COLUMNS_MAX = 512
_WORD, _POWERPOINT = "WordDocument", "PowerPoint Document"


class Workbook:
    """One spreadsheet format that calamine reads, recognised by what is inside the container."""

    def __init__(self, name: str, container: bytes, mark: bytes) -> None:
        self.name, self.container, self.mark = name, container, mark

    def claims(self, data: bytes) -> bool:
        """Whether these bytes are this format, whatever the file is called."""
        return data.startswith(self.container) and self.mark in _listing(data)

    def read(self, data: bytes) -> Book:
        """All sheets; raises a refusal for a locked, damaged or oversized workbook."""
        if self.container == ZIP:
            _unpacks_sanely(data)
        workbook = _opened(data)
        try:
            sheets = tuple(_grid(workbook, at) for at in range(len(workbook.sheet_names)))
        except RosterRefused:
            raise
        except Exception as why:  # calamine raises several unrelated classes for broken parts
            raise WorkbookDamaged from why
        return Book(format=self.name, sheets=sheets)


def _listing(data: bytes) -> bytes:
    """Names of the parts: the zip directory, or the whole OLE2 file with its UTF-16 names."""
    if not data.startswith(ZIP):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(packed.namelist()).encode() + b"\n" + _mimetype(packed)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as why:
        raise WorkbookDamaged from why


def _mimetype(packed: zipfile.ZipFile) -> bytes:
    if "mimetype" not in packed.namelist():
        return b""
    with packed.open("mimetype") as part:
        return part.read(200)


def _unpacks_sanely(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > UNPACKED_MAX_BYTES:
        raise WorkbookTooLarge(what=f"{size // 2**20} MB")


def _opened(data: bytes) -> CalamineWorkbook:
    import python_calamine as calamine  # noqa: PLC0415 - 13 ms, not needed for a CSV

    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as why:
        raise WorkbookLocked from why
    except Exception as why:
        if "password" in str(why).lower():
            raise WorkbookLocked from why
        raise WorkbookDamaged from why


def _grid(workbook: CalamineWorkbook, at: int) -> Grid:
    meta = workbook.sheets_metadata[at]
    sheet = workbook.get_sheet_by_index(at)
    _fits(sheet)
    top, left = sheet.start or (0, 0)
    rows = cast("list[list[Value]]", sheet.to_python(skip_empty_area=True))
    margin: list[Value] = [""] * left
    return Grid(
        name=meta.name,
        rows=[[] for _ in range(top)] + ([margin + row for row in rows] if left else rows),
        merges=_merges(sheet),
        visible=str(meta.visible).endswith(".Visible"),
    )


def _fits(sheet: CalamineSheet) -> None:
    if sheet.width > COLUMNS_MAX and sheet.width * sheet.height > CELLS_MAX:
        raise WorkbookTooLarge(what=f"{sheet.height} 行 × {sheet.width} 列")


def _merges(sheet: CalamineSheet) -> tuple[Merge, ...]:
    found = sheet.merged_cell_ranges or ()
    return tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in sorted(found))


def ole2_kind(data: bytes) -> str:
    """Say what an OLE2 file that is no workbook holds, by the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookLocked
    if _WORD.encode("utf-16-le") in data:
        return " Word 文档"
    if _POWERPOINT.encode("utf-16-le") in data:
        return " PowerPoint 文稿"
    raise WorkbookDamaged


XLSX = Workbook("xlsx", ZIP, b"xl/workbook.xml")
XLSB = Workbook("xlsb", ZIP, b"xl/workbook.bin")
ODS = Workbook("ods", ZIP, b"opendocument.spreadsheet")
XLS = Workbook("xls", OLE2, "Workbook".encode("utf-16-le"))
XLS5 = Workbook("xls", OLE2, "Book".encode("utf-16-le"))
