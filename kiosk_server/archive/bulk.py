"""Many rows at once: one statement carries forty of them, which a row at a time cannot beat."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

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
    """Insert whole rows of a table, every column in its order."""
    if not rows:
        return
    width, whole = len(rows[0]), len(rows) - len(rows) % ROWS_A_STATEMENT
    many, one = _statement(table, width, ROWS_A_STATEMENT), _statement(table, width, 1)
    for at in range(0, whole, ROWS_A_STATEMENT):
        db.execute(many, tuple(chain.from_iterable(rows[at : at + ROWS_A_STATEMENT])))
    db.executemany(one, rows[whole:])


@lru_cache(maxsize=32)
def _statement(table: str, width: int, rows: int) -> str:
    """Build the statement. OR FAIL spares the journal that would undo one statement alone.

    A row that does not fit is an error either way, and the caller's transaction is rolled back;
    with the journal forty rows into two indexes cost twice a row at a time.
    """
    row = f"({', '.join('?' * width)})"
    return f"INSERT OR FAIL INTO {table} VALUES {', '.join([row] * rows)}"  # noqa: S608 - names of our own tables
