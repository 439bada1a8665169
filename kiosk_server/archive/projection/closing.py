"""The close of a batch: apply what waited, count, compare with the county's figures, compose the head.

Everything is tried inside a savepoint. When the sums do not agree the savepoint is undone: a
first edition is held, a later one leaves the edition before it on the board.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.sheets.payout_sheet import Totals, sheet_head
from kiosk_server.archive.event_heads import PUBLISH, EventHead, body_of, event_head
from kiosk_server.archive.keys import line_key, line_span, sheet_key
from kiosk_server.archive.projection.batches import HELD, BatchState, Place, free_code
from kiosk_server.archive.projection.count import Counting, disagreements
from kiosk_server.archive.statements import (
    CORRECT,
    ERASED,
    INSERT,
    LISTED,
    WITHDRAWN,
    blank,
    erased_row,
    payout_row,
    words,
)
from sync.wire import CorrectBody, PublishBody

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from boards.model.payouts import BatchClose
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.projection.count import Tally
    from kiosk_server.archive.projection.households import Households

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class Unfit(Exception):  # noqa: N818 - says what happened; never leaves this room
    """A waiting event that cannot be applied: its leaf and the kind of incident."""


class Closing:
    """One close of one batch."""

    def __init__(
        self,
        db: sqlite3.Connection,
        place: Place,
        households: Households,
        batch: BatchState,
        tally: Tally | None,
    ) -> None:
        """Keep what the close works on."""
        self._db = db
        self._place = place
        self._households = households
        self._batch = batch
        self._tally = tally

    def close(self, key: int, rec: str, close: BatchClose, day: date) -> tuple[int, BatchState, str] | None:
        """Show the edition, or hold it with `batch.why`; returns an incident when an event does not fit."""
        before, since = msgspec.structs.astuple(self._batch), self._households.next_key
        self._db.execute("SAVEPOINT closing")
        try:
            self._apply_waiting()
            self._sort()
            counting = Counting(self._db, self._batch, self._tally)
            counted = counting.counted()
            why = disagreements(close, counted, self._batch, self._place)
            if not why:
                first = since if self._batch.edition else self._batch.first_household
                self._households.settle(self._batch.id, first, keyless=counted.keyless > 0)
                digest = counting.digest(self._place.origin, close.edition, counted.totals)
                head = self._head(close, counted.totals, digest, day)
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
        self._db.execute("RELEASE closing")
        self._batch.why = ""
        return None

    def _undo(self, before: tuple[object, ...], households: int) -> None:
        self._db.execute("ROLLBACK TO closing")
        self._db.execute("RELEASE closing")
        self._households.back_to(households)
        for name, value in zip(BatchState.__struct_fields__, before, strict=True):
            setattr(self._batch, name, value)

    def _apply_waiting(self) -> None:
        waiting = self._db.execute(
            "SELECT leaf.id, leaf.head, leaf.body FROM change JOIN leaf ON leaf.id = change.id "
            "WHERE change.batch = ? ORDER BY change.id",
            (self._batch.id,),
        ).fetchall()
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
        self._db.execute("DELETE FROM change WHERE batch = ?", (self._batch.id,))
        # A new edition does not list what was withdrawn or erased before it. A body that is missing
        # without an event that erased it is erased later in this log: to this close it was still
        # there, and its amount counts.
        span = line_span(self._batch.id)
        dropped = self._db.execute("DELETE FROM payout WHERE id BETWEEN ? AND ? AND gone > 0", span)
        self._batch.in_order &= dropped.rowcount == 0

    def _add(self, leaf: int, event: EventHead, body: msgspec.Struct | None) -> None:
        """Append a line that a later edition adds."""
        self._batch.last_line += 1
        line = line_key(self._batch.id, self._batch.last_line)
        if isinstance(body, PublishBody):
            self._batch.in_order = 0
            (household,) = self._households.placed([body.payout])
            row = payout_row(line, leaf, event.rec, body.payout, household)
        else:
            row = erased_row(line, leaf, event.rec, self._batch.last_line, event.amount_fen or 0)
        self._db.execute(INSERT, row)

    def _correct(self, leaf: int, event: EventHead, body: msgspec.Struct | None) -> None:
        """Give a line its new value; what it was before stays a leaf away."""
        row = self._db.execute(
            "SELECT id, rev, leaf, seq FROM payout WHERE id BETWEEN ? AND ? AND rec = ? AND standing <> ?",
            (*line_span(self._batch.id), event.rec, WITHDRAWN),
        ).fetchone()
        if row is None or event.rev != row[1] + 1:
            raise Unfit(leaf, "revision")
        line, _, old_leaf, seq = row
        values: tuple[object, ...]
        if isinstance(body, CorrectBody):
            payout = body.payout
            (household,) = self._households.placed([payout])
            self._batch.in_order &= payout.seq == seq
            keyed = 1 if payout.household else 0
            values = (leaf, old_leaf, LISTED, event.rev, payout.seq, household, keyed, *words(payout))
        else:
            values = (leaf, old_leaf, ERASED, event.rev, seq, 0, 0, *blank(event.amount_fen or 0))
        self._db.execute(CORRECT, (*values, line))

    def _sort(self) -> None:
        """Give the lines the numbers 1, 2, 3 … in the county's order."""
        if self._batch.in_order:
            return
        span = line_span(self._batch.id)
        sql = "SELECT id FROM payout WHERE id BETWEEN ? AND ? ORDER BY seq, id"
        old = self._db.execute(sql, span).fetchall()
        self._db.execute("UPDATE payout SET id = -id WHERE id BETWEEN ? AND ?", span)
        moves = ((line_key(self._batch.id, line), -key) for line, (key,) in enumerate(old, start=1))
        self._db.executemany("UPDATE payout SET id = ? WHERE id = ?", moves)
        self._batch.last_line = len(old)
        self._batch.in_order = 1

    def _head(self, close: BatchClose, found: Totals, digest: str, day: date) -> SheetHead:
        """Compose the head; it is stored and never computed again."""
        programme = self._place.programmes.get(close.terms.programme)
        if programme is not None and programme.sensitive and not close.terms.sensitive:
            close = msgspec.structs.replace(close, terms=msgspec.structs.replace(close.terms, sensitive=True))
        return sheet_head(
            close,
            found,
            village=self._place.village,
            batch=self._batch.name,
            kind=programme.kind if programme is not None else "area",
            digest=digest,
            code=free_code(self._db, digest),
            imported_on=day,
        )

    def _store(self, key: int, rec: str, head: SheetHead) -> None:
        self._db.execute(
            "INSERT INTO sheet (id, batch, edition, leaf, rec, code, digest, phase, year, head) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sheet_key(self._batch.id, head.edition),
                self._batch.id,
                head.edition,
                key,
                rec,
                head.code,
                head.digest,
                head.terms.phase.value,
                head.terms.fiscal_year,
                _ENCODER.encode(head),
            ),
        )
