"""One archive, two databases: the same log makes the same tables and the same pages, and each refuses in a sentence."""

import asyncio
import contextlib
import itertools
import sys
import tempfile
import threading
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk_server.archive import land_board, search, statements
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines import connection
from kiosk_server.archive.engines import postgres as engine
from kiosk_server.archive.engines.connection import PsycopgMissing, writer
from kiosk_server.archive.engines.postgres import DatabaseNotFit, DatabaseUnreachable, Postgres, numbered
from kiosk_server.archive.engines.troubles import ArchiveMissing
from kiosk_server.archive.reserve import DiskFull
from kiosk_server.archive.schema.migrate import run_migrations
from tests.archive.answers import NO_QUESTIONS, answers, said, verbs
from tests.archive.strategies import EVERY, eventful, logs
from tests.nets.archives import kept_in, log
from tests.village import CODE, MASK, NOW, PACK, County, cut, dump, payout

BOOKS = []
pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # of both engines side by side: not once more on each


@pytest.fixture(scope="module", autouse=True)
def _books(tmp_path_factory):
    """Where the arrival books of PostgreSQL archives lie."""
    BOOKS.append(tmp_path_factory.mktemp("books"))


def opened(database, pack=PACK):
    book = None if isinstance(database, Path) else BOOKS[-1] / sha256(database.encode()).hexdigest()
    return Archive(database, pack, minimum_free_mb=0, book=book)


async def kept(database, county, cuts=(), pack=PACK, trust=None):
    async with opened(database, pack) as archive:
        for at, stretch in enumerate(cut(county.leaves, list(cuts))):
            await archive.admit(county.village, stretch, NOW + timedelta(days=at))
        await archive.write_readings()
        if trust:
            await archive.trust(trust, NOW)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs(EVERY), st.lists(st.integers(0, 60), max_size=3))
def test_the_same_log_makes_the_same_archive_on_both(postgres, county, cuts):
    """Tables dumped equal, every verb of the board answers equal, whatever the county sends."""
    url = postgres.schema()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "archive.sqlite3"
        for database in (file, url):
            asyncio.run(kept(database, county, cuts))
        assert dump(url, besides=()) == dump(file, besides=())
        assert answers(url) == answers(file)


def test_everything_a_board_can_be_asked_is_compared(postgres, tmp_path):
    """No verb is missing, of lists, of people and of land, and to each there is something to say."""
    file, url = tmp_path / "archive.sqlite3", postgres.schema()
    for database in (file, url):
        asyncio.run(kept(database, eventful(), [10], trust={"metadata/root.json": b"{}"}))
    asked = answers(file)
    assert asked["board"].keys() | NO_QUESTIONS.keys() == verbs(Board)
    assert asked["people"].keys() == verbs(search)
    assert asked["land"].keys() == verbs(land_board)
    assert [verb for room in asked.values() for verb, answer in room.items() if not said(answer)] == []
    assert answers(url) == asked
    told = dump(url, besides=())
    assert told == dump(file, besides=())
    assert [table for table, rows in told.items() if not rows] == ["register_line"], (
        "no log's, but the desk's"
    )


@pytest.mark.parametrize("seed", [0, 1])
def test_a_long_log_makes_the_same_archive_on_both(postgres, tmp_path, seed):
    """Land notices, erasures, letters of names and all; and after a rebuild too."""
    county, pack = log(seed)
    file, url = tmp_path / "archive.sqlite3", postgres.schema()
    for database in (file, url):
        book = None if isinstance(database, Path) else BOOKS[-1] / "long"
        book and book.unlink(missing_ok=True)
        asyncio.run(kept_in(database, seed, book))
    assert dump(url, besides=()) == dump(file, besides=())
    assert answers(url, county.village) == answers(file, county.village)

    async def rebuilt():
        async with opened(url, pack) as archive:
            await archive.rebuild()

    asyncio.run(rebuilt())
    assert dump(url) == dump(file)


FILLED = {
    "keys": "1, 2",
    "on": "payout.id >> 24 IN (1)",
    "most": 3,
    "column": "surname",
    "order": "count(*) DESC, surname",
    "at_once": 5,
    "table": "payout",
    "bits": 40,
    "logs": "1, 2",
    "of_notice": statements.OF_NOTICE,
}
WHOLE = [
    (name, text.format(**FILLED))
    for name, text in vars(statements).items()
    if isinstance(text, str)
    and name.isupper()
    and not name.startswith("_")
    and name not in {"ON_LISTS", "OF_NOTICE", "NOTICES"}
]


@pytest.mark.parametrize(("name", "statement"), WHOLE)
def test_every_statement_is_one_in_both_dialects(postgres, tmp_path, both_migrated, name, statement):
    """PostgreSQL prepares it, SQLite plans it."""
    del name
    file, url = both_migrated
    file.execute(f"EXPLAIN {statement}", [0] * statement.count("?")).fetchall()
    url.execute("BEGIN")
    url.execute(f"PREPARE tried AS {numbered(statement)}")
    url.execute("DEALLOCATE tried")
    url.execute("ROLLBACK")


