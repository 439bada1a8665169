"""A table that goes on for pages, each of which stands alone: title, head and page number on every one.

Rows grow with the longest text in them; nothing is cut, nothing is smaller than the floor (paper §1).
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from printouts.cells import Fitted, balanced, on_lines, on_one_line
from printouts.columns import ROW_PAD_MM
from printouts.flow import Item, Measure, paged
from printouts.fonts import PT_PER_MM, FontPlan, FontShelf, Role, Wanted, undrawn
from printouts.paper import CENTRE_EM, Box, Drawing, Mark, Rule, Text
from printouts.rows import PAD_MM, ROW_MM
from printouts.wording import GAP, NOTHING_FOLLOWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORT_MM, LONG_MM = 210.0, 297.0
BINDING_MM = 25.0  # left, where the file is bound
TITLE_Y, TITLE_PT, TITLE_LEAST, TITLE_PITCH = 26.0, 22.0, 16.0, 8.4
SUBJECT_PT, BELOW_TITLE, BELOW_SUBJECT = 10.5, 9.0, 3.0
HEADER_MM, HEADER_PT, HEADER_INK, TEXT_PT, LEADING = 9.0, 10.5, 0.08, 10.5, 1.22
PITCH_MM = TEXT_PT * LEADING / PT_PER_MM
STRONG, THIN = 1.0, 0.35
FOOT_MM, FOOT_PT = 16.0, 9.0
MOST_LINES = 24  # of one row; the rest goes on in a row below, which may be on the next page


class Column(NamedTuple):
    """One column and how its texts stand."""

    label: str
    width: float
    align: str = "l"
    role: Role = Role.DATA


class Ledger(NamedTuple):
    """What a ledger says: `subject` left above the table, `beside` right; `total` in its last row."""

    title: str
    subject: str
    beside: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str
    foot: str
    landscape: bool = False

    @property
    def width_mm(self) -> float:
        """Of the paper."""
        return LONG_MM if self.landscape else SHORT_MM

    @property
    def height_mm(self) -> float:
        """Of the paper."""
        return SHORT_MM if self.landscape else LONG_MM

    @property
    def right_mm(self) -> float:
        """Where the table ends."""
        return BINDING_MM + sum(column.width for column in self.columns)


def spelt(ledger: Ledger, fonts: FontShelf) -> Ledger:
    """With the number of a character in its place where no font here has it: 〔U+1F600〕.

    A word that somebody typed years ago can be changed no more, and must not keep a year from going out.
    """
    columns = [
        [text.translate(_numbers(fonts, column.role, texts)) for text in texts]
        for column, *texts in zip(ledger.columns, *ledger.rows, strict=True)
    ]
    return ledger._replace(rows=tuple(zip(*columns, strict=True)))


def _numbers(fonts: FontShelf, role: Role, texts: Sequence[str]) -> dict[int, str]:
    return {ord(char): f"〔U+{ord(char):04X}〕" for char in undrawn(fonts, role, texts)}


def composed(ledger: Ledger, fonts: FontShelf) -> tuple[Drawing, FontPlan]:
    """A ledger laid out, with the fonts it needs. Raises GlyphMissing."""
    ledger = spelt(ledger, fonts)
    plan = FontPlan(fonts, texts_of(ledger))
    top, head = _head(plan, ledger)
    depth = ledger.height_mm - FOOT_MM - 6 - top
    pages = paged(list(_items(plan, ledger)), Measure(top, depth, 1.0))
    drawing = Drawing(
        frame=tuple(head),
        pages=tuple((*page, _number(ledger, at, len(pages))) for at, page in enumerate(pages, start=1)),
        width_mm=ledger.width_mm,
        height_mm=ledger.height_mm,
    )
    return drawing, plan


def texts_of(ledger: Ledger) -> Iterator[Wanted]:
    """Every text that will be drawn, rows first so that a refusal can say which line."""
    for number, row in enumerate(ledger.rows, start=1):
        for column, text in zip(ledger.columns, row, strict=True):
            yield Wanted(column.role, text, ("《", ledger.title, "》第", number, "行的", column.label))
    yield Wanted(Role.TITLE, ledger.title, ("标题",))
    for text in (ledger.subject, ledger.beside, ledger.foot, NOTHING_FOLLOWS, _page_number(0, 0)):
        yield Wanted(Role.DATA, text, ("表头表尾",))
    for text in (ledger.total, *(column.label for column in ledger.columns)):
        yield Wanted(Role.HEI, text, ("表头表尾",))


def _head(plan: FontPlan, ledger: Ledger) -> tuple[float, list[Mark]]:
    """Title in the middle, subject and day below it, small print in the foot; and where the table begins."""
    right = ledger.right_mm
    title = _title(plan, ledger, right - BINDING_MM)
    room = right - BINDING_MM - 4 - plan.width_mm(Role.DATA, ledger.beside, SUBJECT_PT)
    subject = on_lines(plan, Role.DATA, ledger.subject, SUBJECT_PT, room)
    y = title[-1].y + BELOW_TITLE
    marks: list[Mark] = [*title, Text(Role.DATA, SUBJECT_PT, right, y, ledger.beside, "r")]
    for at, line in enumerate(subject.lines):
        marks.append(Text(Role.DATA, subject.size_pt, BINDING_MM, y + at * PITCH_MM, line))
    marks.append(Text(Role.DATA, FOOT_PT, BINDING_MM, ledger.height_mm - FOOT_MM, ledger.foot))
    return y + (len(subject.lines) - 1) * PITCH_MM + BELOW_SUBJECT, marks


def _title(plan: FontPlan, ledger: Ledger, room: float) -> list[Text]:
    size = max(on_one_line(plan, Role.TITLE, ledger.title, TITLE_PT, room).size_pt, TITLE_LEAST)
    lines = balanced(plan, Role.TITLE, ledger.title, size, room)
    middle = BINDING_MM + room / 2
    return [
        Text(Role.TITLE, size, middle, TITLE_Y + at * TITLE_PITCH, line, "c") for at, line in enumerate(lines)
    ]


def _page_number(at: int, pages: int) -> str:
    return f"第{at}页{GAP}共{pages}页"


def _number(ledger: Ledger, at: int, pages: int) -> Text:
    y = ledger.height_mm - FOOT_MM
    return Text(Role.DATA, FOOT_PT, ledger.right_mm, y, _page_number(at, pages), "r")


def _items(plan: FontPlan, ledger: Ledger) -> Iterator[Item]:
    """Rows under the header, which comes again on every page; the total closes them."""
    header = tuple(_header(plan, ledger))
    for row in ledger.rows:
        for part in _parts(plan, ledger, row):
            yield Item(*_row(ledger, part), snaps=False, head=header, head_mm=HEADER_MM)
    end = _total(plan, ledger)
    yield Item(ROW_MM, tuple(end), snaps=False, head=header, head_mm=HEADER_MM)


def _edges(ledger: Ledger) -> list[float]:
    return list(accumulate((column.width for column in ledger.columns), initial=BINDING_MM))


def _header(plan: FontPlan, ledger: Ledger) -> Iterator[Mark]:
    yield Box(HEADER_INK, BINDING_MM, 0, ledger.right_mm - BINDING_MM, HEADER_MM)
    for column, x in zip(ledger.columns, _edges(ledger), strict=False):
        size = on_one_line(plan, Role.HEI, column.label, HEADER_PT, column.width - 1).size_pt
        yield Text(Role.HEI, size, x + column.width / 2, _middle(HEADER_MM, size), column.label, "c")
    yield from _rules(ledger, HEADER_MM, STRONG)


def _parts(plan: FontPlan, ledger: Ledger, row: Sequence[str]) -> Iterator[list[Fitted]]:
    """A row's texts on their lines; several rows where one text has more lines than a row may have."""
    cells = [
        on_lines(plan, column.role, text, TEXT_PT, column.width - 2 * PAD_MM, TEXT_PT)
        for column, text in zip(ledger.columns, row, strict=True)
    ]
    for start in range(0, max(len(cell.lines) for cell in cells), MOST_LINES):
        yield [cell._replace(lines=cell.lines[start : start + MOST_LINES]) for cell in cells]


