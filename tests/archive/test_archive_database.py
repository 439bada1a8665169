"""The database file: its PRAGMAs, its migrations, a full disk, and a process that ends."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import textwrap

import pytest
from piccolo.table import Table

from kiosk_server.archive import archive, statements
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.arrivals import ARRIVALS, BOOK, SCHEMA, TRUST
from kiosk_server.archive.engines.sqlite import reader, writer
from kiosk_server.archive.engines.troubles import ArchiveMissing
from kiosk_server.archive.keys import OF_LOGS
from kiosk_server.archive.keys import TABLES as TABLE_NAMES
from kiosk_server.archive.reserve import DiskFull
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.tables import TABLES, Payout
from kiosk_server.archive.schema.versions import ArchiveTooNew, done_migrations, known_migrations
from kiosk_server.cli.kiosk import verify
from tests.village import CODE, NOW, PACK, County, payout

pytestmark = pytest.mark.sqlite
FULL, ON, OFF = 2, 1, 0


def test_every_connection_has_its_pragmas(path):
    """WAL and FULL survive power loss, secure_delete wipes, trusted_schema is off."""
    db = writer(path)
    run_migrations(db, lambda: None)
    wanted = {"journal_mode": "wal", "synchronous": FULL, "foreign_keys": ON, "busy_timeout": 5000}
    wanted |= {"trusted_schema": OFF, "secure_delete": ON}
    assert {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
    board = reader(path)
    assert board.execute("PRAGMA query_only").fetchone() == (ON,)
    assert board.execute("PRAGMA trusted_schema").fetchone() == (OFF,)
    board.close()
    db.close()


def test_the_migrations_make_the_tables_of_the_classes(path):
    """Piccolo's Table classes are the one source of the schema."""
    db = writer(path)
    run_migrations(db, lambda: None)
    for table in TABLES:
        wanted = [
            (column._meta.name, column.column_type, not column._meta.null) for column in table._meta.columns
        ]
        found = [
            (name, type_, bool(required))
            for _, name, type_, required, *_ in db.execute(f"PRAGMA table_info({table._meta.tablename})")
        ]
        assert found == wanted, table
        indexed = {column._meta.name for column in table._meta.columns if column._meta.index}
        made = {
            db.execute(f"PRAGMA index_info({name})").fetchone()[2]
            for _, name, unique, *_ in db.execute(f"PRAGMA index_list({table._meta.tablename})")
            if not unique
        }
        assert made == indexed, table
    db.close()


def test_the_statements_know_the_columns_of_a_line():
    """In the order of the table: whole rows are appended."""
    assert tuple(column._meta.name for column in Payout._meta.columns) == statements.PAYOUT
    assert issubclass(Payout, Table)


def test_every_table_is_on_the_list():
    """What is dumped, folded again, compared at night and watched for what acts behind it leaves no table out.

    What the night may find in one has its word, too.
    """
    assert sorted(TABLE_NAMES) == sorted(table._meta.tablename for table in TABLES)
    assert verify._WORDS.keys() == {*OF_LOGS, "log", ARRIVALS, BOOK, SCHEMA, TRUST}


def test_an_older_database_opens(path):
    """A database from before the first migration, with data of its own, is brought up to date."""
    old = sqlite3.connect(path)
    old.execute(
        'CREATE TABLE "migration" (id INTEGER PRIMARY KEY, name TEXT, app_name TEXT, ran_on TIMESTAMP)'
    )
    old.execute(
        "INSERT INTO migration (name, app_name) VALUES ('2020-01-01T00:00:00:000000', 'somebody else')"
    )
    old.commit()
    old.close()
    with contextlib.closing(writer(path)) as db:
        assert done_migrations(db) == set()

    async def opened():
        async with Archive(path, PACK, minimum_free_mb=0) as archive:
            return await archive.migrate()

    assert asyncio.run(opened()) == ()  # entering ran them; a second run has nothing to do
    with contextlib.closing(reader(path)) as db:
        assert done_migrations(db) == set(known_migrations())


