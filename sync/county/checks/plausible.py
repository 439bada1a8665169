"""What can be true and is odd: one ID with two names, an area unlike its neighbours'. Pure, over the rows.

An ID belongs to one person, so two names under one ID must be confirmed. Everything else here is
a note: one person may have several plots, and a large grower may be right.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.names import is_organisation
from boards.model.payouts import PayeeKind, PayStatus
from boards.model.privacy.identifiers import FULL_AGE, full_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sync.county.reading import Row
    from sync.county.roster.entries import Entry

UNLIKE_TIMES = 30
"""An area this many times the median of its village's list is worth a look."""

UNLIKE_MU = Decimal(100)
NEIGHBOURS = 8
REPEATS_SHARE = Decimal("0.2")
"""Above this share of rows a list is simply kept by plots: nobody's second line is remarkable."""


def persons_are_one(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """R3 beside equal lines: the same ID under another name, or again with another amount."""
    first: dict[str, Entry] = {}
    again: list[tuple[Entry, Entry]] = []
    for entry in entries:
        earlier = first.setdefault(entry.known_by, entry) if entry.known_by else entry
        if earlier is not entry:
            again.append((earlier, entry))
    many = len(again) > 1 and len(again) > len(entries) * REPEATS_SHARE
    for earlier, entry in again:
        if _named(earlier.row) != _named(entry.row):
            message = f"与{_line(earlier.row, entry.row)}身份证号相同，姓名不同，请核对。"
            yield _at(entry.row, Level.WARNING, "ID_UNDER_TWO_NAMES", message)
        elif not many and earlier.twin != entry.twin and earlier.row.sheet == entry.row.sheet:
            message = f"与{_line(earlier.row, entry.row)}是同一人，金额或面积不同。"
            yield _at(entry.row, Level.NOTE, "ID_TWICE", message)


def _named(row: Row) -> str:
    return row.holder.replace("·", "")


def _line(earlier: Row, row: Row) -> str:
    place = f"第{earlier.row}行"
    return place if earlier.sheet == row.sheet else f"“{earlier.sheet}”{place}"


def areas_are_alike(entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """An area far beyond its neighbours' is often a lost decimal point."""
    by_village: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.row.quantity and entry.row.kind is PayeeKind.HOUSEHOLD:
            by_village[entry.row.village].append(entry)
    for neighbours in by_village.values():
        if len(neighbours) >= NEIGHBOURS and _any_large(neighbours):
            usual = median(entry.row.quantity or Decimal(0) for entry in neighbours)
            yield from _unlike(neighbours, max(usual * UNLIKE_TIMES, UNLIKE_MU))


def _any_large(neighbours: Sequence[Entry]) -> bool:
    """Nearly no village has an area worth comparing: the median is spared."""
    return any((entry.row.quantity or 0) > UNLIKE_MU for entry in neighbours)


def _unlike(neighbours: Sequence[Entry], limit: Decimal) -> Iterator[CellFinding]:
    for entry in neighbours:
        quantity = entry.row.quantity or Decimal(0)
        if quantity > limit and not is_organisation(entry.row.holder):
            message = "面积（数量）比同村别户大得多，请看看小数点。"
            yield _at(entry.row, Level.NOTE, "QUANTITY_UNUSUAL", message)


def something_is_paid(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """Amounts that are all 0 beside areas are formulas some program wrote without their results."""
    zero = all(entry.row.amount_fen == 0 and entry.amount_column for entry in entries)
    if zero and any(entry.row.quantity for entry in entries):
        message = "所有金额都是 0，可能是公式没有重新计算，请在 Excel 或 WPS 中打开并保存一次。"
        yield CellFinding(
            level=Level.WARNING, code="ALL_AMOUNTS_ZERO", sheet=entries[0].row.sheet, message=message
        )


def stopped_are_unpaid(entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """R5: who was stopped carries a reason and is not paid; an amount beside it is not published as paid."""
    for entry in entries:
        if entry.row.status is PayStatus.STOPPED and entry.row.amount_fen:
            yield _at(entry.row, Level.NOTE, "STOPPED_WITH_AMOUNT", "已停发，金额不按已发放处理。")


def minors_are_not_listed(entries: Iterable[Entry], today: date | None) -> Iterator[CellFinding]:
    """P5: who is under 18 never stands on a list; the clerk reads that the row will be left out."""
    if today is None:
        return
    youngest = f"{today.year - FULL_AGE:04d}{today.month:02d}{today.day:02d}"
    for entry in entries:
        row = entry.row
        minor = row.identity[6:14] > youngest or row.beneficiary_identity[6:14] > youngest
        if minor or (row.age is not None and row.age < FULL_AGE) or (row.born and _young(row.born, today)):
            yield _at(row, Level.NOTE, "MINOR_NOT_LISTED", "未满 18 周岁，依法不列入公示，只计入合计。")


def _young(born: date, today: date) -> bool:
    return full_years(born, today) < FULL_AGE


def _at(row: Row, level: Level, code: str, message: str) -> CellFinding:
    return CellFinding(level=level, code=code, sheet=row.sheet, row=row.row, message=message)
