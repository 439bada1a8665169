"""An archive of the release of 2026-11-29 opens: its payouts are folded again from their log, in one transaction.

`data/release_2026_11_29_*.sqlite3.gz` were made by that release from the logs of `tests.nets.archives`, with
every word of a payout in its row; `data/evening_2026_11_29_*.sqlite3.gz` by the one of that evening, in which a
household could leave its number to another. They stay as they are.
"""

import asyncio
import contextlib
import gzip
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.connection import Database, writer
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.versions import done_migrations, known_migrations
from tests.nets.archives import kept_in, log, tables
from tests.village import MASK, dump

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]
DATA = Path(__file__).with_name("data")
NEW = "2026-11-30T18:00:00:000000"
SEEDS = pytest.mark.parametrize("seed", [0, 1])


def released(seed: int, path: Path, release: str = "release") -> Path:
    """The archive as that release left it."""
    path.write_bytes(gzip.decompress((DATA / f"{release}_2026_11_29_{seed}.sqlite3.gz").read_bytes()))
    return path


async def opened(database: Database, seed: int, book: Path | None = None) -> None:
    async with Archive(database, log(seed)[1], minimum_free_mb=0, book=book):
        pass


@SEEDS
def test_an_archive_of_the_last_release_opens(tmp_path, seed):
    """After the update it has, row for row, what a kiosk has that takes the same log in today."""
    old, today = released(seed, tmp_path / "old.sqlite3"), tmp_path / "today.sqlite3"
    with closing(sqlite3.connect(old)) as db:
        wide = db.execute("SELECT count(*), sum(amount_fen) FROM payout").fetchone()
    asyncio.run(opened(old, seed))
    asyncio.run(kept_in(today, seed))
    assert list(tables(old)) == list(tables(today))
    board = Board(old, MASK)
    shown = [board.whole(log(seed)[0].village, head.batch) for head in board.sheets(log(seed)[0].village)]
    assert shown
    assert all(sum(line.amount_fen for line in sheet.lines) == sheet.head.sum_fen for sheet in shown)
    board.close()
    assert len(dump(old)["payout"]) == wide[0]


@SEEDS
def test_an_archive_of_the_evening_opens(tmp_path, seed):
    """Its households are numbered as on a kiosk that takes the same log in today."""
    old, today = released(seed, tmp_path / "old.sqlite3", "evening"), tmp_path / "today.sqlite3"
    asyncio.run(opened(old, seed))
    asyncio.run(kept_in(today, seed))
    assert list(tables(old)) == list(tables(today))


def test_the_words_of_a_payout_stand_once(tmp_path):
    """No name, no remark is left in the tables of lines, and none in a free page of the file."""
    path = released(1, tmp_path / "old.sqlite3")
    asyncio.run(opened(path, 1))
    assert all(isinstance(cell, int) for row in dump(path)["payout"] for cell in row)
    with closing(sqlite3.connect(path)) as db:
        assert [row[1] for row in db.execute("PRAGMA index_list(household)")] == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_an_earlier_release_made_is_what_ours_would_have(tmp_path):
    """The frozen classes of the migrations make, statement for statement, the schema of that release."""
    ours = writer(tmp_path / "ours.sqlite3")
    run_migrations(ours, lambda: None, upto="2026-11-23T17:00:00:000000")
    asked = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    with closing(sqlite3.connect(released(0, tmp_path / "old.sqlite3"))) as old:
        assert ours.execute(asked).fetchall() == old.execute(asked).fetchall()
    ours.close()


def test_a_fold_that_fails_leaves_the_old_archive(tmp_path):
    """Schema, rows and bookkeeping are one transaction: nothing of the update is there."""
    path = released(0, tmp_path / "old.sqlite3")
    before = list(tables(path))
    db = writer(path)

    def fold():
        raise OSError("the power failed")

    with pytest.raises(OSError, match="power"):
        run_migrations(db, fold)
    assert NEW not in done_migrations(db)
    db.close()
    assert list(tables(path)) == before


@pytest.mark.faults
def test_killed_anywhere_it_is_the_old_archive_or_the_new(tmp_path):
    """Kill -9 at sixty instants of the update, from its first to its last: the old archive or the new, then the new."""
    chance, seed = random.Random(20261129), 1
    old, new = released(seed, tmp_path / "before.sqlite3"), tmp_path / "after.sqlite3"
    before = list(tables(old))
    asyncio.run(opened(released(seed, new), seed))
    after, begun = list(tables(new)), time.monotonic()
    asyncio.run(opened(released(seed, tmp_path / "timed.sqlite3"), seed))
    took, outcomes = time.monotonic() - begun, []
    for number, share in enumerate([0.0, *(chance.uniform(0, 1.5) for _ in range(58)), 60.0]):
        path = released(seed, tmp_path / f"killed{number}.sqlite3")
        child = os.fork()
        if not child:
            try:
                asyncio.run(opened(path, seed))
            finally:
                os._exit(0)
        until = (
            time.monotonic() + share * took
        )  # on a busy machine nothing is killed too late: the last is waited for
        while time.monotonic() < until and os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        found = list(tables(path))
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert found in (before, after)
        outcomes.append(found == after)
        asyncio.run(opened(path, seed))
        assert list(tables(path)) == after
    assert {True, False} <= set(outcomes)
    assert list(known_migrations())[-1] == NEW
