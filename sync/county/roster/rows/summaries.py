"""The lines of a summary table: places with their sums, compared with the rows and never paid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.formats.cells import group_name, text_of
from sync.county.formats.grid import column_letter
from sync.county.roster.columns.words import What
from sync.county.roster.entries import SummaryLine
from sync.county.roster.rows.kinds import Kind
from sync.county.roster.rows.places import Places, Setting
from sync.county.roster.rows.table import Table, figure_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import Level
    from sync.county.roster.columns.column import Column


_HOMES = re.compile(r"^[^人村组]*户[^人村组]*$")


def summary_lines(table: Table, setting: Setting) -> Iterator[SummaryLine]:
    """One line for each place, and one for each total, in the order of the table."""
    paid, groups = table.picked.amount, table.band.of(What.GROUP)
    if paid is None or not table.band.of(What.VILLAGE):
        return
    # 人数, 组数 and 村数 count something else than households
    counts = [one for one in table.band.of(What.HOUSEHOLDS) if _HOMES.search(one.header)]
    homes, area = counts[0] if len(counts) == 1 else None, table.picked.quantity
    places = Places(table.band, table.spans, table.grid.rows, setting)
    for index, kind in table.lines():
        cells = table.grid.rows[index]
        amount = figure_at(cells, paid)
        if amount is None or kind in {Kind.WORDS, Kind.BLANK}:
            continue
        village = group = ""
        if kind is not Kind.TOTAL:
            village, group = places.of(index, cells, _dropped)
            group = (group_name(text_of(cells[groups[0].index])) or group) if groups else ""
        told = figure_at(cells, homes) if homes else None
        yield SummaryLine(
            sheet=table.grid.name,
            row=table.grid.line(index),
            column=column_letter(paid.index),
            village=village,
            group=group,
            amount=amount,
            total=kind is Kind.TOTAL,
            households=int(told) if told is not None and told == int(told) else None,
            households_column=column_letter(homes.index) if homes else "",
            quantity=figure_at(cells, area) if area else None,
            quantity_column=column_letter(area.index) if area else "",
        )


def _dropped(level: Level, code: str, column: Column | None, message: str) -> None:
    """Findings about a summary's places are dropped: it is compared, not published."""
