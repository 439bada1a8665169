"""The arrival book: what no log yields, written down a second time, in a file beside the database.

When a log reached a size on this machine (the board's windows open by it), with the checkpoint it was proven
by, so that nothing older is ever taken for it; what was withheld then, the newest instant that is believed
in, the two checkpoints of a fork, and a digest of what this machine trusts. Whoever edits the database leaves
the book as it was, and the nightly check holds the two against each other. Nothing personal stands in it.

A line is JSON, in a file that only grows (`chain.py`). Each is on the disk before what it tells is in the
database: where that came no further, the next arrival says from where it goes on, and what was beyond is
crossed out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.chain import Chain, ChainTorn
from kiosk_server.archive.engines.troubles import book_of as beside

if TYPE_CHECKING:
    from collections.abc import Mapping


class Came(msgspec.Struct, frozen=True, tag="came"):
    """A log reached a size here. `before`: where it stood; `first`: from which leaf on it was taken."""

    log: int
    origin: str
    village: str
    first: int
    before: int
    size: int
    day: str
    instant: str
    withheld: dict[int, str] = {}  # by index, why
    note: bytes = b""  # the newest verified checkpoint; books of the first days have none


class Believed(msgspec.Struct, frozen=True, tag="believed"):
    """The trusted floor rose."""

    floor: str


class Forked(msgspec.Struct, frozen=True, tag="forked"):
    """Two checkpoints that contradict each other."""

    origin: str
    instant: str
    seen: bytes
    other: bytes


class Trusted(msgspec.Struct, frozen=True, tag="trusted"):
    """What this machine trusts changed: the digest over all its files."""

    digest: str


Entry = Came | Believed | Forked | Trusted


class BookTorn(Exception):  # noqa: N818 - says what happened; never leaves the archive
    """The book is not there, or a line of it is not the one that was written."""


class LogSaid(msgspec.Struct, kw_only=True):
    """What the book says of one log."""

    log: int
    origin: str
    village: str
    admitted: dict[int, tuple[str, str]] = {}  # by size: day, instant
    withheld: dict[int, str] = {}
    forked: Forked | None = None
    note: bytes = b""

    def came(self, entry: Came) -> None:
        """A size reached twice keeps its first day."""
        kept = {size: when for size, when in self.admitted.items() if size <= entry.before}
        self.admitted = kept if entry.size in kept else kept | {entry.size: (entry.day, entry.instant)}
        self.withheld = {at: why for at, why in self.withheld.items() if at < entry.first} | entry.withheld
        self.note = entry.note


class Said(msgspec.Struct):
    """Everything the book says."""

    logs: dict[str, LogSaid] = {}  # by origin
    floor: str = ""
    trusted: str = ""  # digest of the files of trust

    def take(self, entry: Entry) -> None:
        """Read one line more; raises BookTorn where the book begins in the middle of a log."""
        if isinstance(entry, Believed):
            self.floor = max(self.floor, entry.floor)
        elif isinstance(entry, Trusted):
            self.trusted = entry.digest
        elif isinstance(entry, Came):
            new = LogSaid(log=entry.log, origin=entry.origin, village=entry.village)
            log = self.logs.setdefault(entry.origin, new)
            goes_on = bool(log.admitted) if entry.first == 0 else entry.before in log.admitted
            # somebody took the book away, and the next arrival began another
            if entry.before and not goes_on:
                raise BookTorn
            log.came(entry)
        elif entry.origin in self.logs and self.logs[entry.origin].forked is None:
            self.logs[entry.origin].forked = entry

    def covers(self, sizes: Mapping[tuple[int, str], int]) -> bool:
        """Whether all of these logs came; one known here by another origin was renamed in the database."""
        origins = {log.log: origin for origin, log in self.logs.items()}
        reached = {origin: max(log.admitted, default=0) for origin, log in self.logs.items()}
        ours = {origin: size for (log, origin), size in sizes.items() if origins.get(log, origin) == origin}
        return all(size <= reached.get(origin, 0) for origin, size in ours.items())


_ENTRIES = msgspec.json.Decoder(Entry)


class ArrivalBook:
    """One machine's book. Only the process that takes in writes to it."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self.path = path
        self._chain = Chain(path)

    def write(self, *entries: Entry) -> None:
        """Append, over what a power cut tore, and be sure that it is on the disk. Raises DiskFull."""
        self._chain.append(*map(msgspec.json.encode, entries))

    def said(self) -> Said:
        """What stands in it; raises BookTorn."""
        said = Said()
        try:
            for entry in self._chain.entries():
                said.take(_ENTRIES.decode(entry))
        except (ChainTorn, msgspec.MsgspecError) as e:
            raise BookTorn from e
        return said

    def covering(self, sizes: Mapping[tuple[int, str], int]) -> Said | None:
        """What it says, unless it is gone, bent, or ends before logs of these sizes: it is written first.

        The logs come by number and origin.
        """
        said = self.readable()
        return said if said and said.covers(sizes) else None

    def readable(self) -> Said | None:
        """What it says, unless it is gone or bent."""
        try:
            return self.said()
        except BookTorn:
            return None


def book_of(database: Path | str) -> Path:
    """Beside the file; a PostgreSQL archive's is named by whoever opens it."""
    assert isinstance(database, Path), "a PostgreSQL archive's arrival book must be named"
    return beside(database)
