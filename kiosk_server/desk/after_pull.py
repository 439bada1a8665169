"""What follows a pull: the trusted clock moves on, and the printer's fonts are made ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import AHEAD, raised_floor, trusted_today
from boards.model.errors import Refusal
from boards.model.rare_characters import rare_characters
from boards.model.windows import workdays_of
from kiosk_server.archive import land_board
from kiosk_server.archive.rare_characters import rare_on
from kiosk_server.desk.hanging_notices import notices_to_hang
from kiosk_server.release import BUILT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from boards.model.pack import Pack
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.board import Board
    from kiosk_server.desk.catch_up import Arrival
    from kiosk_server.press.worker import Press
    from sync.trust.seats import Trust


async def move_clock_on(
    archive: Archive,
    board: Board,
    arrivals: Sequence[Arrival],
    now: datetime,
    walked: datetime | None = None,
) -> datetime | None:
    """Raise the trusted floor to the newest signed instant that came (line §4); the new floor, if any.

    A pull that brought nothing raises nothing: a mirror may replay it for years. A heartbeat is signed by
    one key: it raises the floor no further than 400 days past what both seats issued last (settled 55).

    While this machine's own clock can be believed, the floor never passes it: a county whose
    clock runs ahead must not end a window early.
    """
    issued = [arrival.issued_at for arrival in arrivals if arrival.issued_at]
    beats = [arrival.caught.heard for arrival in arrivals if arrival.caught and arrival.caught.heard]
    if beats and (newest := await archive.newest_issued()):
        issued.append(min(max(beats), newest + AHEAD))
    if not issued:
        return None
    seen = max(issued)
    old = max(board.trusted_floor(), BUILT)
    _, suspect = trusted_today(now, old, walked)
    floor = raised_floor(old, seen if suspect else min(seen, now), built=BUILT)
    if floor <= old:
        return None
    await archive.raise_trusted_floor(floor)
    return floor


def vouched_for(pulled: Sequence[Arrival], trust: Trust, now: datetime) -> datetime | None:
    """The instant every village's log is known to be the newest at; None where a village's is not known.

    That is the pull itself where the county signs no heartbeat: a mirror may then replay what was. A
    heartbeat that is ahead of this machine's clock counts as now.
    """
    if any(arrival.refused for arrival in pulled):
        return None
    if not trust.beats:
        return now
    instants = [arrival.as_of for arrival in pulled]
    known = [min(one, now) for one in instants if one]
    return min(known, default=None) if len(known) == len(instants) else None


async def draw_rare(board: Board, press: Press, villages: Iterable[str]) -> Refusal | None:
    """Make each village's web font of rare characters; the first refusal is reported, it stops no other."""
    first = None
    for village in villages:
        with board.snapshot():
            lists, land = rare_on(board.where(village)), land_board.cases(board.land(village))
        notices = (msgspec.json.encode(one.notice).decode() for case in land for one in case)
        try:
            await press.rare_font(village, rare_characters((lists, *notices)))
        except Refusal as refusal:
            first = first or refusal
    return first


async def warm_fonts(board: Board, press: Press, pack: Pack, arrivals: Sequence[Arrival]) -> Refusal | None:
    """Make the fonts ready for what came onto the boards; a refusal is reported, it undoes nothing.

    That is the sheets of the batches that came, and all notices of the villages where anything came.
    One cut for all villages together: the characters of neighbours are mostly the same.
    """
    villages, calendar = {one.code: one for one in pack.villages}, workdays_of(pack)
    sheets: list[Sheet | NoticeSheet] = []
    try:
        for arrival in arrivals:
            came = (board.whole(arrival.village, batch) for batch in arrival.shown)
            sheets += [sheet for sheet in came if sheet]
            if arrival.caught and not arrival.caught.nothing_new:
                sheets += notices_to_hang(board, villages[arrival.village], calendar)
        if sheets:
            await press.warm(sheets)
    except Refusal as refusal:
        return refusal
    return None
