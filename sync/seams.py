"""What sync needs from the world, stated as small protocols. The archive and the carriers implement them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

Progress: TypeAlias = Callable[[int, int], None]
"""Called now and then with how many of how many are done; of 0 where nobody knows."""


def silent(done: int, of: int) -> None:
    """Nobody watches."""


class LogState(msgspec.Struct, frozen=True):
    """How far one log has been admitted: enough to extend it and to know its root (≤ 2 KB).

    `frontier` holds the compact range: the roots of the maximal full subtrees of
    [0, size), left to right, 32 bytes each (RFC 6962 §2.1).
    """

    origin: str
    size: int = 0
    frontier: tuple[bytes, ...] = ()
    note: bytes = b""  # the newest verified checkpoint, as received


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """One event as it came: exact bytes, already verified against the signed tree.

    `body` is None when it was erased by the county, or withheld here because of
    `trouble` (e.g. "privacy": the body held a number that must not be shown).
    """

    index: int
    head: bytes
    body: bytes | None
    trouble: str = ""
    hash: bytes = b""  # its hash in the tree, where whoever brought it knows it


class Stretch(Protocol):
    """Verified leaves up to and including a batch.close (or the end), streamed once."""

    def __iter__(self) -> Iterator[Leaf]: ...

    @property
    def reached(self) -> LogState:
        """State of the log after the last leaf; valid once all leaves were taken, `origin` from the start."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """What one stretch brought."""

    leaves: int = 0
    rows: int = 0  # payouts now on a board
    notices: int = 0  # land notices now on a board
    years: int = 0  # editions of a closed year
    batches: tuple[str, ...] = ()  # closed, reconciled and visible
    held: tuple[str, ...] = ()  # closed, but not reconciled: 核对不符
    quarantined: tuple[str, ...] = ()  # privacy incident


class Shelf(Protocol):
    """Where admitted events are kept (kiosk_server.archive)."""

    async def log_state(self, origin: str) -> LogState:
        """How far this log has been admitted; an empty state for an unknown log."""

    async def admit(self, village: str, stretch: Stretch, now: datetime) -> Admitted:
        """Store and project one stretch in one transaction; a replayed stretch is refused by its index."""

    async def sign_anew(self, origin: str, note: bytes) -> None:
        """Keep this note, of the very tree that was admitted, in place of one with other signatures."""

    async def freeze(self, origin: str, notes: tuple[bytes, bytes], now: datetime) -> None:
        """Keep both checkpoints of a fork as evidence; the log takes nothing more."""


class Healing(Shelf, Protocol):
    """A shelf that can take a whole log in place of a damaged one."""

    async def replace(self, village: str, stretch: Stretch, now: datetime) -> int:
        """Store and project the log from its first leaf on, in one transaction; how many leaves it has."""


class Source(Protocol):
    """Where the files of a feed come from: a folder, HTTP, later a spool or a stick.

    Names are relative to the village's log: "checkpoint", "tile/rows/000", "tile/rows/001.p/17".
    A source adds no trust. It raises `boards.model.errors.Refusal`s of fault ROAD.
    """

    def checkpoint(self, village: str) -> bytes:
        """The newest signed checkpoint, at most 8 KB."""

    def rows(self, village: str, name: str) -> bytes:
        """One gzipped row bundle, at most 2 MB inflated (the importer bounds inflation)."""

    def believed(self, village: str) -> None:
        """The checkpoint that came last was verified, with all it stands for."""

    def doubted(self, village: str) -> None:
        """Something was refused: nothing that came may be taken for known next time."""


class Files(Protocol):
    """Where the files of notices come from; the same carriers as `Source`."""

    def allow(self, seconds: float) -> None:
        """Whatever is asked for from now on ends within this time."""

    def blob(self, village: str, sha256: str, limit: int) -> bytes:
        """One file of at most `limit` bytes; raises the carrier's refusals. The caller checks its digest."""


class TrustFiles(Protocol):
    """Where the files of the trust plane come from; the same carriers as `Source`."""

    def trust(self, name: str, limit: int) -> bytes:
        """One file below `<feed>/trust/`, e.g. "metadata/2.root.json"; NotOnTheRoad where there is none."""


class Feed(Source, Files, TrustFiles, Protocol):
    """All a carrier brings."""


class TrustStore(Protocol):
    """Where a machine keeps what it trusts (sync.trust_layout): its database, each change one transaction."""

    async def trusted(self) -> dict[str, bytes]:
        """All files by name: "metadata/root.json", "targets/pack.json"; empty before pairing."""

    async def trust(self, files: Mapping[str, bytes], now: datetime) -> None:
        """These files in place of all there were; on disk when it returns."""
