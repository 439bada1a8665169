"""Which of several columns of one meaning counts: suggested by the words, decided by the numbers.

Three facts of the cells speak before any header: an amount that is the sum of its neighbours is
the total of its parts; an area that times the rate gives the amount is the area that is paid for.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

import msgspec

from sync.county.roster.columns.arithmetic import NEARLY_ALL, PROVEN, SAMPLE_ROWS, is_sum, proof, varies
from sync.county.roster.columns.column import Band, Column
from sync.county.roster.columns.meaning import Role, What

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Grid, Value


_YEAR = re.compile(r"20[0-4]\d(?=年)")
_FUND = re.compile(r"中央|省|市|县|地方|财政|配套|基础|奖励|补贴[一二三四1-4]")
MOST_PARTS = 12
TOTAL_RANK = 5
PAST_RANK = -4


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that make a payee row. `parts` are summed where a table has funds but no total."""

    people: dict[Role, Column]
    ids: dict[Role, Column]
    amount: Column | None = None
    rival: Column | None = None  # says the same as the amount under the same header: they must agree
    parts: tuple[Column, ...] = ()
    quantity: Column | None = None
    rate: Column | None = None
    proven: bool = False  # area × rate = amount in most rows: a row where it does not is remarkable

    @property
    def used(self) -> frozenset[int]:
        """Columns whose numbers count; others of their meaning are only reported."""
        return frozenset(column.index for column in (*self.money, self.quantity, self.rate) if column)

    @property
    def money(self) -> tuple[Column, ...]:
        """The columns whose sum is the payout: one amount, or its parts."""
        return (self.amount,) if self.amount else self.parts


def picked(band: Band, sample: Sequence[list[Value]]) -> Picked:
    """Decide for one band, from its headers and up to 60 of its rows."""
    rows = [row for row in sample if row][:SAMPLE_ROWS]
    newest = _newest(band.of(What.AMOUNT))
    named = tuple(one for one in newest if one.meaning.rank > PAST_RANK) or newest  # not 已发, 预拨
    prices = _prices(band, named, rows)
    amounts = tuple(column for column in named if column.index not in prices)
    amounts, rival = _without_twin(_net(band, amounts, rows), rows)
    whole = _without_parts(amounts, rows)
    amount = _total_of(amounts, rows) or _best(whole)
    if parts := _funds(whole, amount):
        amount = None
    quantity, rate, proven = _factors(band, amount, rows, prices)
    return Picked(
        people=_by_role(band.of(What.NAME)),
        ids=_by_role(band.of(What.ID)),
        amount=amount,
        rival=rival if amount else None,
        parts=parts,
        quantity=quantity,
        rate=rate,
        proven=proven,
    )


def _by_role(columns: tuple[Column, ...]) -> dict[Role, Column]:
    found: dict[Role, Column] = {}
    for column in columns:
        found.setdefault(column.meaning.role, column)
    return found


def _best(columns: Sequence[Column]) -> Column | None:
    return max(columns, key=lambda column: (column.meaning.rank, column.meaning.score), default=None)


def _only_best(columns: Sequence[Column]) -> Column | None:
    """Best column, unless another of the same rank stands beside it: then neither speaks for the row."""
    best = _best(columns)
    return best if best and len(_equal(columns, best)) == 1 else None


def _equal(columns: Sequence[Column], best: Column) -> list[Column]:
    """The columns that stand as high as one of them, by their words."""
    rank, score = best.meaning.rank, min(best.meaning.score, 5)
    return [one for one in columns if (one.meaning.rank, min(one.meaning.score, 5)) == (rank, score)]


def _total_of(columns: Sequence[Column], rows: Sequence[list[Value]]) -> Column | None:
    """Whichever column is, in nearly every row, the sum of all the others of its kind."""
    if len(columns) < 3:
        return None
    right: Counter[int] = Counter()
    counted = 0
    for row in rows:
        numbers = [column.number(row) or Decimal(0) for column in columns]
        if whole := sum(numbers):
            counted += 1
            right.update(at for at, number in enumerate(numbers) if number * 2 == whole)
    best = max(range(len(columns)), key=lambda at: right[at])
    return columns[best] if counted and right[best] >= counted * NEARLY_ALL else None


def _net(band: Band, columns: tuple[Column, ...], rows: Sequence[list[Value]]) -> tuple[Column, ...]:
    """Without what is paid before deductions, where what is left after them stands beside it."""
    off = band.of(What.DEDUCTION)
    gross = {
        whole.index
        for whole, rest, taken in product(columns, columns, off)
        if whole is not rest and is_sum(whole, (rest, taken), rows)
    }
    return tuple(column for column in columns if column.index not in gross)


def _without_parts(columns: tuple[Column, ...], rows: Sequence[list[Value]]) -> tuple[Column, ...]:
    """The columns without those that another one, wherever it stands, sums up: it ranks as a total."""
    for total in columns:
        others = [column for column in columns if column is not total]
        runs = (  # two or more neighbours, the longest first
            others[start : start + size]
            for size in range(min(len(others), MOST_PARTS), 1, -1)
            for start in range(len(others) - size + 1)
        )
        for parts in runs if total.meaning.rank >= 0 else ():
            if is_sum(total, parts, rows):
                rank = max(total.meaning.rank, TOTAL_RANK)
                raised = Column(total.index, msgspec.structs.replace(total.meaning, rank=rank))
                rest = tuple(raised if one is total else one for one in columns if one not in parts)
                return _without_parts(rest, rows)  # a 小计 may be part of a 合计
    return columns


