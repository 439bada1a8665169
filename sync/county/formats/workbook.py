"""xlsx, xls and ods through calamine: fast, and it reports merges and hidden sheets."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, cast

import msgspec

from sync.county.formats import sheet_biff, sheet_odf, sheet_xml
from sync.county.formats.errors import (
    RosterRefused,
    WorkbookDamaged,
    WorkbookHasMacros,
    WorkbookLocked,
    WorkbookTooLarge,
)
from sync.county.formats.grid import Book, Grid, Merge, Value

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

ZIP, OLE2 = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
UNPACKED_MAX_BYTES = 800 * 1024 * 1024
CELLS_MAX = 40_000_000
COLUMNS_MAX = 512
_MACROS = "_VBA_PROJECT".encode("utf-16-le")


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
        elif _MACROS in data:
            raise WorkbookHasMacros
        workbook = _opened(data)
        try:
            sheets = tuple(_grid(workbook, at) for at in range(len(workbook.sheet_names)))
        except RosterRefused:
            raise
        except BaseException as why:  # calamine raises unrelated classes for broken parts, and panics
            _is_its_own(why)
            raise WorkbookDamaged from why
        return self._looked_twice(data, sheets)

    def _looked_twice(self, data: bytes, sheets: tuple[Grid, ...]) -> Book:
        """The same sheets with what calamine leaves out."""
        look = _LOOKS.get(self.name)
        seen = look(data) if look else None
        found = seen.sheets if seen else {}
        return Book(
            format=self.name,
            sheets=tuple(
                msgspec.structs.replace(grid, **msgspec.structs.asdict(found[grid.name]))
                if grid.name in found
                else grid
                for grid in sheets
            ),
            looked_twice=seen is not None,
            asides=seen.asides if seen else (),
            linked=bool(seen and seen.linked),
        )


_LOOKS = {"xlsx": sheet_xml.seen_in, "xls": sheet_biff.seen_in, "ods": sheet_odf.seen_in}


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
    """Refuse what is more than a table: sizes no roster has, and macros."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(part.file_size for part in packed.infolist())
        names = [name.lower() for name in packed.namelist()]
    if size > UNPACKED_MAX_BYTES:
        raise WorkbookTooLarge(what=f"{size // 2**20} MB")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WorkbookHasMacros


def _is_its_own(why: BaseException) -> None:
    """A panic in native code arrives as a BaseException of that name; ^C and missing memory go on."""
    broken = isinstance(why, Exception) or type(why).__name__ == "PanicException"
    if isinstance(why, MemoryError) or not broken:
        raise why


def _opened(data: bytes) -> CalamineWorkbook:
    import python_calamine as calamine  # noqa: PLC0415 - 13 ms, not needed for a CSV

    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as why:
        raise WorkbookLocked from why
    except BaseException as why:
        _is_its_own(why)
        if "password" in str(why).lower() or (data.startswith(OLE2) and sheet_biff.is_locked(data)):
            raise WorkbookLocked from why
        raise WorkbookDamaged from why


def _grid(workbook: CalamineWorkbook, at: int) -> Grid:
    meta = workbook.sheets_metadata[at]
    sheet = workbook.get_sheet_by_index(at)
    if sheet.width > COLUMNS_MAX and sheet.width * sheet.height > CELLS_MAX:
        raise WorkbookTooLarge(what=f"{sheet.height} 行 × {sheet.width} 列")
    top, left = sheet.start or (0, 0)
    rows = cast("list[list[Value]]", sheet.to_python(skip_empty_area=True))
    margin: list[Value] = [""] * left
    return Grid(
        name=meta.name,
        rows=[[] for _ in range(top)] + ([margin + row for row in rows] if left else rows),
        merges=tuple(Merge(*first, *last) for first, last in sorted(sheet.merged_cell_ranges or ())),
        visible=str(meta.visible).endswith(".Visible"),
    )


def ole2_kind(data: bytes) -> str:
    """Say what an OLE2 file that is no workbook holds, by the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookLocked
    if "WordDocument".encode("utf-16-le") in data:
        return " Word 文档"
    if "PowerPoint Document".encode("utf-16-le") in data:
        return " PowerPoint 文稿"
    raise WorkbookDamaged


XLSX = Workbook("xlsx", ZIP, b"xl/workbook.xml")
XLSB = Workbook("xlsb", ZIP, b"xl/workbook.bin")
ODS = Workbook("ods", ZIP, b"opendocument.spreadsheet")
XLS = Workbook("xls", OLE2, "Workbook".encode("utf-16-le"))
XLS5 = Workbook("xls", OLE2, "Book".encode("utf-16-le"))
