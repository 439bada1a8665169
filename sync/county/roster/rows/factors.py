"""Quantity and rate of one line, and what they come to: read from its cells, its merges, or the title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.formats.cells import figure, squeezed, without_zeros
from sync.county.roster.columns.arithmetic import implied_rate, in_yuan, makes_an_amount
from sync.county.roster.columns.thresholds import PAID, PROVEN, QUANTITY_LIMIT, RATE_DECIMALS
from sync.county.roster.columns.words import What
from sync.county.roster.entries import Rates
from sync.county.roster.rows.free_text import said_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table, Tell

_MADE_UP = re.compile(r"补发|补差|补足|追补|追加|增发|上[月期季次]")


class Factors:
    """Reads quantity × rate in the lines of one table."""

    def __init__(self, table: Table, title_rates: tuple[Decimal, ...], tell: Tell) -> None:
        self.rows, self.spans, self.picked, self._tell = table.grid.rows, table.spans, table.picked, tell
        area, rate = self.picked.quantity, self.picked.rate
        of_rate = rate.meaning.unit if rate else ""
        of_land = "亩" if area and "面积" in area.header else ""
        self.unit = (area.meaning.unit or of_rate or of_land) if area else ""
        self._beside = [(column, -1) for column in table.band.of(What.DEDUCTION)]
        self._beside += [
            (column, 1)
            for column in table.band.of(What.OTHER, What.AMOUNT)
            if column.index not in self.picked.used and _MADE_UP.search(column.header)
        ]
        self._stated = title_rates
        self._title, self._title_proven = (None, False) if self.picked.rate else self._rate_for_all(table)
        self._rate: Decimal | None = None
        self._areas_everywhere = self._have_areas(table.sample)

    def of(
        self, index: int, cells: list[Value], amount: Decimal | None
    ) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """Quantity and rate in our units, their product where this table lives by it, the rate as written."""
        area, price = self.picked.quantity, self.picked.rate
        quantity = self._quantity(index, cells, area, amount) if area else None
        written = price.number(cells) if price else None
        rate = self._rate_at(index, written, price) if price else self._title
        shown = rate if price is None else self._shown(rate, price)
        if area is None or quantity is None:
            return None, shown if price else None, None, written
        product = None
        if rate is not None and (self._title_proven if price is None else self.picked.proven):
            product = self._with_what_stands_beside(in_yuan(quantity * rate, area, price), cells, amount)
        if area.meaning.factor != 1:
            quantity = without_zeros(round(quantity * area.meaning.factor, RATE_DECIMALS))
        return quantity, shown, product, written

    def _with_what_stands_beside(
        self, product: Decimal, cells: list[Value], amount: Decimal | None
    ) -> Decimal:
        """Net pay differs from days × wage by what the line itself deducts, or makes up for (补发)."""
        for column, way in self._beside:
            beside = column.number(cells)
            if beside and amount == product + way * abs(beside) * column.meaning.factor:
                return amount
        return product

    def _quantity(
        self, index: int, cells: list[Value], column: Column, amount: Decimal | None
    ) -> Decimal | None:
        """Quantity as written. Digits nobody can read are reported, and an amount that has none beside it."""
        read = figure(column.cell(cells))
        if read.full_width:
            self._tell(Level.NOTE, "FULLWIDTH_DIGITS", column, "全角数字按半角处理。")
        value = column.read(read)
        if value is not None and abs(value) < QUANTITY_LIMIT:
            return value
        if re.search(r"\d", squeezed(column.cell(cells))):
            self._tell(Level.WARNING, "AREA_UNREADABLE", column, "面积或数量不是能读出来的数字。")
        elif amount and self._areas_everywhere and self.spans.owner(index, column.index)[0] == index:
            self._tell(
                Level.WARNING, "AREA_MISSING", column, "有金额而没有面积（数量），其他各行都有，请确认。"
            )
        return None

    def _have_areas(self, sample: Sequence[list[Value]]) -> bool:
        """Whether every line that is paid has an area or quantity, but for one in a sample."""
        area, money = self.picked.quantity, self.picked.money
        if area is None or not money:
            return False
        paid = [row for row in sample if any(column.number(row) for column in money)]
        lacking = sum(area.number(row) is None for row in paid)
        return len(paid) >= PAID and lacking <= 1

    def _rate_at(self, index: int, written: Decimal | None, column: Column) -> Decimal | None:
        """Rate of this line; one that is merged down, or written once above, holds on."""
        if written is not None and abs(written) < QUANTITY_LIMIT:
            self._rate = written
        elif (top := self.spans.owner(index, column.index))[0] != index:
            self._rate = figure(self.rows[top[0]][top[1]]).value
        return self._rate

    def rates(self, table: Table) -> Rates:
        """How the table lives by its rates, for R2 to judge."""
        area, paid, price = self.picked.quantity, self.picked.amount, self.picked.rate
        lived = implied = None
        binds = followed = False
        if price:
            written = [rate for cells in table.sample if (rate := price.number(cells))]
            binds = _share([rate in self._stated for rate in written]) > PROVEN
            only = set(written) if self.picked.proven else set()
            lived = only.pop() * price.meaning.factor if len(only) == 1 else None
        elif area and paid:
            lived = implied_rate(table.sample, area, paid)
            implied = lived if self._title is None else None
            followed = len(self._stated) == 1 and makes_an_amount(table.sample, area, paid, self._stated[0])
        return Rates(
            stated=self._stated,
            title=said_over(table),
            binds=binds,
            lived=lived,
            followed=followed,
            implied=implied,
        )

    def _shown(self, rate: Decimal | None, column: Column) -> Decimal | None:
        """A rate in our unit, where that is known and takes no more decimals than a rate may have."""
        if rate is None or column.meaning.factor == 1:
            return rate  # as read it has 8 decimals at most
        if not self.picked.proven:
            return None  # the unit line may not speak for the rate
        exact = rate * column.meaning.factor
        exponent = exact.as_tuple().exponent
        return without_zeros(exact) if isinstance(exponent, int) and exponent >= -RATE_DECIMALS else None

    def _rate_for_all(self, table: Table) -> tuple[Decimal | None, bool]:
        """The title's rate that makes the amounts, and whether it does; none where amounts deny it."""
        area, paid = self.picked.quantity, self.picked.amount
        read = [(area.number(row), paid.value(row)) for row in table.sample] if area and paid else []
        pairs = [(one, amount) for one, amount in read if one and amount]
        if area is None or not pairs or not self._stated:
            return next(iter(self._stated), None), False
        share, rate = max(
            (_share([in_yuan(one * rate, area, None) == amount for one, amount in pairs]), rate)
            for rate in self._stated
        )
        return (rate, True) if share > PROVEN else (None, False)


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 0.0
