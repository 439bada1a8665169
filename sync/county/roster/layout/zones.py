"""Where the headers of a sheet stand.

A header is a row (or up to five, merged across and down) of words with meanings and no numbers.
Merges are used where the format has them; in text files a blank under a group takes its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.formats.cells import figure, squeezed
from sync.county.formats.errors import HeaderTooDeep
from sync.county.roster.columns.column import MEASURES, PLACES, Sample
from sync.county.roster.columns.judge import by_itself
from sync.county.roster.columns.meaning import Meaning, What
from sync.county.roster.columns.thresholds import CLERK, HEADER_WORD, SAMPLE_ROWS
from sync.county.roster.columns.units import is_unit
from sync.county.roster.columns.words import meaning_of
from sync.county.roster.layout.texts import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.clerk import Given

LEVELS_MAX = 5
LEVELS_REFUSED = 10
_HEADER_MAX_CHARS = 60
_CORE = frozenset({What.NAME, What.SEQ})
_LINE_TEXT = re.compile(r"[:：]|^单位|合计|总计|小计")


def zones(grid: Grid, spans: Spans, given: Given) -> Iterator[tuple[int, int]]:
    """Top and bottom row of every header of a sheet. `given` is the clerk's word on columns."""
    row, floor = 0, 0
    while row < len(grid.rows):
        if not _begins_with_words(grid.rows[row]) or not _heads(grid, spans, row, given):
            row += 1
            continue
        top = row  # group titles may stand above the main row
        while top > floor and row - top < LEVELS_MAX and _is_level(grid, spans, top - 1, row):
            top -= 1
        bottom = _lowered(grid, spans, row)
        yield top, bottom
        floor = row = bottom + 1


def _heads(grid: Grid, spans: Spans, row: int, given: Given) -> bool:
    """Whether a row is a header's main row: by its words, the words below, or the cells under it."""
    cells = grid.rows[row]
    meanings = _header_cells(cells)
    if not meanings:
        return False
    if _names_columns(cells, given) or _names_columns(_with_words_below(grid, row), given):
        return True
    known = sum(meaning.score > 0 for meaning in meanings.values())
    below = grid.rows[row + 1 : row + 1 + LEVELS_MAX]
    if len(meanings) < 2 or known * 3 < len(meanings) or any(_names_columns(one, given) for one in below):
        return False
    columns, under = columns_of(grid, spans, row, row), grid.rows[row + 1 : row + 1 + SAMPLE_ROWS]
    return by_itself(Sample(columns=tuple(columns), rows=under)).lists_payees


def _begins_with_words(cells: list[Value]) -> bool:
    """The quick way out: most rows begin with a number."""
    for cell in cells:
        if cell != "" and cell is not None:
            return isinstance(cell, str) and not cell.isdecimal()
    return False


def _header_cells(cells: list[Value]) -> dict[int, Meaning] | None:
    """Meanings of a row's cells; None as soon as one cell is a number or far too long."""
    found = {}
    for index, cell in enumerate(cells):
        if cell == "" or cell is None:
            continue
        if not isinstance(cell, str) or len(cell) > _HEADER_MAX_CHARS:
            return None
        if text := squeezed(cell):
            if figure(cell).value is not None:
                return None
            found[index] = meaning_of(text)
    return found


def _names_columns(cells: list[Value], given: Given) -> bool:
    """Whether a row reads like the main row of a header."""
    meanings = _header_cells(cells)
    if not meanings or len(meanings) < 2:
        return False
    for at in given.keys() & meanings.keys():
        meanings[at] = Meaning(what=given[at][0], score=CLERK)
    whats = {meaning.what for meaning in meanings.values() if meaning.score >= HEADER_WORD}
    known = sum(1 for meaning in meanings.values() if meaning.what is not What.OTHER or meaning.score)
    if known * 2 < len(meanings):
        return False
    places, measures = whats & PLACES, whats & MEASURES
    return (
        (What.NAME in whats and (bool(measures) or len(whats) >= 3))
        or (bool(places) and bool(measures) and len(whats) >= 3)
        or (bool(places) and len(measures) >= 2)
    )


