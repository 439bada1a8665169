"""Which of several columns of one meaning counts: suggested by the words, decided by the numbers.

Three facts of the cells speak before any header: an amount that is the sum of its neighbours is
the total of its parts; an area that times the rate gives the amount is the area that is paid for.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure
from sync.county.roster.columns.column import Band, Column
from sync.county.roster.columns.meaning import Meaning, Role, What

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.formats.grid import Grid, Value


_CENT = Decimal("0.01")
_YEAR = re.compile(r"20[0-4]\d(?=年)")
_FUND = re.compile(r"中央|省|市|县|地方|财政|配套|基础|奖励|补贴[一二三四1-4]")
SAMPLE_ROWS = 60
PROVEN = 0.5  # a share of rows above this shows how a table is made; faulty rows are few
NEARLY_ALL = 0.8
MOST_PARTS = 12
TOTAL_RANK = 5
PAST_RANK = -4


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
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


def chosen(band: Band, sample: Sequence[list[Value]]) -> Chosen:
    """Decide for one band, from its headers and up to 60 of its rows."""
    rows = [row for row in sample if row][:SAMPLE_ROWS]
    named = _of_now(_newest(band.of(What.AMOUNT)))
    prices = _prices(band, named, rows)
    amounts = tuple(column for column in named if column.index not in prices)
    amounts, rival = _without_twin(_net(band, amounts, rows), rows)
    whole = _without_parts(amounts, rows)
    amount = _total_of(amounts, rows) or _best(whole)
    parts = _funds(whole, amount)
    if parts:
        amount = None
    quantity, rate, proven = _factors(band, amount, rows, prices)
    return Chosen(
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
    equal = [column for column in columns if best and _standing(column.meaning) == _standing(best.meaning)]
    return best if len(equal) == 1 else None


def _number(row: list[Value], column: Column) -> Decimal | None:
    return figure(row[column.index]).value if column.index < len(row) else None


def _total_of(columns: Sequence[Column], rows: Sequence[list[Value]]) -> Column | None:
    """Whichever column is, in nearly every row, the sum of all the others of its kind."""
    if len(columns) < 3:
        return None
    seen: dict[int, int] = {}
    counted = 0
    for row in rows:
        numbers = [_number(row, column) or Decimal(0) for column in columns]
        whole = sum(numbers)
        if whole:
            counted += 1
            for at, number in enumerate(numbers):
                seen[at] = seen.get(at, 0) + (number * 2 == whole)
    best = max(seen, key=lambda at: seen[at], default=0)
    return columns[best] if counted and seen[best] * 10 >= counted * 8 else None


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
        for parts in _runs(others) if total.meaning.rank >= 0 else ():
            if is_sum(total, parts, rows):
                rank = max(total.meaning.rank, TOTAL_RANK)
                raised = Column(total.index, msgspec.structs.replace(total.meaning, rank=rank))
                rest = tuple(raised if one is total else one for one in columns if one not in parts)
                return _without_parts(rest, rows)  # a 小计 may be part of a 合计
    return columns


def _runs(columns: Sequence[Column]) -> Iterator[Sequence[Column]]:
    """Two or more neighbours, the longest first."""
    for size in range(min(len(columns), MOST_PARTS), 1, -1):
        for start in range(len(columns) - size + 1):
            yield columns[start : start + size]


def is_sum(total: Column, parts: Sequence[Column], rows: Sequence[list[Value]]) -> bool:
    """Whether a column is the sum of others in nearly every row, and two of them are more than nothing."""
    right = counted = 0
    filled: set[int] = set()
    for row in rows:
        stated = _number(row, total)
        numbers = [_number(row, part) for part in parts]
        if stated:
            counted += 1
            right += stated == sum((number or Decimal(0) for number in numbers), Decimal(0))
            filled.update(at for at, number in enumerate(numbers) if number)
    return counted > 1 and right >= counted * NEARLY_ALL and len(filled) > 1


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


def _of_now(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Without what was paid before (已发, 预拨), where something else is left."""
    now = tuple(column for column in columns if column.meaning.rank > PAST_RANK)
    return now or columns


def _without_twin(
    columns: tuple[Column, ...], rows: Sequence[list[Value]]
) -> tuple[tuple[Column, ...], Column | None]:
    """Of two columns with one value in most rows the last is paid (应发, 实发), unless they are two funds."""
    for first, last in pairwise(columns):
        pairs = [(_number(row, first), _number(row, last)) for row in rows]
        alike = sum(one == other for one, other in pairs if one)
        same = first.meaning.rank == last.meaning.rank and alike > len(rows) * PROVEN
        if same and not _two_funds(first.meaning.header, last.meaning.header):
            return tuple(column for column in columns if column is not first), first
    return columns, None


