"""The close of a batch: apply what waited, count, compare with the county's figures, compose the head.

Everything is tried inside a savepoint. When the sums do not agree the savepoint is undone: a
first edition is held, a later one leaves the edition before it on the board.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import SheetDigest, short_code
from boards.model.payouts import Phase
from boards.model.reconcile import close_agrees
from boards.sheets.payout_sheet import Totals, quantity_total, sheet_head
from kiosk_server.archive.batches import HELD, BatchState, Place
from kiosk_server.archive.keys import line_key, line_span, number_of, sheet_key
from kiosk_server.archive.rows import (
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
from sync.log.tree import leaf_hash
from sync.wire import CorrectBody, Kind, MalformedEvent, PublishBody, body_of, head_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from boards.model.payouts import BatchClose, Payout
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.households import Households

_ENCODER = msgspec.json.Encoder(decimal_format="string")


class Unfit(Exception):  # noqa: N818 - says what happened; never leaves this room
    """A waiting event that cannot be applied: its leaf and the kind of incident."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What is really in the tables."""

    totals: Totals
    erased: int
    keyless: int
    not_paid: int
    records: int
    first_leaf: int
    last_leaf: int


class Closing:
    """One close of one batch."""

    def __init__(
        self, db: sqlite3.Connection, place: Place, households: Households, batch: BatchState
    ) -> None:
        """Keep what the close works on."""
        self._db = db
        self._place = place
        self._households = households
        self._batch = batch

    def close(self, key: int, rec: str, close: BatchClose, day: date) -> tuple[int, BatchState, str] | None:
        """Show the edition, or hold it with `batch.why`; returns an incident when an event does not fit."""
        before, since = msgspec.structs.astuple(self._batch), self._households.next_key
        self._db.execute("SAVEPOINT closing")
        try:
            self._apply_waiting()
            self._sort()
            counted = self._counted()
            why = self._disagreements(close, counted)
            if not why:
                first = since if self._batch.edition else self._batch.first_household
                self._households.settle(self._batch.id, first, keyless=counted.keyless > 0)
                self._show(key, rec, close, counted, day)
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
        self._households.next_key = households
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
                head = head_of(raw)
                value = None if body is None else body_of(head.kind, body)
            except MalformedEvent as e:
                raise Unfit(leaf, "malformed") from e
            if head.kind == Kind.PUBLISH:
                self._add(leaf, head.rec, value, head.amount_fen or 0)
            else:
                self._correct(leaf, head.rec, head.rev, value, head.amount_fen or 0)
        self._db.execute("DELETE FROM change WHERE batch = ?", (self._batch.id,))
        self._drop_gone()

    def _add(self, leaf: int, rec: str, body: msgspec.Struct | None, amount_fen: int) -> None:
        """A line that a later edition adds."""
        self._batch.last_line += 1
        line = line_key(self._batch.id, self._batch.last_line)
        if isinstance(body, PublishBody):
            self._batch.in_order = 0
            (household,) = self._households.placed([body.payout])
            self._db.execute(INSERT, payout_row(line, leaf, rec, body.payout, household))
        else:
            self._db.execute(INSERT, erased_row(line, leaf, rec, self._batch.last_line, amount_fen))

    def _correct(self, leaf: int, rec: str, rev: int, body: msgspec.Struct | None, amount_fen: int) -> None:
        row = self._db.execute(
            "SELECT id, rev, leaf, seq FROM payout WHERE id BETWEEN ? AND ? AND rec = ? AND standing <> ?",
            (*line_span(self._batch.id), rec, WITHDRAWN),
        ).fetchone()
        if row is None or rev != row[1] + 1:
            raise Unfit(leaf, "revision")
        line, _, old_leaf, seq = row
        if not isinstance(body, CorrectBody):
            values = (leaf, old_leaf, ERASED, rev, seq, 0, 0, *blank(amount_fen))
        else:
            payout: Payout = body.payout
            (household,) = self._households.placed([payout])
            self._batch.in_order &= payout.seq == seq
            keyed = 1 if payout.household else 0
            values = (leaf, old_leaf, LISTED, rev, payout.seq, household, keyed, *words(payout))
        self._db.execute(CORRECT, (*values, line))

    def _drop_gone(self) -> None:
        """A new edition does not list what was withdrawn or erased before it.

        A body that is missing without an event that erased it is erased later in this log: to
        this close it was still there, and its amount counts.
        """
        span = line_span(self._batch.id)
        dropped = self._db.execute("DELETE FROM payout WHERE id BETWEEN ? AND ? AND gone > 0", span)
        if dropped.rowcount:
            self._batch.in_order = 0

    def _sort(self) -> None:
        """Give the lines the numbers 1, 2, 3 … in the county's order."""
        if self._batch.in_order:
            return
        span = line_span(self._batch.id)
        old = [
            row[0]
            for row in self._db.execute(
                "SELECT id FROM payout WHERE id BETWEEN ? AND ? ORDER BY seq, id", span
            )
        ]
        self._db.execute("UPDATE payout SET id = -id WHERE id BETWEEN ? AND ?", span)
        moves = ((line_key(self._batch.id, line), -key) for line, key in enumerate(old, start=1))
        self._db.executemany("UPDATE payout SET id = ? WHERE id = ?", moves)
        self._batch.last_line = len(old)
        self._batch.in_order = 1

    def _counted(self) -> Counted:
        span = line_span(self._batch.id)
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(amount_fen), 0), "
            "count(DISTINCT CASE WHEN keyed = 1 THEN household END), "
            "count(DISTINCT CASE WHEN keyed = 0 AND standing = 'listed' THEN group_name || '/' || holder END), "
            "coalesce(sum(keyed = 0 AND standing = 'listed'), 0), coalesce(sum(standing = 'erased'), 0), "
            "coalesce(sum(status <> 'paid'), 0), count(DISTINCT rec), coalesce(min(leaf), 0), coalesce(max(leaf), 0), "
            "count(DISTINCT rate), count(DISTINCT unit), coalesce(min(unit), ''), "
            "coalesce(sum(quantity IS NULL), 0), "
            "coalesce(max(beneficiary <> '' AND beneficiary <> holder), 0), "
            "coalesce(max(in_kind <> ''), 0), coalesce(max(item <> ''), 0) "
            "FROM payout WHERE id BETWEEN ? AND ?",
            span,
        ).fetchone()
        count, sum_fen, keyed, unkeyed, keyless, erased, not_paid, records, first_leaf, last_leaf, *rest = row
        rates, units, unit, without, for_others, in_kind, items = rest
        one_unit = units == 1 and not without
        totals = Totals(
            count=count,
            households=keyed + unkeyed,
            sum_fen=sum_fen,
            quantity=self._quantity(span) if one_unit else None,
            unit=unit if one_unit else "",
            rates=rates,
            for_others=bool(for_others),
            in_kind=bool(in_kind),
            items=bool(items),
        )
        return Counted(
            totals=totals,
            erased=erased,
            keyless=keyless,
            not_paid=not_paid,
            records=records,
            first_leaf=number_of(first_leaf),
            last_leaf=number_of(last_leaf),
        )

    def _quantity(self, span: tuple[int, int]) -> Decimal:
        return quantity_total(
            q for (q,) in self._db.execute("SELECT quantity FROM payout WHERE id BETWEEN ? AND ?", span)
        )

    def _disagreements(self, close: BatchClose, counted: Counted) -> tuple[str, ...]:
        """Codes of what does not agree; empty when the edition may be shown."""
        found = counted.totals
        # whose household an erased line was is not known any more: the county's figure is believed in that range
        missing = close.households - found.households
        households = close.households if 0 <= missing <= counted.erased else found.households
        agreed = close_agrees(
            close,
            count=found.count,
            households=households,
            sum_fen=found.sum_fen,
            by_programme={close.terms.programme: found.sum_fen},
        )
        more = {
            "record-twice": counted.records != found.count,
            "wrong-village": close.terms.village != self._place.village.code,
            "edition": close.edition <= self._batch.edition,
            "span": found.count > 0
            and not close.start <= counted.first_leaf <= counted.last_leaf < close.stop,
            "not-paid": close.terms.phase is Phase.PAYMENT and counted.not_paid > 0,
        }
        return (*sorted({d.rule for d in agreed}), *(code for code, wrong in more.items() if wrong))

    def _show(self, key: int, rec: str, close: BatchClose, counted: Counted, day: date) -> None:
        """Compose and store the head; it is never computed again."""
        digest = self._digest(close, counted.totals)
        programme = self._place.programmes.get(close.terms.programme)
        if programme is not None and programme.sensitive and not close.terms.sensitive:
            close = msgspec.structs.replace(close, terms=msgspec.structs.replace(close.terms, sensitive=True))
        head = sheet_head(
            close,
            counted.totals,
            village=self._place.village,
            batch=self._batch.name,
            kind=programme.kind if programme is not None else "area",
            digest=digest,
            code=self._code(digest),
            imported_on=day,
        )
        self._store(key, rec, head)
        self._batch.edition = close.edition

    def _store(self, key: int, rec: str, head: SheetHead) -> None:
        id_ = sheet_key(self._batch.id, head.edition)
        terms = head.terms
        self._db.execute(
            "INSERT INTO sheet (id, batch, edition, leaf, rec, code, digest, phase, year, head) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, self._batch.id, head.edition, key, rec, head.code, head.digest)
            + (terms.phase.value, terms.fiscal_year, _ENCODER.encode(head)),
        )

    def _digest(self, close: BatchClose, found: Totals) -> str:
        digest = SheetDigest(
            origin=self._place.origin,
            batch=self._batch.name,
            edition=close.edition,
            count=found.count,
            sum_fen=found.sum_fen,
        )
        for leaf_hash in self._leaf_hashes():
            digest.add(leaf_hash)
        return digest.hexdigest()

    def _leaf_hashes(self) -> Iterable[bytes]:
        rows = self._db.execute(
            "SELECT leaf.head FROM payout JOIN leaf ON leaf.id = payout.leaf WHERE payout.id BETWEEN ? AND ? "
            "ORDER BY payout.leaf",
            line_span(self._batch.id),
        )
        return (leaf_hash(head) for (head,) in rows)

    def _code(self, digest: str) -> str:
        """The short code; a collision takes the next (DECISIONS 10)."""
        attempt = 0
        while True:
            code = short_code(digest, attempt)
            if self._db.execute("SELECT 1 FROM sheet WHERE code = ?", (code,)).fetchone() is None:
                return code
            attempt += 1
