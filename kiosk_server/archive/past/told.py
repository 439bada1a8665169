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
from boards.sheets.open_year import Edition, Share, different, enough, told
from boards.sheets.sheet import Variant
from kiosk_server.archive.event_heads import CORRECT, ERASE, PUBLISH, WITHDRAW, body_of, event_head
from kiosk_server.archive.keys import in_log, line_span, log_span, sheet_span
from kiosk_server.archive.lines import AT_ONCE, REASONS, RowsDoNotMatch, decoded_head
from kiosk_server.archive.statements import (
    EDITIONS,
    EVENT,
    FAMILIES,
    GONE_IN_SPAN,
    HEADS,
    HOUSEHOLDS_PAID,
    LEAVES_NAMED,
    ORIGIN,
    listed,
)
from sync.log.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from boards.model.payouts import Terms
    from boards.sheets.given_away import Family
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
    state: str  # of its list, today

    def pays_like(self, head: SheetHead) -> bool:
        """Whether it is of the same payment, however its period is written."""
        return self.head.terms.phase is head.terms.phase and same_period(self.head.terms, head.terms)

    @property
    def mixed(self) -> bool:
        """Whether some have money and some have things: the sum may be of few of them."""
        return self.head.variant is Variant.IN_KIND and self.head.in_money

    def of_year(self, terms: Terms) -> bool:
        """Whether it is of the same programme, year and phase."""
        own = self.head.terms
        return (own.programme, own.fiscal_year, own.phase) == (
            terms.programme,
            terms.fiscal_year,
            terms.phase,
        )


def told_lists(shelf: LandShelf, shown: Mapping[int, SheetHead]) -> tuple[SheetHead, ...]:
    """Of these lists by their keys, in their newest edition, what open data tells; raises RowsDoNotMatch."""
    ever = [one for one in _ever(shelf) if one.state in {"shown", "withdrawn"}]
    groups = [_of_payment(batch, head, ever) for batch, head in shown.items() if _hangs(shelf, batch)]
    found = _editions(shelf, [one for group in groups if len(group) > 1 or group[0].mixed for one in group])
    return tuple(head for group in groups if (head := _told(group, found)))


def told_households(shelf: LandShelf, heads: Collection[SheetHead]) -> int:
    """Different households on these lists of a programme's year; 0 where the count says too much (rules §4).

    So it does where a list of that year was ever corrected or taken back, or a line of one is gone. Of a
    sensitive programme the lists of the year itself are told together.
    """
    of, names = next(iter(heads)).terms, {head.batch for head in heads}
    ever = [one for one in _ever(shelf) if one.of_year(of)]
    hung = {one.batch for one in ever if one.state == "shown" and not _gone(shelf, one.batch)}
    if len(hung) < len(ever):
        return 0
    lists = [(one.head, _households(shelf, one.batch)) for one in ever if one.head.batch in names]
    if any(head.terms.sensitive for head in heads):
        return different(_by_years_end(lists))
    return different(households for _, households in lists)


def _by_years_end(lists: Iterable[tuple[SheetHead, frozenset[int]]]) -> Iterator[frozenset[int]]:
    """Households of the lists that came within their year, then those of each that came later."""
    early, late = frozenset[int](), list[frozenset[int]]()
    for head, households in lists:
        if head.imported_on and head.imported_on.year > head.terms.fiscal_year:
            late.append(households)
        else:
            early |= households
    return filter(None, (early, *late))


def _gone(shelf: LandShelf, batch: int) -> bool:
    return bool(shelf.db.execute(GONE_IN_SPAN, line_span(batch)).fetchone()[0])


def _households(shelf: LandShelf, batch: int) -> frozenset[int]:
    return frozenset(key for (key,) in shelf.db.execute(HOUSEHOLDS_PAID, line_span(batch)))


def _told(group: list[Composed], found: Mapping[int, Edition]) -> SheetHead | None:
    if group[-1].close not in found:
        return group[-1].head
    return told([found[one.close] for one in group])


def _ever(shelf: LandShelf) -> list[Composed]:
    """Every edition that was ever on the boards, in the order of the log."""
    rows = shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall()
    return [Composed(row[0], row[1], decoded_head(row[3]), row[4]) for row in rows]


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
