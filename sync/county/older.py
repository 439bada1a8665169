"""Files of older years, before they are taken in (keeping §10): what a program can tell of them.

A scan is known by its first bytes and its end; how many pages it has is counted. What is only drawn in it
nobody can read here: a person looks. A roster is read cell by cell, for numbers of persons only.
"""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Fault, Refusal
from boards.model.privacy.numbers import numbers_in
from sync.county.formats import book_of
from sync.county.formats.errors import HeaderNotFound
from sync.county.intake.process import read_roster
from sync.county.land.pdf_text import pdf_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.formats.grid import Book, Grid

LARGEST_MB = 64
_PNG, _PNG_ENDS, _JPEG_ENDS = b"\x89PNG\r\n\x1a\n", b"IEND", b"\xff\xd9"
_LAST = 4096  # bytes in which a picture's end stands, whatever a camera writes behind it
_TIFFS = {b"II*\x00": "<", b"MM\x00*": ">"}
_HEADING = re.compile(r"[^\d]*[\u3400-\u9fff][^\d]*")
_HEADING_LONGEST = 20
_ROSTERS = {"xlsx": ".xlsx", "xls": ".xls", "csv": ".csv", "tsv": ".csv"}


class ScanUnfit(Refusal):
    """No scan that can be kept: another kind of file, broken, too large, or a PDF that does something."""

    code = "scan-unfit"
    fault = Fault.PERSON
    sentence = "扫描件 {name} 没有收（{why}）。"
    advice = f"请用能打开的 PDF、JPG、PNG 或 TIFF，每个不超过 {LARGEST_MB} MB；PDF 不加密、不带脚本和附件。"


class OldRosterUnfit(Refusal):
    """A table of another kind than those that are taken in."""

    code = "old-roster-unfit"
    fault = Fault.PERSON
    sentence = "老名册 {name} 没有收（{why}）。"
    advice = f"请另存为 .xlsx、.xls 或 .csv，每个不超过 {LARGEST_MB} MB，再补录。"


class OlderFilePrivate(Refusal):
    """Numbers of persons stand in it: IDs, accounts, mobiles."""

    code = "older-file-private"
    fault = Fault.PERSON
    sentence = "{name} 里有 {count} 处完整的身份证号、银行账号或手机号，没有收进档案。"
    advice = "请另存一份，删去这些列（或把号码中间改成 *）后再补录；原件按档案规定由专人保管。"


class Older(NamedTuple):
    """A file of an older year as far as a program can tell."""

    suffix: str  # by what it is, whatever it is called
    pages: int  # of a scan; sheets of a roster


def scan(name: str, data: bytes) -> Older:
    """A scanned sheet; raises ScanUnfit, OlderFilePrivate (of a PDF that has text)."""
    if len(data) > LARGEST_MB << 20:
        raise ScanUnfit(name=name, why="太大")
    if data.startswith(b"%PDF-"):
        return Older(".pdf", _pdf_pages(name, data))
    if data.startswith(_PNG) and _PNG_ENDS in data[-_LAST:]:
        return Older(".png", 1)
    if data.startswith(b"\xff\xd8\xff") and _JPEG_ENDS in data[-_LAST:]:
        return Older(".jpg", 1)
    if pages := _tiff_pages(data):
        return Older(".tif", pages)
    raise ScanUnfit(name=name, why="不是扫描件，或没有拷贝完整")


def old_roster(name: str, data: bytes) -> Older:
    """A roster without numbers of persons; raises OlderFilePrivate, OldRosterUnfit, a RosterRefused.

    A child with limits reads it first: whatever breaks a parser breaks there.
    """
    if len(data) > LARGEST_MB << 20:
        raise OldRosterUnfit(name=name, why="太大")
    with suppress(HeaderNotFound):  # whatever it lists: it is kept, not published
        read_roster(name, data)
    book = book_of(data)
    if book.format not in _ROSTERS:
        raise OldRosterUnfit(name=name, why=f"是 {book.format} 格式")
    if count := sum(map(bool, map(numbers_in, _texts(book)))):
        raise OlderFilePrivate(name=name, count=count)
    return Older(_ROSTERS[book.format], len(book.sheets))


def _pdf_pages(name: str, data: bytes) -> int:
    import pypdfium2  # noqa: PLC0415 - loaded only where a PDF is read

    read = pdf_read(data)
    if read.why_not:
        raise ScanUnfit(name=name, why=f"PDF {read.why_not}")
    if count := sum(map(bool, map(numbers_in, read.texts))):
        raise OlderFilePrivate(name=name, count=count)
    with pypdfium2.PdfDocument(data) as pdf:  # type: ignore[no-untyped-call]
        return len(pdf)


def _tiff_pages(data: bytes) -> int:
    """Pictures of a TIFF, as its directories are chained; 0 where it is none, or is cut short."""
    order = _TIFFS.get(data[:4], "")
    seen: set[int] = set()
    try:
        (at,) = struct.unpack_from(f"{order}I", data, 4) if order else (0,)
        while at and at not in seen:
            seen.add(at)
            (entries,) = struct.unpack_from(f"{order}H", data, at)
            (at,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * entries)
    except struct.error:
        return 0
    return len(seen)


def _texts(book: Book) -> Iterator[str]:
    """Every text of a file in which a number may stand: cells under their headings, and beside the cells."""
    yield from (aside.text for aside in book.asides)
    for grid in book.sheets:
        yield grid.name or ""
        yield from (text for _, text in grid.comments)
        yield from _cells(grid)


def _cells(grid: Grid) -> Iterator[str]:
    """Each cell behind what stands over it: an account is known by its heading where no check digit tells."""
    over: dict[int, str] = {}
    for at, cell in chain.from_iterable(map(enumerate, grid.rows)):
        text = f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell or "")
        if len(text) <= _HEADING_LONGEST and _HEADING.fullmatch(text):
            over[at] = text
        yield f"{over[at]}：{text}" if at in over else text
