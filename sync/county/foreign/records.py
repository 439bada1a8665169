"""A text table as a stream of records: looked over once for its encoding and its lines, then read."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sync.county.foreign.errors import NotText
from sync.county.roster.errors import (
    FileNotOpened,
    LineTooLong,
    RosterEmpty,
    TextEncodingUnknown,
    WorkbookDamaged,
)
from sync.county.roster.formats.delimited import FIELD_MAX_CHARS, LINE_MAX_BYTES, candidates, delimiter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_TOLD_EVERY = 5000
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\x1f\x8b", b"Rar!")


class TextTable(msgspec.Struct, frozen=True, kw_only=True):
    """A file of records: where, in which encoding, separated by what, how long."""

    path: Path
    encoding: str
    delimiter: str
    size_bytes: int

    def records(self, progress: Callable[[int, int], None] | None = None) -> Iterator[tuple[int, list[str]]]:
        """Every record that is not blank with its first physical line; raises WorkbookDamaged."""
        csv.field_size_limit(FIELD_MAX_CHARS)
        with _opened(self.path) as raw, io.TextIOWrapper(raw, self.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            start = 1
            try:
                for count, record in enumerate(reader):
                    if record:
                        yield start, record
                    start = reader.line_num + 1
                    if progress and count % _TOLD_EVERY == 0:
                        progress(raw.tell(), self.size_bytes)
            except (csv.Error, UnicodeDecodeError) as why:
                raise WorkbookDamaged from why


def text_table(path: Path, *, encoding: str = "", delimiter: str = "") -> TextTable:
    """Look a file over: it is text, its lines are bounded, its encoding holds to the end.

    Raises FileNotOpened, RosterEmpty, NotText, LineTooLong, TextEncodingUnknown.
    """
    with _opened(path) as file:
        head = file.read(_HEAD_BYTES)
        if not head.strip():
            raise RosterEmpty
        if head.startswith(_BINARY):
            raise NotText
        file.seek(0)
        found = _encoding_of(file, (encoding,) if encoding else candidates(head))
        size = file.tell()
    text = codecs.getincrementaldecoder(found)().decode(head)
    return TextTable(path=path, encoding=found, delimiter=delimiter or delimiter_of(text), size_bytes=size)


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as why:
        raise FileNotOpened(name=path.name) from why


def _encoding_of(file: io.BufferedReader, tried: tuple[str, ...]) -> str:
    """First encoding in which the whole file reads; its lines are measured on the way."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in tried}
    line, since = 1, 0
    for block in itertools.chain(iter(lambda: file.read(_BLOCK_BYTES), b""), (b"",)):
        last = block.rfind(b"\n")
        since = len(block) - last - 1 if last >= 0 else since + len(block)
        line += block.count(b"\n")
        if since > LINE_MAX_BYTES:
            raise LineTooLong(line=line)
        for name in list(decoders):
            try:
                decoders[name].decode(block, final=not block)
            except UnicodeDecodeError:
                del decoders[name]
        if not decoders:
            raise TextEncodingUnknown
    return next(iter(decoders))
