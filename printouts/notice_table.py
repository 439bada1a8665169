"""A table within a notice: columns as wide as what is in them, rows that break over pages under the head."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from printouts.cells import wrapped
from printouts.flow import Item
from printouts.fonts import PT_PER_MM, FontPlan, Role
from printouts.paper import CENTRE_EM, Mark, Rule, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.sheets.land.notice_text import Table

SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.0, 8.0, 7.0)  # no word or figure leaves its column
NOTE_PT, CAPTION_PT = 10.5, 14.0
NOTE_MM, CAPTION_MM = 7.0, 11.0
PAD_MM = 1.6
LEADING = 1.25
LEAST_ROW_MM, ROW_PAD_MM = 8.2, 2.6
SHORT_HEAD = 7  # characters: 面积（公顷） stays on one line
MOST_LINES = 24  # of one row; the rest goes on in a row below, which may be on the next page
THIN, STRONG = 0.5, 1.0
FIGURE = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?|—|", re.ASCII)


class Need(NamedTuple):
    """Width a column cannot do without, and the width at which all its cells stand on one line."""

    least: float
    best: float


class Grid(NamedTuple):
    """A table measured: left edge, columns' widths, size of its text, which columns hold figures."""

    plan: FontPlan
    x: float
    widths: tuple[float, ...]
    size_pt: float
    figures: tuple[bool, ...]
    behind_point: tuple[float, ...]  # the widest part behind a decimal point, in mm

    @property
    def edges(self) -> tuple[float, ...]:
        """Every vertical rule, from left to right."""
        return tuple(accumulate(self.widths, initial=self.x))


def table_items(plan: FontPlan, table: Table, x: float, width_mm: float) -> Iterator[Item]:
    """Caption, note, rows; the head comes again on every page, the total never stands alone."""
    grid = _grid(plan, table, x, width_mm)
    if table.caption:
        yield Item(CAPTION_MM, (Text(Role.HEI, CAPTION_PT, x, CAPTION_MM - 3.4, table.caption),), keep=True)
    if table.note:
        yield Item(
            NOTE_MM, (Text(Role.BODY, NOTE_PT, x + width_mm, NOTE_MM - 2.0, table.note, "r"),), keep=True
        )
    head = _row(grid, table.head, Role.HEI, head=True) if table.head else None
    if head:
        yield Item(head[0], head[1], keep=True, snaps=False)
    above = {"head_mm": head[0], "head": head[1]} if head else {}
    rows = [part for row in table.rows for part in _parts(grid, row)]
    for number, row in enumerate(rows, start=1):
        height, marks = _row(grid, row, Role.BODY)
        keep = bool(table.total) and number == len(rows)
        yield Item(height, marks, keep=keep, snaps=False, **above)  # type: ignore[arg-type]
    if table.total:
        yield Item(*_total(grid, table.total), snaps=False)


def texts_in(table: Table) -> Iterator[tuple[Role, str]]:
    """Every text of a table, by role."""
    for texts, role in (
        (table.head, Role.HEI),
        (table.total, Role.HEI),
        *((row, Role.BODY) for row in table.rows),
    ):
        yield from ((role, text) for text in texts)
    yield Role.HEI, table.caption
    yield Role.BODY, table.note


def _grid(plan: FontPlan, table: Table, x: float, width_mm: float) -> Grid:
    columns = list(zip(*table.rows, strict=True))
    figures = tuple(all(map(FIGURE.fullmatch, column)) for column in columns)
    needs, size = _sized(plan, table, columns, width_mm)
    behind = tuple(
        _behind_point(plan, table, at, size) if figure else 0.0 for at, figure in enumerate(figures)
    )
    return Grid(plan, x, _shared(needs, width_mm), size, figures, behind)


def _sized(
    plan: FontPlan, table: Table, columns: Sequence[Sequence[str]], width_mm: float
) -> tuple[list[Need], float]:
    """The largest size at which rows stay low: one line, then two, three, then as few as there can be."""
    found = []
    for size in SIZES:
        wish = _needs(plan, table, columns, size)
        for lines in range(1, MOST_LINES + 1):
            needs = [_on_lines(need, lines, size) for need in wish]
            if sum(need.least for need in needs) <= width_mm:
                found.append((needs, size, lines))
                break
    for most, smallest in ((1, 10.5), (2, 10.0), (3, 9.0)):
        for needs, size, lines in found:
            if lines <= most and size >= smallest:
                return needs, size
    return min(found, key=lambda one: (one[1] * one[2], -one[1]), default=(wish, SIZES[-1], 0))[:2]


def _on_lines(need: Need, lines: int, size_pt: float) -> Need:
    """What a column needs so that its longest cell takes so many lines, about a character to spare."""
    if lines == 1:
        return Need(need.best, need.best)
    part = (need.best - 2 * PAD_MM) / lines + 1.2 * size_pt / PT_PER_MM + 2 * PAD_MM
    return Need(max(need.least, min(part, need.best)), need.best)


def _behind_point(plan: FontPlan, table: Table, column: int, size_pt: float) -> float:
    figures = [(Role.BODY, row[column]) for row in table.rows]
    at = column - (len(table.rows[0]) - len(table.total))
    figures += [(Role.HEI, text) for text in table.total[at : at + 1] if at > 0]
    return max(_behind(plan, text, size_pt, role) for role, text in figures if FIGURE.fullmatch(text))


