"""What lies under the headers of a sheet: blocks below each other, tables side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.column import PLACES, Band, Column, Sample
from sync.county.roster.columns.judge import by_itself
from sync.county.roster.columns.thresholds import NUMBERED, PREFACE_ROWS, SAMPLE_ROWS
from sync.county.roster.columns.words import What
from sync.county.roster.layout.texts import columns_of, filled, line_text
from sync.county.roster.layout.zones import zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.county.formats.grid import Grid
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.clerk import Given

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LETTER = re.compile(r"[A-Z]")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A header and the rows under it, up to the next header. Rows are zero-based, `stop` excluded."""

    header_top: int
    start: int
    stop: int
    bands: tuple[Band, ...]

    def owners(self, index: int) -> int:
        """How many of its tables have this column: places to the left belong to all."""
        return sum(any(column.index == index for column in band.columns) for band in self.bands)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet as laid out: the lines above the first header, and its blocks."""

    preface: tuple[str, ...]
    blocks: tuple[Block, ...]


def shape_of(grid: Grid, spans: Spans, given: Given | None = None) -> Shape:
    """Find every header of a sheet and what stands under it. `given` is the clerk's word on columns."""
    given = given or {}
    headers = list(zones(grid, spans, given))
    blocks = []
    for at, (top, bottom) in enumerate(headers):
        stop = headers[at + 1][0] if at + 1 < len(headers) else len(grid.rows)
        under = grid.rows[bottom + 1 : min(stop, bottom + 1 + SAMPLE_ROWS)]
        columns = tuple(columns_of(grid, spans, top, bottom, filled(given, under)))
        bands = bands_of(by_itself(Sample(columns=columns, rows=under, given=given)).columns)
        start = bottom + 1 + _numbering(grid, bottom + 1)
        blocks.append(Block(header_top=top, start=start, stop=stop, bands=bands))
    first = headers[0][0] if headers else min(len(grid.rows), PREFACE_ROWS)
    return Shape(
        preface=tuple(text for row in grid.rows[:first] if (text := line_text(row))), blocks=tuple(blocks)
    )


def _numbering(grid: Grid, row: int) -> int:
    """1 if the row under the header only numbers the columns (栏次 1 2 3=1×2), else 0."""
    texts = [squeezed(cell) for cells in grid.rows[row : row + 1] for cell in cells]
    marks = [text for text in texts if text and text != "栏次"]
    if len(marks) < NUMBERED:
        return 0
    plain = [re.sub(r"[()]|=.*", "", text) for text in marks]
    known = all(text in _STEMS or text.isdigit() or _LETTER.fullmatch(text) for text in plain)
    runs = (
        [int(text) for text in plain if text.isdigit()],
        [ord(text) for text in plain if _LETTER.fullmatch(text)],
    )
    rising = (len(run) > 1 and run == list(range(run[0], run[0] + len(run))) for run in runs)
    return int(known and any(rising))


def bands_of(columns: Sequence[Column]) -> tuple[Band, ...]:
    """Split a header whose texts repeat into side-by-side tables; places to their left belong to all."""
    for what in (What.SEQ, What.NAME):
        starts = _starts(columns, what)
        if len(starts) > 1:
            shared = tuple(column for column in columns[: starts[0]] if column.meaning.what in PLACES)
            parts = zip(starts, [*starts[1:], len(columns)], strict=True)
            bands = tuple(Band(columns=(*shared, *columns[start:stop])) for start, stop in parts)
            if all(band.lists_payees for band in bands):
                return bands
    return _with_a_summary_beside(columns)


def _with_a_summary_beside(columns: Sequence[Column]) -> tuple[Band, ...]:
    """A small summary to the right of a list, an empty column between them, is a table of its own."""
    for at in range(1, len(columns)):
        if columns[at].index > columns[at - 1].index + 1:
            left, right = Band(columns=tuple(columns[:at])), Band(columns=tuple(columns[at:]))
            if left.lists_payees and right.sums_places and left.of(What.AMOUNT) and right.of(What.AMOUNT):
                return left, right
    return (Band(columns=tuple(columns)),)


def _starts(columns: Sequence[Column], what: What) -> list[int]:
    """Positions where a band begins: equal header texts, led back to the first text that repeats too."""
    texts = [squeezed(column.header) for column in columns]
    found = [at for at, column in enumerate(columns) if column.meaning.what is what]
    if len(found) < 2 or len({texts[at] for at in found}) > 1:
        return []
    while found[0] > 0 and len({texts[at - 1] for at in found}) == 1:
        found = [at - 1 for at in found]
    return found
