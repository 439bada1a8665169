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
from sync.county.roster.columns.thresholds import (
    CLERK,
    HEADER_CHARS,
    HEADER_MEANINGS,
    HEADER_WORD,
    LEVEL_CHARS,
    LEVELS_MAX,
    LEVELS_REFUSED,
    NARROW,
    SAMPLE_ROWS,
    UNIT_CHARS,
    WORDS_ALONE,
    WORDS_BESIDE_CELLS,
)
from sync.county.roster.columns.units import is_unit
from sync.county.roster.columns.words import Meaning, What, meaning_of
from sync.county.roster.layout.texts import columns_of, filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.formats.grid import Grid, Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.clerk import Given

_CORE = frozenset({What.NAME, What.SEQ})
_LINE_TEXT = re.compile(r"[:：]|^单位|合计|总计|小计")


def zones(grid: Grid, spans: Spans, given: Given) -> Iterator[tuple[int, int]]:
    """Top and bottom row of every header of a sheet. `given` is the clerk's word on columns.

    It is said of one list, and of its header on a later page: by it a payee's line of words alone, whose
    amount nobody knew, would be a header too.
    """
    row, floor = 0, 0
    heard = False  # whether the clerk's word was of a list above, and which header that has
    head: list[Value] = []
    while row < len(grid.rows):
        said = {} if heard and not _alike(grid.rows[row], head) else given
        if not _begins_with_words(grid.rows[row]) or not _heads(grid, spans, row, said):
            heard = heard or bool(given and head and filled(given, [grid.rows[row]]))
            row += 1
            continue
        top = row  # group titles may stand above the main row
        while top > floor and row - top < LEVELS_MAX and _is_level(grid, spans, top - 1, row, said):
            top -= 1
        bottom = _lowered(grid, spans, row, said)
        if not heard:
            head, under = grid.rows[row], grid.rows[top : bottom + 2]
            heard = bool(filled(given, under)) or (bool(given) and _lists_payees(grid, spans, row, {}))
        yield top, bottom
        floor = row = bottom + 1


def _alike(cells: list[Value], head: list[Value]) -> bool:
    """Whether a row has half its words where a header has them: printed again on the next page."""
    written = [(at, cell) for at, cell in enumerate(cells) if isinstance(cell, str) and squeezed(cell)]
    same = sum(at < len(head) and cell == head[at] for at, cell in written)
    return 2 * same >= len(written) > 0


def _heads(grid: Grid, spans: Spans, row: int, given: Given) -> bool:
    """Whether a row is a header's main row: by its words, the words below, or the cells under it."""
    meanings = _header_cells(grid.rows[row], given)
    if not meanings or _is_title(grid, row, meanings, given):
        return False
    if _names_columns(meanings, given) or _names_columns(_with_words_below(grid, row, given), given):
        return True
    strange = _known(meanings) * WORDS_BESIDE_CELLS < len(meanings) and not given.keys() & meanings.keys()
    if len(meanings) < 2 or strange or any(_names_columns(one, given) for one in _below(grid, row, given)):
        return False
    return _lists_payees(grid, spans, row, given)


def _is_title(grid: Grid, row: int, meanings: dict[int, Meaning], given: Given) -> bool:
    """Whether a line stands over the clerk's columns by chance: one with more words stands over them too.

    A unit or a date (单位：元, 2025年度) is known, but names no column.
    """
    told = given.keys() & meanings.keys()
    by_words = _header_cells(grid.rows[row], {}) or {}
    named = sum(meaning.what is not What.OTHER for meaning in by_words.values())
    if not told or named * WORDS_BESIDE_CELLS >= len(meanings):
        return False
    words = sum(not _LINE_TEXT.search(squeezed(grid.rows[row][at])) for at in meanings)
    return any(told <= one.keys() and len(one) > words for one in _below(grid, row, given))


def _below(grid: Grid, row: int, given: Given) -> Iterator[dict[int, Meaning]]:
    """The lines of words under a row, as far down as a header may reach: a figure ends it."""
    for cells in grid.rows[row + 1 : row + 1 + LEVELS_MAX]:
        if (meanings := _header_cells(cells, given)) is None:
            return
        yield meanings


def _lists_payees(grid: Grid, spans: Spans, row: int, given: Given) -> bool:
    """Whether the cells under a row tell that it stands over a list of people."""
    under = grid.rows[row + 1 : row + 1 + SAMPLE_ROWS]
    columns = tuple(columns_of(grid, spans, row, row, filled(given, under)))
    return by_itself(Sample(columns=columns, rows=under, given=given)).lists_payees


def _begins_with_words(cells: list[Value]) -> bool:
    """The quick way out: most rows begin with a number."""
    for cell in cells:
        if cell != "" and cell is not None:
            return isinstance(cell, str) and not cell.isdecimal()
    return False


