"""The payout sheet on A4 landscape: title, two blocks of twelve rows, totals, signatures, seal, QR.

Geometry in millimetres from the top left corner (paper §1). Every page stands alone when the
others are torn off: title, terms, totals, contacts and QR are on each. What is long takes its
room from the rows; nothing is cut, and nothing is set below its floor.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from boards.model.pack import Windows
from printouts import foot, qr
from printouts.cells import LEADING, LEAST_PT, Fitted, balanced, figure, on_lines, on_one_line
from printouts.columns import GAP_MM, Column, Layout, Printed, layout_of
from printouts.fonts import PT_PER_MM, FontPlan, FontShelf, Role, Wanted
from printouts.paper import (
    CENTRE_EM,
    MARGIN_MM,
    WIDTH_MM,
    Box,
    Drawing,
    Imprint,
    Mark,
    Rule,
    Text,
    outline,
    typeset,
)
from printouts.rows import PAD_MM, ROW_MM, Block, Cell, SheetRow, pages_of, room_left
from printouts.size import Paper
from printouts.wording import NOTHING_FOLLOWS, SEAL, SIGNATURES, SOME_VERSION, Words, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boards.sheets.sheet import Line, Sheet

USUAL = Windows()
RIGHT = WIDTH_MM - MARGIN_MM
FULL_MM = RIGHT - MARGIN_MM
TITLE_Y, TITLE_PT, TITLE_LEAST = 21.0, 24.0, 0.8
TITLE_UP, TITLE_PITCH = 5.0, 8.2  # of several lines: the first one higher, the others below it
TERMS_Y, TERMS_PT, TERMS_LEADING = 31.0, 10.5, 1.15
BELOW_TITLE, BELOW_TERMS, LOWER = 6.2, 2.8, 0.9
PERIOD_MM = 120.0
HEADER_MM, HEADER_PT, HEADER_PAD_MM = 9.0, 11.5, 0.9
HEADER_INK = 0.08
OUTER, STRONG, THIN, HAIR = 1.2, 1.0, 0.6, 0.35
ABOVE_TOTALS, BELOW_TOTALS, TOTALS_MM, TOTALS_PT = 1.6, 1.4, 7.6, 11.5
PAGE_NUMBER_PT, PAGE_NUMBER_Y = 9.0, 203.2


class Table(NamedTuple):
    """Where the table and the bar of totals stand on every page of one sheet."""

    y: float
    header_mm: float
    end: float
    bar_lines: int  # the two totals beside each other, or one below the other

    @property
    def rows_y(self) -> float:
        """Top of the first row."""
        return self.y + self.header_mm

    @property
    def room_mm(self) -> float:
        """Height for rows."""
        return self.end - self.rows_y


def payout_sheet(  # noqa: PLR0913 - everything arrives as an argument
    sheet: Sheet,
    fonts: FontShelf,
    *,
    printed_at: datetime | None,
    base_url: str,
    windows: Windows = USUAL,
    pack: str = "",
    paper: Paper = Paper.A4,
) -> bytes:
    """One payout or application sheet as PDF; equal input gives equal bytes.

    `windows` are those of the sheet's programme: how long it hangs where no dates were planned. Without a
    moment of print it is a sample for the reviewer, and says so.

    Raises GlyphMissing rather than printing a box in a name's place.
    """
    made = composed(sheet, fonts, printed_at=printed_at, base_url=base_url, windows=windows, pack=pack)
    return typeset(*made, paper=paper)


def composed(  # noqa: PLR0913 - everything arrives as an argument
    sheet: Sheet,
    fonts: FontShelf,
    *,
    printed_at: datetime | None,
    base_url: str,
    windows: Windows = USUAL,
    pack: str = "",
) -> tuple[Drawing, FontPlan, Imprint]:
    """Sheet laid out, with the fonts it needs and what the PDF says about itself."""

    def words(pages: Sequence[Sequence[Line]]) -> Words:
        return worded(sheet, pages, printed_at=printed_at, base_url=base_url, windows=windows, pack=pack)

    layout = layout_of(sheet)
    plan = FontPlan(fonts, _wanted(sheet, layout, words([sheet.lines])))
    code = qr.code_of(qr.link(base_url, sheet.head.code, sheet.head.digest))
    drawing = laid_out(plan, layout, sheet.lines, words, code)
    return drawing, plan, _imprint(sheet, printed_at.date() if printed_at else date.min)


def laid_out(
    plan: FontPlan,
    layout: Layout,
    lines: Sequence[Printed],
    words_of: Callable[[Sequence[Sequence[Printed]]], Words],
    code: qr.Code,
) -> Drawing:
    """A table over as many pages as it needs; `words_of` says the words of lines that are parted so."""
    words = words_of([lines])
    head, y = _head(plan, words)
    below = foot.foot_of(plan, words)
    table = _table(plan, layout, words, y, below.y)
    pages = pages_of(plan, layout, lines, table.room_mm)
    words = words_of([[row.line for block in page for row in block] for page in pages])
    return Drawing(
        frame=(*head, *_grid(plan, layout, table), *foot.drawn(plan, below, code)),
        pages=tuple(
            (*_rows(layout, table, page), *_totals(plan, table, words, number))
            for number, page in enumerate(pages)
        ),
    )


def texts_of(sheet: Sheet) -> Iterator[Wanted]:
    """Every text a sheet will be drawn with but the day of print, to warm its fonts."""
    layout = layout_of(sheet)
    at = datetime.min  # noqa: DTZ901 - digits only
    words = worded(sheet, [sheet.lines], printed_at=at, base_url="", windows=USUAL, pack=SOME_VERSION)
    working = Wanted(Role.HEI, "个工作日")  # what other windows than the usual could say
    return chain(_wanted(sheet, layout, words), (working,))


def _imprint(sheet: Sheet, printed_on: date) -> Imprint:
    head, terms = sheet.head, sheet.head.terms
    return Imprint(
        title=head.title,
        author=terms.office or f"{head.village.county}{head.village.town}{head.village.name}",
        subject=f"{terms.programme_name} {terms.fiscal_year} {terms.period_no}",
        keywords=f"{head.code} {head.digest[:8].upper()}",
        dated=terms.planned_from or terms.paid_on or head.imported_on or printed_on,
    )


def _wanted(sheet: Sheet, layout: Layout, words: Words) -> Iterator[Wanted]:
    """Every text that will be drawn, names first so that a refusal can say which line."""
    for column in layout.columns:
        for line in sheet.lines:
            yield Wanted(
                column.role,
                column.text(line),
                ("《", sheet.head.title, "》序号", line.seq, "的", column.label),
            )
    yield from words_wanted(layout, words)


def words_wanted(layout: Layout, words: Words) -> Iterator[Wanted]:
    """What stands around a table."""
    yield Wanted(Role.TITLE, words.title, ("标题",))
    for role in (Role.HEI, Role.DATA):
        fixed = (*SIGNATURES, SEAL, NOTHING_FOLLOWS, *(column.label for column in layout.columns))
        own = (words.terms, words.period, words.total, words.objection, words.reconciled, words.source)
        for text in (*fixed, *own, *words.caption, *words.subtotals, *words.page_numbers):
            yield Wanted(role, text, ("表头表尾",))


def _head(plan: FontPlan, words: Words) -> tuple[list[Mark], float]:
    """Title, place and terms left, the period right; and where the table begins below them."""
    title = _title(plan, words.title)
    period = on_lines(plan, Role.HEI, words.period, TERMS_PT, PERIOD_MM)
    room = FULL_MM - 5 - max(plan.width_mm(Role.HEI, line, period.size_pt) for line in period.lines)
    terms = on_one_line(plan, Role.DATA, words.terms, TERMS_PT, room)
    if terms.size_pt < LEAST_PT:
        terms = on_lines(plan, Role.DATA, words.terms, LEAST_PT, room)
    lines = max(len(terms.lines), len(period.lines))
    pitch = max(terms.size_pt, period.size_pt) * TERMS_LEADING / PT_PER_MM
    usual = TERMS_Y + (LOWER if lines > 1 else 0.0)
    low = max(usual, title[-1].y + BELOW_TITLE + (lines - 1) * pitch)
    marks: list[Mark] = [*title]
    marks += _above(Role.DATA, terms, MARGIN_MM, low, "l", pitch)
    marks += _above(Role.HEI, period, RIGHT, low, "r", pitch)
    return marks, low - (usual - TERMS_Y) + BELOW_TERMS


def _title(plan: FontPlan, title: str) -> list[Text]:
    """Song bold 24 pt, no smaller than 80 %; longer titles take more lines."""
    fitted, y = on_one_line(plan, Role.TITLE, title, TITLE_PT, FULL_MM), TITLE_Y
    if fitted.size_pt < TITLE_PT * TITLE_LEAST:
        size, y = TITLE_PT * TITLE_LEAST, TITLE_Y - TITLE_UP
        fitted = Fitted(size, balanced(plan, Role.TITLE, title, size, FULL_MM))
    return [
        Text(Role.TITLE, fitted.size_pt, WIDTH_MM / 2, y + at * TITLE_PITCH, line, "c")
        for at, line in enumerate(fitted.lines)
    ]


def _above(  # noqa: PLR0913, PLR0917 - what a text is and where it goes
    role: Role, fitted: Fitted, x: float, low: float, align: str, pitch: float
) -> Iterator[Text]:
    """Lines of which the last one stands on a height."""
    for above, line in enumerate(reversed(fitted.lines)):
        yield Text(role, fitted.size_pt, x, low - above * pitch, line, align)


def _table(plan: FontPlan, layout: Layout, words: Words, y: float, foot_y: float) -> Table:
    """Between the head and the foot, as high as these leave it."""
    header = max(_header(plan, column).height_mm for column in layout.columns) + HEADER_PAD_MM
    width = sum(plan.width_mm(role, text, LEAST_PT) for role, text in _sums(words, 0))
    lines = 1 if width <= FULL_MM - 2 * PAD_MM - 6 else 2
    end = foot_y - BELOW_TOTALS - TOTALS_MM * lines - ABOVE_TOTALS
    return Table(y, max(header, HEADER_MM), end, lines)


def _block_x(layout: Layout, block: int) -> float:
    return MARGIN_MM + block * (layout.block_mm + GAP_MM)


def _grid(plan: FontPlan, layout: Layout, table: Table) -> Iterator[Mark]:
    """Header in 8 % grey, hair lines between the columns, an outer rule."""
    for block in range(layout.blocks):
        x = edge = _block_x(layout, block)
        yield Box(HEADER_INK, x, table.y, layout.block_mm, table.header_mm)
        for column in layout.columns:
            middle = table.y + table.header_mm / 2
            yield from _in_cell(column, edge, middle, _header(plan, column), Role.HEI)
            edge += column.width
            if column is not layout.columns[-1]:
                yield Rule(HAIR, edge, table.y, edge, table.end)
        yield from outline(OUTER, x, table.y, layout.block_mm, table.end - table.y)


def _header(plan: FontPlan, column: Column) -> Fitted:
    """One line, or the unit below the word where the column is narrow."""
    room = column.width - 2 * PAD_MM
    if plan.width_mm(Role.HEI, column.label, HEADER_PT) <= room + PAD_MM:
        return Fitted(HEADER_PT, (column.label,))
    word, bracket, unit = column.label.partition("（")
    fitted = figure(plan, Role.HEI, bracket + unit, HEADER_PT - 1, room)
    return (
        Fitted(fitted.size_pt, (word, *fitted.lines))
        if unit
        else on_lines(plan, Role.HEI, word, HEADER_PT, room)
    )


def _rows(layout: Layout, table: Table, page: Sequence[Block]) -> Iterator[Mark]:
    """Draw one page's lines; a mark where they end, so that nobody can add a name."""
    ended = False
    for number in range(layout.blocks):
        block, x, y = page[number] if number < len(page) else [], _block_x(layout, number), table.rows_y
        empty = int(room_left(block, table.room_mm) / ROW_MM)
        yield from _rules(layout, x, y, [*(row.height_mm for row in block), *[ROW_MM] * empty])
        for row in block:
            yield from _row(layout, row, x, y)
            y += row.height_mm
        if empty and not ended:
            ended, empty = True, empty - 1
            left = x + sum(one.width for one in layout.columns[: layout.names_at]) + PAD_MM
            yield Text(Role.DATA, 11, left, _baseline(y + ROW_MM / 2, 11), NOTHING_FOLLOWS)
            y += ROW_MM
        if empty:  # a stroke from top right to bottom left cancels empty rows, as account books do
            yield Rule(HAIR, x + layout.block_mm, y, x, table.end)


