"""The cover of a village's year (案卷封面): whose it is, what it holds, and how to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from boards.model.calendar.civil_day import CIVIL, day_told
from printouts.cells import LEADING, Fitted, balanced, on_lines, on_one_line
from printouts.dossier.contents import imprint
from printouts.fonts import PT_PER_MM, FontPlan, FontShelf, Role, Wanted
from printouts.paper import CENTRE_EM, Drawing, Mark, Rule, Text, outline, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.sheets.dossier import Dossier

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 28.0, 186.0, 22.0, 275.0  # bound at the left
FULL_MM, MIDDLE = RIGHT_MM - LEFT_MM, (LEFT_MM + RIGHT_MM) / 2
KEEPER_Y, KEEPER_PT = 42.0, 18.0
TITLE_Y, TITLE_PT, TITLE_LEAST = 74.0, 30.0, 20.0
PERSONAL, PERSONAL_Y, PERSONAL_PT, PERSONAL_MM = "含个人信息，仅供检查与留存", 112.0, 16.0, 96.0
TABLE_Y, ROW_MM, LABEL_MM, FIELD_PT, FIELD_LEAST, PAD_MM = 130.0, 8.8, 37.0, 12.0, 10.5, 2.6
STEPS_PT, STEPS_PITCH, STEPS_MM = 11.5, 6.6, 37.5
SIGN_MM, SIGNATURES = 17.0, ("移交人", "接收人", "日期")
OUTER, STRONG, THIN = 1.2, 0.7, 0.35


class Words(NamedTuple):
    """Everything a cover says."""

    keeper: str
    title: tuple[str, ...]  # whose and of which year, and of what
    fields: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]


def cover_pdf(dossier: Dossier, fonts: FontShelf, *, files: int, octets: int) -> bytes:
    """The cover as PDF; equal input gives equal bytes. `files`, `octets`: the payload beside it.

    Raises GlyphMissing.
    """
    drawing, plan = composed(worded(dossier, files, octets), fonts)
    return typeset(drawing, plan, imprint(dossier, "封面"))


def composed(words: Words, fonts: FontShelf) -> tuple[Drawing, FontPlan]:
    """The cover laid out, with the fonts it needs. Raises GlyphMissing."""
    plan = FontPlan(fonts, texts_of(words))
    marks = (*_heading(plan, words), *_body(plan, words))
    return Drawing(frame=(), pages=(marks,), width_mm=WIDTH_MM, height_mm=HEIGHT_MM), plan


def worded(dossier: Dossier, files: int, octets: int) -> Words:
    """All sentences of the cover, from the dossier alone and the counts of its payload."""
    village, items = dossier.village, dossier.items
    days = sorted(item.day for item in items)
    moment = dossier.as_of.astimezone(CIVIL)
    fields = (
        ("全宗（村）代码", village.code),
        ("年度", f"{dossier.year}年"),
        ("起止日期", f"{day_told(days[0])}至{day_told(days[-1])}" if days else "—"),
        ("保管期限", f"{dossier.kept.words}（以期限最长的一件为准）"),
        ("件数、页数", f"{len(items)}件，{sum(item.pages for item in items)}页"),
        ("截至", f"{day_told(moment.date())}{moment:%H:%M}（北京时间）"),
        ("文件数与字节数", f"data 文件夹里除本封面外共{files:,}个文件、{octets:,}字节"),
        ("检查点", f"县公布日志第{dossier.size:,}条，根 {dossier.root[:16]}…"),
        ("日志名称", dossier.origin),
        *((("说明", dossier.note.replace(" ", "")),) if dossier.note else ()),
    )
    whose = f"{village.name}{dossier.year}年"
    title = whose, dossier.title.removeprefix(whose)
    return Words(f"立档单位：{village.county}{village.town}{village.name}", title, fields, STEPS)


STEPS = (
    "怎样核对（不用本系统的软件）：",
    "1. 打开本文件夹，运行 sha256sum -c manifest-sha256.txt，每一行都应是 OK；",
    "2. 文件个数和字节数应与上面一致：多出来的文件，上一步看不出；",
    "3. 用旁边“核对工具”里的 verify.html 选中本文件夹，核对县里的签名和每份名单；",
    "4. 其余步骤见“核对工具”里的《核对五步》。",
)


def texts_of(words: Words) -> Iterator[Wanted]:
    """Every text that will be drawn."""
    yield Wanted(Role.TITLE, "".join(words.title), ("标题",))
    for text in (words.keeper, PERSONAL, words.steps[0], *(label for label, _ in words.fields)):
        yield Wanted(Role.HEI, text, ("封面",))
    for text in (*words.steps, *SIGNATURES, *(text for _, text in words.fields)):
        yield Wanted(Role.DATA, text, ("封面",))


def _heading(plan: FontPlan, words: Words) -> Iterator[Mark]:
    """Frame, keeper, title, and that it names people."""
    yield from outline(OUTER, LEFT_MM, TOP_MM, FULL_MM, BOTTOM_MM - TOP_MM)
    yield from _centred(Role.HEI, on_lines(plan, Role.HEI, words.keeper, KEEPER_PT, FULL_MM - 10), KEEPER_Y)
    room = FULL_MM - 16
    size = min(on_one_line(plan, Role.TITLE, part, TITLE_PT, room).size_pt for part in words.title)
    size = max(size, TITLE_LEAST)
    lines = (line for part in words.title for line in balanced(plan, Role.TITLE, part, size, room))
    yield from _centred(Role.TITLE, Fitted(size, tuple(lines)), TITLE_Y)
    x = MIDDLE - PERSONAL_MM / 2
    yield from outline(STRONG, x, PERSONAL_Y - 8.2, PERSONAL_MM, 12.0)
    yield Text(Role.HEI, PERSONAL_PT, MIDDLE, PERSONAL_Y, PERSONAL, "c")


def _centred(role: Role, fitted: Fitted, y: float) -> Iterator[Text]:
    pitch = fitted.size_pt * 1.35 / PT_PER_MM
    first = y - pitch * (len(fitted.lines) - 1) / 2
    for at, line in enumerate(fitted.lines):
        yield Text(role, fitted.size_pt, MIDDLE, first + at * pitch, line, "c")


def _body(plan: FontPlan, words: Words) -> Iterator[Mark]:
    """The fields, higher up where a long one needs the room; how to check; who hands it over to whom."""
    room = FULL_MM - LABEL_MM - 2 * PAD_MM
    cells = [on_lines(plan, Role.DATA, text, FIELD_PT, room, FIELD_LEAST) for _, text in words.fields]
    heights = [max(ROW_MM, cell.height_mm + 2) for cell in cells]
    first = y = min(TABLE_Y, BOTTOM_MM - SIGN_MM - STEPS_MM - sum(heights))
    for (label, _), cell, height in zip(words.fields, cells, heights, strict=True):
        yield from _field(plan, label, cell, y, height)
        y += height
    yield Rule(THIN, LEFT_MM, y, RIGHT_MM, y)
    yield Rule(THIN, LEFT_MM + LABEL_MM, first, LEFT_MM + LABEL_MM, y)
    for at, step in enumerate(words.steps):
        role = Role.DATA if at else Role.HEI
        size = on_one_line(plan, role, step, STEPS_PT, FULL_MM - 2 * PAD_MM).size_pt
        yield Text(role, size, LEFT_MM + PAD_MM, y + STEPS_PITCH * (at + 1.2), step)
    yield from _signatures()


def _field(plan: FontPlan, label: str, fitted: Fitted, y: float, height: float) -> Iterator[Mark]:
    yield Rule(THIN, LEFT_MM, y, RIGHT_MM, y)
    named = on_one_line(plan, Role.HEI, label, FIELD_PT, LABEL_MM - 2 * PAD_MM)
    for role, x, cell in ((Role.HEI, LEFT_MM, named), (Role.DATA, LEFT_MM + LABEL_MM, fitted)):
        pitch = cell.size_pt * LEADING / PT_PER_MM
        first = y + (height - pitch * (len(cell.lines) - 1)) / 2 + CENTRE_EM * cell.size_pt / PT_PER_MM
        for at, line in enumerate(cell.lines):
            yield Text(role, cell.size_pt, x + PAD_MM, first + at * pitch, line)


def _signatures() -> Iterator[Mark]:
    y, width = BOTTOM_MM - SIGN_MM, FULL_MM / len(SIGNATURES)
    yield Rule(STRONG, LEFT_MM, y, RIGHT_MM, y)
    for at, label in enumerate(SIGNATURES):
        x = LEFT_MM + at * width
        yield Text(Role.DATA, STEPS_PT, x + PAD_MM, y + 5.6, label)
        if at:
            yield Rule(THIN, x, y, x, BOTTOM_MM)
