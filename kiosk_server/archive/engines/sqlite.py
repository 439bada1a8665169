"""SQLite: one writer, one reader, each with the PRAGMAs it needs, and many rows at once.

Nothing of Piccolo here: the serving process reads through this module and never loads an ORM.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.reserve import given_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 8_192  # page cache of one connection; keeps an import of any size flat
READER_CACHE_KIB = 3_072  # the tops of all trees; the lines of a page are of that page alone

_EVERY_CONNECTION = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA cache_size=-{CACHE_KIB}",
)
_READER_ONLY = ("PRAGMA query_only=ON", f"PRAGMA cache_size=-{READER_CACHE_KIB}")
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


def connect(path: Path) -> sqlite3.Connection:
    """Open the writer; the PRAGMAs hold before anyone sees it. Raises DiskFull."""
    try:
        return _writer(path)
    except sqlite3.OperationalError as e:
        if no_room(e) and given_up(path.parent):
            return _writer(path)
        if no_room(e):
            raise DiskFull(free_mb=shutil.disk_usage(path.parent).free >> 20, needed_mb=1) from e
        raise


def _writer(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)
    try:
        for pragma in (*_EVERY_CONNECTION, *_WRITER_ONLY):
            db.execute(pragma)
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write, for the board; raises ArchiveMissing.

    On a disk without any room the reserve is given up for it: the board must be readable.
    """
    try:
        return _reader(path)
    except ArchiveMissing as e:
        if no_room(e.__cause__) and given_up(path.parent):
            return _reader(path)
        raise


def _reader(path: Path) -> sqlite3.Connection:
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
        for pragma in (*_EVERY_CONNECTION, *_READER_ONLY):
            db.execute(pragma)
        db.execute("SELECT 1 FROM state").fetchone()
    except sqlite3.Error as e:
        db.close()
        raise ArchiveMissing(name=path.name) from e
    return db


def no_room(error: BaseException | None) -> bool:
    """Whether this is SQLite's word for a full disk, in its pages or in the index it shares."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) in _NO_ROOM


_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


def require_room(folder: Path, minimum_free_mb: int) -> None:
    """Refuse to begin what may not fit; raises DiskFull."""
    free_mb = shutil.disk_usage(folder).free >> 20
    if free_mb < minimum_free_mb:
        raise DiskFull(free_mb=free_mb, needed_mb=minimum_free_mb)


@contextmanager
def full_disk_refused(folder: Path, minimum_free_mb: int) -> Iterator[None]:
    """Turn SQLite's word for a full disk into ours; the transaction was rolled back."""
    try:
        yield
    except sqlite3.OperationalError as e:
        if not no_room(e):
            raise
        free_mb = shutil.disk_usage(folder).free >> 20
        raise DiskFull(free_mb=free_mb, needed_mb=minimum_free_mb) from e


ROWS_A_STATEMENT = 40  # times 26 columns: far below SQLite's 32,766 and PostgreSQL's 65,535 values


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Let Python's cycle collector rest: rows make no cycles, and looking for some costs a seventh."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert(db: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert whole rows of a table, every column in its order; none are no work."""
    if rows:
        insert_columns(db, table, list(zip(*rows, strict=True)))


def insert_columns(db: sqlite3.Connection, table: str, columns: Sequence[Sequence[object]]) -> None:
    """Insert rows, at least one, that come column by column, every column of the table in its order.

    A column that says the same all through (a list has one unit, mostly one rate, nobody a remark)
    is bound once for forty rows.
    """
    rows = len(columns[0])
    same = tuple(column.count(column[0]) == rows for column in columns)
    shared = [column[0] for column, is_same in zip(columns, same, strict=True) if is_same]
    own = [column for column, is_same in zip(columns, same, strict=True) if not is_same]
    whole = rows - rows % ROWS_A_STATEMENT
    many = _statement(table, same, ROWS_A_STATEMENT)
    for at in range(0, whole, ROWS_A_STATEMENT):
        parts = [column[at : at + ROWS_A_STATEMENT] for column in own]
        db.execute(many, (*shared, *chain.from_iterable(parts)))
    one = _statement(table, same, 1)
    for at in range(whole, rows):
        db.execute(one, (*shared, *[column[at] for column in own]))


@lru_cache(maxsize=64)
def _statement(table: str, same: tuple[bool, ...], rows: int) -> str:
    """Shared columns are the first parameters; then come the others, column by column.

    OR FAIL spares the journal that would undo one statement alone. A row that does not fit is an
    error either way, and the caller's transaction is rolled back; with the journal forty rows into
    two indexes cost twice a row at a time.
    """
    shared, own = count(1), count(sum(same) + 1, rows)
    first = [(next(shared), 0) if is_same else (next(own), 1) for is_same in same]
    values = (", ".join([f"?{number + row * step}" for number, step in first]) for row in range(rows))
    return f"INSERT OR FAIL INTO {table} VALUES ({'), ('.join(values)})"  # noqa: S608 - a table of our own
