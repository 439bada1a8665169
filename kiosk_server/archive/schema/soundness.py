"""Whether an archive's file is sound; what breaks on one that is not comes of that, and not of us."""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boards.model.errors import Refusal
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.engines.sqlite import scratch
from kiosk_server.archive.engines.troubles import ArchiveDamaged, ArchiveMissing, answered_by, named
from kiosk_server.archive.schema.versions import done_migrations, known_migrations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk_server.archive.engines.connection import Connection, Database


_NAMELESS = (  # SQLite takes anything into any column
    "SELECT count(*) FROM log WHERE id NOT BETWEEN 1 AND 1048576 "
    "OR typeof(origin) <> 'text' OR typeof(village) <> 'text' OR village = '' OR typeof(size) <> 'integer'"
)


def explained(error: Exception, database: Database) -> Refusal | None:
    """What an error comes of, where it comes of the database: whatever breaks on a file that is not sound."""
    if isinstance(error, Refusal):
        return error
    if told := named(error, database):
        return told
    if isinstance(database, Path) and not sound(database):
        return ArchiveDamaged(name=database.name)
    return None


@contextmanager
def answered(database: Database) -> Iterator[None]:
    """What breaks inside because of the database is told as that: raises ArchiveDamaged and the like."""
    try:
        yield
    except Exception as error:
        told = explained(error, database)
        if told is None or told is error:
            raise
        raise told from error


def sound(path: Path) -> bool:
    """Whether a file is a database whose pages hang together and whose tables are ours.

    Raises DiskFull, DiskNotWritable and ArchiveBusy, which say nothing of the file.
    """
    return as_made(path) and pages_hold(path)


def pages_hold(path: Path) -> bool:
    """Whether every page of a file can be read and has its place."""
    return _asked(path, lambda db: db.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)])


def as_made(path: Path) -> bool:
    """Whether the tables are those our migrations make, and the database knows that it has seen them.

    And whether each log has a number and a name: everything else is found by them.
    """
    return _asked(path, lambda db: db.schema() == _made() and _seen_all(db) and _named_all(db))


def _seen_all(db: Connection) -> bool:
    return set(known_migrations()) <= done_migrations(db)


def _named_all(db: Connection) -> bool:
    nameless: int = db.execute(_NAMELESS).fetchone()[0]
    return nameless == 0


def _asked(path: Path, asked: Callable[[Connection], bool]) -> bool:
    try:
        with answered_by(path), closing(reader(path)) as db:
            return db.engine_type != "sqlite" or asked(db)
    except (ArchiveDamaged, ArchiveMissing, UnicodeDecodeError):  # also what SQLite quotes of a damaged page
        return False


@cache
def _made() -> list[Any]:
    from kiosk_server.archive.schema.migrate import run_migrations  # noqa: PLC0415 - Piccolo comes with it

    with closing(scratch()) as new:
        run_migrations(new, lambda: None)
        return new.schema()