def _header_cells(cells: list[Value], given: Given) -> dict[int, Meaning] | None:
    """Meanings of a row's cells, the clerk's first; None as soon as one is a number or far too long."""
    found = {}
    for index, cell in enumerate(cells):
        if cell == "" or cell is None:
            continue
        if not isinstance(cell, str) or len(cell) > HEADER_CHARS:
            return None
        if text := squeezed(cell):
            if figure(cell).value is not None:
                return None
            found[index] = _meant(index, text, given)
    return found


def _meant(index: int, text: str, given: Given) -> Meaning:
    """What a cell of a header means: as the clerk says, else by its words."""
    return Meaning(what=given[index][0], score=CLERK) if index in given else meaning_of(text)


def _known(meanings: dict[int, Meaning]) -> int:
    return sum(meaning.score > 0 for meaning in meanings.values())


def _names_columns(meanings: dict[int, Meaning], given: Given) -> bool:
    """Whether a row reads like the main row of a header; where the clerk speaks of it, few words will do."""
    few = _known(meanings) * WORDS_ALONE < len(meanings) and not given.keys() & meanings.keys()
    if len(meanings) < 2 or few:
        return False
    whats = {meaning.what for meaning in meanings.values() if meaning.score >= HEADER_WORD}
    places, measures = whats & PLACES, whats & MEASURES
    return (
        (What.NAME in whats and (bool(measures) or len(whats) >= HEADER_MEANINGS))
        or (bool(places) and bool(measures) and len(whats) >= HEADER_MEANINGS)
        or (bool(places) and len(measures) >= 2)
    )


def _with_words_below(grid: Grid, row: int, given: Given) -> dict[int, Meaning]:
    """A row that names people, with the words under its group titles (补贴情况: 面积, 金额) instead."""
    named = (_header_cells(grid.rows[row], given) or {}) if row + 1 < len(grid.rows) else {}
    if all(meaning.what is not What.NAME for meaning in named.values()):
        return {}
    below = _header_cells(grid.rows[row + 1], given) or {}
    whats = {meaning.what for meaning in below.values()}
    if not whats & MEASURES or whats & _CORE:
        return {}  # no amounts there either, or a header of its own
    return {**named, **below}


def _lowered(grid: Grid, spans: Spans, anchor: int, given: Given) -> int:
    """Lowest row of the header: merged down to, or a row of sub-titles."""
    bottom = anchor
    while bottom + 1 < len(grid.rows) and bottom + 1 - anchor < LEVELS_MAX:
        merged = _merged_to(spans, grid.rows[anchor], anchor, given)
        levels = _is_level(grid, spans, bottom + 1, anchor, given) or _completes(grid, bottom + 1, anchor)
        if merged <= bottom and not levels:
            break
        bottom += 1
    return bottom


def _completes(grid: Grid, row: int, anchor: int) -> bool:
    """Whether a row finishes the words above it: 序/号, 户主/姓名, 补贴面积/（亩）; units are among them."""
    words = ((at, cell) for at, cell in enumerate(grid.rows[row]) if isinstance(cell, str))
    texts = {at: text for at, cell in words if (text := squeezed(cell))}
    if not texts or _header_cells(grid.rows[row], {}) is None:
        return False
    main = grid.rows[anchor]
    under = all(at < len(main) and squeezed(main[at]) for at in texts)
    return under and max(map(len, texts.values())) <= UNIT_CHARS and any(map(is_unit, texts.values()))


def _merged_to(spans: Spans, cells: list[Value], anchor: int, given: Given) -> int:
    columns = [
        at for at, cell in enumerate(cells) if cell and _meant(at, squeezed(cell), given).what in _CORE
    ]
    deepest = max((spans.bottom(anchor, at) for at in columns), default=anchor)
    if deepest - anchor >= LEVELS_REFUSED:
        raise HeaderTooDeep(levels=LEVELS_REFUSED)
    return min(deepest, anchor + LEVELS_MAX)


def _is_level(grid: Grid, spans: Spans, row: int, anchor: int, given: Given) -> bool:
    """Whether a row beside the main one is another level: short words, nothing at name and number."""
    meanings = _header_cells(grid.rows[row], given)
    if not meanings:
        return False
    main = _header_cells(grid.rows[anchor], given) or {}
    core = [at for at, meaning in main.items() if meaning.what in _CORE]
    if any(at in meanings and spans.owner(row, at) == (row, at) for at in core):
        return False
    texts = [squeezed(grid.rows[row][at]) for at in meanings]
    headline = row < anchor and any(map(_LINE_TEXT.search, texts))
    return (
        not headline
        and all(len(text) <= LEVEL_CHARS for text in texts)
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
    grouping = max(wide) > 1 or len(meanings) > 1 or width > NARROW
    return min(meanings) > first and max(wide) < width and grouping
