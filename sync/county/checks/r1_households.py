"""R1 for people: the households a total line counts (合计 9户) against its rows. Pure.

Which rows a total stands for is written nowhere, and a household may have several rows; so any usual
stretch of rows may fit, counted by rows, names, IDs or numbers. Only a count that fits nothing is reported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from sync.county.checks.place import Place, warned
from sync.county.formats.cells import squeezed
from sync.county.formats.grid import Grid, column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Whole
    from sync.county.roster.entries import Entry, Extent, Total

_COUNTED = re.compile(r"(?<![\d.第])(\d{1,6})(?:个|农)?户(?![主均籍名口])")
WORK_MAX_ROWS = 1_000_000
"""Rows looked at for all totals together: a file of a thousand page totals is not worth more."""


def households_hold(whole: Whole) -> Iterator[CellFinding]:
    """Every number of households beside a total is one its rows can have."""
    entries, totals = whole.entries, whole.totals
    grids = {grid.name: grid for grid in whole.book.sheets}
    left = WORK_MAX_ROWS
    for number, total in enumerate(totals):
        stated, column = _stated(grids[total.sheet], total.row)
        if stated is None:
            continue
        tried = _stretches(totals, number, whole.stops, len(entries))
        if any(stop - start == stated for start, stop in tried):
            continue
        left -= sum(stop - start for start, stop in tried)
        if left < 0 or not tried:
            return
        if not any(_fits(entries[start:stop], stated) for start, stop in tried):
            yield warned(total, "TOTAL_HOUSEHOLDS", f"合计写的是{stated}户，与明细的户数对不上。", column)


def _stated(grid: Grid, line: int) -> tuple[int | None, str]:
    """The one number of households in a line, and its column; None where it says none or several."""
    cells = grid.rows[bisect_left(grid.lines, line) if grid.lines else line - 1]
    texts = ((at, squeezed(cell)) for at, cell in enumerate(cells) if isinstance(cell, str) and "户" in cell)
    found = [(int(number), column_letter(at)) for at, text in texts for number in _COUNTED.findall(text)]
    return found[0] if len({number for number, _ in found}) == 1 else (None, "")


def _stretches(totals: Sequence[Total], number: int, stops: Sequence[int], count: int) -> list[Extent]:
    """Rows a total may stand for: since a total before it, its block, its sheet, what follows, the file."""
    total = totals[number]
    sheet_stop = next((stop for stop in stops if stop >= total.at), count)
    before = [other.at for other in totals[max(number - 3, 0) : number]]
    behind = [other.at for other in totals[number + 1 : number + 2]]
    tried = [
        *((start, total.at) for start in (*before, total.start, total.opened, 0)),
        *((total.at, stop) for stop in (*behind, sheet_stop, count)),
        *((total.start, sheet_stop), (total.opened, sheet_stop), (0, count)),
    ]
    return [(start, stop) for start, stop in dict.fromkeys(tried) if stop > start]


def _fits(entries: Sequence[Entry], stated: int) -> bool:
    fewest, most = Place(entry.row for entry in entries).households
    return fewest <= stated <= most
