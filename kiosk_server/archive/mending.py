"""A damaged file is never repaired where it lies: a new archive is made beside it and takes its place.

<database>.fresh     the new one, while it is made
<database>.damaged   whose place it took: evidence, kept until the next one or until something is erased
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.errors import Refusal
from kiosk_server.archive.arrival_book import Said
from kiosk_server.archive.arrivals import said_here
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.reserve import free_mb
from sync.durable import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.arrival_book import ArrivalBook
    from kiosk_server.archive.engines.connection import Connection

_WITH_IT = ("", "-wal", "-shm")


def fresh_of(path: Path) -> Path:
    """Where the new one is made."""
    return path.with_name(f"{path.name}.fresh")


def damaged_of(path: Path) -> Path:
    """Where the old one is kept."""
    return path.with_name(f"{path.name}.damaged")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time mends an archive; another waits, and finds it mended."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def still_read(path: Path) -> Connection | None:
    """What is left of a damaged archive, where anything can be read."""
    try:
        return reader(path)
    except Refusal:
        return None


def salvaged(book: ArrivalBook, old: Connection | None) -> tuple[Said, bool]:
    """What no log yields, and whether the arrival book vouches for it.

    Where the book is gone too, what the damaged database says of it, if anything.
    """
    here = Said()
    with suppress(Exception):  # a damaged page may say anything
        here = said_here(old) if old else here
    sizes = {(log.log, origin): max(log.admitted, default=0) for origin, log in here.logs.items()}
    said = book.covering(sizes)
    return (here, False) if said is None else (said, True)


def take_place(fresh: Path, path: Path, minimum_free_mb: int) -> bool:
    """Put the new archive into the old one's place; whether the old one could be kept.

    Its log (WAL) goes first: it must never be taken for the new one's. Stopped on the way, there is no
    archive, which the next command finds.
    """
    remove(damaged_of(path))
    for end in reversed(_WITH_IT):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(f"{damaged_of(path)}{end}")
    fresh.replace(path)
    settled(path.parent)
    if free_mb(path.parent) >= minimum_free_mb:
        return damaged_of(path).exists()
    remove(damaged_of(path))
    return False


def remove(path: Path) -> None:
    """An archive's files, of this name."""
    for end in _WITH_IT:
        path.with_name(path.name + end).unlink(missing_ok=True)
