"""Which edition of a list open data tells: whose rows its editions have is folded from the log (rules §4).

Most lists have one edition, and nobody took another back for them: of these only the households are counted.
For all others the heads of the log are walked once, and the bodies of their rows are read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from boards.model.codes import SheetDigest
from boards.model.payouts import PayeeKind, Payout
from boards.model.periods import same_period
from boards.sheets.open_year import Edition, Family, Share, enough, told
from kiosk_server.archive.event_heads import CORRECT, ERASE, PUBLISH, WITHDRAW, body_of, event_head
from kiosk_server.archive.keys import in_log, line_span, log_span, sheet_span
from kiosk_server.archive.lines import AT_ONCE, REASONS, RowsDoNotMatch, decoded_head
from kiosk_server.archive.statements import EDITIONS, EVENT, FAMILIES, HEADS, LEAVES_NAMED, ORIGIN, listed
from sync.log.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.land_board import LandShelf

_BATCH = re.compile(rb'"batch":"([^"\\]*)"')
Lines = dict[str, tuple[int, bytes]]
"""Leaf and its hash by record: the rows of one list."""


class Composed(NamedTuple):
    """One edition that was ever on the boards."""

    batch: int
    close: int  # the leaf of its close
    head: SheetHead

    def pays_like(self, head: SheetHead) -> bool:
        """Whether it is of the same payment, however its period is written."""
        return self.head.terms.phase is head.terms.phase and same_period(self.head.terms, head.terms)


def told_lists(shelf: LandShelf, shown: Mapping[int, SheetHead]) -> tuple[SheetHead, ...]:
    """Of these lists by their keys, in their newest edition, what open data tells; raises RowsDoNotMatch."""
    ever = _ever(shelf)
    groups = [_of_payment(batch, head, ever) for batch, head in shown.items() if _hangs(shelf, batch)]
    found = _editions(shelf, [one for group in groups if len(group) > 1 for one in group])
    return tuple(head for group in groups if (head := _told(group, found)))


def _told(group: list[Composed], found: Mapping[int, Edition]) -> SheetHead | None:
    return told([found[one.close] for one in group]) if len(group) > 1 else group[0].head


def _ever(shelf: LandShelf) -> list[Composed]:
    """Every edition of every list that hangs, or was taken back."""
    rows = shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall()
    kept = [(row[0], row[1], row[3]) for row in rows if row[4] in {"shown", "withdrawn"}]
    return [Composed(batch, close, decoded_head(raw)) for batch, close, raw in kept]


def _hangs(shelf: LandShelf, batch: int) -> bool:
    """Whether enough households stand on a list today."""
    return enough(shelf.db.execute(FAMILIES, line_span(batch)).fetchall())


def _of_payment(batch: int, head: SheetHead, ever: Iterable[Composed]) -> list[Composed]:
    """All that was published of a list's payment, what was taken back first."""
    alike = [one for one in ever if one.pays_like(head)]
    return sorted(alike, key=lambda one: (one.batch == batch, one.close))


def _editions(shelf: LandShelf, wanted: Collection[Composed]) -> dict[int, Edition]:
    """Editions as their closes found them, by these closes; raises RowsDoNotMatch."""
    if not wanted:
        return {}
    heads = {one.close: one.head for one in wanted}
    try:
        rows = dict(_folded(shelf, heads))
        payouts = _payouts(shelf, sorted(set().union(*rows.values())))
    except REASONS as e:
        newest = heads[max(heads)]
        raise RowsDoNotMatch(village=newest.village.name, batch=newest.batch) from e
    return {close: _edition(head, [payouts[leaf] for leaf in rows[close]]) for close, head in heads.items()}


def _edition(head: SheetHead, payouts: Collection[Payout | None]) -> Edition:
    shares: dict[Family, list[Share]] = {}
    for one in payouts:
        if one and one.kind is PayeeKind.HOUSEHOLD:
            of_it = shares.setdefault((one.household, one.holder, one.group), [])
            of_it.append((one.amount_fen, one.quantity))
    return Edition(
        head=head,
        shares={family: tuple(sorted(of_it, key=str)) for family, of_it in shares.items()},
        whole=None not in payouts,
    )


def _folded(shelf: LandShelf, heads: Mapping[int, SheetHead]) -> Iterator[tuple[int, list[int]]]:
    """The leaves of each edition's rows, by its close; raises RowsDoNotMatch."""
    (origin,) = shelf.db.execute(ORIGIN, (shelf.log,)).fetchone()
    lists: dict[str, Lines] = {head.batch: {} for head in heads.values()}
    for key, raw in shelf.db.execute(HEADS, (log_span(shelf.log)[0], max(heads))):
        _take(shelf, lists, key, raw)
        if key in heads:
            yield key, _as_printed(origin, heads[key], lists[heads[key].batch])


def _take(shelf: LandShelf, lists: dict[str, Lines], key: int, raw: bytes) -> None:
    """What one event does to the rows of these lists."""
    if ERASE.encode() in raw and event_head(raw).kind == ERASE:
        _, body = shelf.db.execute(EVENT, (key,)).fetchone()
        gone = {in_log(shelf.log, index) for index in body_of(ERASE, body).indexes} if body else set()
        for name, lines in lists.items():
            lists[name] = {rec: line for rec, line in lines.items() if line[0] not in gone}
    elif (found := _BATCH.search(raw)) and found[1].decode() in lists:
        event = event_head(raw)
        if event.batch in lists and event.kind in {PUBLISH, CORRECT}:
            lists[event.batch][event.rec] = (key, leaf_hash(raw))
        elif event.batch in lists and event.kind == WITHDRAW:
            lists[event.batch].pop(event.rec, None)


def _as_printed(origin: str, head: SheetHead, lines: Lines) -> list[int]:
    """The leaves of an edition whose digest comes out; raises RowsDoNotMatch."""
    digest = SheetDigest(
        origin=origin, batch=head.batch, edition=head.edition, count=head.count, sum_fen=head.sum_fen
    )
    placed = sorted(lines.values())
    for _, hashed in placed:
        digest.add(hashed)
    if len(placed) != head.count or digest.hexdigest() != head.digest:
        raise RowsDoNotMatch(village=head.village.name, batch=head.batch)
    return [leaf for leaf, _ in placed]


def _payouts(shelf: LandShelf, leaves: list[int]) -> dict[int, Payout | None]:
    """What these rows say; None where a row was erased since."""
    found: dict[int, Payout | None] = {}
    for first in range(0, len(leaves), AT_ONCE):
        asked = LEAVES_NAMED.format(keys=listed(leaves[first : first + AT_ONCE]))
        for key, raw, body in shelf.db.execute(asked):
            found[key] = None if body is None else body_of(event_head(raw).kind, body).payout
    return found
