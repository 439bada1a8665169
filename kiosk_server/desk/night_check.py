"""The nightly check of everything that is kept, and repair of what was changed (line §6).

What the database says otherwise than the arrival book is put back from the book. A log that is wrong is
fetched again and takes the old one's place once it is proven; until then the boards refuse the lines that
do not hold, and nothing is made from them. Tables that are wrong are made again from a log that holds.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Refusal
from kiosk_server.archive.arrivals import ARRIVALS, BOOK, TRUST
from kiosk_server.archive.engines.connection import Database, reader
from kiosk_server.archive.keys import OF_LOGS
from kiosk_server.archive.nightly import Verified, verified
from kiosk_server.desk.adopted import NO_PACK, require_pack
from kiosk_server.desk.catch_up import come_anew
from kiosk_server.desk.trusting import believed, learned
from sync.log import tree
from sync.log.checkpoint import checkpoint
from sync.log.note import parse
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Road

MACHINE = ""  # in the place of a village
STRAYED = {ARRIVALS, *OF_LOGS}
Outcome = Literal["well", "rebuilt", "fetched", "forked", "damaged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What became of one village's log and lists; of the machine as a whole, where the village is empty."""

    found: Verified
    outcome: Outcome
    refusal: Refusal | None = None  # why it could not be set right


Look = dict[str, tuple[Verified, bool]]
"""By village, what was found, and whether the log is the one both keys signed."""


async def looked_after(
    road: Road, archive: Archive, database: Database, now: datetime, progress: Progress = silent
) -> tuple[Looked, ...]:
    """Check all, heal what can be healed. Safe to stop, safe to repeat."""
    held = await _trust_looked_at(road, archive, now)
    await archive.write_readings()  # a pull that was stopped had not come to them: nobody changed anything
    last = await looked_at(road, archive, database, progress)
    first = {**last}
    if not held:
        first[MACHINE] = (msgspec.structs.replace(last[MACHINE][0], wrong={TRUST: 1}), True)
    wrong = {what for one, _ in first.values() for what in one.wrong}
    if BOOK not in wrong and wrong & STRAYED:
        await archive.put_back(now)
        last = await looked_at(road, archive, database)
    refusals: dict[str, Refusal] = {}
    for village in broken(last):
        if refusal := await come_anew(road, archive, village, now):
            refusals[village] = refusal
    if broken(last):
        last = await looked_at(road, archive, database)
    if bent := [one.log for one, holds in last.values() if holds and one.village and not one.tables_hold]:
        await archive.refold(bent)
        last = await looked_at(road, archive, database)
    strangers = [one.wrong for village, (one, _) in first.items() if village not in last]  # logs put in
    if strangers:
        strange = sum(map(Counter, [first[MACHINE][0].wrong, *strangers]), Counter[str]())
        first[MACHINE] = (Verified(wrong=dict(strange)), True)
    return tuple(_became(first.get(village), last[village], refusals.get(village)) for village in last)


async def _trust_looked_at(road: Road, archive: Archive, now: datetime) -> bool:
    """Whom to trust, before anything is judged by it; whether the files of trust are those that came.

    Where they are not, they are learned anew, if the road lets. Raises NothingFromCounty.
    """
    held = await archive.trust_holds()
    await believed(road, archive)
    if not held or archive.pack is NO_PACK:
        await learned(road, archive, now)
    require_pack(archive.pack)
    return held


def broken(look: Look) -> list[str]:
    """The villages whose logs are not what both keys signed."""
    return sorted(village for village, (_, holds) in look.items() if not holds)


def _became(
    first: tuple[Verified, bool] | None, last: tuple[Verified, bool], refusal: Refusal | None
) -> Looked:
    found, held = first or (last[0], False)  # a village that was lost altogether came back
    outcome: Outcome
    if not (last[1] and last[0].well):
        outcome = "damaged"
    elif last[0].forked:
        outcome = "forked"
    elif held and found.well:
        outcome = "well"
    else:
        outcome = "rebuilt" if held else "fetched"
    return Looked(found=found, outcome=outcome, refusal=refusal)


async def looked_at(road: Road, archive: Archive, database: Database, progress: Progress = silent) -> Look:
    """Check all."""
    with closing(reader(database)) as db:
        found = verified(db, archive.book, archive.place, progress)
    return {
        one.village: (
            one,
            not one.village or (one.log_holds and await signed(road, archive, one.village, one.origin)),
        )
        for one in found
    }


async def signed(road: Road, archive: Archive, village: str, origin: str) -> bool:
    """Whether what is stored is the log of the newest checkpoint, and that checkpoint is the county's."""
    state = await archive.log_state(origin)
    try:
        road.trust.verified(village, state.note)
    except Refusal:
        return False
    newest = checkpoint(parse(state.note).text)
    return (newest.size, newest.root) == (state.size, tree.root(state.frontier))
