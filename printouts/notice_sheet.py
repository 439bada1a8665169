"""A land notice on A4 portrait as an official document (GB/T 9704-2012, paper §2).

Text area 156 × 225 mm, 22 lines of 28 characters. The signature stands four characters from the
right and never alone on a page; around it a seal's place is left free, and a seal is never drawn.
The posting strip lies in the bottom margin of every page, so that each stands alone when torn off.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import day_told
from boards.sheets.land.notice_text import Block, Heading, Table
from printouts import qr
from printouts.cells import balanced, on_one_line
from printouts.flow import Item, Measure, paged
from printouts.fonts import PT_PER_MM, FontPlan, FontShelf, Role, Wanted
from printouts.justify import Face, Piece, lines_of, lonely, pieces_of, row_of
from printouts.notice_table import table_items, texts_in
from printouts.notice_wording import Strip, attachment_lines, strip
from printouts.paper import CENTRE_EM, Drawing, Imprint, Mark, Rule, Stamp, Text, typeset
from printouts.size import Paper
from printouts.wording import SOME_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.sheets.land.notice_sheet import NoticeSheet

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
TOP_MM, LEFT_MM = 37.0, 28.0
TEXT_MM, DEPTH_MM = 156.0, 225.0
RIGHT_MM = LEFT_MM + TEXT_MM
LINES, CHARACTERS = 22, 28
PITCH_MM, ADVANCE_MM = DEPTH_MM / LINES, TEXT_MM / CHARACTERS
BODY = Face(16.0, ADVANCE_MM * PT_PER_MM)
INDENT_MM = 2 * ADVANCE_MM
FIRST_MM = TEXT_MM - INDENT_MM  # the first line of a paragraph
TITLE_PT = 22.0
HEADINGS = {1: Role.HEI, 2: Role.KAI}
SIGNATURE_IN_MM = 4 * ADVANCE_MM
ABOVE_SIGNATURE, BELOW_SIGNATURE = 2, 1  # lines left free, so that the seal has its place
MOST_WITH_SIGNATURE = 4  # lines of the text
ISSUER_MM = 2 * (SIGNATURE_IN_MM + 22)  # widest signature that stays centred over its date
CODE_MM = 25.0  # with its quiet zone
STRIP_Y = 265.4
STRIP = ((Role.HEI, 11.0, 271.6), (Role.DATA, 10.5, 277.2), (Role.DATA, 9.0, 282.5), (Role.DATA, 9.0, 287.7))
STRIP_RULE = 0.7
NUMBER_PT, NUMBER_MM = 10.5, 26.0
STRIP_MM = TEXT_MM - CODE_MM - 1.0


def notice_pdf(  # noqa: PLR0913 - everything arrives as an argument
    sheet: NoticeSheet,
    fonts: FontShelf,
    *,
    printed_at: datetime | None,
    base_url: str,
    pack: str = "",
    paper: Paper = Paper.A4,
) -> bytes:
    """One notice as PDF; equal input gives equal bytes. Without a moment of print it is a sample.

    Raises GlyphMissing rather than printing a box in a word's place.
    """
    return typeset(*composed(sheet, fonts, printed_at=printed_at, base_url=base_url, pack=pack), paper=paper)


def composed(
    sheet: NoticeSheet, fonts: FontShelf, *, printed_at: datetime | None, base_url: str, pack: str = ""
) -> tuple[Drawing, FontPlan, Imprint]:
    """Notice laid out, with the fonts it needs and what the PDF says about itself."""
    first = strip(sheet, 1, printed_at=printed_at, base_url=base_url, pack=pack)
    plan = FontPlan(fonts, _wanted(sheet, first))
    pages = paged(list(_items(plan, sheet)), Measure(TOP_MM, DEPTH_MM, PITCH_MM))
    words = strip(sheet, len(pages), printed_at=printed_at, base_url=base_url, pack=pack)
    code = qr.code_of(qr.link(base_url, sheet.code, sheet.digest))
    number_y = STRIP[_number_row(plan, words)][2]
    drawing = Drawing(
        frame=tuple(_strip(plan, words, code)),
        pages=tuple(
            (*page, Text(Role.DATA, NUMBER_PT, LEFT_MM + STRIP_MM, number_y, number, "r"))
            for page, number in zip(pages, words.page_numbers, strict=True)
        ),
        width_mm=WIDTH_MM,
        height_mm=HEIGHT_MM,
    )
    return drawing, plan, _imprint(sheet)


def texts_of(sheet: NoticeSheet) -> Iterator[Wanted]:
    """Every text a notice will be drawn with but the day of print, to warm its fonts."""
    at = datetime.min  # noqa: DTZ901 - digits only
    return _wanted(sheet, strip(sheet, 1, printed_at=at, base_url="", pack=SOME_VERSION))


def _imprint(sheet: NoticeSheet) -> Imprint:
    return Imprint(
        title=f"{sheet.issuer}{sheet.title}",
        author=sheet.issuer,
        subject=f"{sheet.project} {sheet.doc_no}",
        keywords=f"{sheet.code} {sheet.digest[:8].upper()}",
        dated=sheet.posted_on,
    )


def _wanted(sheet: NoticeSheet, words: Strip) -> Iterator[Wanted]:
    """Every text that will be drawn, and where it stands for the sentence of a refusal."""
    yield Wanted(Role.TITLE, sheet.issuer + sheet.title, ("《", sheet.title, "》标题"))
    for number, block in enumerate((*sheet.blocks, *sheet.tables), start=1):
        for role, text in _texts(block):
            yield Wanted(role, text, ("《", sheet.title, "》第", number, "段"))
    for text in (sheet.doc_no, sheet.issuer, day_told(sheet.signed_on), "附件：", *sheet.attachments):
        yield Wanted(Role.BODY, text, ("《", sheet.title, "》落款和附件"))
    yield Wanted(Role.HEI, words.posting, ("张贴栏",))
    for text in (words.contact, words.hint, words.codes, *words.page_numbers, "0123456789"):
        yield Wanted(Role.DATA, text, ("张贴栏",))


def _texts(block: Block) -> Iterator[tuple[Role, str]]:
    if isinstance(block, Table):
        yield from texts_in(block)
    elif isinstance(block, Heading):
        yield HEADINGS[block.level], block.text
    else:
        yield Role.HEI, block.lead
        yield Role.BODY, block.text


def _items(plan: FontPlan, sheet: NoticeSheet) -> Iterator[Item]:
    """From the title to the tables behind the signature."""
    yield from _title(plan, sheet)
    blocks = [list(_block(plan, block)) for block in sheet.blocks]
    body = [item for items in blocks for item in items]
    # The signature takes lines or rows of the text along: short paragraphs whole.
    last = len(blocks[-1])
    whole = last if last > 1 or len(blocks) == 1 else last + len(blocks[-2])
    tail = whole if whole <= MOST_WITH_SIGNATURE else 2
    yield from body[: len(body) - tail]
    yield from (item._replace(keep=True) for item in body[len(body) - tail :])
    yield from _attachments(plan, sheet.attachments)
    yield _signature(plan, sheet)
    for table in sheet.tables:
        yield Item(PITCH_MM / 2, blank=True, snaps=False)
        yield from table_items(plan, table, LEFT_MM, TEXT_MM)


def _line(marks: Sequence[Mark], *, keep: bool = False) -> Item:
    return Item(PITCH_MM, tuple(marks), keep=keep)


def _baseline(size_pt: float) -> float:
    """Baseline of a line of the grid, from the line's top."""
    return PITCH_MM / 2 + CENTRE_EM * size_pt / PT_PER_MM


