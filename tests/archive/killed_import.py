"""Run by test_archive_killed: `python -m tests.archive.killed_import FOLDER SEED`.

A village's log of four lists is imported again and again by a child that is killed at a random
instant, until the whole log is in; then from the beginning. Prints one JSON object for the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from sync import stretches
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.importer import catch_up
from tests.line.county_sim import NOW, VILLAGE, county, published, row
from tests.village import dump

LISTS, ROWS, KILLS = 4, 300, 60
stretches.ENOUGH = 1  # each list a transaction of its own


class Stopping:
    """The shelf, until so many stretches are taken."""

    def __init__(self, archive: Archive, stretches: int) -> None:
        self.archive, self.left, self.log_state = archive, stretches, archive.log_state

    async def admit(self, *about):
        """Take one, or stop as if the power had failed between two."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return await self.archive.admit(*about)


async def pulled(where, database: Path, lists: int = LISTS) -> None:
    """Catch up, at most so many stretches."""
    async with Archive(database, where.pack, minimum_free_mb=0) as archive:
        await pulled_into(archive, where, database.with_suffix(".spool"), lists)


async def pulled_into(archive: Archive, where, spool_folder: Path, lists: int = LISTS) -> None:
    """The same into an archive that is open."""
    shelf, spool = Stopping(archive, lists), Spool(spool_folder)
    await catch_up(FolderSource(where.feed), shelf, where.trust(), spool, VILLAGE, NOW)


def known_states(where, folder: Path) -> dict[int, dict]:
    """The tables after each stretch, by the size of the log: the only ones there may ever be."""
    found = {}
    for lists in range(LISTS + 1):
        database = folder / f"known{lists}.sqlite3"
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(pulled(where, database, lists))
        found[_size(database)] = dump(database)
    return found


def killed(where, database: Path, delay_s: float) -> bool:
    """Import in a child and kill it after so long; False when it had finished."""
    child = os.fork()
    if not child:
        try:
            asyncio.run(pulled(where, database))
        finally:
            os._exit(0)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def looked_at(where, database: Path, known: dict[int, dict]) -> int:
    """Open what the killed one left; its size. Anything but a known state is an error."""
    if not database.exists():
        return 0
    asyncio.run(_opened(where, database))
    db = sqlite3.connect(database)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    size = _size(database)
    assert dump(database) == known[size], f"tables at {size} leaves are not those of a whole import"
    board = Board(database, where.pack.mask)
    for head in board.sheets(VILLAGE):
        assert len(board.whole(VILLAGE, head.batch).lines) == head.count == ROWS
    board.close()
    return size


async def _opened(where, database: Path) -> None:
    async with Archive(database, where.pack, minimum_free_mb=0):
        pass


def _size(database: Path) -> int:
    db = sqlite3.connect(database)
    (size,) = db.execute("SELECT coalesce(max(size), 0) FROM log").fetchone()
    db.close()
    return size


def main(folder: Path, seed: int) -> None:
    """Kill until it was done often enough."""
    where, chance = county(folder / "county"), random.Random(seed)
    for number in range(LISTS):
        published(where, [row(n) for n in range(ROWS)], f"2025-0{number + 1}")
    known = known_states(where, folder)
    whole = max(known)
    begun = time.monotonic()
    asyncio.run(pulled(where, folder / "timed.sqlite3"))
    takes_s = time.monotonic() - begun
    kills, rounds, stopped_at, database = 0, 0, set(), folder / "round0.sqlite3"
    while kills < KILLS:
        kills += killed(where, database, chance.uniform(0, takes_s * 1.2))
        size = looked_at(where, database, known)
        stopped_at.add(size)
        if size == whole:
            rounds += 1
            database = folder / f"round{rounds}.sqlite3"
    print(json.dumps({"kills": kills, "imports": rounds, "sizes": sorted(stopped_at)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
