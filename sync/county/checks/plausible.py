"""What can be true and is odd: an amount or area unlike its neighbours', amounts that are all 0. Pure.

An amount or area far beyond those of its kind waits for a person: a large grower may be right.
"""

from __future__ import annotations

import re
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from boards.model.findings import CellFinding, Level
from boards.model.money import product_fen, rounded_fen, yuan
from boards.model.payouts import PayeeKind
from boards.model.privacy.withheld import shown
from sync.county.checks.place import UNLIKE_TIMES, at_listed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.checks.whole import Publication, Whole
    from sync.county.roster.entries import Entry, TableFacts

_APPLIED = re.compile(r"申报|申请|公示|核实|核查|登记|面积")
UNLIKE_MU, LEAST_FEN = Decimal(100), 1_000_00
"""Smaller areas and amounts are nobody's lost point, whatever the neighbours have."""

CEILING_FEN = {False: 1_000_000_00, True: 10_000_000_00}
"""More than one household, or one organisation, is paid at once by any programme we know of: the dearest
machine earns 600,000 yuan, and its buyer is a cooperative."""

LIKE_SHARE = Decimal("0.01")
"""Small amounts are rounded to the fen: prices of an area that differ by less are one price."""

LARGEST_PLACES = 15
"""A product with more places before the point is nobody's payout, and has no room for its fen."""

N = TypeVar("N", int, Decimal)


def nothing_is_odd(whole: Whole) -> Iterator[CellFinding]:
    """Figures unlike their neighbours', amounts that are all 0 or missing, a file without payees."""
    yield from _nobody_is_unlike(whole)
    yield from _something_is_paid(whole.entries)
    for table in whole.tables:
        if not table.amount and not table.beside:
            yield from _without_amounts(whole.name, table)
    if not whole.entries:
        yield CellFinding(level=Level.ERROR, code="NO_PAYEE_ROWS", message="没有分户明细，只有汇总表或空表。")


def nobody_is_above_the_ceiling(publication: Publication) -> Iterator[CellFinding]:
    """Nobody is paid more at once than the programme pays one household, as the county's pack says."""
    for at, payout in enumerate(publication.payouts):
        if payout.kind is PayeeKind.HOUSEHOLD and 0 < publication.ceiling_fen < payout.amount_fen:
            message = (
                f"金额{yuan(payout.amount_fen)}元，超过这项补贴一户最多的{yuan(publication.ceiling_fen)}元"
            )
            yield at_listed(publication, "CEILING", message, at)


def _without_amounts(name: str, table: TableFacts) -> Iterator[CellFinding]:
    """No amounts: an application list or goods in kind; anything else a person must confirm."""
    for letter, header in table.unread_money:
        message = (
            f"列 {letter} “{shown(header)}” 像是金额，表头没有写明，没有计入。"
            f"如果是金额，请用 --map {letter}=amount 指明；如果不是，请用 --map {letter}=ignore。"
        )
        yield CellFinding(
            level=Level.WARNING, code="COLUMN_LIKE_MONEY", sheet=table.sheet, column=letter, message=message
        )
    level = Level.NOTE if table.goods or _APPLIED.search(f"{name}　{table.preface}") else Level.WARNING
    yield CellFinding(
        level=level,
        code="NO_AMOUNT_COLUMN",
        sheet=table.sheet,
        message="没有金额一列，按申报公示（只有面积或数量）读取。",
    )


def _nobody_is_unlike(whole: Whole) -> Iterator[CellFinding]:
    """An amount or area far beyond those of the same kind is often a lost point, or another unit.

    Households are held against households, organisations against organisations, of one table: three are
    enough. What no statistic can see, as everybody's amount times ten, only a total or a rate shows.
    """
    for table in whole.tables:
        entries = whole.entries[slice(*table.extent)]
        for organised in (False, True):
            alike = [one for one in entries if (one.row.payout.kind is PayeeKind.ORGANISATION) is organised]
            paid = [(one.row.payout.amount_fen, one) for one in alike if one.row.payout.amount_fen]
            most = CEILING_FEN[organised]
            for fen, entry in _beyond(paid, LEAST_FEN, most):
                made = _made_by_rate(entry, table.rates.lived) or _priced_alike(entry, alike)
                if fen <= most and made:
                    continue  # its area alone may be odd
                message = f"金额{yuan(fen)}元，比同类的别户大得多，请核对小数点和单位。"
                yield warned(entry.row, "AMOUNT_UNUSUAL", message, entry.amount_column)
            measured = [(area, one) for one in alike if (area := one.row.payout.quantity)]
            for _, entry in _beyond(measured, UNLIKE_MU):
                message = "面积（数量）比同类的别户大得多，请核对小数点。"
                yield warned(entry.row, "QUANTITY_UNUSUAL", message)


def _made_by_rate(entry: Entry, lived: Decimal | None) -> bool:
    """Whether an amount is what its area comes to at the rate that all the others have."""
    area, fen = entry.row.payout.quantity, entry.row.payout.amount_fen
    likely = area and lived and (area * lived).adjusted() < LARGEST_PLACES
    product = product_fen(area, lived) if area and lived and likely else None
    return fen in {product, None if entry.product is None else rounded_fen(entry.product)}


def _priced_alike(entry: Entry, alike: Sequence[Entry]) -> bool:
    """Whether an amount is to its area as the others' are, within a hundredth, where no rate is known."""
    payouts = [one.row.payout for one in alike if one is not entry]
    prices = [Decimal(one.amount_fen) / one.quantity for one in payouts if one.quantity and one.amount_fen]
    area, fen = entry.row.payout.quantity, entry.row.payout.amount_fen
    return bool(area and prices) and abs(fen / median(prices) / (area or 1) - 1) <= LIKE_SHARE


def _beyond(figures: Sequence[tuple[N, Entry]], least: N, most: N | None = None) -> Iterator[tuple[N, Entry]]:
    """Whoever has more than `most`, or UNLIKE_TIMES the median of three payees or more, and above `least`."""
    highest = max((figure for figure, _ in figures), default=least)
    if highest <= least:
        return  # nearly no list has a figure worth comparing: the median is spared
    usual = median(figure for figure, _ in figures) if len(figures) > 2 else highest
    just = 0 if most is None else 1  # an amount that lost its point is just so many times as much
    limit = max(usual * UNLIKE_TIMES - just, least)
    for figure, entry in figures:
        if figure > limit or (most is not None and figure > most):
            yield figure, entry


def _something_is_paid(entries: Sequence[Entry]) -> Iterator[CellFinding]:
    """Amounts that are all 0 beside areas are formulas some program wrote without their results."""
    zero = all(
        entry.amount_column and not (entry.row.unread or entry.row.payout.amount_fen) for entry in entries
    )
    if zero and any(entry.row.payout.quantity for entry in entries):
        yield CellFinding(
            level=Level.WARNING,
            code="ALL_AMOUNTS_ZERO",
            sheet=entries[0].row.sheet,
            message="所有金额都是 0，可能是公式没有重新计算，请在 Excel 或 WPS 中打开并保存一次。",
        )
