"""One room per file format. A format is chosen by what is in the file, never by its ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sync.county.formats.delimited import delimited_book
from sync.county.formats.errors import FormatNotRead, RosterEmpty
from sync.county.formats.markup import HTML, SPREADSHEETML, head_of
from sync.county.formats.workbook import ODS, OLE2, XLS, XLS5, XLSB, XLSX, ZIP, ole2_kind

if TYPE_CHECKING:
    from sync.county.formats.grid import Book


class Format(Protocol):
    """One kind of file: says whether bytes are its own, and turns them into a Book."""

    name: str

    def claims(self, data: bytes) -> bool:
        """Whether these bytes are this format."""

    def read(self, data: bytes) -> Book:
        """Whole file as sheets; raises a RosterRefused."""


FORMATS: tuple[Format, ...] = (XLSX, ODS, XLS, XLS5, SPREADSHEETML, HTML)
_FOREIGN = (
    (b"%PDF", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"Rar!", " RAR 压缩包"),
    (b"7z\xbc\xaf", " 7z 压缩包"),
    (b"{\\rtf", " RTF 文档"),
    (ZIP, " zip 压缩包或 Word 文档"),
)


def book_of(data: bytes) -> Book:
    """Sheets of cells; refused by name when it is something else."""
    if not data.strip(b"\x00\r\n\t "):
        raise RosterEmpty
    for form in FORMATS:
        if form.claims(data):
            return form.read(data)
    if XLSB.claims(data):  # what it hides nobody could tell
        raise FormatNotRead(kind=" xlsb 二进制工作簿")
    if data.startswith(OLE2):
        raise FormatNotRead(kind=ole2_kind(data))
    for mark, kind in _FOREIGN:
        if data.startswith(mark):
            raise FormatNotRead(kind=kind)
    if head_of(data).startswith("<?xml"):
        raise FormatNotRead(kind=" XML 文件")
    return delimited_book(data)
