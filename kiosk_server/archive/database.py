"""The one writer connection, the one reader connection, and everything that is Piccolo's way of doing it.

Piccolo brings the schema, its migrations and the small writes. Its own SQLite engine opens a
connection and a thread for every query, sets one PRAGMA and leaks both when `BEGIN` fails, so
ours keeps one connection, speaks to it inline (imports run in a process of their own, nobody
waits on this loop) and always begins IMMEDIATE. There are no threads, so nothing can hang exit.

Nothing here suspends: a verb that awaits only this engine is one piece for the event loop,
which is why one process-wide engine can serve one archive after the other.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from piccolo.engine.base import BaseTransaction
from piccolo.engine.sqlite import SQLiteEngine, TransactionType

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from piccolo.querystring import QueryString

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 4_096  # page cache of one connection; keeps an import of any size flat

_EVERY_CONNECTION = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA cache_size=-{CACHE_KIB}",
)
_WRITER_ONLY = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged batches on power loss (measured)
    "PRAGMA secure_delete=ON",  # an erased body must not survive in a free page
)


class DiskFull(Refusal):
    """There is no room to take anything in; the board stays readable."""

    code = "disk-full"
    fault = Fault.MACHINE
    sentence = "磁盘空间不足（剩余 {free_mb} MB，至少需要 {needed_mb} MB），没有导入新内容。"
    advice = "已公开的内容不受影响；请清理磁盘后重试。"


class ArchiveMissing(Refusal):
    """There is no database yet, or it cannot be opened."""

    code = "archive-missing"
    fault = Fault.MACHINE
    sentence = "还没有档案库，或者打不开（{name}）。"
    advice = "请先运行 kiosk sync；仍不行请运行 kiosk doctor。"


class ArchiveTooNew(Refusal):
    """The database was written by a newer version of this program."""

    code = "archive-too-new"
    fault = Fault.MACHINE
    sentence = "档案库是由更新版本的程序写成的（{migration}），本版本不能打开。"
    advice = "请安装新版本；档案库没有改动。"


def connect(path: Path, *, cache_kib: int = CACHE_KIB) -> sqlite3.Connection:
    """Open the writer; the PRAGMAs hold before anyone sees it. `cache_kib` only for measuring."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)
    try:
        for pragma in (*_EVERY_CONNECTION, *_WRITER_ONLY, f"PRAGMA cache_size=-{cache_kib}"):
            db.execute(pragma)
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write, for the board; raises ArchiveMissing."""
    try:
        db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,
            cached_statements=256,
        )
    except sqlite3.Error as e:
        raise ArchiveMissing(name=path.name) from e
    try:
        for pragma in (*_EVERY_CONNECTION, "PRAGMA query_only=ON"):
            db.execute(pragma)
        db.execute("SELECT 1 FROM state").fetchone()
    except sqlite3.Error as e:
        db.close()
        raise ArchiveMissing(name=path.name) from e
    return db


def require_room(folder: Path, minimum_free_mb: int) -> None:
    """Refuse to begin what may not fit; raises DiskFull."""
    free_mb = shutil.disk_usage(folder).free >> 20
    if free_mb < minimum_free_mb:
        raise DiskFull(free_mb=free_mb, needed_mb=minimum_free_mb)


@contextmanager
def full_disk_told(folder: Path, minimum_free_mb: int) -> Iterator[None]:
    """Turn SQLite's word for a full disk into ours; the transaction was rolled back."""
    try:
        yield
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        free_mb = shutil.disk_usage(folder).free >> 20
        raise DiskFull(free_mb=free_mb, needed_mb=minimum_free_mb) from e


class Writing(BaseTransaction):
    """One IMMEDIATE transaction on the engine's connection; a nested one joins it."""

    __slots__ = ("_engine", "_joined")

    def __init__(self, engine: ArchiveEngine) -> None:
        self._engine = engine
        self._joined = False

    async def __aenter__(self, *_args: object, **_kwargs: object) -> Self:
        self._joined = self._engine.writer.in_transaction
        if not self._joined:
            self._engine.writer.execute("BEGIN IMMEDIATE")
        return self

    async def __aexit__(self, exception_type: object, *_rest: object) -> bool:
        if self._joined:
            return False
        if exception_type is None:
            self._engine.writer.execute("COMMIT")
        elif self._engine.writer.in_transaction:  # SQLite rolls back by itself when the disk is full
            self._engine.writer.execute("ROLLBACK")
        return False


class ArchiveEngine(SQLiteEngine):
    """Piccolo's engine over one kept connection."""

    __slots__ = ("_writer",)

    def __init__(self) -> None:
        super().__init__(path="")
        self._writer: sqlite3.Connection | None = None

    @property
    def writer(self) -> sqlite3.Connection:
        """The connection in use; set by the archive whose verb is running."""
        if self._writer is None:
            raise ArchiveMissing(name="")
        return self._writer

    @writer.setter
    def writer(self, connection: sqlite3.Connection) -> None:
        self._writer = connection

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[dict[str, Any]]:
        """Run one of Piccolo's queries inline."""
        del in_pool
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return self._rows(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        """Run one of Piccolo's schema statements inline."""
        del in_pool
        return self._rows(ddl, ())

    def transaction(  # type: ignore[override]
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> Writing:
        """Begin IMMEDIATE whatever was asked: a deferred one fails at once when two meet."""
        del transaction_type, allow_nested
        return Writing(self)

    def _rows(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        cursor = self.writer.execute(sql, args)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


ENGINE = ArchiveEngine()
