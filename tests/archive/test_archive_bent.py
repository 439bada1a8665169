# ruff: noqa: S608 - statements of our own
"""Whoever edits the database is found out: any column of any row of any table, a row more, a row less."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product

import pytest

from boards.model.kept.annual import Annual
from boards.model.kept.register import Act, Entry
from boards.model.land.notice import Attachment
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.arrival_book import book_of
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.kept.register import REGISTER, Register
from kiosk_server.archive.nightly import verified
from kiosk_server.archive.schema.tables import TABLES
from sync.wire import AttachBody, Kind, head_of
from tests.nets.archives import log
from tests.village import NOW, SALT, cut

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]
NAMES = [table._meta.tablename for table in TABLES]
HELD_ELSEWHERE = {  # what the county's signatures hold, not the fold: `night_check`; a counter; no fork, no evidence
    ("state", "version"), ("log", "note"), ("log", "frozen_seen"), ("log", "frozen_other"),
}  # fmt: skip
COLUMNS = [
    (table._meta.tablename, column._meta.db_column_name)
    for table in TABLES
    for column in table._meta.columns
    if (table._meta.tablename, column._meta.db_column_name) not in HELD_ELSEWHERE
]
MORE = {  # a row like another, with a key that fits
    "id": "(SELECT max(id) + 1 FROM {table})",
    "origin": "'nobody'",
    "code": "'0000000000'",
    "name": "name || 'x'",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """An archive with everything in it, as it came: lists, notices, a file, a year, erased and withheld ones."""
    path, (county, pack) = tmp_path_factory.mktemp("sound") / "archive.sqlite3", log(0)
    hanging = next(leaf for leaf in county.leaves if head_of(leaf.head).rec.startswith("land-x"))
    scan = Attachment(sha256="a" * 64, name="图.pdf", media_type="application/pdf", size_bytes=5)
    attach = AttachBody(notice=head_of(hanging.head).rec, attachment=scan, salt=SALT)
    county.event(Kind.ATTACH, "land-x-a1", "land-x", attach)
    for edition in (1, 2):
        about = {"village": county.village, "year": 2025, "edition": edition}
        county.close_year(Annual(**about, rows=(), sum_fen=0, decided_on=NOW.date()))

    async def came():
        async with Archive(path, pack, minimum_free_mb=0) as archive:
            for at, stretch in enumerate(cut(county.leaves, [60, 150])):
                await archive.admit(county.village, stretch, NOW + timedelta(days=at))
            await archive.write_readings()
            await archive.raise_trusted_floor(NOW)
            await archive.trust({"metadata/root.json": b"{}", "targets/pack.json": b"{}"}, NOW)

    asyncio.run(came())
    printed = Entry(at=NOW.isoformat(), act=Act.PRINT, village=county.village)
    Register(path.parent, path).write(printed, printed, printed)
    return path


@pytest.fixture
def path(sound, tmp_path):
    for file in (sound, book_of(sound), sound.with_name(REGISTER)):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / sound.name


def found(path):
    """What differs, by table, and whether the register had to be put right."""
    archive = Archive(path, log(0)[1], minimum_free_mb=0)
    with closing(reader(path)) as db:
        looked = verified(db, archive.book, archive.place)
    register = Register(path.parent, path).settled() != (0, 0)
    return [what for one in looked for what in (*one.wrong, *["log"] * (not one.log_holds))] + [
        "register"
    ] * register


def touched(path, statement):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        return db.execute(statement).rowcount


def test_what_is_as_it_came_is_well(path):
    """Every table has rows, and none differs."""
    with closing(sqlite3.connect(path)) as db:
        empty = [name for name in NAMES if not db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]]
    assert (found(path), empty) == ([], [])


@pytest.mark.parametrize(
    ("table", "column", "which"), [(*one, way) for one, way in product(COLUMNS, ("min", "max"))]
)
def test_a_column_that_was_changed_is_found(path, table, column, which):
    """In the first row and in the last, a number by one, a text by a letter."""
    old = f'"{column}"'
    new = (
        "id + 50000"
        if column == "id"
        else (
            f"CASE typeof({old}) WHEN 'integer' THEN {old} + 1 "
            f"WHEN 'blob' THEN CAST({old} || ' ' AS BLOB) ELSE ifnull({old}, '') || 'x' END"
        )
    )
    where = f"id = (SELECT {which}(id) FROM {table})"
    assert touched(path, f"UPDATE {table} SET {old} = {new} WHERE {where}") == 1
    assert found(path)


@pytest.mark.parametrize(("table", "which"), list(product(NAMES, ("min", "max"))))
def test_a_row_taken_out_is_found(path, table, which):
    """The first, and the last."""
    assert touched(path, f"DELETE FROM {table} WHERE id = (SELECT {which}(id) FROM {table})") == 1
    assert found(path)


@pytest.mark.parametrize("table", [name for name in NAMES if name != "state"])
def test_a_row_put_in_is_found(path, table):
    """Like the last one, under the next key."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(MORE[name].format(table=table) if name in MORE else f'"{name}"' for name in names)
    last = f"SELECT {values} FROM {table} WHERE id = (SELECT max(id) FROM {table})"
    assert touched(path, f"INSERT INTO {table} {last}") == 1
    assert found(path)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER later AFTER INSERT ON leaf BEGIN DELETE FROM payout; END",
        "CREATE VIEW other AS SELECT 1",
        "DROP INDEX payout_household",
        "ALTER TABLE payout ADD COLUMN more INTEGER",
        "UPDATE log SET frozen_at = '2026-01-01', frozen_seen = 'a', frozen_other = 'b'",
        "UPDATE leaf SET body = NULL, trouble = 'private' WHERE id = (SELECT min(id) FROM leaf)",
        "UPDATE leaf SET trouble = '' WHERE trouble <> ''",
        "UPDATE batch SET state = 'withdrawn' WHERE state = 'shown'",
        "UPDATE payout SET standing = 0, gone = 0",
        "UPDATE notice SET withdrawn = 1",
        "UPDATE state SET trusted_floor = '2020-01-01T00:00:00+00:00'",
        "UPDATE household SET name = '甲', surname = '甲' WHERE id = (SELECT max(id) FROM household)",
    ],
)
def test_what_somebody_would_do_is_found(path, statement):
    """A trigger for later, a fork invented, a line withheld that nothing ails, a list withdrawn by hand."""
    touched(path, statement)
    assert found(path)
