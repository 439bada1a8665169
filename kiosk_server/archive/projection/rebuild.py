"""Fold a log again from its stored leaves: `kiosk rebuild`, and what an erase leaves behind.

The day a list came to this machine is kept in `admission`, which is never rebuilt, so the
board's windows stay where they were.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kiosk_server.archive.keys import batch_span, log_span, number_of, payout_span, sheet_span
from kiosk_server.archive.projection.projection import Projection
from sync.seams import Leaf

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from kiosk_server.archive.projection.batches import Place

_AT_ONCE = 2_000


def folded_again(db: sqlite3.Connection, place: Place) -> Projection:
    """Empty what is projected of one log and fold all its leaves, inside the caller's transaction."""
    span = log_span(place.log)
    spans = {  # children first: changes and incidents name leaves, lines and sheets name batches
        "change": span,
        "incident": span,
        "notice": span,
        "enclosure": span,
        "household": span,
        "payout": payout_span(place.log),
        "sheet": sheet_span(place.log),
        "batch": batch_span(place.log),
    }
    for table, keys in spans.items():
        db.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", keys)  # noqa: S608 - names of our own tables
    db.execute("UPDATE log SET stopped_at = -1, unknown = 0 WHERE id = ?", (place.log,))

    def day_of(key: int) -> date:
        (day,) = db.execute(
            "SELECT day FROM admission WHERE id > ? AND id <= ? ORDER BY id LIMIT 1",
            (key, span[1]),
        ).fetchone()
        return date.fromisoformat(day)

    projection = Projection(db, place, day_of)
    for leaves in _stored(db, place.log):
        projection.take_all(leaves)
    projection.finish()
    return projection


def _stored(db: sqlite3.Connection, log: int) -> Iterator[list[Leaf]]:
    """The stored leaves in order, a few at a time: the fold writes on the same connection."""
    first, last = log_span(log)
    while True:
        rows = db.execute(
            "SELECT id, head, body, trouble FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
            (first, last, _AT_ONCE),
        ).fetchall()
        yield [Leaf(number_of(key), head, body, trouble) for key, head, body, trouble in rows]
        if len(rows) < _AT_ONCE:
            return
        first = rows[-1][0] + 1
