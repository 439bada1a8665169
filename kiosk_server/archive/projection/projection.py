"""What the boards show, folded from one log's events. Taking in and rebuilding use this same code.

The result depends on the stored leaves only, never on where one import stopped and the next
began. What an event does:

- publish: a line of an open batch; of a batch already closed, it waits for the next close.
- correct: waits for the next close; `rev` must be the record's last + 1.
- withdraw: the line (or, for the record of a close, the whole batch) leaves the boards at once.
- erase: the bodies are wiped and everything of the log is folded again without them.
- batch.close: `closing.py`.
- notice, attach: `notices.py`; they belong to a land case, to no batch.
- year.close: `years.py`; it sums batches and belongs to none.
- an unknown kind is kept and counted; a critical one stops the projection there, not the log.

Whatever does not fit quarantines its batch and leaves an incident: kind and position, no content.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.event_heads import (
    CORRECT,
    NOTICE,
    PUBLISH,
    WITHDRAW,
    YEAR,
    EventHead,
    all_heads,
    all_published,
    body_of,
    event_head,
    known,
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
from kiosk_server.archive.projection.count import Count
from kiosk_server.archive.projection.households import Households
from kiosk_server.archive.projection.notices import NEWER, Notices
from kiosk_server.archive.projection.records import Records
from kiosk_server.archive.projection.years import Years
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.statements import (
    ERASE_LINE,
    ERASED,
    STOPPED,
    UNEXPLAINED,
    WIPE,
    WITHDRAW_LINE,
)
from sync.log.tree import leaf_hash
from sync.wire import CloseBody, EraseBody

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from boards.model.payouts import Payout
    from kiosk_server.archive.engines.connection import Connection
    from sync.seams import Leaf

CHUNK = 2_000


class Outcome(msgspec.Struct, kw_only=True):
    """What the events brought, for the importer's report."""

    rows: int = 0
    notices: int = 0
    years: int = 0
    shown: list[str] = msgspec.field(default_factory=list)
    held: list[str] = msgspec.field(default_factory=list)
    quarantined: list[str] = msgspec.field(default_factory=list)


