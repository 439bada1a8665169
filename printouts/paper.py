"""Paper in millimetres from the top left corner (landscape unless said), and how its marks become PDF.

A drawing is plain data: marks (texts, rules, boxes, a QR code) on a frame that every page
repeats and on each page. Laying out and putting on paper are two steps, so tests read the
first one, and text is only ever drawn as text: there is no markup to escape.
"""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec
from reportlab.pdfgen import canvas as reportlab_canvas

from printouts.archival import PDF_VERSION, make_archival
from printouts.fonts import PT_PER_MM, FontPlan, Role
from printouts.size import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from printouts.qr import Code

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
MARGIN_MM = 15.0
CENTRE_EM = 0.37  # baseline below the middle of a line of Chinese text or figures


class Text(NamedTuple):
    """One line of text. `x` is its left edge, middle or right edge (`align` l, c, r); `y` its baseline."""

    role: Role
    size_pt: float
    x: float
    y: float
    text: str
    align: str = "l"


class Spaced(NamedTuple):
    """A stretch of text from its left edge; every character advances by `spacing_pt` more than it is wide."""

    role: Role
    size_pt: float
    x: float
    y: float
    text: str
    spacing_pt: float


class Row(NamedTuple):
    """One line of stretches that are read, copied and searched as one text, however far apart they stand."""

    stretches: tuple[Spaced, ...]

    @property
    def text(self) -> str:
        """What is read."""
        return "".join(one.text for one in self.stretches)


class Rule(NamedTuple):
    """A straight black line."""

    weight_pt: float
    x0: float
    y0: float
    x1: float
    y1: float


class Box(NamedTuple):
    """A filled rectangle, `ink` from 0 (white) to 1 (black)."""

    ink: float
    x: float
    y: float
    width: float
    height: float


class Stamp(NamedTuple):
    """A QR code with its dark corner at (x, y)."""

    code: Code
    x: float
    y: float
    module_mm: float


Mark = Text | Row | Rule | Box | Stamp


def outline(weight_pt: float, x: float, y: float, width: float, height: float) -> Iterator[Rule]:
    """Four rules that meet in square corners."""
    half = weight_pt / PT_PER_MM / 2
    for at in (y, y + height):
        yield Rule(weight_pt, x - half, at, x + width + half, at)
    for at in (x, x + width):
        yield Rule(weight_pt, at, y, at, y + height)


