"""What the boards show, folded from one log's events. Taking in and rebuilding use this same code.

The result depends on the stored leaves only, never on where one import stopped and the next
began. What an event does:

- publish: a line of an open batch; of a batch already closed, it waits for the next close.
- correct: waits for the next close; `rev` must be the record's last + 1.
- withdraw: the line (or, for the record of a close, the whole batch) leaves the boards at once.
- erase: the bodies are wiped and everything of the log is folded again without them.
- batch.close: `closing.py`.
- notice, attach: `notices.py`; they belong to a land case, to no batch.
- an unknown kind is kept and counted; a critical one stops the projection there, not the log.

Whatever does not fit quarantines its batch and leaves an incident: kind and position, no content.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.engines.sqlite import insert_columns
from kiosk_server.archive.event_heads import (
    CORRECT,
    PUBLISH,
    WITHDRAW,
    EventHead,
    all_heads,
    all_published,
    body_of,
    event_head,
    known,
    publish_body,
)
from kiosk_server.archive.keys import in_log, line_key, line_span, payout_span
from kiosk_server.archive.projection.batches import (
    HELD,
    QUARANTINED,
    SHOWN,
    WAITING,
    Batches,
    BatchState,
    Place,
)
from kiosk_server.archive.projection.batches import WITHDRAWN as BATCH_WITHDRAWN
from kiosk_server.archive.projection.closing import Closing
from kiosk_server.archive.projection.count import MOST_LINES, Tally
from kiosk_server.archive.projection.households import Households
from kiosk_server.archive.projection.notices import NEWER, NOTICE, Notices
from kiosk_server.archive.statements import (
    BLANK,
    ERASED,
    INSERT,
    blank,
    erased_row,
    payout_columns,
)
from kiosk_server.archive.statements import WITHDRAWN as LINE_WITHDRAWN
from sync.wire import CloseBody, EraseBody

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date

    from boards.model.payouts import Payout
    from sync.seams import Leaf

CHUNK = 2_000
WAIT_FOR_CLOSE = "INSERT INTO change (id, batch) VALUES (?, ?)"


class Outcome(msgspec.Struct, kw_only=True):
    """What the events brought, for the importer's report."""

    rows: int = 0
    notices: int = 0
    shown: list[str] = msgspec.field(default_factory=list)
    held: list[str] = msgspec.field(default_factory=list)
    quarantined: list[str] = msgspec.field(default_factory=list)