def _rules(layout: Layout, x: float, y: float, heights: Sequence[float]) -> Iterator[Rule]:
    """Above every row a hair line, above every fourth a strong one."""
    for number, height in enumerate(heights):
        yield Rule(HAIR if number % 4 else STRONG, x, y, x + layout.block_mm, y)
        y += height


def _row(layout: Layout, row: SheetRow, x: float, y: float) -> Iterator[Mark]:
    middle = y + row.height_mm / 2
    for column, cell in zip(layout.columns, row.cells, strict=True):
        if cell.old:
            yield from _corrected(column, cell, x, middle)
        else:
            yield from _in_cell(column, x, middle, cell.fitted, column.role)
        x += column.width


def _corrected(column: Column, cell: Cell, x: float, middle: float) -> Iterator[Mark]:
    """Old amount small and struck through, then the right one (更正)."""
    low, high = (
        (Fitted(LEAST_PT, (cell.old,)).height_mm / 2, cell.fitted.height_mm / 2)
        if cell.stacked
        else (0.0, 0.0)
    )
    yield from _in_cell(column, x, middle + low, cell.fitted, column.role)
    yield Text(Role.DATA, LEAST_PT, x + PAD_MM, _baseline(middle - high, LEAST_PT), cell.old)
    yield Rule(THIN, x + PAD_MM, middle - high, x + PAD_MM + cell.old_mm, middle - high)


