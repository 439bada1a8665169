"""csv, tsv and txt. Encodings are decided strictly: GB18030 and never gbk, which loses names."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from sync.county.formats.errors import LineTooLong, TextEncodingBroken, TextEncodingUnknown, WorkbookDamaged
from sync.county.formats.grid import Book, Grid, Value

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|", "，")
_GAP = re.compile(r"[ \u3000]{2,}")  # columns aligned by hand
FIELD_MAX_CHARS = 100_000
LINE_MAX_BYTES = 1_000_000
LOOKED_AT_BYTES = 200_000
BROKEN_AT_MOST = 10  # one broken place in so many characters


def delimited_book(data: bytes) -> Book:
    """Text with separators, of any line ending: one nameless sheet whose rows know their physical line.

    Raises LineTooLong, TextEncodingUnknown, TextEncodingBroken, WorkbookDamaged.
    """
    _lines_are_bounded(data)
    text = decoded(data)
    delimiter = delimiter_of(text)
    if delimiter == " ":
        spaced = [line.strip() for line in text.splitlines()]
        rows: list[list[Value]] = [list(_GAP.split(line)) if line else [] for line in spaced]
        lines = tuple(range(1, len(spaced) + 1))
    else:
        rows, lines = _rows(text, delimiter)
    return Book(
        format="tsv" if delimiter == "\t" else "csv", sheets=(Grid(name=None, rows=rows, lines=lines),)
    )


def _lines_are_bounded(data: bytes) -> None:
    """Refuse before decoding: 200 MB in one line are no roster. CR and LF end lines in every encoding."""
    at = 0
    while len(data) - at > LINE_MAX_BYTES:
        stop = data.rfind(b"\n", at, at + LINE_MAX_BYTES)
        stop = stop if stop >= 0 else data.rfind(b"\r", at, at + LINE_MAX_BYTES)
        if stop < 0:
            raise LineTooLong(line=data.count(b"\n", 0, at) + 1)
        at = stop + 1


def decoded(data: bytes) -> str:
    """Text by its BOM, else as UTF-16 by its zero bytes, else as UTF-8, else as GB18030.

    Raises TextEncodingUnknown, TextEncodingBroken.
    """
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as why:
            if encoding in {"utf-8", "utf-8-sig"} and _nearly_utf8(data):
                raise TextEncodingBroken(line=why.object.count(b"\n", 0, why.start) + 1) from why
            continue
        head = text[:4096]
        strange = sum(1 for letter in head if letter < " " and letter not in "\t\r\n\f\v")
        if strange * 100 <= len(head):
            return text
    raise TextEncodingUnknown


def _candidates(data: bytes) -> tuple[str, ...]:
    """Encodings to try on a text, likeliest first, by its beginning."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return (encoding,)
    head = data[:4096]
    if head.count(0) > len(head) // 50:  # text never holds NUL; ASCII in UTF-16 does
        little = head[1::2].count(0) > head[::2].count(0)
        return ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le")
    return ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


def _nearly_utf8(data: bytes) -> bool:
    """Chinese in UTF-8 but for a few bytes. In GB18030 nothing of it would be Chinese, all of it broken."""
    text = data[:LOOKED_AT_BYTES].decode("utf-8", "replace")
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    return len(re.findall("\ufffd+", text)) * BROKEN_AT_MOST < chinese


def delimiter_of(text: str) -> str:
    """Whichever separator most of the first lines agree on; a space where they stand in columns."""
    lines = [line for line in text[:20_000].splitlines()[:40] if line.strip()]
    totals = Counter({mark: sum(line.count(mark) for line in lines) for mark in _DELIMITERS})
    in_columns = sum(len(_GAP.split(line.strip())) > 2 for line in lines)
    aligned = sum(totals.values()) < len(lines) < in_columns * 2
    return " " if aligned else max(_DELIMITERS, key=lambda mark: totals[mark])


def _rows(text: str, delimiter: str) -> tuple[list[list[Value]], tuple[int, ...]]:
    """Rows and their physical lines.

    Kept short: past 256 instructions an `except` of CPython 3.11 needs memory to note its own place,
    and where memory has run out it tries for ever.
    """
    csv.field_size_limit(FIELD_MAX_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[Value]] = []
    lines: list[int] = []
    start = 1
    try:
        for row in reader:
            rows.append(list(row))
            lines.append(start)
            start = reader.line_num + 1
    except csv.Error as why:
        raise WorkbookDamaged from why
    return rows, tuple(lines)
