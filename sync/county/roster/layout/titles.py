"""What stands around a table: its kind, year, units, rate, and the lines that say where it belongs."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from sync.county.formats.cells import figure, squeezed
from sync.county.roster.columns.thresholds import FRAME_CELLS, FRAME_ROWS, LINES_ABOVE, LINES_OVER
from sync.county.roster.columns.units import Stated, stated_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.formats.grid import Grid
    from sync.county.roster.columns.column import Band
    from sync.county.roster.layout.blocks import Block, Shape

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)\s*年?")
_DOCUMENT = re.compile(r"[〔\[【(（]\s*20\d\d\s*[〕\]】)）](?=第?\s*\d+\s*号)|[〔\[【]\s*20\d\d\s*[〕\]】]")
OF_NOW = re.compile(r"补发|结转|清算|追补|补差|尾款")
_TITLE = re.compile(r"(表|清册|名册|名单|花名册|明细|台账)(\(.*\))?$")
_SEAL = re.compile(r"(村民委员会|村委会|居委会|经济合作社)[:：]?(\((盖章|公章|章)\)|$)|村\((盖章|公章|章)\)")
_TITLE_RATE = re.compile(
    r"(?:标准|每亩|单价)[^\d]{0,8}(\d+(?:\.\d+)?)元|(\d+(?:\.\d+)?)元[/／每](?:亩|台|人|头|月)"
)


def kind_of(block: Block) -> str:
    """Detail (names payees), summary (names places) or other."""
    if any(band.lists_payees for band in block.bands):
        return "detail"
    return "summary" if any(band.sums_places for band in block.bands) else "other"


def year_of(grid: Grid, shape: Shape) -> str:
    """Year of a sheet by its title, else by its name; "" where it pays now for a year gone by.

    The year in a document's number (苕财农〔2024〕12号) is the document's.
    """
    title, name = _DOCUMENT.sub("", next(iter(shape.preface), "")), grid.name or ""
    return "" if OF_NOW.search(title + name) else max(_YEAR.findall(title) or _YEAR.findall(name), default="")


def settings_of(shape: Shape, grid: Grid) -> Iterator[str]:
    """Texts that say where a sheet belongs, the nearest to its rows last."""
    yield from sealed(grid)  # a committee signs for its own village, if no other is named
    yield shape.preface[0] if shape.preface else ""
    yield grid.name or ""
    yield from shape.preface[1:]


def sealed(grid: Grid) -> Iterator[str]:
    """Who signs under a sheet, where a committee does."""
    for row in grid.rows[-FRAME_ROWS:]:
        written = [cell for cell in row if cell not in {"", None}]
        if len(written) <= FRAME_CELLS and not any(figure(cell).value is not None for cell in written):
            yield from (cell for cell in written if isinstance(cell, str) and _SEAL.search(squeezed(cell)))


def lines_above(grid: Grid, block: Block) -> Iterator[str]:
    """Lines just above a block's header, where a unit line of its own may stand."""
    for row in grid.rows[max(block.header_top - LINES_ABOVE, 0) : block.header_top]:
        yield "　".join(cell for cell in row if isinstance(cell, str) and cell)


def units_around(grid: Grid, shape: Shape, block: Block) -> Stated:
    """Units that lines above a block state, the title, or the notes under the last table."""
    notes = (
        cell for row in grid.rows[-FRAME_ROWS:] for cell in row if isinstance(cell, str) and "单位" in cell
    )
    return stated_units("　".join((*lines_above(grid, block), *shape.preface, *notes)))


def lines_over(grid: Grid, block: Block, band: Band) -> Iterator[str]:
    """Words above one of several tables beside each other, in lines that say something over another too."""
    own = {column.index for column in band.columns if block.owners(column.index) == 1}
    others = {column.index for other in block.bands for column in other.columns} - own
    for row in grid.rows[max(block.header_top - LINES_OVER, 0) : block.header_top]:
        if any(figure(cell).value is not None for cell in row if cell not in {"", None}):
            continue  # a row of the table before
        texts = {at: cell for at, cell in enumerate(row) if isinstance(cell, str) and squeezed(cell)}
        if own & texts.keys() and others & texts.keys():
            yield "　".join(texts[at] for at in sorted(own & texts.keys()))


def titles_above(grid: Grid, block: Block) -> Iterator[str]:
    """Titles among the lines just above a later block: they say where its rows belong."""
    yield from filter(is_title, lines_above(grid, block))


def is_title(line: str) -> bool:
    """Whether a line ends as titles do: …发放清册, …明细表（一）."""
    return bool(_TITLE.search(squeezed(line)))


def title_rates(shape: Shape) -> tuple[Decimal, ...]:
    """Rates the title states for everybody, “补贴标准：131.42元/亩”; of several, their sum too."""
    found = _TITLE_RATE.findall(squeezed("　".join(shape.preface)))
    rates = tuple(dict.fromkeys(Decimal(one or other) for one, other in found))
    return (*rates, sum(rates, Decimal(0))) if len(rates) > 1 else rates
