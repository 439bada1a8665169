"""Sheets without a header: the next page of the sheet before, or a list that nobody could read.

An office prints its header on the first page only and goes on in a second sheet. Such a sheet has
the first one's header where its columns fit it; one that names people and does not fit is reported.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure, squeezed
from sync.county.roster.columns.arithmetic import figures_of
from sync.county.roster.columns.meaning import What
from sync.county.roster.columns.person_names import is_name
from sync.county.roster.columns.thresholds import MONEY_LIMIT, NAMES, NEARLY_ALL, PROVEN
from sync.county.roster.columns.words import meaning_of
from sync.county.roster.layout.texts import line_text
from sync.county.roster.layout.titles import kind_of
from sync.county.roster.rows.kinds import Kind, Sorter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.gazetteer import Gazetteer
    from sync.county.roster.columns.column import Band
    from sync.county.roster.layout.blocks import Shape

LINES_LOOKED_AT = 200
HEADER_WORDS = 3
_MEASURES = frozenset({What.AMOUNT, What.RATE, What.AREA, What.AREA_CONTRACT})


def goes_on(grid: Grid, spans: Spans, before: Shape) -> Shape | None:
    """The sheet as laid out under the last header of the sheet before; None where its columns do not fit."""
    block = next((one for one in reversed(before.blocks) if kind_of(one) == "detail"), None)
    if block is None or len(block.bands) > 1:
        return None
    band = block.bands[0]
    sorter = Sorter(band, spans)
    first = next((at for at, cells in enumerate(grid.rows) if _fits(band, cells)), None)
    if first is None:
        return None
    words = ([cell for cell in row if isinstance(cell, str) and squeezed(cell)] for row in grid.rows[:first])
    if any(len(written) >= HEADER_WORDS for written in words):
        return None  # a header of its own that says something else
    rows = list(islice(enumerate(grid.rows), first, first + LINES_LOOKED_AT))
    payees = [cells for at, cells in rows if sorter.kind(at, cells) is Kind.PAYEE]
    fitting = [cells for cells in payees if _fits(band, cells)]
    name = band.of(What.NAME)[0]
    if len(fitting) < len(payees) * NEARLY_ALL or not any(is_name(name.cell(cells)) for cells in fitting):
        return None
    preface = tuple(text for row in grid.rows[:first] if (text := line_text(row)))
    under = msgspec.structs.replace(block, header_top=first, start=first, stop=len(grid.rows))
    return msgspec.structs.replace(before, preface=preface, blocks=(under,))


def _fits(band: Band, cells: list[Value]) -> bool:
    """A word where the names stand, numbers where the header before has numbers, nothing beyond it."""
    names, numbers = band.of(What.NAME), band.of(What.AMOUNT) or band.of(What.AREA)
    last = max(column.index for column in band.columns)
    if any(cell not in {"", None} for cell in cells[last + 1 :]):
        return False
    name = names[0].cell(cells)
    return (
        isinstance(name, str)
        and bool(squeezed(name))
        and figure(name).value is None
        and all(column.number(cells) is not None for column in (*band.of(What.SEQ), *numbers))
    )


def lists_somebody(grid: Grid, gazetteer: Gazetteer | None) -> bool:
    """Whether two lines or more, and most that count anything, name a person and a sum beside the name.

    向阳 and 石垟 read like people: a village the county knows is none.
    """
    rows = [
        (at, cells)
        for at, cells in enumerate(grid.rows[:LINES_LOOKED_AT])
        if any(figure(cell).value is not None for cell in cells)
    ]
    width = max((len(cells) for _, cells in rows), default=0)
    for column in range(width):
        named = [
            (at, cells)
            for at, cells in rows
            if column < len(cells)
            and is_name(cells[column])
            and not (gazetteer and gazetteer.knows(squeezed(cells[column])))
        ]
        lines = [cells for _, cells in named]
        enough = len(named) >= NAMES and len(named) > len(rows) * PROVEN
        if enough and any(
            _sums(grid, named[0][0], other, lines) for other in range(width) if other != column
        ):
            return True
    return False


def _sums(grid: Grid, first: int, column: int, lines: Sequence[list[Value]]) -> bool:
    """Whether a column may hold sums or areas: numbers that are no line numbers, phones, ages or heads."""
    words = (row[column] for row in grid.rows[:first] if column < len(row))
    meanings = [meaning_of(squeezed(word)) for word in words if isinstance(word, str)]
    if any(meaning.score and meaning.what not in _MEASURES for meaning in meanings):
        return False
    numbers = figures_of([cells[column] for cells in lines if column < len(cells)])
    return sum(abs(number) < MONEY_LIMIT for number in numbers) >= NAMES