def _row(ledger: Ledger, cells: Sequence[Fitted]) -> tuple[float, tuple[Mark, ...]]:
    height = max(ROW_MM, *(len(cell.lines) * PITCH_MM + 2 * ROW_PAD_MM for cell in cells))
    marks: list[Mark] = []
    for column, x, cell in zip(ledger.columns, _edges(ledger), cells, strict=False):
        marks += _cell(column, x, height, cell)
    return height, (*marks, *_rules(ledger, height, THIN))


def _cell(column: Column, x: float, height: float, cell: Fitted) -> Iterator[Text]:
    anchor = {"l": x + PAD_MM, "c": x + column.width / 2, "r": x + column.width - PAD_MM}[column.align]
    first = _middle(height - PITCH_MM * (len(cell.lines) - 1), cell.size_pt)
    for at, line in enumerate(cell.lines):
        yield Text(column.role, cell.size_pt, anchor, first + at * PITCH_MM, line, column.align)


def _middle(height: float, size_pt: float) -> float:
    return height / 2 + CENTRE_EM * size_pt / PT_PER_MM


def _rules(ledger: Ledger, height: float, weight: float) -> Iterator[Rule]:
    right, edges = ledger.right_mm, _edges(ledger)
    for y in (0.0, height):
        yield Rule(weight, BINDING_MM, y, right, y)
    for x in edges:
        yield Rule(STRONG if x in (edges[0], edges[-1]) else THIN, x, 0, x, height)


def _total(plan: FontPlan, ledger: Ledger) -> Iterator[Mark]:
    """What the rows come to, and that none follows."""
    size = on_one_line(plan, Role.HEI, ledger.total, TEXT_PT, ledger.right_mm - BINDING_MM - 34).size_pt
    yield Text(Role.HEI, size, BINDING_MM + PAD_MM, _middle(ROW_MM, size), ledger.total)
    yield Text(Role.DATA, TEXT_PT, ledger.right_mm - PAD_MM, _middle(ROW_MM, TEXT_PT), NOTHING_FOLLOWS, "r")
    right = ledger.right_mm
    for y in (0.0, ROW_MM):
        yield Rule(STRONG, BINDING_MM, y, right, y)
    for x in (BINDING_MM, right):
        yield Rule(STRONG, x, 0, x, ROW_MM)
