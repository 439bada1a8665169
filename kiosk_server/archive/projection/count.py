"""What a list really adds up to, and whether that is what the county's close says.

One rule, two sources: lines are counted as they stream by, and where a list was not read in one go, over
their events again.
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter, lt
from typing import TYPE_CHECKING, Any

from boards.model.batch_close import close_agrees
from boards.model.payouts import BatchClose, Payout, PayStatus, Phase
from boards.sheets.payout_sheet import Totals
from kiosk_server.archive.event_heads import all_heads, event_head
from kiosk_server.archive.keys import number_of
from kiosk_server.archive.lines import in_parts
from sync.log.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boards.model.codes import SheetDigest
    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.projection.batches import BatchState, Place

_PAID = PayStatus.PAID
_BENEFICIARY, _IN_KIND, _ITEM = attrgetter("beneficiary"), attrgetter("in_kind"), attrgetter("item")


class Count:
    """Lines, money, households, quantities and hashes of one list."""

    def __init__(self) -> None:
        """Nothing has been counted."""
        self.lines = self.sum_fen = self.erased = self.not_paid = self.keyless = self.measured = 0
        self.quantity = Decimal(0)
        self.for_others = self.in_kind = self.items = False
        self.hashes = bytearray()  # RFC 6962 leaf hashes, in the order of counting
        self.first_leaf = self.last_leaf = -1  # indexes of the events that give the lines
        self.records_rise = True  # each record greater than the one before: none stands twice
        self._last_rec = ""
        self._rates: set[Decimal] = set()
        self._units: set[str] = set()
        self._keyed: set[int] = set()
        self._named: set[tuple[str, str]] = set()  # group and holder of the lines without a hash

    def add(
        self,
        leaves: Sequence[int],
        hashes: list[bytes],
        recs: list[str],
        payouts: list[Payout],
        households: list[int],
    ) -> None:
        """Count listed lines; `leaves` are keys, `hashes` theirs, `households` where each line was placed."""
        self._add_events(leaves, hashes, recs)
        self.sum_fen += sum([p.amount_fen for p in payouts])
        self.not_paid += len(payouts) - [p.status for p in payouts].count(_PAID)
        measured = [p.quantity for p in payouts if p.quantity is not None]
        self.measured += len(measured)
        self.quantity += sum(measured, Decimal(0))
        _gather(self._units, [p.unit for p in payouts])
        _gather(self._rates, [p.rate for p in payouts if p.rate is not None])
        self.for_others |= any(p.beneficiary != p.holder for p in filter(_BENEFICIARY, payouts))
        self.in_kind |= any(map(_IN_KIND, payouts))
        self.items |= any(map(_ITEM, payouts))
        keyless = [p for p in payouts if not p.household]
        self.keyless += len(keyless)
        self._named.update([(p.group, p.holder) for p in keyless])
        self._keyed.update(
            [key for key, p in zip(households, payouts, strict=True) if p.household]
            if keyless
            else households
        )

    def add_erased(self, leaf: int, head: bytes) -> None:
        """Count a line whose body is gone: its amount stands in its head."""
        event = event_head(head)
        self._add_events([leaf], [leaf_hash(head)], [event.rec])
        self.sum_fen += event.amount_fen or 0
        self.erased += 1

    def _add_events(self, leaves: Sequence[int], hashes: list[bytes], recs: list[str]) -> None:
        self.lines += len(recs)
        self.hashes += b"".join(hashes)
        if leaves:
            first, last = number_of(min(leaves)), number_of(max(leaves))
            self.first_leaf = first if self.first_leaf < 0 else min(first, self.first_leaf)
            self.last_leaf = max(last, self.last_leaf)
        keys = [self._last_rec, *recs]
        lengths = list(map(len, keys))
        one_length = lengths.count(lengths[0]) == len(lengths)
        ordered: list[Any] = keys if one_length else list(zip(lengths, keys, strict=True))  # 9999 < 10000
        self.records_rise = self.records_rise and all(map(lt, ordered, ordered[1:]))
        self._last_rec = keys[-1]

    def totals(self) -> Totals:
        """What the head says."""
        one_unit = len(self._units) == 1 and self.measured == self.lines
        return Totals(
            count=self.lines,
            households=len(self._keyed) + len(self._named),
            sum_fen=self.sum_fen,
            quantity=self.quantity if one_unit else None,
            unit=next(iter(self._units)) if one_unit else "",
            rates=len(self._rates),
            for_others=self.for_others,
            in_kind=self.in_kind,
            items=self.items,
        )

    def sign(self, digest: SheetDigest) -> str:
        """The sheet's digest over the events of its lines, in log order (settled §9)."""
        digest.add_joined(self.hashes)
        return digest.hexdigest()


def counted(db: Connection, batch: BatchState, streamed: Count | None) -> Count:
    """The count of a list as it streamed by, where that saw every line there is; else over its events again.

    Raises msgspec.MsgspecError where a stored body is not what came.
    """
    if streamed is not None and streamed.lines == batch.last_line:
        return streamed
    count, hashed = Count(), []
    for rows, payouts, gone in in_parts(db, batch.id):
        leaves, heads = [row[1] for row in rows], [row[7] for row in rows]
        hashes, recs = [leaf_hash(head) for head in heads], [event.rec for event in all_heads(heads)]
        count.add(leaves, hashes, recs, payouts, [row[6] for row in rows])
        for row in gone:
            count.add_erased(row[1], row[7])
        hashed += [*zip(leaves, hashes, strict=True), *((row[1], leaf_hash(row[7])) for row in gone)]
    count.hashes = bytearray(b"".join(one for _, one in sorted(hashed)))  # in log order
    return count


def _gather(different: set[Any], values: list[Any]) -> None:
    """A list has mostly one unit and one rate: to compare costs a third of hashing."""
    if values and values.count(values[0]) == len(values):
        different.add(values[0])
    else:
        different.update(values)


def disagreements(
    close: BatchClose, count: Count, batch: BatchState, place: Place, *, twice: bool
) -> tuple[str, ...]:
    """Codes of what does not agree; empty when the edition may be shown. `twice`: a record stands twice.

    Whose household an erased line was is not known any more: as far as erased lines can explain
    the difference, the county's number of households is believed.
    """
    found = count.totals()
    missing = close.households - found.households
    households = close.households if 0 <= missing <= count.erased else found.households
    agreed = close_agrees(
        close,
        count=found.count,
        households=households,
        sum_fen=found.sum_fen,
        by_programme={close.terms.programme: found.sum_fen},
    )
    inside = close.start <= count.first_leaf <= count.last_leaf < close.stop
    faults = {
        "close": bool(agreed),
        "record-twice": twice,
        "wrong-village": close.terms.village != place.village.code,
        "edition": close.edition <= batch.edition,
        "span": found.count > 0 and not inside,
        "not-paid": close.terms.phase is Phase.PAYMENT and count.not_paid > 0,
    }
    return tuple(code for code, wrong in faults.items() if wrong)