@pytest.fixture(scope="module")
def both_migrated(postgres, tmp_path_factory):
    opened = [writer(tmp_path_factory.mktemp("both") / "a.sqlite3"), writer(postgres.schema())]
    for db in opened:
        run_migrations(db, lambda: None)
    yield opened
    for db in opened:
        db.close()


def test_the_migrations_make_the_same_columns_on_both(both_migrated):
    """The classes are the one source of the schema: names in order, what may be empty, and 64 bits for keys."""
    from kiosk_server.archive.schema.tables import TABLES  # noqa: PLC0415 - Piccolo's engine is open now

    _, db = both_migrated
    asked = (
        "SELECT column_name, is_nullable, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position"
    )
    types = {
        "BigInt": "bigint",
        "Integer": "integer",
        "Bytea": "bytea",
        "Text": "text",
        "Varchar": "character varying",
    }
    for table in TABLES:
        wanted = [
            (one._meta.name, "YES" if one._meta.null else "NO", types[type(one).__name__])
            for one in table._meta.columns
        ]
        assert db.execute(asked, (table._meta.tablename,)).fetchall() == wanted


@pytest.mark.parametrize("where", ["holder", "group", "batch"])
def test_a_text_with_nul_is_malformed_on_both(postgres, tmp_path, where):
    """U+0000, which PostgreSQL cannot keep, quarantines the same list on both, and the next one is shown."""
    county = County()
    if where == "batch":
        county.event("publish", "b0-1", "b\0", b'{"payout":{},"salt":""}')
    else:
        county.batch("b1", payout(1, **{where: "林\0实"}))
    county.batch("b2", payout(1))
    file, url = tmp_path / "archive.sqlite3", postgres.schema()
    for database in (file, url):
        asyncio.run(kept(database, county))
    assert dump(url) == dump(file)
    assert [kind for *_, kind in dump(url)["incident"]] == ["malformed"]
    assert [head.batch for head in answers(url)["board"]["sheets"][0]] == ["b2"]


def test_one_writer_at_a_time(postgres, monkeypatch):
    """A second writer waits for the first, and as long as with SQLite; what it sees then is what that wrote."""
    url = postgres.schema()
    asyncio.run(kept(url, County()))
    first, second = writer(url), writer(url)
    seen, begun = [], threading.Event()

    def other():
        begun.set()
        with second.writing():
            seen.append(second.execute(statements.STATE).fetchone()[0])

    with first.writing():
        thread = threading.Thread(target=other)
        thread.start()
        begun.wait(10)
        thread.join(0.2)
        assert seen == []
        first.execute("UPDATE state SET version = 77")
    thread.join(10)
    assert seen == [77]
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 50)
    with first.writing(), pytest.raises(psycopg.errors.LockNotAvailable), second.writing():
        pass
    assert first.execute(statements.STATE).fetchone()[0] == 77
    first.close()
    second.close()


def test_what_fails_in_the_middle_was_never_there(postgres):
    """A transaction is undone whole, and one inside another with it; a full disk is told in our words."""
    url = postgres.schema()
    asyncio.run(kept(url, County()))
    db = writer(url)

    def fails(transaction, error):
        with transaction:
            db.execute("UPDATE state SET version = 5")
            with db.writing():
                db.execute("UPDATE state SET version = 6")
            raise error

    with pytest.raises(OSError, match="pulled"):
        fails(db.writing(), OSError("the stick was pulled"))
    with pytest.raises(DiskFull):
        fails(db.taking_in(), psycopg.errors.DiskFull())
    assert db.execute(statements.STATE).fetchone()[0] == 1
    db.close()


def test_a_snapshot_is_never_behind_what_is_kept(postgres, monkeypatch):
    """Between two looks the version is not asked for again, but a page's own moment always is."""
    monkeypatch.setattr(engine, "LOOKED_EVERY_S", 0.2)
    url, county, looks = postgres.schema(), County(), itertools.count()
    county.batch("b1", payout(1), payout(2))
    asyncio.run(kept(url, county))
    board = Board(url, MASK)
    board._db._clock = lambda: next(looks) * 0.0
    before = board.state_version()
    county.correct("b1", payout(2, amount_fen=5))
    county.close("b1", edition=2)
    county.leaves, county._new = county.leaves[3:], []

    async def grown():
        async with opened(url) as archive:
            state = await archive.log_state(county.state.origin)
            (stretch,) = cut(county.leaves, [])
            stretch.reached = type(state)(
                state.origin, state.size + len(county.leaves), stretch.reached.frontier, b"n"
            )
            await archive.admit(CODE, stretch, NOW)

    asyncio.run(grown())
    assert board.state_version() == before
    assert [line.amount_fen for line in board.lines(CODE, "b1", 1, 2)] == [40868, 5]
    assert board.sheet(CODE, "b1").edition == 2
    assert board.state_version() > before
    board.close()


