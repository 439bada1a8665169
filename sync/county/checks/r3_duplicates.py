"""R3: nobody stands twice on one list for the same thing; one ID is one person."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.checks.place import at_row, of_village, warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.checks.whole import Publication, Whole
    from sync.county.reading import Row
    from sync.county.roster.entries import Entry


def nobody_listed_twice(publication: Publication) -> Iterator[CellFinding]:
    """Nobody stands twice on the list of one programme and period for the same thing.

    Joined by the county's keyed hash; without one by group and holder. Equal lines that were found in the
    roster and confirmed there are not asked about again.
    """
    if "DUPLICATE_ROW" in publication.reading_codes:
        return
    rows: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for payout in publication.payouts:
        who = (payout.household,) if payout.household else (payout.group, payout.holder)
        thing = (payout.beneficiary, payout.item, payout.in_kind, payout.quantity, payout.amount_fen)
        rows[*who, *thing].append(payout.seq)
    for seqs in rows.values():
        if len(seqs) > 1:
            yield of_village(publication, "R3", f"同一户同一项目重复{len(seqs)}行", *seqs)


def nobody_stands_twice(whole: Whole) -> Iterator[CellFinding]:
    """Equal lines, and one ID with another name or another amount."""
    yield from _rows_stand_once(whole.entries)
    yield from _persons_are_one(whole.entries)


def _rows_stand_once(entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """R3: nobody is listed twice for the same thing. Namesakes differ in ID, group, area or amount."""
    first: dict[int, Entry] = {}
    for entry in entries:  # listed households without a payout may look alike
        payout = entry.row.payout
        earlier = first.setdefault(entry.twin, entry) if payout.amount_fen or payout.quantity else entry
        if earlier is not entry:
            yield warned(
                entry.row,
                "DUPLICATE_ROW",
                f"与{_line(earlier.row, entry.row)}是同一人、同样的面积和金额，可能重复。",
            )


REPEATS_SHARE = Decimal("0.2")
"""Above this share of rows a list is simply kept by plots: nobody's second line is remarkable."""


def _persons_are_one(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """R3 beside equal lines: the same ID under another name, or again with another amount."""
    first: dict[str, Entry] = {}
    again: list[tuple[Entry, Entry]] = []
    for entry in entries:
        earlier = first.setdefault(entry.known_by, entry) if entry.known_by else entry
        if earlier is not entry:
            again.append((earlier, entry))
    many = len(again) > 1 and len(again) > len(entries) * REPEATS_SHARE
    for earlier, entry in again:
        holders = {one.row.payout.holder.replace("·", "") for one in (earlier, entry)}
        if len(holders) > 1:
            yield warned(
                entry.row,
                "ID_UNDER_TWO_NAMES",
                f"与{_line(earlier.row, entry.row)}身份证号相同，姓名不同，请核对。",
            )
        elif not many and earlier.twin != entry.twin and earlier.row.sheet == entry.row.sheet:
            yield at_row(
                entry.row,
                Level.NOTE,
                "ID_TWICE",
                f"与{_line(earlier.row, entry.row)}是同一人，金额或面积不同。",
            )


def _line(earlier: Row, row: Row) -> str:
    place = f"第{earlier.row}行"
    return place if earlier.sheet == row.sheet else f"“{earlier.sheet}”{place}"