def _two_funds(first: str, last: str) -> bool:
    """中央 and 省级, two groups, or two parts of one (一月, 二月): equal by chance, each paid."""
    grouped = "/" in first and first != last
    return grouped or (first != last and bool(_FUND.search(first) or _FUND.search(last)))


def varies(rows: Sequence[list[Value]], column: Column) -> bool:
    """Whether a quantity is more than a column of ones, which would prove anything."""
    return any(_number(row, column) not in {None, Decimal(1), Decimal(0)} for row in rows)


def _funds(amounts: tuple[Column, ...], amount: Column | None) -> tuple[Column, ...]:
    """Parts to add up: several funds of equal standing, and no column that could be their total."""
    if amount is None or len(amounts) < 2:
        return ()
    equal = [column for column in amounts if _standing(column.meaning) == _standing(amount.meaning)]
    grouped = all("/" in column.meaning.header for column in equal)  # 发放金额 over 一月, 二月
    if len(equal) < 2 or (amount.meaning.rank >= TOTAL_RANK and not grouped):
        return ()
    return tuple(equal)


def _standing(meaning: Meaning) -> tuple[int, int]:
    return (meaning.rank, min(meaning.score, 5))


def _factors(
    band: Band, amount: Column | None, rows: Sequence[list[Value]], prices: frozenset[int]
) -> tuple[Column | None, Column | None, bool]:
    """Quantity and rate: the pair whose product is the amount, else the best by their headers."""
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


def _rest_of(band: Band, rows: Sequence[list[Value]]) -> Column | None:
    """Area left of another when a third is taken off: written, in this order, as 承包, 扣除, 补贴."""
    areas = band.of(What.AREA_CONTRACT, What.AREA_EXCLUDED, What.AREA)
    for whole, off, rest in combinations(areas, 3):
        read = [(_number(row, whole), _number(row, off), _number(row, rest)) for row in rows]
        told = [
            one - (two or 0) == three for one, two, three in read if one is not None and three is not None
        ]
        if rest.meaning.what is What.AREA and told and sum(told) > len(told) * PROVEN and varies(rows, rest):
            return rest
    return None


MOST_PLACES = 20
"""A figure with more places before the point is no amount; a Decimal of 28 digits has no room for its fen."""


def proof(rows: Sequence[list[Value]], area: Column, rate: Column, amount: Column) -> float:
    """Share of the rows in which area × rate is the amount, to the fen."""
    right = counted = 0
    last: Decimal | None = None
    for row in rows:
        quantity, price, paid = _number(row, area), _number(row, rate), _number(row, amount)
        last = price = price if price is not None else last  # a rate may be merged down
        if quantity is None or price is None or not paid:
            continue
        counted += 1
        right += abs(in_yuan(quantity * price, area, rate) - paid * amount.meaning.factor) <= _CENT
    return right / counted if counted > 1 or right else 0.0


def in_yuan(product_: Decimal, area: Column, rate: Column | None) -> Decimal:
    """Quantity × rate as written, in yuan rounded to the fen: 公顷 × 元/亩 is brought to one unit first."""
    return to_the_fen(product_ * area.meaning.factor * (rate.meaning.factor if rate else 1))


def to_the_fen(exact: Decimal) -> Decimal:
    """Yuan rounded half up to the fen; a figure that cannot be an amount stays as it is."""
    return exact if exact.adjusted() > MOST_PLACES else exact.quantize(_CENT, ROUND_HALF_UP)


def in_sight(band: Band, grid: Grid) -> Band:
    """Columns to choose from: a hidden one counts only where no visible one says the same."""
    if not grid.hidden_columns:
        return band
    seen = {_sense(band, at) for at, one in enumerate(band.columns) if one.index not in grid.hidden_columns}
    kept = (
        column
        for at, column in enumerate(band.columns)
        if column.index not in grid.hidden_columns or _sense(band, at) not in seen
    )
    return Band(columns=tuple(kept))


def _sense(band: Band, at: int) -> tuple[What, str]:
    meaning = band.columns[at].meaning
    return meaning.what, meaning.role if meaning.what in {What.NAME, What.ID} else ""
