"""A file that only grows: each line begins with a digest of the line before.

A line changed or taken out is seen; a last line that a power cut tore is none. Each line is on the disk
before `append` returns. What a file that was cut short lacks at its end, only a second source can tell.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from kiosk_server.archive.reserve import not_taken
from sync.durable import NotWritten, settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DIGITS = 16


class ChainTorn(Exception):  # noqa: N818 - says what happened; never leaves the archive
    """The file is not there, or a line of it is not the one that was written."""


class Chain:
    """Lines of one file. Only one process writes to it."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self.path = path

    def append(self, *entries: bytes) -> None:
        """Write over what a power cut tore, and be sure that it lasts. Raises DiskFull, DiskNotWritable."""
        lines, fresh = self.lines(), not self.path.is_file()
        whole = sum(len(line) + 1 for line in lines)
        before = lines[-1] if lines else b""
        try:
            if fresh:  # beside a database on another machine nobody else made the folder
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self.give_way()
            with self.path.open("ab") as file:
                file.truncate(whole)
                for entry in entries:
                    before = chained(before, entry)
                    file.write(before + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if fresh:
                settled(self.path.parent)
        except (OSError, NotWritten) as e:
            with suppress(OSError):  # what was not kept was not said
                os.truncate(self.path, whole)
            raise not_taken(e, self.path.parent) from e

    def entries(self) -> Iterator[bytes]:
        """What was appended, in order; raises ChainTorn."""
        before = b""
        if not self.path.is_file():
            raise ChainTorn
        for line in self.lines():
            if not follows(before, line):
                raise ChainTorn
            yield line[_DIGITS + 1 :]
            before = line

    def lines(self) -> list[bytes]:
        """The whole lines; what stands behind the last end of a line was torn."""
        return self.path.read_bytes().split(b"\n")[:-1] if self.path.is_file() else []

    def give_way(self) -> None:
        """What lies in its place and is no file is put aside: a folder, a pipe, a link to nothing."""
        if os.path.lexists(self.path) and not self.path.is_file():
            self.path.replace(self.bent)

    @property
    def bent(self) -> Path:
        """Where what it had become is kept."""
        return self.path.with_name(f"{self.path.name}.bent")


def chained(before: bytes, entry: bytes) -> bytes:
    """An entry as the line behind another one."""
    return sha256(before + entry).hexdigest()[:_DIGITS].encode() + b" " + entry


def follows(before: bytes, line: bytes) -> bool:
    """Whether a line was written behind this one."""
    return line == chained(before, line[_DIGITS + 1 :])
