"""Several programmes in one row: 耕地地力保护补贴 and 稻谷补贴 beside each other, each a group of columns.

A group is a programme's share of the row when its header words stand over one amount and over its
own quantity or rate. The shares of a row are used only where they add up to the row's amount.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.money import rounded_fen
from sync.county.formats.grid import Value, column_letter
from sync.county.reading import Share
from sync.county.roster.columns.arithmetic import proof
from sync.county.roster.columns.column import Column
from sync.county.roster.columns.thresholds import AMOUNT_LIMIT, PROVEN
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.roster.rows.table import Table


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The columns under one programme's words."""

    words: str
    amount: Column
    quantity: Column | None
    rate: Column | None
    proven: bool  # quantity × rate is the amount in most rows


class Shares:
    """Reads the shares in the lines of one table; nothing where it has no such groups.

    `proven`: the programmes that live by quantity × rate, with the letters of their amounts.
    """

    def __init__(self, table: Table) -> None:
        found = tuple(_groups(table))
        self.groups = found if len(found) > 1 else ()
        self.proven = {
            group.words: column_letter(group.amount.index) for group in self.groups if group.proven
        }
        self._rates: dict[str, Decimal] = {}

    def of(self, cells: list[Value], amount: Decimal | None) -> tuple[Share, ...]:
        """Each programme's part of one line; () where the parts are not the whole."""
        if not self.groups or amount is None:
            return ()
        read = tuple([self._share(group, cells) for group in self.groups])
        return read if sum(share.amount_fen for share in read) == rounded_fen(amount) else ()

    def _share(self, group: Group, cells: list[Value]) -> Share:
        quantity, rate = _read(cells, group.quantity), _read(cells, group.rate)
        if rate is not None:
            self._rates[group.words] = rate
        elif group.rate is not None and quantity is not None:
            rate = self._rates.get(group.words)  # written once above, or merged down
        return Share(
            programme=group.words,
            quantity=quantity,
            unit=group.quantity.meaning.unit or "亩" if group.quantity and quantity is not None else "",
            rate=rate,
            amount_fen=rounded_fen(_read(cells, group.amount) or Decimal(0)),
        )


def _groups(table: Table) -> Iterator[Group]:
    """Groups of columns under common words, in the order they stand."""
    common = [one for one in table.band.columns if not one.over and one.meaning.what is What.AREA]
    for words, columns in table.band.programmes(table.picked.amount).items():
        (amount,) = (column for column in columns if column.meaning.what is What.AMOUNT)
        areas = [column for column in columns if column.meaning.what is What.AREA] or common
        rates = [column for column in columns if column.meaning.what is What.RATE]
        area, rate = (only[0] if len(only) == 1 else None for only in (areas, rates))
        proven = bool(area and rate and proof(table.sample, area, rate, amount) > PROVEN)
        yield Group(words=words, amount=amount, quantity=area, rate=rate, proven=proven)


def _read(cells: list[Value], column: Column | None) -> Decimal | None:
    """Number of a cell in our units."""
    value = column.number(cells) if column else None
    if column is None or value is None or abs(value) > AMOUNT_LIMIT:
        return None
    return value * column.meaning.factor
