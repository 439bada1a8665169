"""A 1,000-row payout PDF against the same strings on a bare reportlab canvas.

Run: make bench ARGS=bench_paper. Both sides use the same cut fonts and draw every string
of every page at the same place; the bare side knows its places beforehand, draws no rules,
boxes or codes and decides nothing. CPU time, best of several rounds taken in turns.
"""

from __future__ import annotations

import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from kiosk_server.press.fonts_cache import DiskShelf
from printouts.fonts import PT_PER_MM, FontPlan, MendedFont
from printouts.paper import HEIGHT_MM, WIDTH_MM, Text, left_mm
from printouts.table_sheet import composed, payout_sheet, texts_of
from tests.bench.figures import Figure
from tests.paper.paper_village import AT, BASE, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterator


ROWS = 1000
ROUNDS = 12
TARGET = 0.6

Strings = list[list[tuple[str, float, float, float, str]]]


def strings_of(shelf: DiskShelf, sheet) -> Strings:
    """Every string of every page: font, size and place in points."""
    drawing, plan, _ = composed(sheet, shelf, printed_at=AT, base_url=BASE)
    pages = []
    for page in drawing.pages:
        marks = [mark for mark in (*drawing.frame, *page) if isinstance(mark, Text)]
        pages.append([placed for mark in marks for placed in _placed(plan, mark)])
    return pages


def _placed(plan: FontPlan, mark: Text):
    x, y = left_mm(plan, mark) * PT_PER_MM, (HEIGHT_MM - mark.y) * PT_PER_MM
    for font, stretch in plan.runs(mark.role, mark.text):
        yield font, mark.size_pt, x, y, stretch
        x += pdfmetrics.stringWidth(stretch, font, mark.size_pt)


def bare(pages: Strings, cuts: dict[str, bytes]) -> bytes:
    """One setFont and drawString for each string, nothing else."""
    for name, cut in cuts.items():
        pdfmetrics._fonts[name] = MendedFont(name, BytesIO(cut))
    out = BytesIO()
    size = (WIDTH_MM * PT_PER_MM, HEIGHT_MM * PT_PER_MM)
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=next(iter(cuts)))
    for page in pages:
        for font, size_pt, x, y, text in page:
            canvas.setFont(font, size_pt)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def seconds(call) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def figures() -> Iterator[Figure]:
    """Rate of a payout sheet against the same strings on a bare canvas, and what fonts cost."""
    sheet = sheet_of(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        shelf = DiskShelf(Path(folder))
        cold = seconds(lambda: shelf.warm([texts_of(sheet)]))
        warm = seconds(lambda: DiskShelf(Path(folder)).warm([texts_of(sheet)]))
        pages = strings_of(shelf, sheet)
        names = {font for page in pages for font, *_ in page}
        cuts = {font.name: cut_of(font) for font in shelf._fonts.values() if font.name in names}
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(lambda: payout_sheet(sheet, shelf, printed_at=AT, base_url=BASE)))
            theirs.append(seconds(lambda: bare(pages, cuts)))
    said = f"{len(pages) / min(ours):.0f} ÷ {len(pages) / min(theirs):.0f} pages/s, {sum(map(len, pages))} strings"
    yield Figure(
        f"PDF of {ROWS} rows ÷ a bare canvas", min(theirs) / min(ours), TARGET, at_least=True, said=said
    )
    yield Figure("fonts cold, s", cold)
    yield Figure("fonts warm, ms", warm * 1000, said="finding, hashing, reading")


def cut_of(font) -> bytes:
    """The cut the sheet was drawn with."""
    return next(cut for _, cut in font._held.values())
