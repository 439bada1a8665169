"""Connections to the database file: one writer, one reader, each with the PRAGMAs it needs.

Nothing of Piccolo here: the serving process reads through this module and never loads an ORM.
"""

from __future__ import annotations

import pkgutil
import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.reserve import given_up
from kiosk_server.archive.schema import migrations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = "archive"

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


class ArchiveTooNew(Refusal):
    """The database was written by a newer version of this program."""

    code = "archive-too-new"
    fault = Fault.MACHINE
    sentence = "档案库是由更新版本的程序写成的（{migration}），本版本不能打开。"
    advice = "请安装新版本；档案库没有改动。"


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
def full_disk_told(folder: Path, minimum_free_mb: int) -> Iterator[None]:
    """Turn SQLite's word for a full disk into ours; the transaction was rolled back."""
    try:
        yield
    except sqlite3.OperationalError as e:
        if not no_room(e):
            raise
        free_mb = shutil.disk_usage(folder).free >> 20
        raise DiskFull(free_mb=free_mb, needed_mb=minimum_free_mb) from e


def known_migrations() -> list[str]:
    """IDs of the migrations this program has, from the names of their files (nothing is imported)."""
    names = sorted(found.name for found in pkgutil.iter_modules(migrations.__path__))
    return [_id_of(name) for name in names]


def done_migrations(db: sqlite3.Connection) -> set[str]:
    """IDs of the migrations this database has seen."""
    known = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").fetchone()
    if known is None:
        return set()
    return {row[0] for row in db.execute("SELECT name FROM migration WHERE app_name = ?", (APP,))}


def up_to_date(path: Path) -> bool:
    """Whether the database is there with the newest schema; then nobody needs to migrate."""
    try:
        db = connect_reader(path)
    except ArchiveMissing:
        return False
    try:
        return done_migrations(db) == set(known_migrations())
    finally:
        db.close()


def _id_of(name: str) -> str:
    """archive_2026_11_23t09_00_00_000000 → 2026-11-23T09:00:00:000000."""
    day, _, clock = name.removeprefix(f"{APP}_").partition("t")
    return f"{day.replace('_', '-')}T{clock.replace('_', ':')}"
