"""The close of a batch: apply what waited, count, compare with the county's figures, compose the head.

Everything is tried inside a savepoint. When the sums do not agree the savepoint is undone: a
first edition is held, a later one leaves the edition before it on the board.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import SheetDigest
from boards.sheets.payout_sheet import sheet_head
from kiosk_server.archive.event_heads import PUBLISH, EventHead, body_of, event_head
from kiosk_server.archive.keys import line_key, line_span, sheet_key
from kiosk_server.archive.projection.batches import HELD, BatchState, Place, free_code
from kiosk_server.archive.projection.count import Count, counted, disagreements
from kiosk_server.archive.projection.records import Records, Standing
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.statements import (
    CORRECT,
    DROP_GONE,
    EMPTY,
    ERASED,
    LEAF_AND_SEQ,
    LINES_BY_SEQ,
    LISTED,
    PAYOUT,
    WAITING,
)
from sync.wire import CorrectBody, PublishBody

if TYPE_CHECKING:
    from datetime import date

    from boards.model.payouts import BatchClose
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.projection.households import Households

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class Unfit(Exception):  # noqa: N818 - says what happened; never leaves this room
    """A waiting event that cannot be applied: its leaf and the kind of incident."""


class Closing:
    """One close of one batch."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a close works on
        self,
        db: Connection,
        place: Place,
        households: Households,
        records: Records,
        batch: BatchState,
        streamed: Count | None,
    ) -> None:
        """`streamed` is the count of the lines as they came, where nothing but lines came."""
        self._db, self._ledger, self._place = db, Ledger(db), place
        self._households, self._records = households, records
        self._batch, self._streamed = batch, streamed

    def close(self, key: int, rec: str, close: BatchClose, day: date) -> tuple[int, BatchState, str] | None:
        """Show the edition, or hold it with `batch.why`; returns an incident when an event does not fit."""
        before, since = msgspec.structs.astuple(self._batch), self._households.next_key
        self._db.execute("SAVEPOINT closing")
        try:
            self._apply_waiting()
            self._sort()
            count = self._counted(key)
            twice = not count.records_rise and len(self._records.of(self._batch.id)) < count.lines
            why = disagreements(close, count, self._batch, self._place, twice=twice)
            if not why:
                first = since if self._batch.edition else self._batch.first_household
                self._households.settle(self._batch.id, first, keyless=count.keyless > 0)
                head = self._head(close, count, day)
                self._store(key, rec, head)
                self._batch.edition = head.edition
        except Unfit as e:
            self._undo(before, since)
            leaf, kind = e.args
            return leaf, self._batch, kind
        if why:
            self._undo(before, since)
            self._batch.state = self._batch.state if self._batch.edition else HELD
            self._batch.why = " ".join(why)
            return None
        self._db.execute("RELEASE SAVEPOINT closing")
        self._batch.why = ""
        return None

    def _counted(self, key: int) -> Count:
        try:
            return counted(self._db, self._batch, self._streamed)
        except msgspec.MsgspecError as e:  # somebody changed a stored body
            raise Unfit(key, "malformed") from e

    def _undo(self, before: tuple[object, ...], households: int) -> None:
        self._db.execute("ROLLBACK TO SAVEPOINT closing")
        self._db.execute("RELEASE SAVEPOINT closing")
        self._households.back_to(households)
        self._records.forget()
        for name, value in zip(BatchState.__struct_fields__, before, strict=True):
            setattr(self._batch, name, value)

    def _apply_waiting(self) -> None:
        """Apply what came since the last close, then leave out what was taken down before this one."""
        waiting = self._db.execute(WAITING, (self._batch.id,)).fetchall()
        for leaf, raw, body in waiting:
            try:
                event = event_head(raw)
                value = None if body is None else body_of(event.kind, body)
            except msgspec.MsgspecError as e:
                raise Unfit(leaf, "malformed") from e
            if event.kind == PUBLISH:
                self._add(leaf, event, value)
            else:
                self._correct(leaf, event, value)
        if waiting:
            self._ledger.waited(self._batch.id)
        # A new edition does not list what was withdrawn or erased before it. A body that is missing
        # without an event that erased it is erased later in this log: to this close it was still
        # there, and its amount counts.
        if self._db.execute(DROP_GONE, line_span(self._batch.id)).rowcount:
            self._batch.in_order = 0
            self._records.forget()

    def _add(self, leaf: int, event: EventHead, body: msgspec.Struct | None) -> None:
        """Append a line that a later edition adds."""
        self._batch.last_line += 1
        line, seq = line_key(self._batch.id, self._batch.last_line), self._batch.last_line
        standing, household = ERASED, 0
        if isinstance(body, PublishBody):
            self._batch.in_order = 0
            seq, standing = body.payout.seq, LISTED
            (household,) = self._households.placed([body.payout])
        row = {"id": line, "leaf": leaf, "standing": standing, "seq": seq, "household": household}
        self._db.append("payout", {name: [value] for name, value in row.items()})
        self._records.of(self._batch.id).setdefault(event.rec, Standing(line, event.rev))

    def _correct(self, leaf: int, event: EventHead, body: msgspec.Struct | None) -> None:
        """Give a line its new value; what it was before stays a leaf away."""
        records = self._records.of(self._batch.id)
        found = records.get(event.rec)
        if found is None or event.rev != found.rev + 1:
            raise Unfit(leaf, "revision")
        old_leaf, seq = self._db.execute(LEAF_AND_SEQ, (found.line,)).fetchone()
        standing, household = ERASED, 0
        if isinstance(body, CorrectBody):
            self._batch.in_order &= body.payout.seq == seq
            seq, standing = body.payout.seq, LISTED
            (household,) = self._households.placed([body.payout])
        self._db.execute(CORRECT, (leaf, old_leaf, standing, seq, household, found.line))
        records[event.rec] = Standing(found.line, event.rev)

    def _sort(self) -> None:
        """Give the lines the numbers 1, 2, 3 … in the county's order."""
        if self._batch.in_order:
            return
        span = line_span(self._batch.id)
        rows = self._db.execute(LINES_BY_SEQ, span).fetchall()
        self._db.execute(EMPTY.format(table="payout"), span)
        if rows:
            first = line_key(self._batch.id, 1)
            columns = dict(zip(PAYOUT, zip(*rows, strict=True), strict=True))
            self._db.append("payout", {**columns, "id": range(first, first + len(rows))})
        self._batch.last_line, self._batch.in_order = len(rows), 1
        self._records.forget()

    def _head(self, close: BatchClose, count: Count, day: date) -> SheetHead:
        """Compose the head; it is stored and never computed again.

        What agreed with the close says its households, whether or not lines were erased since: a village
        that took the list in before an erasure and one that did later say the same.
        """
        found = msgspec.structs.replace(count.totals(), households=close.households)
        digest = count.sign(
            SheetDigest(
                origin=self._place.origin,
                batch=self._batch.name,
                edition=close.edition,
                count=found.count,
                sum_fen=found.sum_fen,
            )
        )
        return sheet_head(
            close,
            found,
            village=self._place.village,
            batch=self._batch.name,
            programme=self._place.programmes.get(close.terms.programme),
            digest=digest,
            code=free_code(self._db, digest),
            imported_on=day,
        )

    def _store(self, key: int, rec: str, head: SheetHead) -> None:
        self._ledger.compose(
            id=sheet_key(self._batch.id, head.edition),
            batch=self._batch.id,
            edition=head.edition,
            leaf=key,
            rec=rec,
            code=head.code,
            digest=head.digest,
            phase=head.terms.phase.value,
            year=head.terms.fiscal_year,
            head=_ENCODER.encode(head),
        )
