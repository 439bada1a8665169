"""Sheets that are not read, each with its reason: hidden, of a year gone by, examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.roster.layout.titles import kind_of, year_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.county.formats.grid import Grid
    from sync.county.roster.layout.blocks import Shape

_EXAMPLE = re.compile(r"填表说明|填写说明|填报说明|样表|样例|示例|范例")
EXAMPLE_LINES = 12
"""A sheet with more lines than this was filled in, whatever it is called."""


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
    if others and _EXAMPLE.search(grid.name or "") and len(grid.rows) <= EXAMPLE_LINES:
        return "EXAMPLE_SHEET_SKIPPED", "填表说明或样表，没有读取。"
    return None
