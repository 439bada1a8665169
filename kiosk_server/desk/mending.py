"""An archive that proves damaged is made anew, beside the old one (line §6).

What no log yields comes from the arrival book. A log whose leaves can still be read, make the tree that was
verified and are the county's is carried over; any other is fetched again, through the newest checkpoint
seen, so that nothing older takes its place. Until every log is there, what can be read of the old archive
stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from boards.model.errors import Fault
from kiosk_server.archive.arrivals import entries
from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.mending import alone, fresh_of, remove, salvaged, still_read, take_place
from kiosk_server.archive.schema.soundness import explained, sound
from kiosk_server.desk.adopted import NO_PACK, NothingFromCounty
from kiosk_server.desk.catch_up import come_anew
from kiosk_server.desk.night_check import signed
from kiosk_server.desk.trusting import learned

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from boards.model.errors import Refusal
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.desk.catch_up import Road

T = TypeVar("T")


@dataclass(kw_only=True, slots=True)
class Mended:
    """How a damaged archive was made anew."""

    vouched: bool = True  # the arrival book was whole
    carried: set[str] = field(default_factory=set)  # villages
    fetched: set[str] = field(default_factory=set)
    lost: dict[str, Refusal] = field(default_factory=dict)  # why not
    replaced: bool = False
    kept: bool = False  # the damaged file, as evidence


async def on_a_whole_archive(
    archive: Archive, road: Road, act: Callable[[], Awaitable[T]], now: datetime, say: Callable[[str], None]
) -> T:
    """Do it; where the archive proves damaged, make a new one first and do it then.

    Raises ArchiveDamaged where none could be made, and whatever else ails a database in our words.
    """
    database = archive.database
    try:
        return await act()
    except Exception as error:
        told = explained(error, database)
        if told is None:
            raise
        if not isinstance(told, ArchiveDamaged) or not isinstance(database, Path):
            raise told from (None if told is error else error)
    made = await mended(archive, road, database, now)
    for line in lines(made):
        say(line)
    if not made.replaced:
        raise told
    return await act()


async def mended(damaged: Archive, road: Road, database: Path, now: datetime) -> Mended:
    """Make a new archive and put it in the place of this one. Safe to stop, safe to repeat."""
    await damaged.close()
    with alone(database):
        if sound(database):  # another process has done it meanwhile
            return Mended(replaced=True)
        old, made = still_read(database), Mended()
        try:
            await _made_anew(damaged.beside(), road, old, now, made)
            if _better(made, nothing_left=old is None):
                made.kept = take_place(fresh_of(database), database, damaged.minimum_free_mb)
                made.replaced = True
        finally:
            if old:
                old.close()
            remove(fresh_of(database))
    return made


def _better(made: Mended, *, nothing_left: bool) -> bool:
    """Whether the new one has all that can come: what the road kept away may come yet, and is waited for.

    A log that the county's own fault keeps out (forked, frozen, not signed) holds up no other village.
    """
    waits = any(refusal.fault is not Fault.COUNTY for refusal in made.lost.values())
    found = bool(made.carried | made.fetched)
    return not made.lost or (found and (nothing_left or not waits))


async def _made_anew(fresh: Archive, road: Road, old: Connection | None, now: datetime, made: Mended) -> None:
    said, made.vouched = salvaged(fresh.book, old)
    async with fresh:
        await fresh.put_back(now, said)
        if not made.vouched:
            fresh.book.write(*entries(said))
        await fresh.carry_trust(old)
        await learned(road, fresh, now)
        if fresh.pack is NO_PACK:  # nothing can be named: the road is waited for
            made.lost = {log.village: NothingFromCounty() for log in said.logs.values()}
            return
        for log in said.logs.values():
            if old and fresh.carried_over(old, log) and await signed(road, fresh, log.village, log.origin):
                await fresh.refold([log.log])
                made.carried.add(log.village)
        came = {log.village for log in said.logs.values()} if made.vouched else {*road.villages}
        for village in road.villages:  # one that never came here is waited for by nobody
            if village in came - made.carried:
                await _fetched(fresh, road, village, now, made)
        await fresh.write_readings()
        await fresh.forget()  # its log (WAL) is emptied into it: one file takes the place of one


async def _fetched(fresh: Archive, road: Road, village: str, now: datetime, made: Mended) -> None:
    if refusal := await come_anew(road, fresh, village, now):
        made.lost[village] = refusal
    else:
        made.fetched.add(village)


async def brought_back(archive: Archive, road: Road, now: datetime) -> None:
    """Before a pull: nothing older than what was seen, and logs that came once and are not here.

    These come with the days they came on, not as new ones.
    """
    await archive.raise_floors()
    for village in await archive.not_here():
        await come_anew(road, archive, village, now)  # the pull that follows says why it did not
    await archive.write_readings()


def lines(made: Mended) -> Iterator[str]:
    """What became of it, a line each, for whoever looks after the machine."""
    if made.replaced and made.carried | made.fetched:
        kept = "；损坏的文件留着备查（archive.sqlite3.damaged）" if made.kept else ""
        yield (
            f"! 本机：档案库损坏了，已重新做好：{len(made.carried)} 个村照原有的记录，"
            f"{len(made.fetched)} 个村重新取回{kept}"
        )
    if not made.vouched:
        yield (
            "! 本机：到达登记也没有了：到达日期、冻结证据和“不收更旧的记录”都没有凭据了，"
            "名单的公示期可能从今天重新算起；请与县里核对"
        )
    for village, refusal in made.lost.items():
        yield f"✗ {village}：没能取回（{refusal}）"
