"""Totals inside a line: what is stated and what its parts come to, for R1 to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.formats.grid import column_letter
from sync.county.roster.columns.additions import number_at, sum_at
from sync.county.roster.entries import Inner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.additions import Addition


def inner_of(additions: Iterable[Addition], cells: list[Value]) -> tuple[Inner, ...]:
    """The totals of one line that their parts do not give."""
    found = []
    for total, parts, others, of_money in additions:
        stated, summed = number_at(cells, total), sum_at(cells, parts)
        if stated is not None and summed is not None and stated != summed:
            beside = tuple(abs(one) for column in others if (one := number_at(cells, column)))
            found.append(Inner(column_letter(total.index), stated, summed, beside, of_money))
    return tuple(found)
