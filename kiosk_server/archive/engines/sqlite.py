"""SQLite: one writer, one reader, each with the PRAGMAs it needs, and many rows at once."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from kiosk_server.archive.engines.troubles import (
    ArchiveDamaged,
    ArchiveMissing,
    answered_by,
    book_of,
    writable,
)
from kiosk_server.archive.reserve import DiskFull, DiskNotWritable, free_mb, given_up, put_by, require_room

BUSY_TIMEOUT_MS = 5_000
_TIMEOUT_S = BUSY_TIMEOUT_MS / 1000
CACHE_KIB = 8_192  # page cache of one connection; keeps an import of any size flat
LOOK_AGAIN_S = 0.02  # a file that took another's place is seen within that time, as an import is
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
ROWS_A_STATEMENT = 40  # of at most 7 columns, a line's: far below SQLite's 32,766 values


class SQLite:
    """A connection to one file (`engines.connection.Connection`)."""

    engine_type = "sqlite"

    def __init__(self, db: sqlite3.Connection, path: Path | None = None, minimum_free_mb: int = 0) -> None:
        """There must be room in the folder of the file for what is taken in."""
        self._path, self._minimum_free_mb = path, minimum_free_mb
        self._file, self._looked = _identity(path), time.monotonic()
        self._use(db)

    def _use(self, db: sqlite3.Connection) -> None:
        self._db, self._data_version = db, -1
        self.execute, self.close = db.execute, db.close

    @property
    def _folder(self) -> Path:
        return self._path.parent if self._path else Path()

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
        with answered_by(self._path):
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        """SQLite has done so by itself when the disk is full."""
        if self._db.in_transaction:
            self.execute("ROLLBACK")

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """Begun only where there is room, and told with how much is needed."""
        require_room(self._folder, self._minimum_free_mb)
        try:
            with self.writing():
                yield
        except DiskFull as e:
            raise DiskFull(free_mb=free_mb(self._folder), needed_mb=self._minimum_free_mb) from e

    def begin_snapshot(self) -> None:
        """A read transaction; its first statement fixes its moment. Of the file that lies there now."""
        if time.monotonic() - self._looked >= LOOK_AGAIN_S:
            self._look()
        self.execute("BEGIN")

    def _look(self) -> None:
        """See whether another file has taken the place of the one that is open, and read that."""
        there = _identity(self._path)
        if there and there != self._file and self._path:
            fresh = _reader(self._path)
            self.close()
            self._file = there
            self._use(fresh)
        self._looked = time.monotonic()

    def end_snapshot(self) -> None:
        """Nothing was written in it; on a damaged page it may be over already."""
        if self._db.in_transaction:
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
    """Open the writer; the PRAGMAs hold before anyone sees it.

    Where imports must leave room free, a reserve is put by. Raises ArchiveDamaged, also where the arrival
    book says that something was here; ArchiveMissing, DiskFull, DiskNotWritable.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if book_of(path).exists() and not (path.exists() and path.stat().st_size):
        raise ArchiveDamaged(name=path.name)
    try:
        db = _writer(path)
    except DiskFull:
        if not given_up(path.parent):
            raise
        db = _writer(path)
    if minimum_free_mb:
        put_by(path.parent, minimum_free_mb)
    return SQLite(db, path, minimum_free_mb)


def _writer(path: Path) -> sqlite3.Connection:
    if path.is_dir():
        raise ArchiveMissing(name=path.name)
    with answered_by(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=_TIMEOUT_S, check_same_thread=False)
        return _set(db, *_EVERY_CONNECTION, *_WRITER_ONLY)


def _set(db: sqlite3.Connection, *pragmas: str) -> sqlite3.Connection:
    try:
        for pragma in pragmas:
            db.execute(pragma)
    except UnicodeDecodeError as e:  # what SQLite quotes of a damaged schema
        db.close()
        raise sqlite3.DatabaseError from e
    except BaseException:
        db.close()
        raise
    return db


def scratch() -> SQLite:
    """A database of its own that lies in no folder: in memory, or in a file that SQLite has unlinked."""
    db = sqlite3.connect("", isolation_level=None)
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    db.execute("PRAGMA journal_mode=MEMORY")  # a close that does not fit is rolled back
    return SQLite(db)


def reader(path: Path) -> SQLite:
    """Open a connection that cannot write; raises ArchiveMissing, ArchiveDamaged, DiskFull.

    On a disk without any room the reserve is given up for it: the board must be readable.
    """
    try:
        return SQLite(_reader(path), path)
    except DiskFull:
        if given_up(path.parent):
            return SQLite(_reader(path), path)
        raise


def _reader(path: Path) -> sqlite3.Connection:
    """As the file stands, with what lies in its log (WAL)."""
    if not path.is_file() or not path.stat().st_size:
        raise ArchiveMissing(name=path.name)
    try:
        return _opened(path, "mode=ro")
    except DiskNotWritable:  # a log that was closed is begun again even to read, and cannot be
        return _opened(path, "mode=ro&immutable=1")


def _opened(path: Path, how: str) -> sqlite3.Connection:
    with answered_by(path):
        db = sqlite3.connect(
            f"{path.resolve().as_uri()}?{how}",
            uri=True,
            isolation_level=None,
            timeout=_TIMEOUT_S,
            check_same_thread=False,
            cached_statements=256,
        )
        db.text_factory = _text
        return _set(db, *_EVERY_CONNECTION, *_READER_ONLY, "SELECT 1 FROM state")


def _identity(path: Path | None) -> tuple[int, int, bool] | None:
    """Which file this is, under whatever name, and whether its disk takes anything in; None for no file."""
    try:
        there = os.stat(path) if path else None  # noqa: PTH116 - of every snapshot: half the time of Path's
    except OSError:
        return None
    return (there.st_dev, there.st_ino, writable(path)) if there and path else None


def _text(raw: bytes) -> str:
    """Text in another encoding is nobody's of ours; it comes as text, and is refused where it is checked."""
    return raw.decode("utf-8", "replace")


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
