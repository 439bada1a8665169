"""Which of several columns of one meaning counts: the numbers speak first, then the words.

Each witness strikes out columns that do not count; what is left at the end counts. Three facts of the cells
speak before any header: an amount that is the sum of its neighbours is the total of its parts; what times
a quantity is another amount is a price; an area that times the rate gives the amount is the one paid for.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

import msgspec

from sync.county.roster.columns.additions import Addition
from sync.county.roster.columns.arithmetic import is_sum, proof, varies
from sync.county.roster.columns.column import Column, Sample
from sync.county.roster.columns.evidence import Evidence, Witness
from sync.county.roster.columns.thresholds import (
    HEADED,
    MOST_PARTS,
    NEARLY_ALL,
    PAST_RANK,
    PROVEN,
    TOTAL_RANK,
    WEIGHED,
)
from sync.county.roster.columns.words import Role, What

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.formats.grid import Value

_YEAR = re.compile(r"20[0-4]\d(?=年)")
_FUND = re.compile(r"中央|省|市|县|地方|财政|配套|基础|奖励|补贴[一二三四1-4]")
_DATED = frozenset({What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.RATE})
_FACTORS = frozenset({What.AREA, What.AREA_CONTRACT, What.AREA_EXCLUDED, What.RATE})


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that make a payee row. `parts` are summed where a table has funds but no total."""

    columns: tuple[Column, ...]  # all of the table, with everything said of them
    people: dict[Role, Column]
    ids: dict[Role, Column]
    amount: Column | None = None
    rival: Column | None = None  # says the same as the amount under the same header: they must agree
    parts: tuple[Column, ...] = ()
    quantity: Column | None = None
    rate: Column | None = None
    proven: bool = False  # area × rate = amount in most rows: a row where it does not is remarkable
    additions: tuple[Addition, ...] = ()  # totals inside a row, for R1 to judge

    @property
    def used(self) -> frozenset[int]:
        """Columns whose numbers count; others of their meaning are only reported."""
        return frozenset(column.index for column in (*self.money, self.quantity, self.rate) if column)

    @property
    def money(self) -> tuple[Column, ...]:
        """The columns whose sum is the payout: one amount, or its parts."""
        return (self.amount,) if self.amount else self.parts


def areas(sample: Sample) -> tuple[Column, ...]:
    """Columns that may be the quantity: the contract area only where no other is written."""
    return sample.standing(What.AREA) or sample.standing(What.AREA_CONTRACT)


def rates(sample: Sample) -> tuple[Column, ...]:
    """Columns that may be the rate: a price among the amounts only where no word says rate."""
    found = sample.standing(What.RATE)
    return tuple(one for one in found if not one.said_by("price_of_goods")) or found


def only(left: Sequence[Column]) -> Column | None:
    """The one that is left: of several none speaks for the row."""
    return left[0] if len(left) == 1 else None


def _others(column: Column, left: Sequence[Column]) -> list[Column]:
    """The others that are left, of one that is itself left; none beside any other column."""
    return [one for one in left if one is not column] if column in left else []


