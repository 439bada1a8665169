"""Piccolo's engine, our way: its queries run on the connection of the archive whose verb is running.

Piccolo brings the schema, its migrations and the small writes. Its own SQLite engine opens a connection and
a thread for every query, its PostgreSQL engine is asynchronous and would colour every fold; ours speaks to
one kept connection, inline (imports run in a process of their own, nobody waits on this loop).

Nothing here suspends: a verb that awaits only this engine is one piece for the event loop, which is why
one process-wide engine can serve one archive after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from piccolo.engine.base import BaseTransaction
from piccolo.engine.sqlite import SQLiteEngine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from piccolo.querystring import QueryString

    from kiosk_server.archive.engines.connection import Connection


class Writing(BaseTransaction):
    """One transaction of the connection's; a nested one joins it."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: AbstractContextManager[None]) -> None:
        self._transaction = transaction

    async def __aenter__(self, *_args: object, **_kwargs: object) -> Self:
        self._transaction.__enter__()
        return self

    async def __aexit__(self, *raised: Any) -> bool:  # noqa: ANN401, PYI036 - handed on as they are
        return bool(self._transaction.__exit__(*raised))


class ArchiveEngine(SQLiteEngine):
    """Piccolo's engine over one kept connection, of either database."""

    __slots__ = ("writer",)
    writer: Connection  # set by the archive whose verb is running

    def __init__(self) -> None:
        """Nothing is opened: there is no connection yet."""

    @property
    def engine_type(self) -> str:  # type: ignore[override]
        """The dialect that Piccolo's queries are written in."""
        return self.writer.engine_type

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[dict[str, Any]]:
        """Run one of Piccolo's queries inline."""
        del in_pool
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return self._rows(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        """Run one of Piccolo's schema statements inline."""
        del in_pool
        return self._rows(ddl, ())

    def transaction(self, *_args: object, **_kwargs: object) -> Writing:  # type: ignore[override]
        """A writer's, whatever was asked: a deferred one fails at once when two meet."""
        return Writing(self.writer.writing())

    def _rows(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        cursor = self.writer.execute(sql, args)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor] if names else []


ENGINE = ArchiveEngine()