def test_a_newer_database_is_refused(path):
    """An older program does not touch what it does not know."""
    db = writer(path)
    run_migrations(db, lambda: None)
    db.execute(
        "INSERT INTO migration (name, app_name, ran_on) VALUES ('2999-01-01T00:00:00:000000', 'archive', '')"
    )
    with pytest.raises(ArchiveTooNew):
        run_migrations(db, lambda: None)
    assert list(known_migrations()) == sorted(known_migrations())
    db.close()


def test_too_little_room_refuses_before_anything_is_touched(path):
    """Imports stop while there is still room for everything else."""

    async def admitted():
        county = County()
        county.batch("b1", payout(1))
        async with Archive(path, PACK, minimum_free_mb=1 << 40) as archive:
            await archive.admit(CODE, county.stretch(), NOW)

    with pytest.raises(DiskFull, match="磁盘空间不足"):
        asyncio.run(admitted())


def test_a_disk_that_fills_up_loses_nothing(path):
    """SQLite runs out of room in the middle: one sentence, the old state, and the next try works."""

    async def story():
        county = County()
        county.batch("b1", payout(1))
        async with Archive(path, PACK, minimum_free_mb=0) as archive:
            await archive.admit(CODE, county.stretch(), NOW)
            county.batch("b2", *(payout(n) for n in range(1, 3000)))
            stretch = county.stretch()
            (pages,) = archive._connection().execute("PRAGMA page_count").fetchone()
            archive._connection().execute(f"PRAGMA max_page_count={pages + 20}")
            with pytest.raises(DiskFull):
                await archive.admit(CODE, stretch, NOW)
            assert (await archive.log_state(county.state.origin)).size == 2
            archive._connection().execute("PRAGMA max_page_count=1073741823")
            assert (await archive.admit(CODE, stretch, NOW)).rows == 2999

    asyncio.run(story())


@pytest.mark.thorough
def test_a_locked_database_waits_and_the_process_still_ends(path):
    """A `BEGIN IMMEDIATE` that fails leaks nothing: the process ends by itself, archive left open."""
    story = f"""
        import asyncio, sqlite3, sys
        from pathlib import Path
        from kiosk_server.archive.engines import sqlite
        sqlite.BUSY_TIMEOUT_MS = 50
        sqlite._EVERY_CONNECTION = ("PRAGMA busy_timeout=50",)
        from kiosk_server.archive.archive import Archive
        from kiosk_server.archive.engines.troubles import ArchiveBusy
        from tests.village import *
        async def main():
            path = Path({str(path)!r})
            archive = Archive(path, PACK, minimum_free_mb=0)
            await archive.migrate()
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            county = County(); county.batch("b1", payout(1))
            try:
                await archive.admit(CODE, county.stretch(), NOW)
            except ArchiveBusy as e:
                print(e.__cause__, e.code)
        asyncio.run(main())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(story)], capture_output=True, text=True, timeout=30, check=True
    )
    assert "locked archive-busy" in done.stdout


@pytest.mark.thorough
def test_the_board_never_loads_an_orm():
    """The serving process reads without Piccolo, aiosqlite and its migrations."""
    story = "import sys, kiosk_server.archive.board; print([m for m in sys.modules if m.split('.')[0] in ('piccolo', 'aiosqlite', 'black', 'cryptography', 'urllib3', 'tuf', 'securesystemslib')])"
    done = subprocess.run(
        [sys.executable, "-c", story], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_second_import_meets_no_lock_while_a_board_reads(path):
    """A reader in a snapshot does not stop the writer (WAL)."""

    async def story():
        county = County()
        async with Archive(path, PACK, minimum_free_mb=0) as archive:
            board = reader(path)
            board.begin_snapshot()
            board.execute("SELECT count(*) FROM payout").fetchone()
            county.batch("b1", payout(1))
            told = await archive.admit(CODE, county.stretch(), NOW)
            board.close()
            return told.rows

    assert asyncio.run(story()) == 1
    assert archive.StretchOutOfPlace.code == "stretch-out-of-place"


def test_a_folder_in_the_archives_place_is_no_broken_disk(tmp_path):
    """What lies there is told, not that the card is to be changed."""
    (tmp_path / "archive.sqlite3").mkdir()
    with pytest.raises(ArchiveMissing):
        writer(tmp_path / "archive.sqlite3")