class Projection:
    """Folds the events of one log. Everything happens inside the caller's transaction."""

    def __init__(self, db: Connection, place: Place, day_of: Callable[[int], date]) -> None:
        """Go on where the tables stand; `day_of` gives the civil day an index arrived on."""
        self.outcome = Outcome()
        self.erased = False  # a stored body was wiped: fold again from the first leaf
        self._db, self._place, self._day_of = db, place, day_of
        self._ledger = Ledger(db)
        self._households = Households(db, place.log)
        self._batches = Batches(db, place.log)
        self._notices, self._years = Notices(db, place), Years(db, place)
        self._records = Records(db)
        self._streamed: dict[int, Count] = {}  # of lists that began in this import, and had nothing but lines
        self._first_leaf = in_log(place.log, 0)
        (self._stopped,) = db.execute(STOPPED, (place.log,)).fetchone()

    def take_all(self, leaves: list[Leaf]) -> None:
        """Fold consecutive events whose leaves are stored; runs of new lines of one list go fastest."""
        try:
            events = all_heads([leaf.head for leaf in leaves])
        except msgspec.MsgspecError:
            for leaf in leaves:
                self.take(leaf)
            return
        first = 0
        for about, run in groupby(events, _kind_and_batch):
            some = list(run)
            last = first + len(some)
            if not (about[0] == PUBLISH and self._took_lines(some, leaves[first:last])):
                for leaf in leaves[first:last]:
                    self.take(leaf)
            first = last

    def _took_lines(self, events: list[EventHead], leaves: list[Leaf]) -> bool:
        """Take published lines of one open list all at once; False, and nothing done, for anything else."""
        batch = self._batches.find(events[0].batch)
        if self._stopped or (batch and (batch.edition or batch.state == HELD)):
            return False
        if [event.rev for event in events].count(1) < len(events):
            return False
        try:
            payouts = all_published([leaf.body or b"" for leaf in leaves])
        except msgspec.MsgspecError:
            return False
        recs = [event.rec for event in events]
        self._append_lines(batch or self._begun(events[0].batch), leaves, recs, payouts)
        return True

    def _append_lines(
        self, batch: BatchState, leaves: list[Leaf], recs: list[str], payouts: list[Payout]
    ) -> None:
        first, count = batch.last_line + 1, len(leaves)
        batch.last_line += count
        numbers = [payout.seq for payout in payouts]
        batch.in_order &= numbers == list(range(first, batch.last_line + 1))
        line, leaf = line_key(batch.id, first), self._first_leaf + leaves[0].index
        keys, events = range(line, line + count), range(leaf, leaf + count)
        households = self._households.placed(payouts)
        self._db.append("payout", {"id": keys, "leaf": events, "seq": numbers, "household": households})
        self._records.forget()
        if streamed := self._streamed.get(batch.id):
            hashes = [leaf.hash or leaf_hash(leaf.head) for leaf in leaves]
            streamed.add(events, hashes, recs, payouts, households)

    def take(self, leaf: Leaf) -> None:
        """Fold one event. Its leaf must be stored before a close is taken."""
        if self._stopped:
            return
        key = self._first_leaf + leaf.index
        try:
            event = event_head(leaf.head)
        except msgspec.MsgspecError:
            self._ledger.incident(key, 0, "malformed")
            return
        if self._notices.concern(event):
            self._take_notice(key, event, leaf)
        elif event.kind == YEAR:
            self._take_year(key, event, leaf)
        else:
            self._take_of_batch(key, event, leaf)

    def _take_notice(self, key: int, event: EventHead, leaf: Leaf) -> None:
        unfit = self._notices.take(key, event, leaf, self._day_of(key))
        if unfit == NEWER:
            self._unknown_kind(leaf.index, critical=event.crit)
        elif unfit:
            self._unfit(key, event, unfit)
        elif event.kind == NOTICE and leaf.body is not None:
            self.outcome.notices += 1

    def _take_year(self, key: int, event: EventHead, leaf: Leaf) -> None:
        if unfit := self._years.take(key, event, leaf, self._day_of(key)):
            self._unfit(key, event, unfit)
        elif leaf.body is not None:
            self.outcome.years += 1

    def _unfit(self, key: int, event: EventHead, kind: str) -> None:
        """An event of no batch that does not fit."""
        self._ledger.incident(key, 0, kind)
        self.outcome.quarantined.append(event.batch)

    def _take_of_batch(self, key: int, event: EventHead, leaf: Leaf) -> None:
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
        """Write where the batches stand, an unclosed one open and unseen, and the next household's number."""
        self._batches.store()
        self._ledger.number_households(self._place.log, self._households.next_key)

    def _begun(self, name: str) -> BatchState:
        batch = self._batches.begin(name, self._households.next_key)
        self._streamed[batch.id] = Count()
        return batch

    def _publish(self, key: int, batch: BatchState, event: EventHead, leaf: Leaf) -> None:
        if event.rev != 1:
            self._quarantine(key, batch, "revision")
        elif batch.edition or batch.state == HELD:
            self._ledger.wait(key, batch.id)
        elif leaf.body is None:
            batch.last_line += 1
            line = {"id": line_key(batch.id, batch.last_line), "leaf": key, "seq": batch.last_line}
            self._db.append(
                "payout", {name: [value] for name, value in (line | {"standing": ERASED}).items()}
            )
            self._records.forget()
        else:
            try:
                payouts = all_published([leaf.body])
            except msgspec.MsgspecError:
                self._quarantine(key, batch, "malformed")
                return
            self._append_lines(batch, [leaf], [event.rec], payouts)

    def _take_rest(self, key: int, batch: BatchState, event: EventHead, leaf: Leaf) -> None:
        """Everything but a published line."""
        streamed = self._streamed.pop(batch.id, None)  # for a close that comes right after the lines
        try:
            body = None if leaf.body is None else body_of(event.kind, leaf.body)
        except msgspec.MsgspecError:
            self._quarantine(key, batch, "malformed")
            return
        if event.kind == CORRECT:
            self._ledger.wait(key, batch.id)
        elif event.kind == WITHDRAW:
            self._withdraw(key, batch, event)
        elif isinstance(body, EraseBody):
            self._erase(key, body)
        elif isinstance(body, CloseBody):
            self._close(key, batch, event.rec, body, streamed)
        else:
            self._quarantine(key, batch, "body-missing")

    def _withdraw(self, key: int, batch: BatchState, event: EventHead) -> None:
        if self._ledger.closes(batch.id, event.rec):
            batch.state = BATCH_WITHDRAWN
            return
        records = self._records.of(batch.id)
        found = records.get(event.rec)
        if found is None or event.rev != found.rev + 1:
            self._quarantine(key, batch, "revision")
            return
        # erased further down the log, perhaps: it is withdrawn all the same
        self._db.execute(WITHDRAW_LINE, (key, found.line))
        del records[event.rec]

    def _erase(self, key: int, body: EraseBody) -> None:
        """Wipe the bodies. The fold starts again without them, so nothing made from them stays."""
        self._streamed.clear()
        span = payout_span(self._place.log)
        for index in body.indexes:
            leaf = in_log(self._place.log, index)
            self.erased |= self._db.execute(WIPE, (leaf,)).rowcount > 0
            self._db.execute(ERASE_LINE, (key, leaf, *span))
        self._show_explained()

    def _close(self, key: int, batch: BatchState, rec: str, body: CloseBody, streamed: Count | None) -> None:
        if batch.state in {QUARANTINED, BATCH_WITHDRAWN}:
            return
        closing = Closing(self._db, self._place, self._households, self._records, batch, streamed)
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
            unexplained = self._db.execute(UNEXPLAINED, line_span(batch.id)).fetchone()
            if unexplained is None:
                batch.state = SHOWN
                self.outcome.shown.append(batch.name)
                self.outcome.rows += batch.last_line

    def _quarantine(self, key: int, batch: BatchState, kind: str) -> None:
        batch.state = QUARANTINED
        self._ledger.incident(key, batch.id, kind)
        if batch.name not in self.outcome.quarantined:
            self.outcome.quarantined.append(batch.name)

    def _unknown_kind(self, index: int, *, critical: bool) -> None:
        self._ledger.count_unknown(self._place.log)
        if critical:
            self._stopped = True
            self._ledger.stop(self._place.log, index)


_kind_and_batch = attrgetter("kind", "batch")
