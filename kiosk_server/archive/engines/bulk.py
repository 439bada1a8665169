"""Many rows at once: one statement carries forty of them, which a row at a time cannot beat.

A column that says the same all through a chunk (a list has one unit, mostly one rate, nobody a
remark) is bound once for all forty.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, count
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


def insert_columns(db: sqlite3.Connection, table: str, columns: Sequence[Sequence[object]]) -> None:
    """Insert rows, at least one, that come column by column, every column of the table in its order."""
    rows = len(columns[0])
    same = tuple(column.count(column[0]) == rows for column in columns)
    shared = [column[0] for column, is_same in zip(columns, same, strict=True) if is_same]
    own = [column for column, is_same in zip(columns, same, strict=True) if not is_same]
    whole = rows - rows % ROWS_A_STATEMENT
    many = _shared_statement(table, same, ROWS_A_STATEMENT)
    for at in range(0, whole, ROWS_A_STATEMENT):
        parts = [column[at : at + ROWS_A_STATEMENT] for column in own]
        db.execute(many, (*shared, *chain.from_iterable(parts)))
    one = _shared_statement(table, same, 1)
    for at in range(whole, rows):
        db.execute(one, (*shared, *[column[at] for column in own]))


@lru_cache(maxsize=64)
def _shared_statement(table: str, same: tuple[bool, ...], rows: int) -> str:
    """Shared columns are the first parameters; then come the others, column by column."""
    shared, own = count(1), count(sum(same) + 1, rows)
    first = [(next(shared), 0) if is_same else (next(own), 1) for is_same in same]
    values = (", ".join([f"?{number + row * step}" for number, step in first]) for row in range(rows))
    return _INSERT.format(table, "), (".join(values))


_INSERT = "INSERT OR FAIL INTO {} VALUES ({})"


@lru_cache(maxsize=32)
def _statement(table: str, width: int, rows: int) -> str:
    """Build the statement. OR FAIL spares the journal that would undo one statement alone.

    A row that does not fit is an error either way, and the caller's transaction is rolled back;
    with the journal forty rows into two indexes cost twice a row at a time.
    """
    row = ", ".join("?" * width)
    return _INSERT.format(table, "), (".join([row] * rows))
