"""Which sheets of a book are read: not the hidden, old and example ones; and those without a header.

An office prints its header on the first page only and goes on in a second sheet. Such a sheet has
the first one's header where its columns fit it; one that names people and does not fit is reported.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import figure, squeezed
from sync.county.roster.columns.arithmetic import figures_of
from sync.county.roster.columns.column import Band, Sample
from sync.county.roster.columns.judge import judged
from sync.county.roster.columns.local import clerks_word
from sync.county.roster.columns.person_names import is_name
from sync.county.roster.columns.thresholds import (
    EXAMPLE_ROWS,
    MONEY_LIMIT,
    NAMES,
    NEARLY_ALL,
    PROVEN,
    SHEET_ROWS,
    WORDS_OF_A_HEADER,
)
from sync.county.roster.columns.words import What, meaning_of
from sync.county.roster.layout.texts import line_text
from sync.county.roster.layout.titles import kind_of, year_of
from sync.county.roster.rows.kinds import Kind, Sorter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.gazetteer import Gazetteer
    from sync.county.roster.columns.clerk import Given
    from sync.county.roster.layout.blocks import Shape

_EXAMPLE = re.compile(r"填表说明|填写说明|填报说明|样表|样例|示例|范例")
_MEASURES = frozenset({What.AMOUNT, What.RATE, What.AREA, What.AREA_CONTRACT})


def current_year(laid: Iterable[tuple[Grid, Shape]]) -> str:
    """Year the file is about: its newest title, where sheets carry several."""
    return max(
        [year_of(grid, shape) for grid, shape in laid if grid.visible and lists_payees(shape)], default=""
    )


def lists_payees(shape: Shape) -> bool:
    """Whether one of a sheet's tables names payees."""
    return any(kind_of(block) == "detail" for block in shape.blocks)


def reason_skipped(grid: Grid, shape: Shape, current: str, others: bool) -> tuple[str, str] | None:
    """Code and sentence of a sheet that is not read; `others`: another sheet lists payees."""
    year = year_of(grid, shape)
    if not grid.visible:
        return "HIDDEN_SHEET_SKIPPED", "隐藏的工作表没有读取。"
    if year and current and year < current:
        return "OLD_YEAR_SHEET_SKIPPED", f"这是{year}年的工作表，没有读取。"
    if others and _EXAMPLE.search(grid.name or "") and len(grid.rows) <= EXAMPLE_ROWS:
        return "EXAMPLE_SHEET_SKIPPED", "填表说明或样表，没有读取。"
    return None


def goes_on(grid: Grid, spans: Spans, before: Shape, given: Given) -> Shape | None:
    """The sheet as laid out under the last header of the sheet before; None where its columns do not fit.

    What the clerk says of its own columns is heard before that header.
    """
    block = next((one for one in reversed(before.blocks) if kind_of(one) == "detail"), None)
    if block is None or len(block.bands) > 1:
        return None
    told = Sample(columns=block.bands[0].columns, rows=[], given=given)
    band = Band(columns=judged(told, [clerks_word]).columns)
    name = next(iter(band.of(What.NAME)), None)
    if name is None:
        return None  # by the clerk's word nobody is named
    sorter = Sorter(band, spans)
    first = next((at for at, cells in enumerate(grid.rows) if _fits(band, cells)), None)
    if first is None:
        return None
    words = ([cell for cell in row if isinstance(cell, str) and squeezed(cell)] for row in grid.rows[:first])
    if any(len(written) >= WORDS_OF_A_HEADER for written in words):
        return None  # a header of its own that says something else
    first = next((at for at, cells in enumerate(grid.rows[:first]) if is_name(name.cell(cells))), first)
    rows = list(islice(enumerate(grid.rows), first, first + SHEET_ROWS))
    payees = [cells for at, cells in rows if sorter.kind(at, cells) is Kind.PAYEE]
    fitting = [cells for cells in payees if _fits(band, cells)]
    if len(fitting) < len(payees) * NEARLY_ALL or not any(is_name(name.cell(cells)) for cells in fitting):
        return None
    preface = tuple(text for row in grid.rows[:first] if (text := line_text(row)))
    where = {"header_top": first, "start": first, "stop": len(grid.rows)}
    under = msgspec.structs.replace(block, bands=(band,), **where)
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
        for at, cells in enumerate(grid.rows[:SHEET_ROWS])
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
