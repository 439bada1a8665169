"""What ails a database, in our words: its engine's errors as refusals."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from kiosk_server.archive.reserve import DiskFull, DiskNotWritable, free_mb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.engines.connection import Database


class ArchiveMissing(Refusal):
    """There is no database yet, or it cannot be opened."""

    code = "archive-missing"
    fault = Fault.MACHINE
    sentence = "还没有档案库，或者打不开（{name}）。"
    advice = "请先运行 kiosk sync；仍不行请运行 kiosk doctor。"


class ArchiveDamaged(Refusal):
    """The database is not what was written: overwritten, cut off, taken away, or its tables are."""

    code = "archive-damaged"
    fault = Fault.MACHINE
    sentence = "档案库损坏了或者不见了（{name}）。"
    advice = "请运行 kiosk verify：会按县里签名的记录重新做好；到达日期和冻结证据另有登记，损坏的留着备查。"


class ArchiveBusy(Refusal):
    """Another command holds the database for longer than one waits."""

    code = "archive-busy"
    fault = Fault.MACHINE
    sentence = "档案库正被另一个命令占用。"
    advice = "请等它结束后再试；档案库没有改动。"


_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR}
_DISK = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}  # in its pages, or in the index it shares
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def named(error: BaseException, database: Database | None = None) -> Refusal | None:
    """What an engine says, as a refusal; None where it says nothing of the kind."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, database if isinstance(database, Path) else None)
    if type(error).__module__.partition(".")[0] == "psycopg":
        from kiosk_server.archive.engines import postgres  # noqa: PLC0415 - its error, so it is loaded

        return postgres.named(error, database if isinstance(database, str) else "")
    return None


@contextmanager
def answered_by(database: Database | None) -> Iterator[None]:
    """What the engine says inside is told in our words."""
    try:
        yield
    except Exception as error:
        if told := named(error, database):
            raise told from error
        raise


def _of_sqlite(error: sqlite3.Error, path: Path | None) -> Refusal | None:
    code = getattr(error, "sqlite_errorcode", 0)
    if type(error) is sqlite3.DatabaseError:
        code = code or sqlite3.SQLITE_CORRUPT
    name = path.name if path else "archive"
    if code in _NO_ROOM:
        return DiskFull(free_mb=free_mb(path.parent) if path else 0, needed_mb=1)
    if code == sqlite3.SQLITE_IOERR_SHORT_READ or code & 0xFF in _BROKEN:
        return ArchiveDamaged(name=name)
    if code & 0xFF in _BUSY:
        return ArchiveBusy()
    if code & 0xFF in _DISK:
        return DiskNotWritable(why="读写出错" if code & 0xFF == sqlite3.SQLITE_IOERR else "只读，或没有权限")
    return None


def book_of(path: Path) -> Path:
    """The arrival book lies beside its file, and says that something was here when that is gone."""
    return path.with_name(f"{path.name}.arrivals")


def writable(database: Database) -> bool:
    """Whether the disk of a file takes anything in; another machine's is not ours to ask."""
    return not isinstance(database, Path) or os.access(os.path.dirname(database), os.W_OK)  # noqa: PTH120
