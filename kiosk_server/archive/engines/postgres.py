"""PostgreSQL 15 or newer, for a county: the same verbs over psycopg.

The database is created with the C collation, so that names stand in the same order as in a village.
What PostgreSQL's own log (WAL) and its backups hold of an erased body goes with their age; that is
the administrator's to set (docs/postgresql.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.engines.troubles import ArchiveBusy, ArchiveDamaged, ArchiveMissing
from kiosk_server.archive.keys import TABLES
from kiosk_server.archive.reserve import DiskFull, DiskNotWritable

if TYPE_CHECKING:
    from kiosk_server.archive.engines.connection import Cursor

OLDEST = 15
LOCK_TIMEOUT_MS = 5_000  # as long as SQLite waits for another writer
LOOKED_EVERY_S = 0.2  # a server asks no oftener whether anything was written
_WRITERS = 0x6B696F736B  # the advisory lock that one writer holds at a time
_FIT = (
    "SELECT current_setting('server_version_num')::int / 10000, pg_encoding_to_char(encoding), "
    "datcollate, datlocprovider::text FROM pg_database WHERE datname = current_database()"
)
_TYPES = (
    "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute "
    "WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped"
)

_BEHIND = (  # views, triggers, rules, constraints none of ours has, rows of heirs, row policies
    "SELECT relname::text, kind FROM pg_class JOIN LATERAL ("
    "SELECT 'view' AS kind WHERE relkind <> 'r' "
    "UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal "
    "UNION ALL SELECT rulename::text FROM pg_rewrite WHERE ev_class = pg_class.oid AND relkind = 'r' "
    "UNION ALL SELECT conname::text FROM pg_constraint "
    "WHERE pg_class.oid IN (conrelid, confrelid) AND contype IN ('c', 'f', 'x') "
    "UNION ALL SELECT 'child' FROM pg_inherits WHERE inhparent = pg_class.oid "
    "UNION ALL SELECT 'rows' WHERE relrowsecurity) AS behind ON true "
    "WHERE relnamespace = current_schema()::regnamespace AND relname::text = ANY(?) ORDER BY 1, 2"
)


class DatabaseNotFit(Refusal):
    """The PostgreSQL database is not one the archive can be kept in."""

    code = "database-not-fit"
    fault = Fault.MACHINE
    sentence = "PostgreSQL 数据库 {name} 不能用：{why}。"
    advice = (
        "需要 PostgreSQL 15 以上、UTF8 编码、C 排序："
        "createdb --template=template0 --encoding=UTF8 --locale=C 库名。"
    )


class DatabaseUnreachable(Refusal):
    """The PostgreSQL server does not answer, or does not let us in."""

    code = "database-unreachable"
    fault = Fault.MACHINE
    sentence = "连不上 PostgreSQL 数据库 {name}。"
    advice = "请检查数据库服务是否开着、kiosk.toml 里 database 的地址和用户对不对；已公开的内容没有丢失。"


_NOT_AS_MADE = (  # a table, a column, a page that is gone, or one that is there before its migration
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.WrongObjectType,
    psycopg.errors.DuplicateTable,
    psycopg.errors.DuplicateColumn,
    psycopg.errors.DataCorrupted,
    psycopg.errors.IndexCorrupted,
)


class Postgres:
    """A connection to one database (`engines.connection.Connection`); one that was lost is opened again."""

    engine_type = "postgres"

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Open it. Raises DatabaseUnreachable, DatabaseNotFit."""
        self._url, self._clock = url, clock
        self._version, self._asked_at = -1, -LOOKED_EVERY_S
        self._types: dict[str, dict[str, str]] = {}
        self._db = _connected(url)

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Cursor:
        """Run one statement; the first after a connection was lost opens it anew.

        The one that finds it lost raises, and nothing in the archive catches that inside a transaction:
        none goes on, half of it outside, on the new connection.
        """
        if self._db.closed:
            self._db = _connected(self._url)
        return cast("Cursor", self._db.execute(numbered(sql), values or None, binary=True))

    def append(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """By COPY, in binary."""
        if table not in self._types:
            self._types[table] = dict(self.execute(_TYPES, (table,)).fetchall())
        copied = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with self._db.cursor() as cursor, cursor.copy(copied) as copy:
            copy.set_types([self._types[table][name] for name in columns])
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)

    def has_table(self, name: str) -> bool:
        """On the search path."""
        return bool(self.execute("SELECT to_regclass(?) IS NOT NULL", (name,)).fetchone()[0])

    def schema(self) -> list[Any]:
        """What stands in the place of our tables, or acts behind them; what lies beside is not ours."""
        return self.execute(_BEHIND, ([*TABLES, "migration"],)).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time, as with SQLite: it waits as long for another."""
        if self._in_transaction:
            yield
            return
        self.execute("BEGIN")
        try:
            self.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            self.execute("SELECT pg_advisory_xact_lock(?)", (_WRITERS,))
            yield
            self.execute("COMMIT")
        except BaseException:
            if not self._db.closed:
                self.execute("ROLLBACK")
            raise

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """The server's word for a full disk becomes ours; how much it has free it does not say."""
        try:
            with self.writing():
                yield
        except psycopg.errors.DiskFull as e:
            raise DiskFull(free_mb=0, needed_mb=1) from e

    def begin_snapshot(self) -> None:
        """Everything in it is of the moment of its first statement."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def end_snapshot(self) -> None:
        """Nothing was written in it; where the connection was lost it is over already."""
        with suppress(psycopg.OperationalError):  # lost unnoticed: what begins next opens another
            if not self._db.closed:
                self.execute("COMMIT")

    def moved(self) -> bool:
        """Asks for the version in `state`: in a snapshot always, else at most five times a second."""
        now = self._clock()
        if not self._in_transaction and now - self._asked_at < LOOKED_EVERY_S:
            return False
        self._asked_at = now
        before = self._version
        found = self.execute("SELECT version FROM state WHERE id = 1").fetchone()
        self._version = found[0] if found else -1
        return self._version != before

    def forget(self) -> bool:
        """Write the two tables that held words anew: a plain VACUUM leaves the old bytes in their pages.

        The server's statistics quote names: they are gathered anew, and theirs is the third table.
        """
        try:
            for table in ("leaf", "household", "pg_statistic"):
                self.execute(f"VACUUM (FULL, ANALYZE) {table}")
        except psycopg.OperationalError:  # a full disk, somebody else in the tables
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def _in_transaction(self) -> bool:
        return not self._db.closed and self._db.info.transaction_status is not TransactionStatus.IDLE


def reader(url: str) -> Postgres:
    """Open for reading; raises ArchiveMissing where nothing was ever imported, else ArchiveDamaged."""
    opened = Postgres(url)
    if not opened.has_table("state"):
        begun = opened.has_table("migration")
        opened.close()
        raise ArchiveDamaged(name=name_of(url)) if begun else ArchiveMissing(name=name_of(url))
    opened.execute("SET default_transaction_read_only = on")
    return opened


def named(error: BaseException, url: str) -> Refusal | None:
    """What the server says, as a refusal."""
    name = name_of(url) if url else "PostgreSQL"
    if isinstance(error, psycopg.errors.DiskFull):
        return DiskFull(free_mb=0, needed_mb=1)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return ArchiveBusy()
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.IoError):
        return DiskNotWritable(why="数据库服务器的磁盘读写出错，或只读")
    if isinstance(error, _NOT_AS_MADE):
        return ArchiveDamaged(name=name)
    return DatabaseUnreachable(name=name) if isinstance(error, psycopg.OperationalError) else None


def name_of(url: str) -> str:
    """Where a database is, without anybody's password."""
    about: dict[str, Any] = conninfo_to_dict(url)
    return f"{about.get('dbname', '')}@{about.get('host', 'localhost')}"


def _connected(url: str) -> psycopg.Connection[Any]:
    try:
        db = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.RawCursor)
    except psycopg.Error as e:
        raise DatabaseUnreachable(name=name_of(url)) from e
    version, encoding, collation, provider = db.execute(_FIT).fetchone() or (0, "", "", "")
    faults = {
        f"版本 {version} 太旧": version < OLDEST,
        f"编码是 {encoding}": encoding != "UTF8",
        f"排序是 {collation}": provider != "c" or collation not in {"C", "POSIX"},
    }
    if why := [fault for fault, wrong in faults.items() if wrong]:
        db.close()
        raise DatabaseNotFit(name=name_of(url), why="，".join(why))
    return db


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """`?` as PostgreSQL counts them: $1, $2, …; no statement of ours has a question mark in a text."""
    first, *rest = sql.split("?")
    numbers = count(1)
    return first + "".join(f"${next(numbers)}{part}" for part in rest)