def _title(plan: FontPlan, sheet: NoticeSheet) -> Iterator[Item]:
    """Issuer and title in the middle, the number below, one line free."""
    for text in (*sheet.issuer.split("、"), sheet.title):  # joint issuers each on a line of their own
        for line in balanced(plan, Role.TITLE, text, TITLE_PT, TEXT_MM):
            size = on_one_line(plan, Role.TITLE, line, TITLE_PT, TEXT_MM).size_pt
            yield _line([Text(Role.TITLE, size, WIDTH_MM / 2, _baseline(size), line, "c")], keep=True)
    if sheet.doc_no:
        size = on_one_line(plan, Role.BODY, sheet.doc_no, BODY.size_pt, TEXT_MM).size_pt
        yield _line([Text(Role.BODY, size, WIDTH_MM / 2, _baseline(size), sheet.doc_no, "c")], keep=True)
    yield _line((), keep=True)


def _block(plan: FontPlan, block: Block) -> Iterator[Item]:
    if isinstance(block, Table):
        yield from table_items(plan, block, LEFT_MM, TEXT_MM)
    elif isinstance(block, Heading):
        pieces = pieces_of(plan, BODY, HEADINGS[block.level], block.text, FIRST_MM)
        yield from (item._replace(keep=True) for item in _set(pieces))
    else:
        lead = block.lead + "\u3000" if block.lead else ""
        pieces = pieces_of(plan, BODY, Role.HEI, lead, FIRST_MM)
        yield from _set(pieces + pieces_of(plan, BODY, Role.BODY, block.text, FIRST_MM))