def newest_year(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Where headers carry years the newest counts: last year's amount stands beside this year's."""
    years = _YEAR.findall(column.header)
    beside = sample.standing(column.meaning.what) if years and column.meaning.what in _DATED else ()
    newest = max((year for one in beside for year in _YEAR.findall(one.header)), default="")
    if newest > max(years, default=newest):
        yield Evidence(counts=-1, why=f"只算{newest}年的")


def paid_before(column: Column, sample: Sample) -> Iterator[Evidence]:
    """已发 and 预拨 do not count beside what is paid now."""
    others = _others(column, sample.standing(What.AMOUNT))
    if column.meaning.rank <= PAST_RANK and any(one.meaning.rank > PAST_RANK for one in others):
        yield Evidence(counts=-1, why="不是这一次发的")


def price_of_goods(column: Column, sample: Sample) -> Iterator[Evidence]:
    """A column headed like an amount is a price: times a quantity it gives another amount."""
    quantities = sample.standing(What.AREA, What.AREA_CONTRACT)
    for amount, area in product(_others(column, sample.standing(What.AMOUNT)), quantities):
        if proof(sample.rows, area, column, amount) > PROVEN and varies(sample.rows, area):
            why, unit = f"列{area.letter}乘它等于列{amount.letter}", ("", column.meaning.factor)
            yield Evidence(what=What.RATE, weight=WEIGHED, unit=unit, why=why)


def before_deductions(column: Column, sample: Sample) -> Iterator[Evidence]:
    """What is due before deductions does not count where what is left after them stands beside it."""
    others = _others(column, sample.standing(What.AMOUNT))
    for rest, taken in product(others, sample.standing(What.DEDUCTION)):
        if is_sum(column, (rest, taken), sample.rows):
            yield Evidence(counts=-1, why=f"是扣款前的数，计入的是列{rest.letter}")


def same_value_twin(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Of two columns with one value in most rows the last is paid (应发, 实发), unless they are two funds."""
    left = sample.standing(What.AMOUNT)
    for last in left[left.index(column) + 1 :][:1] if column in left else ():
        alike = sum(bool(one := column.number(row)) and one == last.number(row) for row in sample.rows)
        funds = len(column.path) > 1 or _FUND.search(column.header) or _FUND.search(last.header)
        same = column.meaning.rank == last.meaning.rank and alike > len(sample.rows) * PROVEN
        if same and not (column.path != last.path and funds):
            yield Evidence(counts=-1, why=f"与列{last.letter}同数，计入的是列{last.letter}")


def total_of_all(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Whichever amount is, in nearly every row, the sum of all the others."""
    yield from _total_of(_others(column, sample.standing(What.AMOUNT)), column, sample.rows)


def total_of_areas(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Whichever area is, in nearly every row, the sum of all the others."""
    yield from _total_of(_others(column, areas(sample)), column, sample.rows)


def _total_of(others: Sequence[Column], column: Column, rows: Sequence[list[Value]]) -> Iterator[Evidence]:
    """The column as the total of all others, where it is half of what they and it come to."""
    read = rows if len(others) > 1 else ()
    every = ([one.number(row) or Decimal(0) for one in (column, *others)] for row in read)
    told = [stated == sum(parts) for stated, *parts in every if stated + sum(parts)]
    if told and sum(told) >= len(told) * NEARLY_ALL:
        yield _total(others)


def total_of_parts(column: Column, sample: Sample) -> Iterator[Evidence]:
    """A column that sums two neighbours or more, wherever it stands, the longest run of them first."""
    others = _others(column, sample.standing(What.AMOUNT)) if column.meaning.rank >= 0 else []
    while parts := next((one for one in _runs(others) if is_sum(column, one, sample.rows)), None):
        yield _total(parts)
        others = [one for one in others if one not in parts]


def _runs(columns: Sequence[Column]) -> Iterator[Sequence[Column]]:
    for size in range(min(len(columns), MOST_PARTS), 1, -1):
        yield from (columns[start : start + size] for start in range(len(columns) - size + 1))


def _total(parts: Sequence[Column]) -> Evidence:
    why = f"是{'、'.join(f'列{one.letter}' for one in parts)}的合计"
    return Evidence(counts=1, rank=TOTAL_RANK, instead=tuple(one.index for one in parts), why=why)


def rank_of_words(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Of several amounts those count whose words stand highest."""
    yield from _outranked(column, sample.standing(What.AMOUNT))


def rank_of_factors(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Of several areas or rates those count whose words stand highest."""
    yield from (*_outranked(column, areas(sample)), *_outranked(column, rates(sample)))


def _outranked(column: Column, left: Sequence[Column]) -> Iterator[Evidence]:
    best = max(left, key=lambda one: (one.meaning.rank, one.meaning.score), default=column)
    high, low = ((one.meaning.rank, min(one.meaning.score, HEADED)) for one in (best, column))
    if column in left and low < high:
        yield Evidence(counts=-1, why=f"计入的是列{best.letter}")


def first_of_totals(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Several funds of equal standing are parts to add up; of several totals only the first counts."""
    left = sample.standing(What.AMOUNT)
    grouped = all(len(one.path) > 1 for one in left)  # 发放金额 over 一月, 二月
    best = max(left, key=lambda one: one.meaning.score, default=column)
    if column in left and column is not best and column.meaning.rank >= TOTAL_RANK and not grouped:
        yield Evidence(counts=-1, why=f"计入的是列{best.letter}")


def of_one_programme(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Factors of several programmes that stand beside the row's amount are not the row's.

    Where most households have a part in one programme only, its area × rate is most rows' total too.
    """
    factor = column.over and column.meaning.what in _FACTORS
    programmes = sample.programmes(only(sample.standing(What.AMOUNT))) if factor else {}
    if column.over in programmes and len(programmes) > 1:
        yield Evidence(counts=-1, why="只是其中一项补贴的")


def proven_by_factors(column: Column, sample: Sample) -> Iterator[Evidence]:
    """The amount that an area and a rate give: these two count, whatever the others are called."""
    factors = (*areas(sample), *sample.standing(What.AREA_CONTRACT)), rates(sample)
    pairs = list(product(*factors)) if column is only(sample.standing(What.AMOUNT)) else []
    taken = sample.of(What.DEDUCTION)
    shares = [proof(sample.rows, area, rate, column, taken) for area, rate in pairs]
    if max(shares, default=0) >= PROVEN:
        pair = pairs[shares.index(max(shares))]
        others = tuple(one.index for found in factors for one in found if one not in pair)
        why = "" if column.said_by("product_of_factors") else "面积×标准也等于它"
        yield Evidence(counts=1, instead=others, why=why)


def rest_of_area(column: Column, sample: Sample) -> Iterator[Evidence]:
    """Area left of another when a third is taken off: written, in this order, as 承包, 扣除, 补贴."""
    left = sample.standing(What.AREA)
    written = combinations(sample.standing(What.AREA_CONTRACT, What.AREA_EXCLUDED, What.AREA), 3)
    found = (three for three in written if three[2] in left and _is_rest(*three, sample.rows))
    for whole, off, rest in islice(found, 1):
        if rest is column:
            others, why = _others(column, left), f"是列{whole.letter}减列{off.letter}剩下的"
            yield Evidence(counts=1, instead=tuple(one.index for one in others), why=why)


def _is_rest(whole: Column, off: Column, rest: Column, rows: Sequence[list[Value]]) -> bool:
    read = [(whole.number(row), off.number(row) or 0, rest.number(row)) for row in rows]
    told = [one - two == three for one, two, three in read if one is not None and three is not None]
    return sum(told) > len(told) * PROVEN and varies(rows, rest)


PICKING: tuple[Witness, ...] = (
    newest_year,
    paid_before,
    price_of_goods,
    before_deductions,
    same_value_twin,
    total_of_all,
    total_of_parts,
    total_of_parts,  # again: a 小计 may be part of a 合计 that stands before it
    rank_of_words,
    first_of_totals,
    of_one_programme,
    proven_by_factors,
    total_of_areas,
    rest_of_area,
    rank_of_factors,
)
"""First of the amounts, then of what they are made of; each knows what those before it struck out."""
