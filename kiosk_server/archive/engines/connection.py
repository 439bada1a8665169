"""What the rooms above ask of a database, whichever it is: SQLite in a village, PostgreSQL in a county.

Everything is synchronous: imports run in a process of their own, and a page is a few hundred
microseconds of reading. Statements are those of `archive/statements.py`, in the dialect both speak.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from boards.model.errors import Fault, Refusal

Database = Path | str
"""A file, or where a PostgreSQL database is: postgresql://…"""


class PsycopgMissing(Refusal):
    """kiosk.toml names a PostgreSQL database, and its driver is not installed."""

    code = "psycopg-missing"
    fault = Fault.MACHINE
    sentence = "没有安装 PostgreSQL 的驱动程序 psycopg。"
    advice = "请按 docs/postgresql.md 安装（village-kiosk[postgres]），或删去 kiosk.toml 里的 database。"


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""

    @property
    def description(self) -> Any:  # noqa: ANN401 - each engine's own, a name first in each entry
        """The columns of the answer, None where there is none."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row is what was asked for
        """The next row, None after the last."""

    def fetchmany(self, size: int, /) -> list[Any]:
        """The next rows, at most `size`."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection. A writer's may do everything, a reader's cannot write."""

    @property
    def engine_type(self) -> str:
        """The engine as Piccolo calls it: sqlite, postgres."""

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Cursor:
        """Run one statement; `?` stands for a value."""

    def append(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Insert rows, at least one, that come column by column; columns not named have their defaults."""

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""

    def schema(self) -> list[Any]:
        """All that was declared, triggers and views with it; else what acts behind our tables."""

    def writing(self) -> AbstractContextManager[None]:
        """A transaction that no other writer meets; one inside another joins it. What is raised undoes it."""

    def taking_in(self) -> AbstractContextManager[None]:
        """A transaction for what comes from outside; raises DiskFull where it may not fit, or does not."""

    def begin_snapshot(self) -> None:
        """From here on everything read belongs to one moment."""

    def end_snapshot(self) -> None:
        """The moment is over."""

    def moved(self) -> bool:
        """Whether anything may have been written since this was asked last; exactly in a snapshot."""

    def forget(self) -> bool:
        """Let nothing of what was erased or replaced stay in the tables' files; False where it must wait."""

    def close(self) -> None:
        """Close the connection."""


def as_bytes(cell: object) -> bytes:
    """Whatever somebody put in the place of bytes."""
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell or "").encode()


def writer(database: Database, minimum_free_mb: int = 0) -> Connection:
    """Open for writing. Raises what `troubles` names, and the refusals of `engines.postgres`."""
    if isinstance(database, Path):
        from kiosk_server.archive.engines import sqlite  # noqa: PLC0415 - only the engine that is used

        return sqlite.writer(database, minimum_free_mb)
    opened: Connection = _postgres().Postgres(database)
    return opened


def reader(database: Database) -> Connection:
    """Open for reading alone, for the board and for `verify`; raises ArchiveMissing, ArchiveDamaged."""
    if isinstance(database, Path):
        from kiosk_server.archive.engines import sqlite  # noqa: PLC0415

        return sqlite.reader(database)
    opened: Connection = _postgres().reader(database)
    return opened


def patient(database: Database) -> Connection:
    """A reader for the running board: what cannot be opened now is opened once it can be read."""
    try:
        return reader(database)
    except Refusal:
        return cast("Connection", _Waiting(database))


class _Waiting:
    """Tries again whenever anything is asked; raises what `reader` raises until it opens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opened: Connection | None = None

    def __getattr__(self, asked: str) -> Any:  # noqa: ANN401 - whatever a connection has
        self._opened = self._opened or reader(self._database)
        return getattr(self._opened, asked)

    def close(self) -> None:
        """Close what was opened."""
        if self._opened:
            self._opened.close()


def _postgres() -> ModuleType:
    try:
        from kiosk_server.archive.engines import postgres  # noqa: PLC0415
    except ModuleNotFoundError as e:
        raise PsycopgMissing from e
    return postgres
