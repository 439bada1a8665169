"""The rows of a payout sheet: how high each must be, and how many a page takes (paper §1).

A row grows with the longest text in it; a page then holds fewer. No text is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from printouts.cells import LEAST_PT, Fitted, figure, on_lines
from printouts.fonts import FontPlan, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from printouts.columns import Column, Layout, Printed

ROW_MM = 9.2
PAD_MM = 1.9  # between a text and the rules beside it
BETWEEN_MM = 1.5  # an amount and the one it replaced
EVEN_MM = 1e-6


class Cell(NamedTuple):
    """What stands in a cell; `old` is an amount before its correction, struck through."""

    fitted: Fitted
    old: str = ""
    old_mm: float = 0.0
    stacked: bool = False  # the old one above the new one, where they do not fit beside each other

    @property
    def height_mm(self) -> float:
        """How high its texts are."""
        return self.fitted.height_mm + (Fitted(LEAST_PT, (self.old,)).height_mm if self.stacked else 0.0)


class SheetRow(NamedTuple):
    """One line of the sheet, measured."""

    line: Printed
    cells: tuple[Cell, ...]
    height_mm: float


Block = list[SheetRow]
"""Rows below each other."""


def pages_of(plan: FontPlan, layout: Layout, lines: Sequence[Printed], room_mm: float) -> list[list[Block]]:
    """Rows by page and block; at least one page, even without lines."""
    blocks: list[Block] = [[]]
    for line in lines:
        row = _row(plan, layout, line, room_mm)
        if sum(one.height_mm for one in blocks[-1]) + row.height_mm > room_mm + EVEN_MM:
            blocks[-1] = _filling(blocks[-1], room_mm)
            blocks.append([])
        blocks[-1].append(row)
    if room_left(blocks[-1], room_mm) < ROW_MM:
        blocks[-1] = _filling(blocks[-1], room_mm)
    return [list(page) for page in _by(blocks, layout.blocks)]


def room_left(block: Block, room_mm: float) -> float:
    """What is free below the last row."""
    return room_mm - sum(row.height_mm for row in block) + EVEN_MM


def _filling(block: Block, room_mm: float) -> Block:
    """Rows a little higher, so that below the last one there is no room to add a name."""
    more = (room_left(block, room_mm) - EVEN_MM) / max(len(block), 1)
    return [row._replace(height_mm=row.height_mm + more) for row in block]


def _by(blocks: list[Block], each: int) -> Iterator[list[Block]]:
    for at in range(0, len(blocks), each):
        yield blocks[at : at + each]


def _row(plan: FontPlan, layout: Layout, line: Printed, room_mm: float, scale: float = 1.0) -> SheetRow:
    """As high as its texts; smaller than the floor only what alone would be higher than the table."""
    cells = tuple(_cell(plan, column, line, scale) for column in layout.columns)
    height = max(ROW_MM, *(cell.height_mm + layout.air_mm for cell in cells))
    if height > max(room_mm + EVEN_MM, ROW_MM):
        return _row(plan, layout, line, room_mm, scale * 0.9)
    return SheetRow(line, cells, height)


def _cell(plan: FontPlan, column: Column, line: Printed, scale: float) -> Cell:
    text, room, size = column.text(line), column.width - 2 * PAD_MM, column.size_pt * scale
    if not text:
        return Cell(Fitted(size, ()))
    if column.breaks:
        return Cell(on_lines(plan, column.role, text, size, room, column.least_pt * scale))
    fitted = figure(plan, column.role, text, size, room)
    if old := column.old(line):
        return _corrected(plan, column, fitted, old, room)
    return Cell(fitted)


def _corrected(plan: FontPlan, column: Column, new: Fitted, old: str, room_mm: float) -> Cell:
    """Beside the right amount the old one, small (更正); above it where there is no room."""
    old_mm = plan.width_mm(Role.DATA, old, LEAST_PT)
    new_mm = max(plan.width_mm(column.role, text, new.size_pt) for text in new.lines)
    return Cell(new, old, old_mm, stacked=old_mm + BETWEEN_MM + new_mm > room_mm)
