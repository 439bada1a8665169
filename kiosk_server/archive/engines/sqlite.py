"""SQLite: one writer, one reader, each with the PRAGMAs it needs, and many rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from kiosk_server.archive.engines.connection import ArchiveMissing
from kiosk_server.archive.reserve import DiskFull, free_mb, given_up, put_by, require_room

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
ROWS_A_STATEMENT = 40  # times 10 columns: far below SQLite's 32,766 values


class SQLite:
    """A connection to one file (`engines.connection.Connection`)."""

    engine_type = "sqlite"

    def __init__(self, db: sqlite3.Connection, folder: Path, minimum_free_mb: int = 0) -> None:
        """`folder` is where the file lies: there must be room in it for what is taken in."""
        self._db, self._folder, self._minimum_free_mb = db, folder, minimum_free_mb
        self._data_version = -1
        self.execute, self.close = db.execute, db.close

    def append(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Forty rows a statement."""
        names, values = tuple(columns), list(columns.values())
        rows = len(values[0])
        whole = rows - rows % ROWS_A_STATEMENT
        many, one = _insert(table, names, ROWS_A_STATEMENT), _insert(table, names, 1)
        for at in range(0, whole, ROWS_A_STATEMENT):
            parts = [column[at : at + ROWS_A_STATEMENT] for column in values]
            self.execute(many, [*chain.from_iterable(parts)])
        for at in range(whole, rows):
            self.execute(one, [column[at] for column in values])

    def has_table(self, name: str) -> bool:
        """As its schema says."""
        asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return self.execute(asked, (name,)).fetchone() is not None

    def schema(self) -> list[Any]:
        """As its text stands in the file."""
        asked = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        return self.execute(asked).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """BEGIN IMMEDIATE: a deferred transaction fails at once when two meet."""
        if self._db.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self.execute("COMMIT")

    def _roll_back(self) -> None:
        """SQLite has done so by itself when the disk is full."""
        if self._db.in_transaction:
            self.execute("ROLLBACK")

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """Begun only where there is room; SQLite's word for a full disk becomes ours."""
        require_room(self._folder, self._minimum_free_mb)
        try:
            with self.writing():
                yield
        except sqlite3.OperationalError as e:
            if not no_room(e):
                raise
            raise DiskFull(free_mb=free_mb(self._folder), needed_mb=self._minimum_free_mb) from e

    def begin_snapshot(self) -> None:
        """A read transaction; the first statement fixes its moment."""
        self.execute("BEGIN")

    def end_snapshot(self) -> None:
        """Nothing was written in it."""
        self.execute("COMMIT")

    def moved(self) -> bool:
        """SQLite counts what others committed: 3 µs."""
        before = self._data_version
        (self._data_version,) = self.execute("PRAGMA data_version").fetchone()
        return self._data_version != before

    def forget(self) -> bool:
        """The secure_delete of every writer has done it in the file; older pages leave its log (WAL) here."""
        try:
            (busy, *_) = self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:  # a full disk, a reader that stays
            return False
        return not busy


def writer(path: Path, minimum_free_mb: int = 0) -> SQLite:
    """Open the writer; the PRAGMAs hold before anyone sees it. Raises DiskFull, ArchiveMissing.

    Where imports must leave room free, a reserve is put by.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        db = _writer(path)
    except sqlite3.DatabaseError as e:
        if not no_room(e):  # a folder of its name, another file, not ours
            raise ArchiveMissing(name=path.name) from e
        if not given_up(path.parent):
            raise DiskFull(free_mb=free_mb(path.parent), needed_mb=1) from e
        db = _writer(path)
    if minimum_free_mb:
        put_by(path.parent, minimum_free_mb)
    return SQLite(db, path.parent, minimum_free_mb)


def _writer(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)
    try:
        for pragma in (*_EVERY_CONNECTION, *_WRITER_ONLY):
            db.execute(pragma)
    except BaseException:
        db.close()
        raise
    return db


def scratch() -> SQLite:
    """A database of its own that lies in no folder: in memory, or in a file that SQLite has unlinked."""
    db = sqlite3.connect("", isolation_level=None)
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    db.execute("PRAGMA journal_mode=MEMORY")  # a close that does not fit is rolled back
    return SQLite(db, Path())


def reader(path: Path) -> SQLite:
    """Open a connection that cannot write; raises ArchiveMissing.

    On a disk without any room the reserve is given up for it: the board must be readable.
    """
    try:
        return SQLite(_reader(path), path.parent)
    except ArchiveMissing as e:
        if no_room(e.__cause__) and given_up(path.parent):
            return SQLite(_reader(path), path.parent)
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
        db.text_factory = _text
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


def _text(raw: bytes) -> str:
    """Text in another encoding is nobody's of ours; it comes as text, and is refused where it is checked."""
    return raw.decode("utf-8", "replace")


def no_room(error: BaseException | None) -> bool:
    """Whether this is SQLite's word for a full disk, in its pages or in the index it shares."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) in _NO_ROOM


_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


@lru_cache(maxsize=64)
def _insert(table: str, names: tuple[str, ...], rows: int) -> str:
    """The values of some rows come column by column.

    OR FAIL spares the journal that would undo one statement alone. A row that does not fit is an
    error either way, and the caller's transaction is rolled back; with the journal forty rows into
    two indexes cost twice a row at a time.
    """
    columns = range(len(names))
    values = (", ".join([f"?{1 + row + rows * column}" for column in columns]) for row in range(rows))
    into = f"{table} ({', '.join(names)})"
    return f"INSERT OR FAIL INTO {into} VALUES ({'), ('.join(values)})"  # noqa: S608 - names of our own
