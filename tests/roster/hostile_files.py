"""Files made to harm whoever opens them, and files that only look like it. Each is small or quickly made."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.roster.county_files import Page, as_xls, as_xlsx, by_openpyxl
from tests.roster.county_generator import county_file

PAGES = county_file(7, "table").pages
XLSX, XLS = by_openpyxl(PAGES), as_xls(PAGES)
SHEET_PART = "xl/worksheets/sheet1.xml"
_LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
LAUGHTER = f'<!DOCTYPE x [<!ENTITY l0 "{"ha" * 20}">{_LAUGHS}]>'
"""Three lines that unfold to four terabytes."""


def with_parts(parts: dict[str, bytes]) -> bytes:
    """The sound workbook with parts replaced or added."""
    left, out = dict(parts), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, left.pop(name, old.read(name)))
        for name, data in left.items():
            new.writestr(name, data)
    return out.getvalue()


def sheet(body: str, dimension: str = "A1:D4", *, doctype: str = "") -> bytes:
    """The sound workbook with this as its sheet."""
    text = (
        f'<?xml version="1.0"?>{doctype}'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    )
    return with_parts({SHEET_PART: text.encode()})


def text_cell(reference: str, text: str) -> str:
    """One cell with its text beside it, as exports write it."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def corners(last: str, row: int) -> bytes:
    """Two cells: in the first corner of the sheet, and far away."""
    first = f'<row r="1">{text_cell("A1", "姓名")}</row>'
    far = f'<row r="{row}">{text_cell(last, "王一")}</row>'
    return sheet(first + far, f"A1:{last}")


def boastful() -> bytes:
    """A sound little list that says it fills the whole sheet, as some exports do."""
    rows = [("姓名", "金额"), ("王一", "12.5"), ("李二", "7.25")]
    body = "".join(
        f'<row r="{at}">{text_cell(f"A{at}", name)}{text_cell(f"B{at}", amount)}</row>'
        for at, (name, amount) in enumerate(rows, 1)
    )
    return sheet(body, "A1:XFD1048576")


def bomb(*, says_bytes: int | None = None) -> bytes:
    """A sheet of two gigabytes of spaces in two megabytes; it may lie about its size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 2**24) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = block * 128 + packer.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in zipfile.ZipFile(io.BytesIO(XLSX)).namelist():
            if name != SHEET_PART:
                packed.writestr(name, zipfile.ZipFile(io.BytesIO(XLSX)).read(name))
        packed.writestr(SHEET_PART, stream)
    return _deflated(out.getvalue(), says_bytes or 2**31)


def _deflated(data: bytes, size: int) -> bytes:
    """The same archive whose last part, stored as it was, is said to be deflated from so many bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        local, central = packed.getinfo(SHEET_PART).header_offset, packed.start_dir
    changed = bytearray(data)
    entry = data.index(SHEET_PART.encode(), central) - 46
    for at, method, unpacked in ((local, 8, 22), (entry, 10, 24)):
        struct.pack_into("<H", changed, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", changed, at + unpacked, size)
    return bytes(changed)


def merged_forty_deep() -> bytes:
    """A header whose name column is merged over forty levels, each with a group inside the last."""
    page = Page("Sheet1")
    for level in range(40):
        groups = [f"第{level}层金额" if at >= level else "" for at in range(41)]
        page.add("姓名" if not level else "", *groups)
    page.merges += [(0, 0, 39, 0), *((level, level + 1, level, 41) for level in range(39))]
    page.add("王一", *[1] * 41)
    return as_xlsx([page])


def locked_xls() -> bytes:
    """An old workbook whose stream says that what follows is encrypted (FILEPASS)."""
    changed = bytearray(XLS)
    interface = XLS.index(b"\xe1\x00\x02\x00\xb0\x04")
    struct.pack_into("<H", changed, interface, 0x2F)
    return bytes(changed)


def locked_xlsx() -> bytes:
    """A new workbook behind a password is an OLE2 file with these two streams."""
    names = "EncryptionInfo\0EncryptedPackage\0".encode("utf-16-le")
    return XLS[:512] + names + bytes(2000)


def nested() -> bytes:
    """An archive in an archive in an archive, ten deep, a workbook inside."""
    data = XLSX
    for _ in range(10):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("名册.xlsx", data)
        data = out.getvalue()
    return data


def spreadsheetml(row: str, doctype: str = "") -> bytes:
    """SpreadsheetML 2003 with one row."""
    spreadsheet = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?>{doctype}<Workbook xmlns="{spreadsheet}" xmlns:ss="{spreadsheet}">'
        f"<Worksheet><Table>{row}</Table></Worksheet></Workbook>"
    ).encode()