def _needs(plan: FontPlan, table: Table, columns: Sequence[Sequence[str]], size_pt: float) -> list[Need]:
    """Least width (no word broken, no figure) and best width (all on one line) of each column."""
    needs = []
    totals = ("",) * (len(columns) - len(table.total) + 1) + table.total[1:]
    for at, column in enumerate(columns):
        texts = [(Role.BODY, cell) for cell in column]
        texts += [(Role.HEI, text) for text in (*table.head[at : at + 1], *totals[at : at + 1])]
        best = max(plan.width_mm(role, text, size_pt) for role, text in texts)
        parts = [(role, part) for role, text in texts for part in wrapped(plan, role, text, size_pt, 0)]
        parts += [(Role.HEI, text) for text in table.head[at : at + 1] if len(text) <= SHORT_HEAD]
        least = max((plan.width_mm(role, part, size_pt) for role, part in parts), default=0)
        least = max(least, min(best, 4 * size_pt / PT_PER_MM))  # a column of single characters reads badly
        needs.append(Need(least + 2 * PAD_MM, best + 2 * PAD_MM))
    return needs


def _shared(needs: Sequence[Need], width_mm: float) -> tuple[float, ...]:
    """The width of the page over the columns: as wide as is best, else what is left after the least."""
    best = sum(need.best for need in needs)
    if best <= width_mm:
        return tuple(need.best + (width_mm - best) / len(needs) for need in needs)
    least = sum(need.least for need in needs)
    widths = [need.least * min(width_mm / least, 1.0) for need in needs]
    left = max(width_mm - least, 0.0)
    wishes = [need.best - need.least for need in needs]
    by_wish = sorted(range(len(needs)), key=wishes.__getitem__)
    for waiting, at in enumerate(by_wish):  # a column that needs little more is not broken for a long one
        more = min(wishes[at], left / (len(needs) - waiting))
        widths[at] += more
        left -= more
    return tuple(widths)


def _parts(grid: Grid, row: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A row, or several where one cell has more lines than a row may have."""
    lines = [_lines(grid, Role.BODY, text, at) for at, text in enumerate(row)]
    if max(map(len, lines)) <= MOST_LINES:
        yield tuple(row)
        return
    for start in range(0, max(map(len, lines)), MOST_LINES):
        yield tuple("".join(cell[start : start + MOST_LINES]) for cell in lines)


def _lines(grid: Grid, role: Role, text: str, at: int) -> tuple[str, ...]:
    return wrapped(grid.plan, role, text, grid.size_pt, grid.widths[at] - 2 * PAD_MM)


def _row(grid: Grid, row: Sequence[str], role: Role, *, head: bool = False) -> tuple[float, tuple[Mark, ...]]:
    cells = [_lines(grid, role, text, at) for at, text in enumerate(row)]
    height = _height(grid, max(map(len, cells)))
    marks: list[Mark] = []
    for at, lines in enumerate(cells):
        align = "c" if head else "r" if grid.figures[at] else "l"
        marks += _cell(
            grid, lines, role, (grid.edges[at], grid.edges[at + 1]), height, align, grid.behind_point[at]
        )
    return height, (*marks, *_rules(grid, grid.edges, height, strong=head))


def _total(grid: Grid, total: Sequence[str]) -> tuple[float, tuple[Mark, ...]]:
    """The first cell fills the columns the others leave."""
    first = len(grid.widths) - len(total) + 1
    edges = (grid.x, *grid.edges[first:])
    marks: list[Mark] = []
    height = _height(grid, 1)
    for at, text in enumerate(total):
        column = first - 1 + at
        figure = at > 0 and grid.figures[column] and FIGURE.fullmatch(text)
        align, behind = ("r", grid.behind_point[column]) if figure else ("l" if at else "c", 0.0)
        marks += _cell(grid, (text,), Role.HEI, edges[at : at + 2], height, align, behind)
    return height, (*marks, *_rules(grid, edges, height, strong=False))


def _height(grid: Grid, lines: int) -> float:
    return max(LEAST_ROW_MM, lines * grid.size_pt * LEADING / PT_PER_MM + ROW_PAD_MM)


def _cell(  # noqa: PLR0913, PLR0917
    grid: Grid,
    lines: Sequence[str],
    role: Role,
    edges: Sequence[float],
    height: float,
    align: str,
    behind_mm: float,
) -> Iterator[Text]:
    """Lines around the middle of a cell; figures stand with their points under each other."""
    left, right = edges
    pitch = grid.size_pt * LEADING / PT_PER_MM
    first = (height - pitch * (len(lines) - 1)) / 2 + CENTRE_EM * grid.size_pt / PT_PER_MM
    for at, text in enumerate(lines):
        room, size = right - left - 2 * PAD_MM, grid.size_pt
        wide = grid.plan.width_mm(role, text, size)
        size = size if wide <= room else size * room / wide
        x = {"l": left + PAD_MM, "c": (left + right) / 2, "r": right - PAD_MM}[align]
        if align == "r" and size == grid.size_pt:
            x -= max(min(behind_mm - _behind(grid.plan, text, size, role), room - wide), 0)
        yield Text(role, size, x, first + at * pitch, text, align)


def _behind(plan: FontPlan, text: str, size_pt: float, role: Role) -> float:
    _, point, rest = text.partition(".")
    return plan.width_mm(role, point + rest, size_pt)


def _rules(grid: Grid, edges: Sequence[float], height: float, *, strong: bool) -> Iterator[Rule]:
    end = grid.edges[-1]
    for y in (0.0, height):
        yield Rule(STRONG if strong else THIN, grid.x, y, end, y)
    for x in edges:
        yield Rule(THIN, x, 0, x, height)