def _set(pieces: Sequence[Piece], left_mm: float = LEFT_MM, indent_mm: float = INDENT_MM) -> Iterator[Item]:
    """Lines of a paragraph, the first two characters in."""
    lines = lines_of(pieces, RIGHT_MM - left_mm, indent_mm)
    for at, line in enumerate(lines):
        x = left_mm + (0 if at else indent_mm)
        before_lonely = at == len(lines) - 2 and lonely(lines[-1])  # no page begins with 止。
        yield _line([row_of(line, BODY, x, _baseline(BODY.size_pt))], keep=before_lonely)


def _attachments(plan: FontPlan, names: tuple[str, ...]) -> Iterator[Item]:
    """One line free, two characters in; a name's further lines stand under its first character."""
    if names:
        yield Item(PITCH_MM, blank=True, keep=True)
    left = LEFT_MM + INDENT_MM + 3 * ADVANCE_MM
    for word, name in attachment_lines(names):
        items = _set(pieces_of(plan, BODY, Role.BODY, name, RIGHT_MM - left), left, 0)
        for at, item in enumerate(items):
            lead = Text(Role.BODY, BODY.size_pt, LEFT_MM + INDENT_MM, _baseline(BODY.size_pt), word)
            marks = item.marks if at or not word else (lead, *item.marks)
            yield item._replace(marks=marks, keep=True)


def _signature(plan: FontPlan, sheet: NoticeSheet) -> Item:
    """Issuer above the date, centred over it; the place of the seal around both stays free."""
    day = day_told(sheet.signed_on)
    day_mm = plan.width_mm(Role.BODY, day, BODY.size_pt)
    issuers = [
        line
        for issuer in sheet.issuer.split("、")
        for line in balanced(plan, Role.BODY, issuer, BODY.size_pt, ISSUER_MM)
    ]
    half = max((day_mm, *(plan.width_mm(Role.BODY, line, BODY.size_pt) for line in issuers))) / 2
    centre = min(RIGHT_MM - SIGNATURE_IN_MM - day_mm / 2, RIGHT_MM - half)
    marks = tuple(
        Text(Role.BODY, BODY.size_pt, centre, above * PITCH_MM + _baseline(BODY.size_pt), line, "c")
        for above, line in enumerate((*issuers, day), start=ABOVE_SIGNATURE)
    )
    return Item((ABOVE_SIGNATURE + len(marks) + BELOW_SIGNATURE) * PITCH_MM, marks)


def _strip(plan: FontPlan, words: Strip, code: qr.Code) -> Iterator[Mark]:
    """Where and how long it hangs, whom to ask, how to check it; the code's dark edge on the margin."""
    module = CODE_MM / (code.modules + 2 * qr.QUIET_MODULES)
    side = code.modules * module
    yield Rule(STRIP_RULE, LEFT_MM, STRIP_Y, RIGHT_MM, STRIP_Y)
    yield Stamp(code, RIGHT_MM - side, STRIP_Y + qr.QUIET_MODULES * module + 0.6, module)
    texts = (words.posting, words.contact, words.hint, words.codes)
    row = _number_row(plan, words)
    for at, ((role, size, y), text) in enumerate(zip(STRIP, texts, strict=True)):
        room = STRIP_MM - (NUMBER_MM if at == row else 0)
        yield Text(role, on_one_line(plan, role, text, size, room).size_pt, LEFT_MM, y, text)


def _number_row(plan: FontPlan, words: Strip) -> int:
    """The page's number stands beside the posting, or below it where the posting needs the line."""
    role, size, _ = STRIP[0]
    return int(plan.width_mm(role, words.posting, size) > STRIP_MM - NUMBER_MM)
