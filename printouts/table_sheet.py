"""The payout sheet on A4 landscape: title, two blocks of twelve rows, totals, signatures, QR.

Geometry in millimetres from the top left corner (paper §1). Every page stands alone when the
others are torn off: title, terms, totals, contacts and QR are on each.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING

from boards.model.money import yuan
from boards.model.pack import Windows
from printouts import qr
from printouts.cells import LEADING, Fitted, balanced, on_lines, on_one_line
from printouts.columns import GAP_MM, ROWS, Column, Layout, layout_of
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
    Stamp,
    Text,
    typeset,
)
from printouts.wording import NOTHING_FOLLOWS, SIGNATURES, Words, worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.sheets.sheet import Line, Sheet

USUAL = Windows()
RIGHT = WIDTH_MM - MARGIN_MM
TITLE_Y, TITLE_PT, TITLE_LEAST = 21.0, 24.0, 0.8
TERMS_Y, TERMS_PT, TERMS_LEAST_PT = 31.0, 10.5, 9.0
TABLE_Y, HEADER_MM, ROW_MM = 34.5, 9.5, 9.2
TABLE_END = TABLE_Y + HEADER_MM + ROWS * ROW_MM
PAD = 1.9
HEADER_INK = 0.08
OUTER, STRONG, THIN, HAIR = 1.2, 1.0, 0.6, 0.35
TOTALS_Y, TOTALS_MM, TOTALS_PT = TABLE_END + 2.4, 10.4, 11.5
SIGN_Y, SIGN_MM = 170.4, 14.4
SIGN_WIDTHS = (38.0, 50.0, 50.0, 26.0)
NOTES = ((Role.HEI, 10.5), (Role.DATA, 9.5), (Role.DATA, 9.0))
NOTES_Y, NOTES_DEPTH, NOTE_PITCH = 185.4, 15.2, 4.7
NOTES_MM = 184.0
NOTE_SCALES = (1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.6, 0.5, 0.4, 0.3, 0.2)
PAGE_NUMBER_Y = 203.8
CODE_Y = 171.4  # top of the code's dark corner
CAPTION_GAP = 1.0
CAPTION_MM = 43.0
CAPTION = (
    (Role.HEI, 11.5, 174.6),
    (Role.HEI, 11.5, 180.0),
    (Role.DATA, 11.0, 185.2),
    (Role.DATA, 10.0, 190.0),
    (Role.DATA, 9.0, 194.4),
    (Role.DATA, 9.0, 198.6),
    (Role.DATA, 9.0, 202.8),
)


def payout_sheet(
    sheet: Sheet, fonts: FontShelf, *, printed_at: datetime | None, base_url: str, windows: Windows = USUAL
) -> bytes:
    """One payout or application sheet as PDF; equal input gives equal bytes.

    `windows` are those of the sheet's programme: how long it hangs where no dates were planned. Without a
    moment of print it is a sample for the reviewer, and says so.

    Raises GlyphMissing rather than printing a box in a name's place.
    """
    return typeset(*composed(sheet, fonts, printed_at=printed_at, base_url=base_url, windows=windows))


def composed(
    sheet: Sheet, fonts: FontShelf, *, printed_at: datetime | None, base_url: str, windows: Windows = USUAL
) -> tuple[Drawing, FontPlan, Imprint]:
    """Sheet laid out, with the fonts it needs and what the PDF says about itself."""
    layout = layout_of(sheet)
    pages = _paged(sheet.lines, layout.per_page)
    words = worded(sheet, pages, printed_at=printed_at, base_url=base_url, windows=windows)
    plan = FontPlan(fonts, _wanted(sheet, layout, words))
    code = qr.code_of(qr.link(base_url, sheet.head.code, sheet.head.digest))
    drawing = Drawing(
        frame=tuple(_frame(plan, layout, words, code)),
        pages=tuple(
            (*_rows(plan, layout, lines), *_totals(plan, words, number)) for number, lines in enumerate(pages)
        ),
    )
    return drawing, plan, _imprint(sheet, printed_at.date() if printed_at else date.min)


def texts_of(sheet: Sheet) -> Iterator[Wanted]:
    """Every text a sheet will be drawn with but the day of print, to warm its fonts."""
    layout = layout_of(sheet)
    pages = _paged(sheet.lines, layout.per_page)
    words = worded(sheet, pages, printed_at=datetime.min, base_url="", windows=USUAL)  # noqa: DTZ901 - digits
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


def _paged(lines: Sequence[Line], per_page: int) -> list[Sequence[Line]]:
    """At least one page, even without lines."""
    return [lines[at : at + per_page] for at in range(0, max(len(lines), 1), per_page)]


def _wanted(sheet: Sheet, layout: Layout, words: Words) -> Iterator[Wanted]:
    """Every text that will be drawn, names first so that a refusal can say which line."""
    for column in layout.columns:
        for line in sheet.lines:
            yield Wanted(
                column.role,
                column.text(line),
                ("《", sheet.head.title, "》序号", line.seq, "的", column.label),
            )
    yield Wanted(Role.TITLE, words.title, ("标题",))
    for role in (Role.HEI, Role.DATA):
        fixed = (*SIGNATURES, NOTHING_FOLLOWS, *(column.label for column in layout.columns))
        own = (words.terms, words.period, words.total, words.objection, words.reconciled, words.source)
        for text in (*fixed, *own, *words.caption, *words.subtotals, *words.page_numbers):
            yield Wanted(role, text, ("表头表尾",))


def _frame(plan: FontPlan, layout: Layout, words: Words, code: qr.Code) -> Iterator[Mark]:
    """Draw what every page repeats."""
    yield from _title(plan, words.title)
    yield from _terms(plan, words)
    for block in range(layout.blocks):
        yield from _grid(plan, layout, _block_x(layout, block))
    yield from _sign_boxes(plan)
    yield from _notes(plan, words)
    yield from _caption(plan, words, code)


def _title(plan: FontPlan, title: str) -> Iterator[Mark]:
    """Song bold 24 pt, no smaller than 80 %; longer titles take two lines."""
    width, middle, least = RIGHT - MARGIN_MM, WIDTH_MM / 2, TITLE_PT * TITLE_LEAST
    fitted = on_one_line(plan, Role.TITLE, title, TITLE_PT, width)
    if fitted.size_pt >= least:
        yield Text(Role.TITLE, fitted.size_pt, middle, TITLE_Y, title, "c")
        return
    half = (len(title) + 1) // 2
    lines = (title[:half], title[half:])
    size = min(on_one_line(plan, Role.TITLE, line, least, width).size_pt for line in lines)
    for line, y in zip(lines, (TITLE_Y - 5.0, TITLE_Y + 3.2), strict=True):
        yield Text(Role.TITLE, size, middle, y, line, "c")


def _terms(plan: FontPlan, words: Words) -> Iterator[Mark]:
    """Place and terms left, on two lines where they are long; the period right."""
    period = on_one_line(plan, Role.HEI, words.period, TERMS_PT, 110.0)
    room = RIGHT - MARGIN_MM - 5 - plan.width_mm(Role.HEI, words.period, period.size_pt)
    terms = on_one_line(plan, Role.DATA, words.terms, TERMS_PT, room)
    if terms.size_pt < TERMS_LEAST_PT:
        terms = on_lines(plan, Role.DATA, words.terms, TERMS_LEAST_PT, room)
    pitch = terms.size_pt * 1.15 / PT_PER_MM
    for above, line in enumerate(reversed(terms.lines)):
        low = TERMS_Y + (0.9 if len(terms.lines) > 1 else 0.0)
        yield Text(Role.DATA, terms.size_pt, MARGIN_MM, low - above * pitch, line)
    yield Text(Role.HEI, period.size_pt, RIGHT, TERMS_Y, words.period, "r")


def _block_x(layout: Layout, block: int) -> float:
    return MARGIN_MM + block * (layout.block_mm + GAP_MM)


def _grid(plan: FontPlan, layout: Layout, x: float) -> Iterator[Mark]:
    """Header in 8 % grey, hair lines, every fourth row a strong one, an outer rule."""
    end = x + layout.block_mm
    yield Box(HEADER_INK, x, TABLE_Y, layout.block_mm, HEADER_MM)
    top = TABLE_Y + HEADER_MM
    yield from (
        Rule(STRONG if row % 4 == 0 else HAIR, x, top + row * ROW_MM, end, top + row * ROW_MM)
        for row in range(ROWS)
    )
    edge = x
    for column in layout.columns:
        yield from _in_cell(column, edge, TABLE_Y + HEADER_MM / 2, _header(plan, column), Role.HEI)
        edge += column.width
        if column is not layout.columns[-1]:
            yield Rule(HAIR, edge, TABLE_Y, edge, TABLE_END)
    yield from _outline(OUTER, x, TABLE_Y, layout.block_mm, TABLE_END - TABLE_Y)


def _header(plan: FontPlan, column: Column) -> Fitted:
    """One line, or the unit below the word where the column is narrow."""
    room = column.width - 2 * PAD
    if "（" not in column.label or plan.width_mm(Role.HEI, column.label, 11.5) <= column.width - PAD:
        return on_one_line(plan, Role.HEI, column.label, 11.5, room)
    word, unit = column.label.split("（")
    size = on_one_line(plan, Role.HEI, "（" + unit, 10.5, room).size_pt
    return Fitted(size, (word, "（" + unit))


def _outline(weight: float, x: float, y: float, width: float, height: float) -> Iterator[Mark]:
    """Four rules that meet in square corners."""
    half = weight / PT_PER_MM / 2
    for at in (y, y + height):
        yield Rule(weight, x - half, at, x + width + half, at)
    for at in (x, x + width):
        yield Rule(weight, at, y, at, y + height)


def _sign_boxes(plan: FontPlan) -> Iterator[Mark]:
    yield from _outline(THIN, MARGIN_MM, SIGN_Y, sum(SIGN_WIDTHS), SIGN_MM)
    x = MARGIN_MM
    for label, width in zip(SIGNATURES, SIGN_WIDTHS, strict=True):
        size = on_one_line(plan, Role.DATA, label, 9.5, width - 2 * PAD).size_pt
        yield Text(Role.DATA, size, x + PAD, SIGN_Y + 4.4, label)
        x += width
        if x < MARGIN_MM + sum(SIGN_WIDTHS):
            yield Rule(THIN, x, SIGN_Y, x, SIGN_Y + SIGN_MM)


def _notes(plan: FontPlan, words: Words) -> Iterator[Mark]:
    """Whom to ask until when; both figures against the county's; who issued it, when it comes down."""
    texts = (words.objection, words.reconciled, words.source)
    for scale in NOTE_SCALES:
        lines = [
            (role, size * scale, line)
            for (role, size), text in zip(NOTES, texts, strict=True)
            for line in balanced(plan, role, text, size * scale, NOTES_MM)
        ]
        pitch = min(NOTES_DEPTH / max(len(lines), 1), NOTE_PITCH)
        if pitch >= lines[0][1] * 1.15 / PT_PER_MM:
            break
    y = NOTES_Y + (NOTES_DEPTH - pitch * len(lines)) / 2
    for at, (role, size, line) in enumerate(lines):
        yield Text(role, size, MARGIN_MM, _baseline(y + (at + 0.5) * pitch, size), line)


