"""The nightly check of everything that is kept, and repair of what was changed (line §6).

Tables that are wrong are made again from the log. A log that is wrong is fetched again and takes
the old one's place once it is proven; until then the boards refuse the lines that do not hold.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from boards.model.errors import Refusal
from kiosk_server.archive.engines.connection import Database, reader
from kiosk_server.archive.verify import Verified, verified
from sync.importer import fetch_anew
from sync.log import tree
from sync.log.checkpoint import checkpoint
from sync.log.note import parse
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Road

Outcome = Literal["well", "rebuilt", "fetched", "damaged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What became of one village's log and lists."""

    found: Verified
    outcome: Outcome
    refusal: Refusal | None = None  # why it could not be set right


async def looked_after(
    road: Road, archive: Archive, database: Database, now: datetime, progress: Progress = silent
) -> tuple[Looked, ...]:
    """Check all, heal what can be healed. Safe to stop, safe to repeat."""
    found = await looked_at(road, archive, database, progress)
    broken = {one.village for one, holds in found if not holds}
    refusals: dict[str, Refusal] = {}
    for village in sorted(broken):
        try:
            await fetch_anew(road.source, archive, road.trust, road.spool, village, now)
        except Refusal as refusal:
            refusals[village] = refusal
    if any(holds and not one.tables_hold for one, holds in found):
        await archive.rebuild()
    after = {
        one.village for one, holds in await looked_at(road, archive, database) if holds and one.tables_hold
    }
    outcomes = []
    for one, holds in found:
        if holds and one.well:
            outcomes.append(Looked(found=one, outcome="well"))
        else:
            healed: Outcome = "rebuilt" if holds else "fetched"
            outcome = healed if one.village in after else "damaged"
            outcomes.append(Looked(found=one, outcome=outcome, refusal=refusals.get(one.village)))
    return tuple(outcomes)


async def looked_at(
    road: Road, archive: Archive, database: Database, progress: Progress = silent
) -> list[tuple[Verified, bool]]:
    """Check all; with each, whether the log is the one both keys signed."""
    with closing(reader(database)) as db:
        found = verified(db, progress)
    return [(one, one.log_holds and await _signed(road, archive, one)) for one in found]


async def _signed(road: Road, archive: Archive, one: Verified) -> bool:
    """Whether what is stored is the log of the newest checkpoint, and that checkpoint is the county's."""
    state = await archive.log_state(one.origin)
    try:
        road.trust.verified(one.village, state.note)
    except Refusal:
        return False
    newest = checkpoint(parse(state.note).text)
    return (newest.size, newest.root) == (state.size, tree.root(state.frontier))