def _prices(band: Band, amounts: Sequence[Column], rows: Sequence[list[Value]]) -> frozenset[int]:
    """Columns headed like an amount that are prices: times a quantity they give another amount."""
    quantities = band.of(What.AREA, What.AREA_CONTRACT)
    return frozenset(
        price.index
        for amount, price, area in product(amounts, amounts, quantities)
        if price is not amount and proof(rows, area, price, amount) > PROVEN and varies(rows, area)
    )


def _newest(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns of the newest year where headers carry years: last year's amount stands beside this year's."""
    years = {column.index: _YEAR.findall(column.meaning.header) for column in columns}
    newest = max((year for found in years.values() for year in found), default="")
    return tuple(column for column in columns if not years[column.index] or newest in years[column.index])


def _without_twin(
    columns: tuple[Column, ...], rows: Sequence[list[Value]]
) -> tuple[tuple[Column, ...], Column | None]:
    """Of two columns with one value in most rows the last is paid (应发, 实发), unless they are two funds."""
    for first, last in pairwise(columns):
        pairs = [(first.number(row), last.number(row)) for row in rows]
        alike = sum(one == other for one, other in pairs if one)
        same = first.meaning.rank == last.meaning.rank and alike > len(rows) * PROVEN
        one, other = first.meaning.header, last.meaning.header  # 中央 and 省级, two groups, 一月 and 二月
        funds = one != other and ("/" in one or _FUND.search(one) or _FUND.search(other))
        if same and not funds:
            return tuple(column for column in columns if column is not first), first
    return columns, None


def _funds(amounts: tuple[Column, ...], amount: Column | None) -> tuple[Column, ...]:
    """Parts to add up: several funds of equal standing, and no column that could be their total."""
    if amount is None or len(amounts) < 2:
        return ()
    equal = _equal(amounts, amount)
    grouped = all("/" in column.meaning.header for column in equal)  # 发放金额 over 一月, 二月
    if len(equal) < 2 or (amount.meaning.rank >= TOTAL_RANK and not grouped):
        return ()
    return tuple(equal)


def _factors(
    band: Band, amount: Column | None, rows: Sequence[list[Value]], prices: frozenset[int]
) -> tuple[Column | None, Column | None, bool]:
    """Quantity and rate: the pair whose product is the amount, else the best by their headers."""
    band = _outside_programmes(band, amount)
    areas = _newest(band.of(What.AREA) or band.of(What.AREA_CONTRACT))
    rates = _newest(band.of(What.RATE)) or tuple(one for one in band.of(What.AMOUNT) if one.index in prices)
    every = (*areas, *band.of(What.AREA_CONTRACT))
    scored = [
        (proof(rows, area, rate, amount), -order, area, rate)
        for order, (area, rate) in enumerate(product(every, rates))
        if amount
    ]
    best = max(scored, key=lambda item: item[:2], default=None)
    if best and best[0] > PROVEN:
        return best[2], best[3], True
    area = _total_of(areas, rows) or _rest_of(band, rows) or _only_best(areas)
    return area, _only_best(rates), False


def _outside_programmes(band: Band, amount: Column | None) -> Band:
    """Without the columns of several programmes that stand beside the row's amount.

    Where most households have a part in one programme only, its area × rate is most rows' total too.
    """
    programmes = band.programmes(amount)
    if len(programmes) < 2:
        return band
    return Band(columns=tuple(one for one in band.columns if one.over not in programmes))


def _rest_of(band: Band, rows: Sequence[list[Value]]) -> Column | None:
    """Area left of another when a third is taken off: written, in this order, as 承包, 扣除, 补贴."""
    areas = band.of(What.AREA_CONTRACT, What.AREA_EXCLUDED, What.AREA)
    for whole, off, rest in combinations(areas, 3):
        read = [(whole.number(row), off.number(row) or 0, rest.number(row)) for row in rows]
        told = [one - two == three for one, two, three in read if one is not None and three is not None]
        if rest.meaning.what is What.AREA and told and sum(told) > len(told) * PROVEN and varies(rows, rest):
            return rest
    return None


def in_sight(band: Band, grid: Grid) -> Band:
    """Columns to choose from: a hidden one counts only where no visible one says the same."""
    if not grid.hidden_columns:
        return band
    senses = [
        (one.meaning.what, one.meaning.role if one.meaning.what in {What.NAME, What.ID} else "")
        for one in band.columns
    ]
    pairs = list(zip(band.columns, senses, strict=True))
    seen = {sense for one, sense in pairs if one.index not in grid.hidden_columns}
    kept = (one for one, sense in pairs if one.index not in grid.hidden_columns or sense not in seen)
    return Band(columns=tuple(kept))