def test_a_lost_connection_is_opened_again(postgres):
    """The server was restarted: one page fails, the next one is there."""
    url, county = postgres.schema(), County()
    county.batch("b1", payout(1))
    asyncio.run(kept(url, county))
    board = Board(url, MASK)
    postgres.run(f"SELECT pg_terminate_backend({board._db._db.info.backend_pid})")
    with pytest.raises(psycopg.OperationalError):
        board.lines(CODE, "b1", 1, 1)
    assert board.lines(CODE, "b1", 1, 1)[0].holder == "林秋实"
    board.close()


def test_a_moment_whose_connection_is_lost_ends_quietly(postgres):
    """A timer ends it, which nobody answers for: the next page is there."""
    url, county = postgres.schema(), County()
    county.batch("b1", payout(1))
    asyncio.run(kept(url, county))
    board = Board(url, MASK)
    board.hold()
    postgres.run(f"SELECT pg_terminate_backend({board._db._db.info.backend_pid})")
    board.let_go()
    assert board.lines(CODE, "b1", 1, 1)[0].holder == "林秋实"
    board.close()


def test_what_was_erased_is_in_no_file_of_the_tables(postgres):
    """A name, and a remark that nobody else has, leave the pages of their tables with the erasure.

    The server's own statistics, which quote names, too.
    """
    url, county = postgres.database(), County()
    one, _ = county.publish("b1", payout(1, "贾䶮㛃", remark="特别的话"), payout(2))
    county.close("b1")
    asyncio.run(kept(url, county))
    with contextlib.closing(psycopg.connect(url)) as db:
        (oid,) = db.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()

    def told():
        postgres.run("CHECKPOINT")
        files = (postgres.folder / "data" / "base" / str(oid)).iterdir()
        raw = b"".join(file.read_bytes() for file in files)
        return [text for text in ("贾䶮㛃", "特别的话") if text.encode() in raw]

    with contextlib.closing(psycopg.connect(url, autocommit=True)) as db:
        db.execute("ANALYZE household")
        (quoted,) = db.execute(
            "SELECT histogram_bounds::text FROM pg_stats WHERE attname = 'name'"
        ).fetchone()
    assert "贾䶮㛃" in quoted
    assert told() == ["贾䶮㛃", "特别的话"]
    county.leaves.clear()
    county.erase("b1", one)

    async def erased():
        async with opened(url) as archive:
            state = await archive.log_state(county.state.origin)
            leaf = type(county.leaves[0])(state.size, county.leaves[0].head, county.leaves[0].body)
            reached = type(state)(state.origin, state.size + 1, state.frontier, b"note")
            await archive.admit(CODE, type(cut([leaf], [])[0])([leaf], reached), NOW)

    asyncio.run(erased())
    assert told() == []


@pytest.mark.parametrize(("encoding", "locale"), [("LATIN1", "C"), ("UTF8", "C.UTF-8")])
def test_a_database_that_does_not_fit_is_refused(postgres, encoding, locale):
    """Another encoding or order of names is told with how to make the right one, and nobody's password."""
    url = postgres.database(encoding=encoding, locale=locale)
    with pytest.raises(DatabaseNotFit, match="createdb") as refused:
        writer(url.replace("kiosk@", "kiosk:geheim@"))
    assert "geheim" not in str(refused.value)


def test_no_server_no_schema_no_driver_are_one_sentence_each(postgres, monkeypatch):
    """Each with what to do now; nobody's password is told."""
    with pytest.raises(DatabaseUnreachable) as refused:
        writer("postgresql://kiosk:geheim@localhost:1/none")
    assert "geheim" not in str(refused.value)
    with pytest.raises(ArchiveMissing, match="kiosk sync"):
        Board(postgres.schema(), MASK)
    monkeypatch.setitem(sys.modules, engine.__name__, None)
    monkeypatch.delattr(sys.modules["kiosk_server.archive.engines"], "postgres")
    with pytest.raises(PsycopgMissing, match="docs/postgresql"):
        connection.writer("postgresql:///any")


def test_the_reader_cannot_write(postgres):
    """Its every transaction is read-only."""
    url = postgres.schema()
    asyncio.run(kept(url, County()))
    board = Board(url, MASK)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        board._db.execute("DELETE FROM payout")
    board.close()


def test_question_marks_are_numbered():
    """Each stands for the next value."""
    assert (
        numbered("SELECT a FROM b WHERE c = ? AND d IN (?, ?)")
        == "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)"
    )
    assert isinstance(Postgres.engine_type, str)
