"""What an archive hands out on paper: contents, cover and register of a village's year (paper §7)."""

import asyncio
import os
import time
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boards.model.kept.register import Act
from boards.model.kept.retention import ArchiveKind, Kept
from kiosk_server.press.drawing import shelf_of
from kiosk_server.press.worker import Press
from printouts.dossier import contents, cover, five_steps, ledger, register
from printouts.dossier.register import ACTS
from printouts.errors import GlyphMissing
from printouts.fonts import PT_PER_MM, Role
from printouts.paper import Row, Rule, Text, left_mm
from tests.dossier_village import ANNUAL, LONG, dossier_of, entry_of, item_of
from tests.paper.paper_village import BlockFont, BlockShelf
from tests.paper.read_back import INK_MM, chars_of, streams_of

GOLDEN = Path(__file__).parent / "golden"
TITLES = st.text(st.sampled_from("岭东村朱𬭎扎西多吉·才让（）补贴A1 "), min_size=1, max_size=900).map(
    str.strip
)
BOOKS = {"contents": contents.contents, "register": register.register}


def texts(marks):
    return [mark.text for mark in marks if isinstance(mark, Text)]


def said(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.thorough
@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("count", [0, 1, 3, 30, 120])
def test_every_page_stands_alone_and_the_last_says_what_there_is(book, count, blocks):
    """Torn off, a page has title, village, day, head and its number; only the last one has the total."""
    made = BOOKS[book](dossier_of(count))
    drawing, _ = ledger.composed(made, blocks)
    frame = "".join(texts(drawing.frame))
    assert made.title in frame
    assert "苕安县梅坞镇岭东村　330590102201" in frame
    assert "截至2026年1月12日" in frame
    for number, page in enumerate(drawing.pages, start=1):
        found = texts(page)
        assert f"第{number}页　共{len(drawing.pages)}页" in found
        assert [one for one in found if one in {c.label for c in made.columns}] == [
            c.label for c in made.columns
        ]
        assert ("（以下空白）" in found) == (number == len(drawing.pages))


def test_the_contents_list_every_item_with_what_became_of_it():
    """Number, title, maker, day, class of keeping, pages; editions, replaced, withdrawn, erased, taken in later."""
    made = contents.contents(dossier_of(24))
    assert made.rows[0] == ("1", LONG, "苕安县人民政府", "2025-01-07", "永久", "1", "第2版")
    assert [made.rows[at][-1] for at in (1, 2, 3, 5, 6, 13)] == [
        "第3版 已被代替", "已撤下", "第2版 已删除", "", "第2版 补录", "第3版 已被代替 补录",
    ]  # fmt: skip
    assert made.rows[8][5] == "—"
    assert made.total == f"合计24件，{sum(number % 9 for number in range(1, 25))}页"


def test_a_first_edition_that_was_replaced_says_which_it_was():
    """第1版 已被代替: beside the second edition the first is told apart."""
    item = msgspec.structs.replace(item_of(1), edition=1, state="superseded")
    assert item.standing == "第1版 已被代替"


def test_the_register_has_a_row_for_every_act():
    """Civil time, a mark where the clock was suspect, what was done to what, by whom, why, the file's first 8."""
    made = register.register(dossier_of(24))
    assert made.rows[2][:3] == ("3", "2025-01-09 06:07*", "补录")
    assert made.rows[1] == (
        "2", "2025-01-07 23:07", "查阅", "关于朱𬭎、扎西多吉·才让旺姆·洛桑丹增等户的更正公示", "1", "00000 00002", "3",
        "村务专员", "村民查阅本户补贴；看了本户", "9f2c71ab",
    )  # fmt: skip
    assert made.rows[6][8] == "齐全"
    assert set(ACTS) == set(Act)


def test_the_yearly_register_is_of_its_year_and_keeps_the_lines_numbers():
    """An act about another year is not on it; an inspection, which is of none, is in the year it was done in."""
    first, second, third, fourth = map(entry_of, range(1, 5))
    entries = (
        msgspec.structs.replace(first, year=2024),
        second,
        msgspec.structs.replace(third, year=0, at="2025-12-31T15:59:00Z"),
        msgspec.structs.replace(fourth, year=0, at="2025-12-31T16:00:00Z"),
    )
    made = register.register(dossier_of(0, register=entries))
    assert [row[0] for row in made.rows] == ["2", "3"]
    assert made.total == "合计2行"


def test_nights_that_found_the_same_stand_in_one_row():
    """A year of nightly inspections is a page and not thirty; what was found in between stands apart."""
    nights = [
        msgspec.structs.replace(
            entry_of(7), at=f"2025-03-{day:02d}T17:30:00Z", title="", record="", code="", edition=0, sha256=None,
            outcome="damaged" if day == 9 else "well",
        )
        for day in range(1, 21)
    ]  # fmt: skip
    made = register.register(dossier_of(0, register=tuple(nights)))
    assert [(row[0], row[1], row[3], row[8]) for row in made.rows] == [
        ("1–8", "2025-03-02 01:30 至 2025-03-09 01:30", "连续8次", "齐全"),
        ("9", "2025-03-10 01:30", "", "有缺损"),
        ("10–20", "2025-03-11 01:30 至 2025-03-21 01:30", "连续11次", "齐全"),
    ]
    assert made.total == "合计20行"


def test_the_cover_says_what_lies_beside_it(debian):
    """Whose, what, kept as long as its longest item, files and bytes to the byte, checkpoint, and that it is personal."""
    pdf = cover.cover_pdf(dossier_of(30, note="本机时钟曾经不准"), debian, files=187, octets=52345678)
    (page,) = said(pdf)
    for part in (
        "立档单位：苕安县梅坞镇岭东村",
        "岭东村2025年",
        "惠民惠农补贴与征地公告",
        "含个人信息，仅供检查与留存",
        "永久（以期限最长的一件为准）",
        "30件，114页",
        "187个文件、52,345,678字节",
        "第48,210条，根 CsUYapGGPo4dkMgI",
        "2026年1月12日16:30（北京时间）",
        "本机时钟曾经不准",
        "sha256sum -c manifest-sha256.txt",
    ):
        assert part in page


@pytest.mark.parametrize("letters", [0, 60, 180])
def test_a_long_note_on_the_cover_covers_nothing(letters, blocks):
    """What an inspector should know first takes its room above: no two texts of the page touch."""
    words = cover.worded(dossier_of(30, note="慢" * letters), 187, 52345678)
    drawing, plan = cover.composed(words, blocks)
    marks = [mark for mark in drawing.pages[0] if isinstance(mark, Text)]
    assert "".join(texts(marks)).count("慢") == letters
    boxes = [
        (
            left_mm(plan, mark),
            mark.y,
            plan.width_mm(mark.role, mark.text, mark.size_pt),
            mark.size_pt / PT_PER_MM,
        )
        for mark in marks
    ]
    for at, (x, y, width, size) in enumerate(boxes):
        for other_x, other_y, other_width, _ in boxes[at + 1 :]:
            apart = x + width <= other_x or other_x + other_width <= x
            assert apart or abs(y - other_y) >= size * 0.95
    assert max(mark.y for mark in marks[:-3]) < cover.BOTTOM_MM - cover.SIGN_MM - 1


@pytest.mark.parametrize(
    ("classes", "longest"),
    [((), "30年"), (("3", "10"), "10年"), (("30", "10"), "30年"), (("30", "permanent", "3"), "永久")],
)
def test_the_whole_is_kept_as_long_as_its_longest_item(classes, longest):
    """Permanent before any number of years, and 30 years before 3."""
    items = tuple(msgspec.structs.replace(item_of(1), kept=Kept(kept)) for kept in classes)
    assert dossier_of(items).kept.words == longest


@pytest.mark.thorough
@given(titles=st.lists(TITLES.filter(bool), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
@example(titles=["岭东村" * 300, LONG, "扎西多吉·" * 200, "补贴"])
def test_no_title_is_cut_nor_leaves_its_cell(titles):
    """However long, a title is whole, inside its column, between its rules, on the page, and 10.5 pt high."""
    items = tuple(msgspec.structs.replace(item_of(n), title=t) for n, t in enumerate(titles, start=1))
    made = contents.contents(dossier_of(items))
    drawing, plan = ledger.composed(made, BlockShelf())
    left = ledger.BINDING_MM + made.columns[0].width
    drawn = [
        mark
        for page in drawing.pages
        for mark in page
        if isinstance(mark, Text) and mark.role is Role.HEI and mark.align == "l" and mark.x > left
    ]
    assert "".join("".join(mark.text for mark in drawn).split()) == "".join("".join(titles).split())
    for mark in drawn:
        assert mark.size_pt == ledger.TEXT_PT
        assert plan.width_mm(mark.role, mark.text.rstrip(), mark.size_pt) <= made.columns[1].width - 3.7
    for page in drawing.pages:
        rules = sorted({mark.y0 for mark in page if isinstance(mark, Rule) and mark.y0 == mark.y1})
        assert rules[-1] <= made.height_mm - ledger.FOOT_MM - 3
        for mark in page:
            if isinstance(mark, Text):
                assert not [y for y in rules if mark.y - mark.size_pt * 0.75 / PT_PER_MM < y < mark.y + 0.3]


@pytest.mark.thorough
@pytest.mark.parametrize("items", [3, 120])
def test_nothing_is_near_the_edge_and_nothing_is_small(items, debian):
    """As a reader finds it in the files: 6 mm to every edge, no character under 9 pt."""
    whole = dossier_of(items)
    pdfs = {
        (210, 297): [contents.contents_pdf(whole, debian), cover.cover_pdf(whole, debian, files=9, octets=9)],
        (297, 210): [register.register_pdf(whole, debian)],
    }
    for (width, height), made in pdfs.items():
        for page in (page for pdf in made for page in chars_of(pdf)):
            assert min(char.size_pt for char in page) >= 8.99
            assert min(char.left for char in page) > INK_MM
            assert max(char.right for char in page) < width - INK_MM
            assert max(char.bottom for char in page) < height - INK_MM


def test_rare_characters_and_long_names_come_out_as_text(debian):
    """朱𬭎 and a name of several parts are copied and searched as they are written."""
    pages = "".join("".join(page.split()) for page in said(contents.contents_pdf(dossier_of(3), debian)))
    assert "朱𬭎、扎西多吉·才让旺姆·洛桑丹增等户" in pages


@pytest.mark.parametrize("odd", ["😀", "\ue000", "\x07", "\u200b"])
def test_a_character_no_font_has_stands_as_its_number(odd, debian):
    """Typed into a reason that can be changed no more, it keeps no year from going out and prints no box."""
    entry = msgspec.structs.replace(entry_of(2), reason=f"村民{odd}查阅")
    pdf = register.register_pdf(dossier_of(0, register=(entry,)), debian)
    assert f"村民〔U+{ord(odd):04X}〕查阅" in "".join("".join(said(pdf)).split())


def test_a_name_of_the_village_that_no_font_has_refuses_the_contents():
    """What is not a typed row is refused as on every other sheet, never a box."""
    lacks = BlockShelf({Role.TITLE: [BlockFont("Lacks", frozenset("岭"))]})
    with pytest.raises(GlyphMissing):
        contents.contents_pdf(dossier_of(3), lacks)


@pytest.mark.thorough
@pytest.mark.parametrize("odd", ["\U0002a6d6", "\ue000"])
def test_a_village_whose_name_no_font_has_still_has_its_cover(odd, tmp_path):
    """On cover, contents, register and the five steps the number of the character stands in its place."""
    whole = dossier_of(3)
    whole = msgspec.structs.replace(whole, village=msgspec.structs.replace(whole.village, name=f"岭{odd}村"))

    async def drawn():
        press = Press(tmp_path, None, "https://board.invalid")
        try:
            ledgers = await press.dossier(whole)
            return [
                *ledgers.values(),
                await press.cover(whole, 3, 9),
                await press.five_steps(whole, 4, 10, {}),
            ]
        finally:
            press.close()

    for pdf in asyncio.run(drawn()):
        assert f"岭〔U+{ord(odd):04X}〕村" in "".join("".join(said(pdf)).split())


def test_the_same_year_is_the_same_bytes_and_dated_as_of(blocks, monkeypatch):
    """Whatever the clock and the environment say; the day is the export's."""
    first = made(blocks)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    assert made(BlockShelf()) == first
    for pdf in first:
        with pypdfium2.PdfDocument(pdf) as document:
            assert document.get_metadata_dict()["CreationDate"] == "D:20260112000000+08'00'"
        (packet,) = [content for head, content in streams_of(pdf) if b"/Type /Metadata" in head]
        assert b"<pdfaid:part>2</pdfaid:part>" in packet
    ids = {pdf.rpartition(b"/ID")[2][:80] for pdf in first}
    assert len(ids) == len(first)


def made(shelf):
    whole = dossier_of(5)
    return [
        contents.contents_pdf(whole, shelf),
        register.register_pdf(whole, shelf),
        cover.cover_pdf(whole, shelf, files=12, octets=3456),
    ]


@pytest.mark.parametrize("book", [*BOOKS, "cover"])
def test_the_layout_is_as_it_was_looked_at(book, blocks):
    """Every mark in its place: `RECORD_GOLDEN=1` writes it anew."""
    whole = dossier_of(14)
    if book == "cover":
        words = cover.worded(whole, 187, 52345678)
        drawing, _ = cover.composed(words, blocks)
    else:
        drawing, _ = ledger.composed(BOOKS[book](whole), blocks)
    path, text = GOLDEN / f"dossier_{book}.txt", "\n".join(lines_of(drawing)) + "\n"
    if os.environ.get("RECORD_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def lines_of(drawing):
    for place, marks in [
        ("frame", drawing.frame),
        *((f"page {n}", m) for n, m in enumerate(drawing.pages, 1)),
    ]:
        yield place
        for mark in marks:
            assert not isinstance(mark, Row)
            fields = (f"{value:.2f}" if isinstance(value, float) else str(value) for value in mark)
            yield " ".join((type(mark).__name__, *fields))


@pytest.mark.thorough
def test_the_press_draws_them_in_its_own_process(tmp_path, kept_fonts):
    """Through the real door: two files and the cover; thousands of lines stay behind."""
    kept_fonts(tmp_path / "press")
    press = Press(tmp_path / "press", None, "https://gongkai.example.cn")

    async def drawn():
        try:
            files = await press.dossier(dossier_of(30))
            return files, await press.cover(dossier_of(30), len(files), sum(map(len, files.values())))
        finally:
            press.close()

    files, sheet = asyncio.run(drawn())
    assert list(files) == ["目录.pdf", "登记簿.pdf"]
    shelf = shelf_of(str(tmp_path / "press"), "")
    assert files["目录.pdf"] == contents.contents_pdf(dossier_of(30), shelf)
    assert f"共2个文件、{sum(map(len, files.values())):,}字节" in said(sheet)[0]


@pytest.mark.thorough
def test_a_year_of_thirty_items_is_drawn_in_a_second(debian):
    """With warm fonts, all three; a tenth of it is usual."""
    whole = dossier_of(30)
    for _ in range(2):
        began = time.process_time()
        contents.contents_pdf(whole, debian)
        register.register_pdf(whole, debian)
        cover.cover_pdf(whole, debian, files=1, octets=1)
        took = time.process_time() - began
    assert took < 1


def test_the_fifth_step_counts_each_payment_list_once():
    """Neither the year's own figure, nor what was replaced, taken back or applied for, nor goods, adds to the sum."""
    paid = msgspec.structs.replace(item_of(6), sum_fen=12_068_123, state="")
    others = (
        msgspec.structs.replace(paid, number=2, state="superseded"),
        msgspec.structs.replace(paid, number=3, state="withdrawn"),
        msgspec.structs.replace(paid, number=4, kind=ArchiveKind.APPLICATION),
        msgspec.structs.replace(paid, number=5, kind=ArchiveKind.ANNUAL, digest=""),
        msgspec.structs.replace(paid, number=6, sum_fen=None),
    )
    whole = dossier_of((paid, *others), sheets=(), register=())
    running = _fifth(whole)
    assert running.startswith("本年在用的发放名单 2 份，合计 120,681.23 元；每份名单")
    year = msgspec.structs.replace(others[3], digest="9f" * 32)
    annual = msgspec.structs.replace(ANNUAL, sum_fen=12_068_123)
    closed = msgspec.structs.replace(whole, items=(paid, year), annual=annual)
    assert "1 份，合计 120,681.23 元；县里核定的年度数 120,681.23 元，与名单合计相同；" in _fifth(closed)
    other = msgspec.structs.replace(closed, annual=ANNUAL)
    assert "县里核定的年度数 149,232.00 元，与名单合计不同：核定以后名单有变动；" in _fifth(other)


def _fifth(dossier):
    return five_steps.worded(dossier, 1, 1)[4].text
