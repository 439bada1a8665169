"""Which edition of a list open data tells: whose rows its editions have is folded from the log (rules §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.payouts import PayeeKind, Payout, Terms
from boards.model.periods import same_period
from boards.sheets.open_year import Edition, Family, Share, enough, told
from boards.sheets.sheet import SheetHead
from kiosk_server.archive.event_heads import body_of, event_head
from kiosk_server.archive.keys import line_span, sheet_span
from kiosk_server.archive.lines import AT_ONCE, REASONS, RowsDoNotMatch
from kiosk_server.archive.past.old_sheets import old_lines
from kiosk_server.archive.statements import EDITIONS, FAMILIES, LEAVES_NAMED, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kiosk_server.archive.land_board import LandShelf

_HEAD = msgspec.json.Decoder(SheetHead, strict=False)
Composed = tuple[int, SheetHead]
"""The key of a list, and the head of one of its editions."""


def told_lists(shelf: LandShelf, shown: Iterable[Composed]) -> tuple[SheetHead, ...]:
    """Of these lists, each in its newest edition, what open data tells; raises RowsDoNotMatch."""
    rows = shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall()
    ever = [(row[0], _HEAD.decode(row[3])) for row in rows if row[4] in {"shown", "withdrawn"}]
    found = (_told(shelf, one, ever) for one in shown)
    return tuple(head for head in found if head)


def _told(shelf: LandShelf, newest: Composed, ever: list[Composed]) -> SheetHead | None:
    """One list, held to all that was published of its payment before."""
    batch, head = newest
    if not enough(shelf.db.execute(FAMILIES, line_span(batch)).fetchall()):
        return None
    of_payment = [one for one in ever if _same_payment(one[1].terms, head.terms)]
    others = [one for one in of_payment if one[0] != batch]
    if not others and head.edition == 1:
        return head
    own = [one for one in of_payment if one[0] == batch]
    return told([_edition(shelf, *one) for one in (*others, *own)])


def _same_payment(one: Terms, other: Terms) -> bool:
    return one.phase is other.phase and same_period(one, other)


def _edition(shelf: LandShelf, batch: int, head: SheetHead) -> Edition:
    """An edition as its close found it; raises RowsDoNotMatch."""
    shares: dict[Family, list[Share]] = {}
    payouts = [*_payouts(shelf, batch, head)]
    for one in payouts:
        if one and one.kind is PayeeKind.HOUSEHOLD:
            of_it = shares.setdefault((one.household, one.holder, one.group), [])
            of_it.append((one.amount_fen, one.quantity))
    return Edition(
        head=head,
        shares={family: tuple(sorted(of_it, key=str)) for family, of_it in shares.items()},
        whole=None not in payouts,
    )


def _payouts(shelf: LandShelf, batch: int, head: SheetHead) -> Iterator[Payout | None]:
    """The rows of an edition; None for one that was erased since."""
    leaves = [line.leaf for line in old_lines(shelf.db, batch, head)]
    try:
        for first in range(0, len(leaves), AT_ONCE):
            asked = LEAVES_NAMED.format(keys=listed(leaves[first : first + AT_ONCE]))
            for _, raw, body in shelf.db.execute(asked):
                yield None if body is None else body_of(event_head(raw).kind, body).payout
    except REASONS as e:
        raise RowsDoNotMatch(village=head.village.name, batch=head.batch) from e
