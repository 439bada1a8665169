"""Piccolo's engine, our way: everything that is Piccolo-ism stays in this module.

Piccolo brings the schema, its migrations and the small writes. Its own SQLite engine opens a
connection and a thread for every query, sets one PRAGMA and leaks both when `BEGIN` fails, so
ours keeps one connection, speaks to it inline (imports run in a process of their own, nobody
waits on this loop) and always begins IMMEDIATE. There are no threads, so nothing can hang exit.

Nothing here suspends: a verb that awaits only this engine is one piece for the event loop,
which is why one process-wide engine can serve one archive after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from piccolo.engine.base import BaseTransaction
from piccolo.engine.sqlite import SQLiteEngine, TransactionType

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from piccolo.querystring import QueryString


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

    __slots__ = ("writer",)
    writer: sqlite3.Connection  # set by the archive whose verb is running

    def __init__(self) -> None:
        super().__init__(path="")

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
