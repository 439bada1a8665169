"""Fold a log again from its stored leaves: `kiosk rebuild`, and what an erase leaves behind.

The day a list came to this machine is kept in `admission`, which is never rebuilt, so the
board's windows stay where they were.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kiosk_server.archive.keys import FOLDED, log_span, number_of, span_of
from kiosk_server.archive.projection.projection import Projection
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.statements import DAY_OF, EMPTY, LEAVES_FROM, LOG_REACHED
from sync.seams import Leaf, Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.projection.batches import Place

_AT_ONCE = 2_000
_LEAVES = LEAVES_FROM.format(at_once=_AT_ONCE)


def folded_again(db: Connection, place: Place, progress: Progress = silent) -> Projection:
    """Empty what is projected of one log and fold all its leaves, inside the caller's transaction."""
    span = log_span(place.log)
    for table in FOLDED:
        db.execute(EMPTY.format(table=table), span_of(table, place.log))
    Ledger(db).begin_fold(place.log)

    def day_of(key: int) -> date:
        row = db.execute(DAY_OF, (key, span[1])).fetchone()
        try:
            return date.fromisoformat(row[0])
        except (TypeError, ValueError):  # somebody changed it, or took it out: the nightly check says so
            return date.min

    projection = Projection(db, place, day_of)
    size, _ = db.execute(LOG_REACHED, (place.log,)).fetchone()
    for leaves in _stored(db, place.log):
        projection.take_all(leaves)
        progress(leaves[-1].index + 1 if leaves else size, size)
    projection.finish()
    return projection


def _stored(db: Connection, log: int) -> Iterator[list[Leaf]]:
    """The stored leaves in order, a few at a time: the fold writes on the same connection."""
    first, last = log_span(log)
    while True:
        rows = db.execute(_LEAVES, (first, last)).fetchall()
        yield [Leaf(number_of(key), head, body, trouble) for key, head, body, trouble in rows]
        if len(rows) < _AT_ONCE:
            return
        first = rows[-1][0] + 1