Pen: TypeAlias = Any  # reportlab's canvas, which has no types
open_canvas: Any = reportlab_canvas.Canvas


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A document before it is PDF: what every page repeats, and the pages."""

    frame: tuple[Mark, ...]
    pages: tuple[tuple[Mark, ...], ...]
    width_mm: float = WIDTH_MM
    height_mm: float = HEIGHT_MM


class Imprint(msgspec.Struct, frozen=True, kw_only=True):
    """What the PDF says about itself; `dated` is the sheet's own date, never the clock's."""

    title: str
    author: str
    subject: str
    keywords: str
    dated: date


def typeset(
    drawing: Drawing, plan: FontPlan, imprint: Imprint, *, paper: Paper = Paper.A4, compressed: bool = True
) -> bytes:
    """PDF/A-2b of a drawing: equal input gives equal bytes."""
    out, scale = BytesIO(), paper.scale
    width, height = (round(side * scale) * PT_PER_MM for side in (drawing.width_mm, drawing.height_mm))
    canvas: Pen = open_canvas(
        out,
        pagesize=(width, height),
        invariant=1,
        pageCompression=int(compressed),
        pdfVersion=PDF_VERSION,
        initialFontName=plan.first_font(Role.DATA),
        lang="zh-CN",
    )
    _sign(canvas, imprint)
    canvas.beginForm("frame")
    _draw(canvas, plan, drawing.frame)
    canvas.endForm()
    for marks in drawing.pages:
        if paper is not Paper.A4:
            canvas.transform(scale, 0, 0, scale, 0, height * (1 - scale))  # from the top left corner
        canvas.doForm("frame")
        _draw(canvas, plan, marks)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _sign(canvas: Pen, imprint: Imprint) -> None:
    canvas.setTitle(imprint.title)
    canvas.setAuthor(imprint.author)
    canvas.setSubject(imprint.subject)
    canvas.setKeywords(imprint.keywords)
    canvas.setCreator("village-kiosk")
    document = canvas._doc  # noqa: SLF001 - there is no setter for the date, nor for what the file's ID is made from
    midnight = (*imprint.dated.timetuple()[:3], 0, 0, 0)  # in Shanghai
    document._timeStamp = SimpleNamespace(YMDhms=midnight, dhh=8, dmm=0)  # noqa: SLF001
    document.signature = hashlib.blake2b(imprint.keywords.encode(), digest_size=16)
    make_archival(document, imprint)


def _draw(canvas: Pen, plan: FontPlan, marks: Iterable[Mark]) -> None:
    """Rules, boxes and stamps as they come, then all texts in one text object, in reading order."""
    texts: list[Text | Row] = []
    for mark in marks:
        if isinstance(mark, Text | Row):
            texts.append(mark)
        elif isinstance(mark, Rule):
            canvas.setLineWidth(mark.weight_pt)
            x0, x1 = mark.x0 * PT_PER_MM, mark.x1 * PT_PER_MM
            canvas.line(x0, _up(canvas, mark.y0), x1, _up(canvas, mark.y1))
        elif isinstance(mark, Box):
            canvas.setFillGray(1 - mark.ink)
            x, y = mark.x * PT_PER_MM, _up(canvas, mark.y + mark.height)
            canvas.rect(x, y, mark.width * PT_PER_MM, mark.height * PT_PER_MM, stroke=0, fill=1)
            canvas.setFillGray(0)
        else:
            _stamp(canvas, mark)
    writer = _Writer(canvas, plan)
    for text in texts:
        if isinstance(text, Text):
            writer.write(text.role, text.size_pt, left_mm(plan, text), text.y, text.text)
        else:
            writer.write_row(text)
    writer.close()


def _stamp(canvas: Pen, mark: Stamp) -> None:
    side = mark.module_mm * PT_PER_MM
    left, top = mark.x * PT_PER_MM, _up(canvas, mark.y)
    path = canvas.beginPath()
    for row, column, length in mark.code.runs:
        path.rect(left + column * side, top - (row + 1) * side, length * side, side)
    canvas.drawPath(path, stroke=0, fill=1)


class _Writer:
    """A text object of the page, which says font and spacing only where they change."""

    def __init__(self, canvas: Pen, plan: FontPlan) -> None:
        self._canvas, self._plan = canvas, plan
        self._pen = canvas.beginText()
        self._face: tuple[str, float] | None = None
        self._spacing = 0.0

    def write(  # noqa: PLR0913, PLR0917 - what a text is
        self, role: Role, size_pt: float, x: float, y: float, text: str, spacing_pt: float = 0.0
    ) -> None:
        """One text from its left edge."""
        if spacing_pt != self._spacing:
            self._spacing = spacing_pt
            self._pen.setCharSpace(spacing_pt)
        self._pen.setTextOrigin(x * PT_PER_MM, _up(self._canvas, y))
        for name, stretch in self._plan.runs(role, text):
            if self._face != (name, size_pt):
                self._face = (name, size_pt)
                self._pen.setFont(*self._face)
            self._pen.textOut(stretch)

    def write_row(self, row: Row) -> None:
        """A line with its text said beside it (PDF 32000-1 §14.9.4): a wide gap is not read as a space."""
        code = self._pen._code  # noqa: SLF001 - reportlab has no marked content
        code.append(f"/Span <</ActualText <FEFF{row.text.encode('utf-16-be').hex().upper()}>>> BDC")
        for one in row.stretches:
            self.write(*one)
        code.append("EMC")

    def close(self) -> None:
        """Hand it to the page; no spacing is left over for the next one."""
        if self._spacing:
            self._pen.setCharSpace(0)
        self._canvas.drawText(self._pen)


def left_mm(plan: FontPlan, mark: Text) -> float:
    """Where the text begins, whichever way it is aligned."""
    if mark.align == "l":
        return mark.x
    width = plan.width_mm(mark.role, mark.text, mark.size_pt)
    return mark.x - (width if mark.align == "r" else width / 2)


def _up(canvas: Pen, y_mm: float) -> float:
    """PDF counts from the bottom."""
    height: float = canvas._pagesize[1]  # noqa: SLF001 - the one place that knows it
    return height - y_mm * PT_PER_MM
