"""Several plots of one household under one merged amount: one line, whose areas add up.

Name and amount are merged over the same lines, and no line below names anybody else: then the amount is the
household's for all of them. A second person under a merged amount stays what it is, an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.column import LAND
from sync.county.roster.columns.words import What
from sync.county.roster.rows.kinds import Kind

if TYPE_CHECKING:
    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.column import Band


def joined(grid: Grid, spans: Spans, band: Band, kinds: list[Kind], start: int) -> Grid:
    """The sheet with such plots in their first line; the others are marked PLOT among the `kinds`."""
    names, money = band.of(What.NAME), band.of(What.AMOUNT)
    if not (grid.merges and names and money):
        return grid
    rows = [*grid.rows]
    for at, kind in enumerate(kinds):
        index, column = start + at, money[0].index
        top = spans.owner(index, column)[0]
        merged = start <= top < index and all(spans.owner(index, one.index)[0] == top for one in names[:1])
        if kind is Kind.PAYEE and merged and not _names_another(rows[index], band):
            rows[top] = _with(rows[top], rows[index], band)
            kinds[at] = Kind.PLOT
    return msgspec.structs.replace(grid, rows=rows)


def _names_another(cells: list[Value], band: Band) -> bool:
    return any(squeezed(column.cell(cells)) for column in band.of(What.NAME, What.ID, What.ACCOUNT))


def _with(line: list[Value], plot: list[Value], band: Band) -> list[Value]:
    """A line with one more plot: areas added, items listed, a rate only while it is one."""
    made = [*line]
    for column in band.columns:
        one, other = column.cell(line), column.cell(plot)
        if column.meaning.what in LAND and other != "":
            read = column.number(line), column.number(plot)
            known = [number for number in read if number is not None]
            made[column.index] = float(sum(known)) if len(known) == len(read) else other
        elif column.meaning.what is What.ITEM and other not in {"", one}:
            made[column.index] = f"{squeezed(one)}、{squeezed(other)}"
        elif column.meaning.what is What.RATE and other not in {"", one}:
            made[column.index] = ""
    return made
