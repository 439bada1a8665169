"""Pull every village of this kiosk, one after the other; what ails one village stops no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boards.model.errors import Refusal
from sync.importer import LogForked
from sync.importer import catch_up as pull

if TYPE_CHECKING:
    from datetime import datetime

    from sync.carriers.spool import Spool
    from sync.importer import Caught
    from sync.seams import Shelf, Source
    from sync.trust import Trust


@dataclass(frozen=True, kw_only=True, slots=True)
class Road:
    """Everything between the county's logs and this kiosk's shelf."""

    villages: tuple[str, ...]
    source: Source
    shelf: Shelf
    trust: Trust
    spool: Spool


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """How one village's pull ended: what came, or why not."""

    village: str
    caught: Caught | None = None
    refusal: Refusal | None = None

    @property
    def held(self) -> bool:
        """Something came that may not be shown: not reconciled, a private number, a fork."""
        parts = self.caught.admitted if self.caught else ()
        return isinstance(self.refusal, LogForked) or any(part.held or part.quarantined for part in parts)

    @property
    def refused(self) -> bool:
        """Nothing was taken in."""
        return self.refusal is not None and not self.held


async def catch_up(road: Road, now: datetime) -> tuple[Arrival, ...]:
    """Bring all villages up to date, judged by one clock reading. Safe to stop, safe to repeat."""
    return tuple([await _arrival(road, village, now) for village in road.villages])


async def _arrival(road: Road, village: str, now: datetime) -> Arrival:
    try:
        caught = await pull(road.source, road.shelf, road.trust, road.spool, village, now)
    except Refusal as refusal:
        return Arrival(village=village, refusal=refusal)
    return Arrival(village=village, caught=caught)
