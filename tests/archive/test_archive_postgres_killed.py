"""A county's archive that an older release filled, and one whose writer is killed: as before, or as after."""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
from contextlib import closing
from itertools import count

import pytest

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.engines.connection import reader, writer
from kiosk_server.archive.engines.postgres import Postgres
from kiosk_server.archive.keys import TABLES
from kiosk_server.archive.nightly import verified
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.schema.versions import done_migrations
from kiosk_server.archive.statements import EMPTY, WHOLE_TABLE
from sync import stretches
from tests.archive.killed_import import LISTS, pulled_into
from tests.archive.test_archive_migration import SEEDS, opened, released
from tests.line.county_sim import county, published, row
from tests.struck import struck_at
from tests.village import APART, dump

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # on PostgreSQL always: not once more
RELEASES = {"release": "2026-11-23T17:00:00:000000", "evening": "2026-11-29T09:00:00:000000"}
"""The newest migration of each release whose archives are kept in `data`."""


def filled(url, file, upto):
    """A database as that release would have made it, with every row of its file."""
    with closing(writer(url)) as db, closing(sqlite3.connect(file)) as old:
        run_migrations(db, lambda: None, upto=upto)
        with db.writing():
            for table in TABLES:
                if db.has_table(table):
                    db.execute(EMPTY.format(table=table), (0, 1))  # the row of the machine is there already
                    rows = old.execute(WHOLE_TABLE.format(table=table))
                    names = [one[0] for one in rows.description]
                    if cells := rows.fetchall():
                        db.append(table, dict(zip(names, zip(*cells, strict=True), strict=True)))
    return url


def standing(url):
    """All that is in the tables there are, once whoever was killed has let go of them."""
    with closing(writer(url)) as db, db.writing():
        here = [table for table in TABLES if db.has_table(table) and table not in APART]
        rows = {table: db.execute(WHOLE_TABLE.format(table=table)).fetchall() for table in here}
        return rows | {"migration": sorted(done_migrations(db))}


def killed_before(statement):
    """In a child: be killed before the statement of that number; counts them."""

    def watch():
        done = [0]

        def counted(verb):
            def struck_or_done(self, *about):
                done[0] += 1
                if done[0] == statement:
                    os.kill(os.getpid(), signal.SIGKILL)
                return verb(self, *about)

            return struck_or_done

        Postgres.execute, Postgres.append = counted(Postgres.execute), counted(Postgres.append)
        return done

    return watch


@SEEDS
@pytest.mark.parametrize("release", RELEASES)
def test_a_countys_archive_of_an_earlier_release_opens(postgres, tmp_path, release, seed):
    """After the update it has, row for row and table for table, what a village's has."""
    file = released(seed, tmp_path / "old.sqlite3", release)
    url = filled(postgres.schema(), file, RELEASES[release])
    asyncio.run(opened(file, seed))
    asyncio.run(opened(url, seed, tmp_path / "book"))
    assert dump(url, besides=()) == dump(file, besides=())
    assert dump(url)["payout"]


@pytest.mark.faults
def test_an_update_killed_anywhere_leaves_the_old_archive_or_the_new(postgres, tmp_path):
    """Before any of its statements, the first and the last among them; and the next start ends it."""
    seed, file = 1, released(1, tmp_path / "old.sqlite3")

    def old():
        return filled(postgres.schema(), file, RELEASES["release"])

    def update(url, statement):
        def run():
            asyncio.run(opened(url, seed, tmp_path / f"book{url[-3:]}"))
            return 0

        return struck_at(killed_before(statement), run)

    url = old()
    before, (code, statements), after = standing(url), update(url, 0), standing(url)
    assert (code, before == after) == (0, False)
    chance, outcomes, url = random.Random(20261201), [], old()
    some = sorted(chance.sample(range(2, statements - 8), 8))
    for statement in (1, *some, *range(statements - 8, statements + 1)):
        assert update(url, statement) == (None, 0)
        found = standing(url)
        assert found in (before, after), statement
        outcomes.append(found == after)
        url = old() if found == after else url
    assert outcomes == sorted(outcomes)
    assert {True, False} == set(outcomes)
    assert update(url, 0)[0] == 0
    assert standing(url) == after


class Village:
    """A kiosk that keeps its archive in PostgreSQL, before its first pull of a log of four lists."""

    def __init__(self, postgres, county, folder):
        self.county, self.url, self.folder = county, postgres.schema(), folder

    def archive(self):
        return Archive(self.url, self.county.pack, minimum_free_mb=0, book=self.folder / "book")

    async def pulled(self, lists=LISTS):
        async with self.archive() as archive:
            await pulled_into(archive, self.county, self.folder / "spool", lists)

    def killed_before(self, statement):
        """Pull, and be killed there; whether it was, and how many statements there were."""

        def pull():
            asyncio.run(self.pulled())
            return 0

        code, statements = struck_at(killed_before(statement), pull)
        return code is None, statements

    async def well(self):
        """Whether the night finds nothing."""
        async with self.archive() as archive:
            await archive.write_readings()  # comes after a pull, and with the night at the latest
            with closing(reader(self.url)) as db:
                return all(one.well for one in verified(db, archive.book, archive.place))


@pytest.mark.faults
@pytest.mark.parametrize("strikes", [20, pytest.param(200, marks=pytest.mark.long)])
def test_an_import_killed_anywhere_leaves_whole_lists(postgres, tmp_path, monkeypatch, strikes):
    """The tables are those of a whole number of lists; the next pull goes on, and the night finds all well."""
    monkeypatch.setattr(stretches, "ENOUGH", 1)  # each list a transaction of its own
    where, chance, fresh = county(tmp_path / "county"), random.Random(7), count()
    for number in range(LISTS):
        published(where, [row(n) for n in range(30)], f"2025-0{number + 1}")

    def village():
        return Village(postgres, where, tmp_path / f"kiosk{next(fresh)}")

    known = [{"migration": []}]
    for lists in range(LISTS + 1):
        stopped = village()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(stopped.pulled(lists))
        known.append(standing(stopped.url))
    kiosk, (_, statements), sizes, whole = village(), village().killed_before(0), set(), 0
    for _ in range(strikes):
        struck, _ = kiosk.killed_before(chance.randint(1, statements))
        sizes.add(known.index(standing(kiosk.url)))
        if not struck:
            assert asyncio.run(kiosk.well())
            kiosk, whole = village(), whole + 1
    assert len(sizes) >= 4, "killed before, between and after the lists"
    assert whole
    assert kiosk.killed_before(0)[0] is False
    assert standing(kiosk.url) == known[-1]
    assert asyncio.run(kiosk.well())