def _caption(plan: FontPlan, words: Words, code: qr.Code) -> Iterator[Mark]:
    """Put the code's dark edge on the margin, its quiet zone kept free, what it says beside it."""
    module = code.module_mm
    x = RIGHT - code.modules * module
    yield Stamp(code, x, CODE_Y, module)
    right = x - qr.QUIET_MODULES * module - CAPTION_GAP
    for (role, size, y), text in zip(CAPTION, words.caption, strict=True):
        yield Text(role, on_one_line(plan, role, text, size, CAPTION_MM).size_pt, right, y, text, "r")


def _rows(plan: FontPlan, layout: Layout, lines: Sequence[Line]) -> Iterator[Mark]:
    """Draw one page's lines; a mark where they end, so that nobody can add a name."""
    for place, line in enumerate(lines):
        x, y = _place(layout, place)
        yield from _row(plan, layout, line, x, y)
    if len(lines) < layout.per_page:
        x, y = _place(layout, len(lines))
        yield Text(Role.DATA, 11, x + layout.columns[0].width + PAD, _baseline(y, 11), NOTHING_FOLLOWS)
    # A stroke from top right to bottom left cancels a block's empty rows, as account books do.
    for block in range(layout.blocks):
        used = min(max(len(lines) - block * ROWS, 0), ROWS) + (block == len(lines) // ROWS)
        if used < ROWS:
            x = _block_x(layout, block)
            yield Rule(HAIR, x + layout.block_mm, TABLE_Y + HEADER_MM + used * ROW_MM, x, TABLE_END)


def _place(layout: Layout, place: int) -> tuple[float, float]:
    """Left edge and middle height of the row for the n-th line of a page."""
    block, row = divmod(place, ROWS)
    return _block_x(layout, block), TABLE_Y + HEADER_MM + (row + 0.5) * ROW_MM


def _row(plan: FontPlan, layout: Layout, line: Line, x: float, y: float) -> Iterator[Mark]:
    for column in layout.columns:
        text = column.text(line)
        if column.money and line.corrected_from_fen is not None:
            yield from _corrected(plan, column, line, x, y)
        elif text:
            fit = on_lines if column.breaks else on_one_line
            fitted = fit(plan, column.role, text, column.size_pt, column.width - 2 * PAD)
            yield from _in_cell(column, x, y, fitted, column.role)
        x += column.width


def _corrected(plan: FontPlan, column: Column, line: Line, x: float, y: float) -> Iterator[Mark]:
    """Old amount small and struck through, then the right one (更正)."""
    new, old, room = column.text(line), yuan(line.corrected_from_fen or 0), column.width - 2 * PAD
    size, small = column.size_pt, column.size_pt * 0.6
    needed = plan.width_mm(column.role, new, size) + plan.width_mm(Role.DATA, old, small)
    scale = min(1.0, (room - 1.5) / needed)
    yield from _in_cell(column, x, y, Fitted(size * scale, (new,)), column.role)
    small *= scale
    yield Text(Role.DATA, small, x + PAD, _baseline(y, small), old)
    yield Rule(THIN, x + PAD, y, x + PAD + plan.width_mm(Role.DATA, old, small), y)


def _in_cell(column: Column, x: float, y: float, fitted: Fitted, role: Role) -> Iterator[Mark]:
    """Put a fitted text around the middle height of its cell."""
    size, pitch = fitted.size_pt, fitted.size_pt * LEADING / PT_PER_MM
    anchor = {"l": x + PAD, "c": x + column.width / 2, "r": x + column.width - PAD}[column.align]
    first = y - pitch * (len(fitted.lines) - 1) / 2
    for at, line in enumerate(fitted.lines):
        yield Text(role, size, anchor, _baseline(first + at * pitch, size), line, column.align)


def _baseline(middle: float, size_pt: float) -> float:
    return middle + CENTRE_EM * size_pt / PT_PER_MM


def _totals(plan: FontPlan, words: Words, number: int) -> Iterator[Mark]:
    """One bar: this page on the left, the whole village on the right, both at one size."""
    width, subtotal, total = RIGHT - MARGIN_MM, words.subtotals[number], words.total
    yield from _outline(OUTER, MARGIN_MM, TOTALS_Y, width, TOTALS_MM)
    needed = plan.width_mm(Role.DATA, subtotal, TOTALS_PT) + plan.width_mm(Role.HEI, total, TOTALS_PT)
    size = min(TOTALS_PT, TOTALS_PT * (width - 2 * PAD - 6) / needed)
    y = _baseline(TOTALS_Y + TOTALS_MM / 2, size)
    yield Text(Role.DATA, size, MARGIN_MM + PAD, y, subtotal)
    yield Text(Role.HEI, size, RIGHT - PAD, y, total, "r")
    yield Text(Role.DATA, 9, WIDTH_MM / 2, PAGE_NUMBER_Y, words.page_numbers[number], "c")
