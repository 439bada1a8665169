"""Pull every village of this kiosk, one after the other; a failure in one village stops no other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.engines.troubles import named
from sync.carriers.road import shared_out
from sync.importer import Caught, LogForked, fetch_anew
from sync.importer import catch_up as pull
from sync.seams import Progress, silent
from sync.wire import issued_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sync.carriers.spool import Spool
    from sync.seams import Admitted, Feed, Healing, Leaf, LogState, Shelf, Source, Stretch
    from sync.trust.seats import Trust


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairing:
    """The root this machine was paired with, for which villages, and where it keeps what it makes."""

    root: Path
    villages: tuple[str, ...]
    data: Path


@dataclass(kw_only=True, slots=True)
class Road:
    """Everything between the county's logs and this kiosk's shelf.

    Where there is a `pairing`, `trust` and `villages` are what was learned last (desk/trusting.py).
    """

    villages: tuple[str, ...]
    source: Feed
    shelf: Shelf
    trust: Trust
    spool: Spool
    kept: Source | None = None  # what this machine keeps of the county's events
    pairing: Pairing | None = None
    pull_s: float = 1800.0  # for all villages together, and once more for the files of their notices


class PullBroke(Refusal):
    """Something nobody foresaw, in one village's data or on this machine, while it was pulled."""

    code = "pull-broke"
    fault = Fault.MACHINE
    sentence = "同步这个村时出了意外（{why}），没有收进新内容。"
    advice = "本村已公开的内容不变，别的村照常同步；稍后会自动再试，仍不行请通知维护人员。"

    @classmethod
    def of(cls, error: Exception) -> Self:
        """What the system said of a file, else only the kind: a message might quote a name."""
        return cls(why=(error.strerror if isinstance(error, OSError) else "") or type(error).__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """How one village's pull ended: what came, or why not."""

    village: str
    caught: Caught | None = None
    refusal: Refusal | None = None
    issued_at: datetime | None = None  # of the newest event taken in, as both keys signed it
    mishap: Exception | None = None  # what nobody foresaw, for the report

    @property
    def as_of(self) -> datetime | None:
        """The newest instant the county vouches for, by its heartbeat or by what it issued."""
        heard = self.caught.heard if self.caught else None
        return max((one for one in (heard, self.issued_at) if one), default=None)

    @property
    def shown(self) -> tuple[str, ...]:
        """Batches that came onto the board."""
        parts = self.caught.admitted if self.caught else ()
        return tuple(dict.fromkeys(batch for part in parts for batch in part.batches))

    @property
    def held(self) -> bool:
        """Something came that may not be shown: not reconciled, a private number, a fork."""
        parts = self.caught.admitted if self.caught else ()
        return isinstance(self.refusal, LogForked) or any(part.held or part.quarantined for part in parts)

    @property
    def refused(self) -> bool:
        """Whether nothing was taken in."""
        return self.refusal is not None and not self.held


async def catch_up(
    road: Road, now: datetime, progress: Progress = silent, clock: Callable[[], float] = time.monotonic
) -> tuple[Arrival, ...]:
    """Bring all villages up to date, judged by one reading of the date. Safe to stop, safe to repeat.

    `clock` is a monotonic second count: each village has its share of `road.pull_s`.
    """
    villages = shared_out(road.source, road.pull_s, road.villages, clock)
    return tuple([await _arrived(road, village, now, progress) for village in villages])


async def _arrived(road: Road, village: str, now: datetime, progress: Progress) -> Arrival:
    """One village's pull, however it ends."""
    shelf = _DatingShelf(road.shelf, progress)
    caught: Caught | None = None
    refusal: Refusal | None = None
    mishap: Exception | None = None
    try:
        caught = await pull(road.source, shelf, road.trust, road.spool, village, now)
    except Refusal as refused:
        refusal = refused
    except Exception as error:  # noqa: BLE001 - whatever ails one village stops no other
        refusal = named(error)
        if refusal is None:
            refusal, mishap = PullBroke.of(error), error
    return Arrival(village=village, caught=caught, refusal=refusal, issued_at=shelf.issued_at, mishap=mishap)


async def come_anew(road: Road, shelf: Healing, village: str, now: datetime) -> Refusal | None:
    """One village's whole log again, onto this shelf; why it did not come. Raises what ails the database.

    From the bundles kept here, where they still make the log, else from the county (keeping §4).
    """
    if road.kept and await _come_from(road.kept, road, shelf, village, now) is None:
        return None
    road.spool.forget(village)  # what did not hold is not taken for the county's
    return await _come_from(road.source, road, shelf, village, now)


async def _come_from(
    source: Source, road: Road, shelf: Healing, village: str, now: datetime
) -> Refusal | None:
    try:
        await fetch_anew(source, shelf, road.trust, road.spool, village, now)
    except Refusal as refusal:
        return refusal
    except Exception as error:
        if named(error):
            raise
        broke = PullBroke.of(error)  # whatever ails one village stops no other
        broke.__cause__ = error
        return broke
    return None


class _DatingShelf:
    """The shelf, and the instant of the newest event it took: what the trusted clock may rise to."""

    def __init__(self, shelf: Shelf, progress: Progress) -> None:
        self._shelf, self._progress = shelf, progress
        self.log_state, self.sign_anew, self.freeze = shelf.log_state, shelf.sign_anew, shelf.freeze
        self.issued_at: datetime | None = None

    async def admit(self, village: str, stretch: Stretch, now: datetime) -> Admitted:
        """Hand the stretch on; its last event is dated once it is stored."""
        passing = _Passing(stretch, self._progress)
        admitted = await self._shelf.admit(village, passing, now)
        if passing.last:
            self.issued_at = issued_at(passing.last.head) or self.issued_at
        return admitted


class _Passing:
    """A stretch that remembers its last leaf, and tells how far it is."""

    def __init__(self, stretch: Stretch, progress: Progress) -> None:
        self._stretch, self._progress = stretch, progress
        self.last: Leaf | None = None

    def __iter__(self) -> Iterator[Leaf]:
        for leaf in self._stretch:
            self.last = leaf
            self._progress(leaf.index + 1, 0)  # how long it is shows at its end
            yield leaf

    @property
    def reached(self) -> LogState:
        """State of the log after the last leaf."""
        return self._stretch.reached