class Projection:
    """Folds the events of one log. Everything happens inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, place: Place, day_of: Callable[[int], date]) -> None:
        """Go on where the tables stand; `day_of` gives the civil day an index arrived on."""
        self.outcome = Outcome()
        self.erased = False  # a stored body was wiped: fold again from the first leaf
        self._db = db
        self._place = place
        self._day_of = day_of
        self._households = Households(db, place.log)
        self._batches = Batches(db, place.log)
        self._notices = Notices(db, place)
        self._tallies: dict[int, Tally] = {}
        self._first_leaf = in_log(place.log, 0)
        (self._stopped,) = db.execute("SELECT stopped_at >= 0 FROM log WHERE id = ?", (place.log,)).fetchone()

    def take_all(self, leaves: list[Leaf]) -> None:
        """Fold consecutive events whose leaves are stored; runs of new lines of one list go fastest."""
        if self._took_lines(leaves):
            return
        for _, run in groupby(leaves, _list_of):
            some = list(run)
            if not self._took_lines(some):
                for leaf in some:
                    self.take(leaf)

    def _took_lines(self, leaves: list[Leaf]) -> bool:
        """Take published lines of one open list all at once; False, and nothing done, for anything else."""
        try:
            events = all_heads([leaf.head for leaf in leaves])
            about = {(event.kind, event.rev, event.batch) for event in events}
            if self._stopped or len(about) != 1:
                return False
            kind, rev, name = about.pop()
            batch = self._batches.find(name)
            if kind != PUBLISH or rev != 1 or (batch and (batch.edition or batch.state == HELD)):
                return False
            payouts = all_published([leaf.body or b"" for leaf in leaves])
        except msgspec.MsgspecError:
            return False
        self._append_lines(batch or self._begun(name), leaves, [event.rec for event in events], payouts)
        return True

    def _append_lines(
        self, batch: BatchState, leaves: list[Leaf], recs: list[str], payouts: list[Payout]
    ) -> None:
        first = batch.last_line + 1
        batch.last_line += len(leaves)
        batch.in_order &= [payout.seq for payout in payouts] == list(range(first, batch.last_line + 1))
        tally = self._tallies.get(batch.id)
        if tally is not None:
            tally.add_lines([leaf.head for leaf in leaves], recs, payouts)
            if tally.lines > MOST_LINES:
                del self._tallies[batch.id]
        line, leaf = line_key(batch.id, first), self._first_leaf + leaves[0].index
        keys = range(line, line + len(leaves)), range(leaf, leaf + len(leaves))
        columns = payout_columns(*keys, recs, payouts, self._households.placed(payouts))
        insert_columns(self._db, "payout", columns)

    def take(self, leaf: Leaf) -> None:
        """Fold one event. Its leaf must be stored before a close is taken."""
        if self._stopped:
            return
        key = self._first_leaf + leaf.index
        try:
            event = event_head(leaf.head)
        except msgspec.MsgspecError:
            self._incident(key, 0, "malformed")
            return
        if self._notices.concern(event):
            unfit = self._notices.take(key, event, leaf, self._day_of(key))
            if unfit == NEWER:
                self._unknown_kind(leaf.index, critical=event.crit)
            elif unfit:
                self._incident(key, 0, unfit)
                self.outcome.quarantined.append(event.batch)
            elif event.kind == NOTICE and leaf.body is not None:
                self.outcome.notices += 1
            return
        batch = self._batches.find(event.batch) or self._begun(event.batch)
        if leaf.trouble:
            self._quarantine(key, batch, leaf.trouble)
        elif event.kind == PUBLISH:
            self._publish(key, batch, event, leaf)
        elif known(event.kind):
            self._take_rest(key, batch, event, leaf)
        else:
            self._unknown_kind(leaf.index, critical=event.crit)

    def finish(self) -> None:
        """Write where the batches stand; an unclosed one stays open and unseen."""
        self._batches.store()

    def _begun(self, name: str) -> BatchState:
        batch = self._batches.begin(name, self._households.next_key)
        self._tallies[batch.id] = Tally()
        return batch

    def _publish(self, key: int, batch: BatchState, event: EventHead, leaf: Leaf) -> None:
        if event.rev != 1:
            self._quarantine(key, batch, "revision")
        elif batch.edition or batch.state == HELD:
            self._db.execute(WAIT_FOR_CLOSE, (key, batch.id))
        elif leaf.body is None:
            batch.last_line += 1
            line = line_key(batch.id, batch.last_line)
            self._db.execute(INSERT, erased_row(line, key, event.rec, batch.last_line, event.amount_fen or 0))
        else:
            try:
                payout = publish_body(leaf.body).payout
            except msgspec.MsgspecError:
                self._quarantine(key, batch, "malformed")
                return
            self._append_lines(batch, [leaf], [event.rec], [payout])

    def _take_rest(self, key: int, batch: BatchState, event: EventHead, leaf: Leaf) -> None:
        """Everything but a published line."""
        tally = self._tallies.pop(batch.id, None)  # of use to a close that comes right after the lines only
        try:
            body = None if leaf.body is None else body_of(event.kind, leaf.body)
        except msgspec.MsgspecError:
            self._quarantine(key, batch, "malformed")
            return
        if event.kind == CORRECT:
            self._db.execute(WAIT_FOR_CLOSE, (key, batch.id))
        elif event.kind == WITHDRAW:
            self._withdraw(key, batch, event)
        elif isinstance(body, EraseBody):
            self._erase(key, body)
        elif isinstance(body, CloseBody):
            self._close(key, batch, event.rec, body, tally)
        else:
            self._quarantine(key, batch, "body-missing")

    def _withdraw(self, key: int, batch: BatchState, event: EventHead) -> None:
        if self._db.execute(
            "SELECT 1 FROM sheet WHERE batch = ? AND rec = ? LIMIT 1", (batch.id, event.rec)
        ).fetchone():
            batch.state = BATCH_WITHDRAWN
            return
        row = self._db.execute(
            "SELECT id, rev, amount_fen FROM payout WHERE id BETWEEN ? AND ? AND rec = ? AND standing <> ?",
            (*line_span(batch.id), event.rec, LINE_WITHDRAWN),
        ).fetchone()
        if row is None or event.rev != row[1] + 1:
            self._quarantine(key, batch, "revision")
            return
        line, _, amount_fen = row  # erased further down the log, perhaps: it is withdrawn all the same
        self._db.execute(BLANK, (LINE_WITHDRAWN, key, event.rev, *blank(amount_fen), line))

    def _erase(self, key: int, body: EraseBody) -> None:
        """Wipe the bodies. The fold starts again without them, so nothing made from them stays."""
        self._tallies.clear()
        span = payout_span(self._place.log)
        for index in body.indexes:
            leaf = in_log(self._place.log, index)
            wiped = self._db.execute("UPDATE leaf SET body = NULL WHERE id = ? AND body IS NOT NULL", (leaf,))
            self.erased = self.erased or wiped.rowcount > 0
            rows = self._db.execute(
                "SELECT id, rev, amount_fen FROM payout WHERE id BETWEEN ? AND ? AND leaf = ? "
                "AND standing <> ?",
                (*span, leaf, LINE_WITHDRAWN),
            ).fetchall()
            for line, rev, amount_fen in rows:
                self._db.execute(BLANK, (ERASED, key, rev, *blank(amount_fen), line))
        self._show_explained()

    def _close(self, key: int, batch: BatchState, rec: str, body: CloseBody, tally: Tally | None) -> None:
        if batch.state in {QUARANTINED, BATCH_WITHDRAWN}:
            return
        closing = Closing(self._db, self._place, self._households, batch, tally)
        unfit = closing.close(key, rec, body.close, self._day_of(key))
        if unfit is not None:
            self._quarantine(*unfit)
        elif batch.why:
            self.outcome.held.append(batch.name)
        else:
            batch.state = WAITING
            self._show_explained()

    def _show_explained(self) -> None:
        """Show the closed lists whose missing bodies are all explained by an erase.

        On a kiosk that comes late a list is closed before the event that erased one of its
        bodies; until then an erased body cannot be told from a stolen one.
        """
        for batch in self._batches.waiting():
            unexplained = self._db.execute(
                "SELECT 1 FROM payout WHERE id BETWEEN ? AND ? AND standing = ? AND gone = 0 LIMIT 1",
                (*line_span(batch.id), ERASED),
            ).fetchone()
            if unexplained is None:
                batch.state = SHOWN
                self.outcome.shown.append(batch.name)
                self.outcome.rows += batch.last_line

    def _quarantine(self, key: int, batch: BatchState, kind: str) -> None:
        batch.state = QUARANTINED
        self._incident(key, batch.id, kind)
        if batch.name not in self.outcome.quarantined:
            self.outcome.quarantined.append(batch.name)

    def _incident(self, key: int, batch: int, kind: str) -> None:
        self._db.execute("INSERT INTO incident (id, batch, kind) VALUES (?, ?, ?)", (key, batch, kind))

    def _unknown_kind(self, index: int, *, critical: bool) -> None:
        self._stopped = critical
        self._db.execute(
            "UPDATE log SET unknown = unknown + 1, stopped_at = max(stopped_at, ?) WHERE id = ?",
            (index if critical else -1, self._place.log),
        )


def _list_of(leaf: Leaf) -> str:
    """The list a leaf adds a line to; "" for any other event."""
    try:
        event = event_head(leaf.head)
    except msgspec.MsgspecError:
        return ""
    return event.batch if event.kind == PUBLISH and leaf.body is not None else ""