def _in_cell(column: Column, x: float, y: float, fitted: Fitted, role: Role) -> Iterator[Mark]:
    """Put a fitted text around the middle height of its cell."""
    size, pitch = fitted.size_pt, fitted.size_pt * LEADING / PT_PER_MM
    anchor = {"l": x + PAD_MM, "c": x + column.width / 2, "r": x + column.width - PAD_MM}[column.align]
    first = y - pitch * (len(fitted.lines) - 1) / 2
    for at, line in enumerate(fitted.lines):
        yield Text(role, size, anchor, _baseline(first + at * pitch, size), line, column.align)


def _baseline(middle: float, size_pt: float) -> float:
    return middle + CENTRE_EM * size_pt / PT_PER_MM


def _sums(words: Words, number: int) -> tuple[tuple[Role, str], tuple[Role, str]]:
    """This page's and the whole village's."""
    return (Role.DATA, words.subtotals[number]), (Role.HEI, words.total)


def _totals(plan: FontPlan, table: Table, words: Words, number: int) -> Iterator[Mark]:
    """One bar: this page on the left, the whole village on the right, both at one size."""
    y, sums, room = table.end + ABOVE_TOTALS, _sums(words, number), FULL_MM - 2 * PAD_MM - 6
    yield from outline(OUTER, MARGIN_MM, y, FULL_MM, TOTALS_MM * table.bar_lines)
    widths = [plan.width_mm(role, text, TOTALS_PT) for role, text in sums]
    needed = sum(widths) if table.bar_lines == 1 else max(widths)
    size = min(TOTALS_PT, TOTALS_PT * room / needed)
    first = _baseline(y + TOTALS_MM / 2, size)
    last = first + TOTALS_MM * (table.bar_lines - 1)
    yield Text(sums[0][0], size, MARGIN_MM + PAD_MM, first, sums[0][1])
    yield Text(sums[1][0], size, RIGHT - PAD_MM, last, sums[1][1], "r")
    middle = MARGIN_MM + foot.NOTES_MM / 2
    yield Text(Role.DATA, PAGE_NUMBER_PT, middle, PAGE_NUMBER_Y, words.page_numbers[number], "c")