def _with_words_below(grid: Grid, row: int) -> list[Value]:
    """A row that names people, with the words under its group titles (补贴情况: 面积, 金额) instead."""
    cells = grid.rows[row]
    named = (_header_cells(cells) or {}).values() if row + 1 < len(grid.rows) else ()
    if all(meaning.what is not What.NAME for meaning in named):
        return []
    below = grid.rows[row + 1]
    meanings = _header_cells(below) or {}
    whats = {meaning.what for meaning in meanings.values()}
    if not whats & MEASURES or whats & _CORE:
        return []  # no amounts there either, or a header of its own
    wide = [*cells, *[""] * (len(below) - len(cells))]
    return [below[at] if at in meanings else cell for at, cell in enumerate(wide)]


def _lowered(grid: Grid, spans: Spans, anchor: int) -> int:
    """Lowest row of the header: merged down to, or a row of sub-titles."""
    bottom = anchor
    while bottom + 1 < len(grid.rows) and bottom + 1 - anchor < LEVELS_MAX:
        merged = _merged_to(spans, grid.rows[anchor], anchor)
        levels = _is_level(grid, spans, bottom + 1, anchor) or _completes(grid, bottom + 1, anchor)
        if merged <= bottom and not levels:
            break
        bottom += 1
    return bottom


def _completes(grid: Grid, row: int, anchor: int) -> bool:
    """Whether a row finishes the words above it: 序/号, 户主/姓名, 补贴面积/（亩）; units are among them."""
    words = ((at, cell) for at, cell in enumerate(grid.rows[row]) if isinstance(cell, str))
    texts = {at: text for at, cell in words if (text := squeezed(cell))}
    if not texts or _header_cells(grid.rows[row]) is None:
        return False
    main = grid.rows[anchor]
    under = all(at < len(main) and squeezed(main[at]) for at in texts)
    return under and max(map(len, texts.values())) <= 8 and any(map(is_unit, texts.values()))


def _merged_to(spans: Spans, cells: list[Value], anchor: int) -> int:
    columns = [at for at, cell in enumerate(cells) if cell and meaning_of(squeezed(cell)).what in _CORE]
    deepest = max((spans.bottom(anchor, at) for at in columns), default=anchor)
    if deepest - anchor >= LEVELS_REFUSED:
        raise HeaderTooDeep(levels=LEVELS_REFUSED)
    return min(deepest, anchor + LEVELS_MAX)


def _is_level(grid: Grid, spans: Spans, row: int, anchor: int) -> bool:
    """Whether a row beside the main one is another level: short words, nothing at name and number."""
    meanings = _header_cells(grid.rows[row])
    if not meanings:
        return False
    main = _header_cells(grid.rows[anchor]) or {}
    core = [at for at, meaning in main.items() if meaning.what in _CORE]
    if any(at in meanings and spans.owner(row, at) == (row, at) for at in core):
        return False
    texts = [squeezed(grid.rows[row][at]) for at in meanings]
    headline = row < anchor and any(map(_LINE_TEXT.search, texts))
    return (
        not headline
        and all(len(text) <= 24 for text in texts)
        and _beside(meanings, main, spans, row, anchor)
    )


def _beside(
    meanings: dict[int, Meaning], main: dict[int, Meaning], spans: Spans, row: int, anchor: int
) -> bool:
    """Sub-titles stand in gaps of the main row; group titles above stand over several of its columns."""
    if row > anchor:
        return not meanings.keys() <= main.keys() or any(spans.across(anchor, at) > 1 for at in meanings)
    first, width = min(main), len(main)
    wide = [spans.across(row, at) for at in meanings]
    return min(meanings) > first and max(wide) < width and (max(wide) > 1 or len(meanings) > 1 or width > 4)
