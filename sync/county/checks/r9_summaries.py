"""R9 within one file: a summary sheet against the rows it sums, in both directions. Pure.

Amounts must be equal to the fen. Households and areas are compared where at least one line of the
summary agrees, so that both surely mean the same thing; households may be counted by rows, names,
IDs or numbers. A place that only one side has is reported where the two totals differ and most of the
places stand on both sides: a county's summary beside one town's rows is no fault.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.money import rounded_fen, yuan
from boards.model.privacy.withheld import shown
from sync.county.checks.place import Place, at_row, half_digit, warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.checks.whole import Whole
    from sync.county.roster.entries import SummaryLine

TOWN_DIGITS = 9


def summaries_agree(roster: Whole) -> Iterator[CellFinding]:
    """Everything a summary says of a village or group equals its rows, and neither side has a place alone."""
    lines = roster.summaries
    if not lines:
        return
    places: dict[tuple[str, str], Place] = defaultdict(Place)
    whole = Place(entry.row for entry in roster.entries)
    for entry in roster.entries:
        row = entry.row
        for key in {(row.village, row.payout.group), (row.village, "")}:
            places[key].add(row)
    yield from _summary_totals(lines)
    yield from _amounts(places, lines)
    known = [
        (line, places[line.village, line.group])
        for line in lines
        if not line.total and (line.village, line.group) in places
    ]
    yield from _households(known)
    yield from _areas(known)
    if not any(line.total is False for line in lines):
        yield from _lone_total(whole, lines)
    elif not whole.unread:
        yield from _absences(places, whole, lines)


def _amounts(places: dict[tuple[str, str], Place], lines: Iterable[SummaryLine]) -> Iterator[CellFinding]:
    named = {village for village, _ in places}
    for line in (one for one in lines if not one.total and one.village in named):
        place = places.get((line.village, line.group), Place())
        stated = rounded_fen(line.amount)
        lacking = places[line.village, ""].unread and stated > place.fen  # the unread row is the error
        if place.fen != stated and not lacking:
            yield _mismatch(line, "汇总表写", stated, "明细", place.fen)


def _mismatch(line: SummaryLine, where: str, stated: int, what: str, fen: int) -> CellFinding:
    message = f"{where}的是{yuan(stated)}元，{what}相加是{yuan(fen)}元。"
    return at_row(line, Level.ERROR, "SUMMARY_MISMATCH", message, line.column)


def _households(known: Iterable[tuple[SummaryLine, Place]]) -> Iterator[CellFinding]:
    told = [(line, place, line.households) for line, place in known if line.households is not None]
    wrong = [one for one in told if not one[1].households[0] <= one[2] <= one[1].households[1]]
    for line, place, stated in wrong if len(wrong) < len(told) else ():
        yield warned(
            line,
            "SUMMARY_HOUSEHOLDS",
            f"汇总表写的是{stated}户，明细有{place.households[1]}户。",
            line.households_column,
        )


def _areas(known: Iterable[tuple[SummaryLine, Place]]) -> Iterator[CellFinding]:
    told: list[tuple[SummaryLine, Decimal, Decimal, Decimal]] = []
    for line, place in known:
        if line.quantity is not None and not place.areas_unknown:
            finest = min(map(half_digit, place.areas), default=Decimal(0))
            rounding = finest * len(place.areas) + half_digit(line.quantity)
            told.append((line, sum(place.areas, Decimal(0)), line.quantity, rounding))
    wrong = [one for one in told if abs(one[1] - one[2]) > one[3]]
    for line, summed, stated, _ in wrong if len(wrong) < len(told) else ():
        yield warned(
            line,
            "SUMMARY_AREA",
            f"汇总表写的面积（数量）是{stated.normalize():f}，明细相加是{summed.normalize():f}。",
            line.quantity_column,
        )


def _lone_total(whole: Place, lines: Sequence[SummaryLine]) -> Iterator[CellFinding]:
    """A summary that says nothing but its total sums all rows of the file."""
    stated = rounded_fen(lines[0].amount)
    if len(lines) == 1 and stated != whole.fen and not (whole.unread and stated > whole.fen):
        yield _mismatch(lines[0], "汇总表的合计写", stated, "明细", whole.fen)


def _absences(
    places: dict[tuple[str, str], Place], whole: Place, lines: Sequence[SummaryLine]
) -> Iterator[CellFinding]:
    """Villages that only the summary or only the rows have, where that can explain why the totals differ."""
    listed = [line for line in lines if not line.total]
    totals = [line.amount for line in lines if line.total]
    stated = totals[0] if len(totals) == 1 else sum((line.amount for line in listed), Decimal(0))
    if not _flat(listed) or any(line.group for line in listed) or rounded_fen(stated) == whole.fen:
        return
    named = {village for village, _ in places if village}
    towns = {_town(village) for village in named}
    beside = [line for line in listed if _town(line.village) in towns]
    both = [line for line in beside if line.village in named]
    if len(both) * 2 >= len(beside):
        for line in beside:
            if line.village not in named and line.amount:
                yield warned(line, "SUMMARY_WITHOUT_ROWS", "汇总表有这个村，明细里没有。", line.column)
    missing = sorted(named - {line.village for line in listed})
    if missing and len(both) * 2 >= len(named):
        message = f"明细里的村（{'、'.join(map(shown, missing))}）汇总表里没有。"
        yield CellFinding(
            level=Level.WARNING, code="ROWS_WITHOUT_SUMMARY", sheet=listed[0].sheet, message=message
        )


def _town(village: str) -> str:
    """Town of a village's code; names that no list knows are all of one place."""
    return village[:TOWN_DIGITS] if village.isdigit() else ""


def _summary_totals(lines: Sequence[SummaryLine]) -> Iterator[CellFinding]:
    """The one total of a summary equals its lines; where it has several, it is unknown what each sums."""
    by_sheet: dict[str | None, list[SummaryLine]] = defaultdict(list)
    for line in lines:
        by_sheet[line.sheet].append(line)
    for members in by_sheet.values():
        totals = [line for line in members if line.total]
        places = [line for line in members if not line.total]
        summed = sum((line.amount for line in places), Decimal(0))
        if len(totals) == 1 and _flat(places) and totals[0].amount != summed:
            total, stated = totals[0], rounded_fen(totals[0].amount)
            yield _mismatch(total, "汇总表的合计写", stated, "各行", rounded_fen(summed))


def _flat(places: Sequence[SummaryLine]) -> bool:
    """Whether no line of a summary sums others of it: each place once, all of one kind."""
    named = {(line.village, line.group) for line in places}
    return (
        len(named) == len(places) > 0
        and len({bool(line.group) for line in places}) == 1
        and all(line.village for line in places)
    )
