"""What a list in the tables really adds up to, and whether that is what the county's close says."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from operator import lt
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.batch_close import close_agrees
from boards.model.codes import SheetDigest
from boards.model.payouts import Phase
from boards.sheets.payout_sheet import Totals, quantity_total
from kiosk_server.archive.keys import line_span, number_of
from sync.log.tree import leaf_hash

if TYPE_CHECKING:
    import sqlite3

    from boards.model.payouts import BatchClose, Payout
    from kiosk_server.archive.projection.batches import BatchState, Place


_COUNTS = (
    "SELECT count(*), coalesce(sum(amount_fen), 0), "
    "count(DISTINCT CASE WHEN keyed = 1 THEN household END), "
    "count(DISTINCT CASE WHEN keyed = 0 AND standing = 'listed' THEN group_name || '/' || holder END), "
    "coalesce(sum(CASE WHEN keyed = 0 AND standing = 'listed' THEN 1 ELSE 0 END), 0), "
    "coalesce(sum(CASE WHEN standing = 'erased' THEN 1 ELSE 0 END), 0), "
    "coalesce(sum(CASE WHEN status <> 'paid' THEN 1 ELSE 0 END), 0), "
    "coalesce(min(leaf), 0), coalesce(max(leaf), 0), "
    "count(DISTINCT rate), count(DISTINCT unit), coalesce(min(unit), ''), count(quantity), "
    "count(CASE WHEN beneficiary <> '' AND beneficiary <> holder THEN 1 END), "
    "count(CASE WHEN in_kind <> '' THEN 1 END), count(CASE WHEN item <> '' THEN 1 END) "
    "FROM payout WHERE id BETWEEN ? AND ?"
)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One list as counted here."""

    totals: Totals
    erased: int  # lines whose body is gone
    keyless: int  # lines without the county's hash
    not_paid: int
    record_twice: bool
    first_leaf: int  # indexes of the first and the last event that give the lines
    last_leaf: int


class Counting:
    """Counts one list, from its tally where there is one, else from the tables."""

    def __init__(self, db: sqlite3.Connection, batch: BatchState, tally: Tally | None) -> None:
        """Use the tally only when it saw exactly the lines that are there."""
        self._db = db
        self._batch = batch
        self._span = line_span(batch.id)
        self._tally = tally if tally is not None and tally.lines == batch.last_line else None

    def counted(self) -> Counted:
        """Count everything the head and the reconciliation need."""
        row = self._db.execute(_COUNTS, self._span).fetchone()
        count, sum_fen, keyed, unkeyed, keyless, erased, not_paid, first_leaf, last_leaf, *rest = row
        rates, units, unit, quantities, for_others, in_kind, items = rest
        one_unit, record_twice = units == 1 and quantities == count, False
        if self._tally is None or not self._tally.records_rise:
            sql = "SELECT count(DISTINCT rec) FROM payout WHERE id BETWEEN ? AND ?"
            record_twice = self._db.execute(sql, self._span).fetchone() != (count,)
        totals = Totals(
            count=count,
            households=keyed + unkeyed,
            sum_fen=sum_fen,
            quantity=self._quantity() if one_unit else None,
            unit=unit if one_unit else "",
            rates=rates,
            for_others=for_others > 0,
            in_kind=in_kind > 0,
            items=items > 0,
        )
        return Counted(
            totals=totals,
            erased=erased,
            keyless=keyless,
            not_paid=not_paid,
            record_twice=record_twice,
            first_leaf=number_of(first_leaf),
            last_leaf=number_of(last_leaf),
        )

    def digest(self, origin: str, edition: int, found: Totals) -> str:
        """The sheet's digest over the events of its lines, in log order (settled §9)."""
        digest = SheetDigest(
            origin=origin,
            batch=self._batch.name,
            edition=edition,
            count=found.count,
            sum_fen=found.sum_fen,
        )
        if self._tally is not None:
            digest.add_joined(self._tally.hashes)
            return digest.hexdigest()
        rows = self._db.execute(
            "SELECT leaf.head FROM payout JOIN leaf ON leaf.id = payout.leaf "
            "WHERE payout.id BETWEEN ? AND ? ORDER BY payout.leaf",
            self._span,
        )
        for (head,) in rows:
            digest.add(leaf_hash(head))
        return digest.hexdigest()

    def _quantity(self) -> Decimal:
        if self._tally is not None:
            return self._tally.quantity
        rows = self._db.execute("SELECT quantity FROM payout WHERE id BETWEEN ? AND ?", self._span)
        return quantity_total(quantity for (quantity,) in rows)


def disagreements(close: BatchClose, counted: Counted, batch: BatchState, place: Place) -> tuple[str, ...]:
    """Codes of what does not agree; empty when the edition may be shown.

    Whose household an erased line was is not known any more: as far as erased lines can explain
    the difference, the county's number of households is believed.
    """
    found = counted.totals
    missing = close.households - found.households
    households = close.households if 0 <= missing <= counted.erased else found.households
    agreed = close_agrees(
        close,
        count=found.count,
        households=households,
        sum_fen=found.sum_fen,
        by_programme={close.terms.programme: found.sum_fen},
    )
    inside = close.start <= counted.first_leaf <= counted.last_leaf < close.stop
    faults = {
        "close": bool(agreed),
        "record-twice": counted.record_twice,
        "wrong-village": close.terms.village != place.village.code,
        "edition": close.edition <= batch.edition,
        "span": found.count > 0 and not inside,
        "not-paid": close.terms.phase is Phase.PAYMENT and counted.not_paid > 0,
    }
    return tuple(code for code, wrong in faults.items() if wrong)


MOST_LINES = 131_072  # 4 MiB of hashes; a longer list is counted from the tables


class Tally:
    """Lines, quantity, leaf hashes and whether records rise, counted while a list streams by.

    Only for a list that begins and closes within one import and has nothing but published lines;
    everything else is counted from the tables, and a property test holds the two ways together.
    """

    __slots__ = ("hashes", "last_rec", "lines", "quantity", "records_rise")

    def __init__(self) -> None:
        self.lines = 0
        self.quantity = Decimal(0)
        self.hashes = bytearray()  # RFC 6962 leaf hashes in log order
        self.last_rec = ""
        self.records_rise = True  # each rec greater than the one before: none stands twice

    def add_lines(self, heads: list[bytes], recs: list[str], payouts: list[Payout]) -> None:
        """Count published lines in log order."""
        self.lines += len(recs)
        self.hashes += b"".join([sha256(b"\x00" + head).digest() for head in heads])
        self.quantity += sum([p.quantity for p in payouts if p.quantity is not None], Decimal(0))
        keys = [self.last_rec, *recs]
        lengths = list(map(len, keys))
        one_length = lengths.count(lengths[0]) == len(lengths)
        ordered: list[Any] = keys if one_length else list(zip(lengths, keys, strict=True))  # 9999 < 10000
        self.records_rise = self.records_rise and all(map(lt, ordered, ordered[1:]))
        self.last_rec = keys[-1]
