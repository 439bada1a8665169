"""Quantity and rate of one line, and what they come to: read from its cells, its merges, or the title."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.formats.cells import figure, squeezed
from sync.county.roster.columns.arithmetic import implied_rate, makes_an_amount
from sync.county.roster.columns.meaning import What
from sync.county.roster.columns.picked import PROVEN, in_yuan
from sync.county.roster.entries import Rates
from sync.county.roster.rows.free_text import said_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table

    Tell = Callable[[Level, str, Column | None, str], None]

QUANTITY_LIMIT = 10**8
RATE_DECIMALS = 8
FEWEST_PAID = 5  # lines that show how a list is made


class Factors:
    """Reads quantity × rate in the lines of one table."""

    def __init__(self, table: Table, title_rates: tuple[Decimal, ...], tell: Tell) -> None:
        self.rows, self.spans, self.chosen, self._tell = table.grid.rows, table.spans, table.picked, tell
        self.unit = self._unit()
        self._deductions = table.band.of(What.DEDUCTION)
        self._stated = title_rates
        self._title, self._title_proven = (None, False) if self.chosen.rate else self._rate_for_all(table)
        self._rate: Decimal | None = None
        self._areas_everywhere = self._have_areas(table.sample)

    def of(
        self, index: int, cells: list[Value], amount: Decimal | None
    ) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """Quantity and rate in our units, their product where this table lives by it, the rate as written."""
        area, price = self.chosen.quantity, self.chosen.rate
        quantity = self._quantity(cells, area) if area else None
        if area and quantity is None and amount and self._areas_everywhere:
            self._without_area(index, cells, area)
        written = figure(_at(cells, price)).value if price else None
        rate = self._rate_at(index, written, price) if price else self._title
        told = rate if price is None else self._told(rate, price)
        if area is None or quantity is None:
            return None, told if price else None, None, written
        product = None
        if rate is not None and (self._title_proven if price is None else self.chosen.proven):
            product = self._less_deductions(in_yuan(quantity * rate, area, price), cells, amount)
        if area.meaning.factor != 1:
            quantity = _plain(quantity * area.meaning.factor)
        return quantity, told, product, written

    def _less_deductions(self, product: Decimal, cells: list[Value], amount: Decimal | None) -> Decimal:
        """Net pay differs from days × wage by what the line itself deducts."""
        for column in self._deductions:
            deducted = figure(_at(cells, column)).value
            if deducted and amount == product - abs(deducted) * column.meaning.factor:
                return product - abs(deducted) * column.meaning.factor
        return product

    def _quantity(self, cells: list[Value], column: Column) -> Decimal | None:
        read = figure(_at(cells, column))
        if read.full_width:
            self._tell(Level.NOTE, "FULLWIDTH_DIGITS", column, "全角数字按半角处理。")
        if read.value is not None and abs(read.value) < QUANTITY_LIMIT:
            return read.value
        if not read.empty and re.search(r"\d", squeezed(_at(cells, column))):
            self._tell(Level.WARNING, "AREA_UNREADABLE", column, "面积或数量不是能读出来的数字。")
        return None

    def _have_areas(self, sample: Sequence[list[Value]]) -> bool:
        """Whether every line that is paid has an area or quantity, but for one in a sample."""
        area, money = self.chosen.quantity, self.chosen.money
        if area is None or not money:
            return False
        paid = [row for row in sample if any(figure(_at(row, column)).value for column in money)]
        lacking = sum(figure(_at(row, area)).value is None for row in paid)
        return len(paid) >= FEWEST_PAID and lacking <= 1

    def _without_area(self, index: int, cells: list[Value], column: Column) -> None:
        """An amount for no area, in a list that is paid by it."""
        told = re.search(r"\d", squeezed(_at(cells, column)))  # already, as unreadable
        if not told and self.spans.owner(index, column.index)[0] == index:
            message = "有金额而没有面积（数量），其他各行都有，请确认。"
            self._tell(Level.WARNING, "AREA_MISSING", column, message)

    def _rate_at(self, index: int, written: Decimal | None, column: Column) -> Decimal | None:
        """Rate of this line; one that is merged down, or written once above, holds on."""
        if written is not None and abs(written) < QUANTITY_LIMIT:
            self._rate = written
        elif (top := self.spans.owner(index, column.index))[0] != index:
            self._rate = figure(self.rows[top[0]][top[1]]).value
        return self._rate

    def rates(self, table: Table) -> Rates:
        """How the table lives by its rates, for R2 to judge."""
        implied, followed = None, False
        if self.chosen.quantity and self.chosen.amount and self.chosen.rate is None:
            implied = implied_rate(table.sample, self.chosen.quantity, self.chosen.amount)
            followed = len(self._stated) == 1 and makes_an_amount(
                table.sample, self.chosen.quantity, self.chosen.amount, self._stated[0]
            )
        return Rates(
            stated=self._stated,
            title=said_over(table),
            binds=bool(self._stated) and _share(self._as_stated(table)) > PROVEN,
            lived=self._written_rate(table) if self.chosen.rate else implied,
            followed=followed,
            implied=implied if self._title is None else None,
        )

    def _written_rate(self, table: Table) -> Decimal | None:
        """The one rate that its column holds, where the table lives by it."""
        if (column := self.chosen.rate) is None or not self.chosen.proven:
            return None
        written = {figure(_at(cells, column)).value for cells in table.sample}
        lived = {value * column.meaning.factor for value in written if value}
        return lived.pop() if len(lived) == 1 else None

    def _told(self, rate: Decimal | None, column: Column) -> Decimal | None:
        if rate is None or column.meaning.factor == 1:
            return rate  # as read it has 8 decimals at most
        if not self.chosen.proven:
            return None  # the unit line may not speak for the rate
        exact = rate * column.meaning.factor
        exponent = exact.as_tuple().exponent
        return _plain(exact) if isinstance(exponent, int) and exponent >= -RATE_DECIMALS else None

    def _unit(self) -> str:
        area = self.chosen.quantity
        if area is None:
            return ""
        rate_unit = self.chosen.rate.meaning.unit if self.chosen.rate else ""
        return area.meaning.unit or rate_unit or ("亩" if "面积" in area.meaning.header else "")

    def _rate_for_all(self, table: Table) -> tuple[Decimal | None, bool]:
        """The title's rate that makes the amounts, and whether it does; none where amounts deny it."""
        shares = [(self._by_title(table, rate), rate) for rate in self._stated]
        judged = [(_share(answers), rate) for answers, rate in shares if answers]
        if not judged:
            return next(iter(self._stated), None), False
        share, rate = max(judged)
        return (rate, True) if share > PROVEN else (None, False)

    def _by_title(self, table: Table, rate: Decimal) -> list[bool]:
        """Row by row of a sample: whether area × the title's rate is the amount."""
        area, paid = self.chosen.quantity, self.chosen.amount
        if area is None or paid is None:
            return []
        pairs = ((figure(_at(row, area)).value, figure(_at(row, paid)).value) for row in table.sample)
        return [
            in_yuan(quantity * rate, area, None) == amount * paid.meaning.factor
            for quantity, amount in pairs
            if quantity and amount
        ]

    def _as_stated(self, table: Table) -> list[bool]:
        """Row by row of a sample: whether the rate is one the title states."""
        if self.chosen.rate is None:
            return []
        rates = (figure(_at(cells, self.chosen.rate)).value for cells in table.sample)
        return [rate in self._stated for rate in rates if rate]


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 0.0


def _at(cells: list[Value], column: Column | None) -> Value:
    return cells[column.index] if column is not None and column.index < len(cells) else ""


def _plain(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
