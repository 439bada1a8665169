"""The payout sheet as it is laid out, with fonts that are the same on every machine."""

import hashlib
import os
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.money import in_words, yuan
from boards.model.pack import Windows
from boards.model.payouts import Control
from boards.model.privacy.numbers import numbers_in
from boards.sheets.sheet import ERASED_LINE, WITHDRAWN_LINE, Line, Variant
from printouts.columns import layout_of
from printouts.errors import GlyphMissing
from printouts.fonts import PT_PER_MM, Role
from printouts.paper import HEIGHT_MM, WIDTH_MM, Box, Rule, Stamp, Text, left_mm, typeset
from printouts.table_sheet import HAIR, OUTER, composed, payout_sheet
from tests.paper.paper_village import AT, BASE, COOPERATIVE, LEFT_OUT, NAMES, BlockFont, BlockShelf, sheet_of
from tests.paper.read_back import INK_MM

GOLDEN = Path(__file__).parent / "golden"
VARIANTS = list(Variant)
HOLDERS = st.text(st.sampled_from("沈桂珍周阿根欧阳建国·（）社A1"), min_size=1, max_size=60)
AMOUNTS = st.integers(0, 10**14)


def lines_of(names, amounts):
    return [
        Line(seq=n, holder=name, group="一组", quantity=Decimal(n) / 10, unit="亩", amount_fen=fen)
        for n, (name, fen) in enumerate(zip(names, amounts, strict=False), start=1)
    ]


def drawn(sheet, blocks):
    return composed(sheet, blocks, printed_at=AT, base_url=BASE)


def texts(marks):
    return [mark.text for mark in marks if isinstance(mark, Text)]


def page_texts(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@given(names=st.lists(HOLDERS, min_size=1, max_size=40), amounts=st.lists(AMOUNTS, min_size=40, max_size=40))
@settings(max_examples=15, deadline=None)
def test_page_subtotals_add_up_to_the_village_total(names, amounts):
    """What the pages say, added up, is the sheet's total in figures and in words."""
    sheet = sheet_of(lines_of(names, amounts))
    drawing, _, _ = drawn(sheet, BlockShelf())
    bars = ["".join(texts(page)) for page in drawing.pages]
    pages = [re.search(r"本页小计：(\d+)户\s+\S+亩\s+([\d,.]+)元", bar) for bar in bars]
    assert sum(int(page[1]) for page in pages) == len(names)
    assert sum(int(re.sub(r"\D", "", page[2])) for page in pages) == sheet.head.sum_fen
    whole = f"{yuan(sheet.head.sum_fen)}元（大写：{in_words(sheet.head.sum_fen)}）"
    assert all(whole in bar for bar in bars)


@given(names=st.lists(HOLDERS, min_size=1, max_size=24), amounts=st.lists(AMOUNTS, min_size=24, max_size=24))
@settings(max_examples=25, deadline=None)
def test_names_and_amounts_are_whole_and_stay_in_their_cells(names, amounts):
    """However long, a name is broken, never cut, never set below 11 pt, and never leaves its cell."""
    sheet = sheet_of(lines_of(names, amounts))
    drawing, plan, _ = drawn(sheet, BlockShelf())
    bold = [mark for page in drawing.pages for mark in page if getattr(mark, "role", "") is Role.HEI]
    bold = [mark for mark in bold if not mark.text.startswith("全村合计")]
    whole = "".join(mark.text for mark in bold).replace(" ", "")
    assert whole == "".join(line.holder + yuan(line.amount_fen) for line in sheet.lines).replace(" ", "")
    width = {"l": layout_of(sheet).columns[1].width, "r": layout_of(sheet).columns[4].width}
    for mark in bold:
        assert plan.width_mm(mark.role, mark.text, mark.size_pt) <= width[mark.align] - 3.7
        assert mark.size_pt >= {"l": 11, "r": 9}[mark.align]


@given(names=st.lists(HOLDERS, min_size=1, max_size=60))
@settings(max_examples=15, deadline=None)
def test_the_lines_of_a_row_do_not_leave_it(names):
    """Every text of a row lies between the rules above and below it, and no row leaves the table."""
    drawing, _, _ = drawn(sheet_of(lines_of(names, [100] * 60)), BlockShelf())
    end = max(mark.y1 for mark in drawing.frame if isinstance(mark, Rule) and mark.weight_pt == HAIR)
    for page in drawing.pages:
        rules = [
            mark for mark in page if isinstance(mark, Rule) and mark.y0 == mark.y1 and mark.weight_pt != OUTER
        ]
        for mark in page:
            if isinstance(mark, Text) and mark.y < end:
                tops = sorted(rule.y0 for rule in rules if rule.x0 < mark.x < rule.x1)
                above = max(y for y in tops if y < mark.y)
                below = min((y for y in tops if y > mark.y), default=end)
                assert mark.y - mark.size_pt * 0.8 / PT_PER_MM > above
                assert mark.y < below


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("count", [0, 1, 12, 13, 24, 25, 60])
def test_every_page_stands_alone(variant, count, blocks):
    """Torn off, a page still has title, period, totals, contacts, code, digest and its number."""
    sheet = sheet_of(count, variant)
    drawing, _, _ = drawn(sheet, blocks)
    per_page = layout_of(sheet).per_page
    assert len(drawing.pages) == max(1, -(-count // per_page))
    frame = "".join(texts(drawing.frame))
    said = (
        sheet.head.title,
        "公示期：自张贴之日起7日（",
        "短码 48219 07365",
        "校验码 9F2C-71AB",
    )
    assert all(
        part in frame
        for part in (*said, "0500-123 4567", "疑问，自张贴之日起7日内可以提：", "gongkai.example.cn")
    )
    assert sum(isinstance(mark, Stamp) for mark in drawing.frame) == 1
    for number, page in enumerate(drawing.pages, start=1):
        own = "".join(texts(page))
        assert f"第{number}页\u3000共{len(drawing.pages)}页" in own
        assert f"全村合计：{count}户" in own
    assert ("以下空白" in "".join(texts(drawing.pages[-1]))) == (count % per_page != 0 or not count)


@pytest.mark.parametrize("variant", VARIANTS)
def test_ink_keeps_six_millimetres_from_the_edge(variant, blocks):
    """Nothing is drawn where a printer may not reach."""
    drawing, plan, _ = drawn(sheet_of(25, variant, left_out=LEFT_OUT), blocks)
    for mark in (*drawing.frame, *(mark for page in drawing.pages for mark in page)):
        for x, y in _corners(plan, mark):
            assert INK_MM <= x <= WIDTH_MM - INK_MM
            assert INK_MM <= y <= HEIGHT_MM - INK_MM


def _corners(plan, mark):
    if isinstance(mark, Text):
        x = left_mm(plan, mark)
        return [(x, mark.y), (x + plan.width_mm(mark.role, mark.text, mark.size_pt), mark.y)]
    if isinstance(mark, Rule):
        return [(mark.x0, mark.y0), (mark.x1, mark.y1)]
    if isinstance(mark, Box):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    side = mark.code.modules * mark.module_mm
    return [(mark.x, mark.y), (mark.x + side, mark.y + side)]


def test_application_lists_and_gifts_show_no_money(blocks):
    """Before payment there is an area and no amount; things are signed for."""
    for variant, column in ((Variant.APPLICATION, "申报面积（亩）"), (Variant.IN_KIND, "领取人签名")):
        drawing, _, _ = drawn(sheet_of(5, variant), blocks)
        said = "".join(texts(drawing.frame) + texts(drawing.pages[0]))
        assert column in said
        assert "大写" not in said
        assert "金额（元）" not in said


def test_a_sensitive_sheet_shows_names_and_amounts_only(blocks):
    """No group, area or rate for disability and medical programmes."""
    drawing, _, _ = drawn(sheet_of(5, sensitive=True, rate_text="120元/亩"), blocks)
    said = "".join(texts(drawing.frame) + texts(drawing.pages[0]))
    assert "金额（元）" in said
    for hidden in ("一组", "小组", "亩", "标准"):
        assert hidden not in said


def test_a_beneficiary_who_is_not_the_holder_is_named_with_what_it_was_for(blocks):
    """A2 shows holder, beneficiary, item, rate and amount across the page."""
    drawing, _, _ = drawn(sheet_of(3, Variant.ITEM), blocks)
    frame, page = texts(drawing.frame), "".join(texts(drawing.pages[0]))
    assert {"户主", "享受人", "项目", "标准（元/台）", "金额（元）"} <= set(frame)
    assert all(name in page for name in (*NAMES[:3], *NAMES[8:11], "124.9788302"))


def test_both_figures_and_the_countys_total_are_printed(blocks):
    """Rows that are not listed stand there as a sum; beside both what the county says, or that it says nothing."""
    sheet = sheet_of(25, left_out=LEFT_OUT)
    frame = "".join(texts(drawn(sheet, blocks)[0].frame))
    own = yuan(sheet.head.source_total_fen)
    assert f"加未列入的3笔1,734.56元（已退回2笔、依规不公示1笔），共{own}元，县里未提供核对总额。" in frame
    for scope, said in (
        ("岭东村", f"与支付文件{own}元一致。"),
        ("梅坞镇", f"共{own}元，计入梅坞镇支付文件{own}元，总额核对一致。"),
    ):
        control = Control(fen=sheet.head.source_total_fen, scope=scope, source="支付文件")
        stated = "".join(texts(drawn(sheet_of(25, left_out=LEFT_OUT, control=control), blocks)[0].frame))
        assert said in stated


@pytest.mark.parametrize("gone", [WITHDRAWN_LINE, ERASED_LINE])
def test_a_sheet_with_blank_lines_is_not_called_reconciled(gone, blocks):
    """A line withdrawn or erased since is counted in words; the control total is no longer said to agree."""
    lines = [Line(seq=1, holder="沈桂珍", amount_fen=100), Line(seq=2, holder=gone, amount_fen=200)]
    whole = sheet_of(lines)
    head = msgspec.structs.replace(
        whole.head, control=Control(fen=whole.head.source_total_fen, scope="岭东村", source="支付文件")
    )
    frame = "".join(texts(drawn(msgspec.structs.replace(whole, head=head), blocks)[0].frame))
    assert "公布以后有1行撤下或删除，不再与县里的总额核对。" in frame
    assert "一致" not in frame


def test_a_correction_strikes_the_old_amount_through(blocks):
    """The old amount stays readable under a rule beside the right one."""
    line = Line(
        seq=1, holder="沈桂珍", quantity=Decimal(5), unit="亩", amount_fen=60000, corrected_from_fen=56000
    )
    (page,) = drawn(sheet_of([line]), blocks)[0].pages
    old = next(mark for mark in page if isinstance(mark, Text) and mark.text == "560.00")
    new = next(mark for mark in page if isinstance(mark, Text) and mark.text == "600.00")
    assert new.size_pt > old.size_pt
    assert any(isinstance(mark, Rule) and mark.x0 == old.x and old.y - 3 < mark.y0 < old.y for mark in page)


def test_a_second_edition_says_in_its_title_that_it_corrects(blocks):
    """Beside the first one on the wall nobody has to look for small print."""
    sheet = sheet_of(3)
    again = msgspec.structs.replace(sheet, head=msgspec.structs.replace(sheet.head, edition=2))
    frame = texts(drawn(again, blocks)[0].frame)
    assert f"{sheet.head.title}（更正）" in frame
    assert any(text.startswith("第2版（更正）") for text in frame)
    assert sheet.head.title in texts(drawn(sheet, blocks)[0].frame)


def test_the_moment_of_print_is_the_villages(blocks):
    """Half past eight in the evening in London is the next morning in the village."""
    evening = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    drawing, _, _ = composed(sheet_of(3), blocks, printed_at=evening, base_url=BASE)
    assert "打印 2026-11-23 04:30" in "".join(texts(drawing.frame))


def test_the_packs_version_stands_beside_the_code(blocks):
    """By which of the county's own rules a sheet was made: small, below its site."""
    drawing, _, _ = composed(sheet_of(3), blocks, printed_at=AT, base_url=BASE, pack="2026-3")
    assert "资料包 2026-3" in "".join(texts(drawing.frame))


def test_a_name_nobody_can_draw_refuses_the_sheet_and_says_which_line():
    """Tofu never stands for a person."""
    lacking = BlockShelf({Role.HEI: [BlockFont("Bold", frozenset("𬭎"))]})
    with pytest.raises(GlyphMissing) as refused:
        payout_sheet(sheet_of(5), lacking, printed_at=AT, base_url=BASE)
    assert "序号3的户主" in str(refused.value)


@pytest.mark.parametrize(
    "payload",
    ["<b>王", "<img src=x>", "javascript:alert(1)", "(王) Tj", "&lt;李&gt;", "\\)王(", "%王", "<para>"],
)
def test_markup_in_a_name_is_only_text(payload, blocks):
    """A name that looks like markup is drawn as it is written; the file has no action in it."""
    line = Line(seq=1, holder=payload, group="一组", quantity=Decimal(1), unit="亩", amount_fen=100)
    drawing, plan, imprint = drawn(sheet_of([line], title=payload), blocks)
    pdf = typeset(drawing, plan, imprint, compressed=False)
    (text,) = page_texts(pdf)
    assert payload in re.sub(r"\s*\r\n", "", text).replace("\ufffe", "")
    for action in (b"/URI", b"/JS", b"/JavaScript", b"/Launch", b"/Annots", b"/OpenAction", b"/EmbeddedFile"):
        assert action not in pdf


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_page_carries_anything_like_an_id_card_or_phone_number(variant, blocks):
    """Neither the text nor what the file says about itself has the digits of one."""
    pdf = payout_sheet(sheet_of(60, variant, left_out=LEFT_OUT), blocks, printed_at=AT, base_url=BASE)
    with pypdfium2.PdfDocument(pdf) as document:
        said = page_texts(pdf) + list(document.get_metadata_dict().values())
    public = frozenset({"05001234567", "0500-123 4567", "D:20261122000000+08'00'"})
    assert [seen for text in said for seen in numbers_in(text, allowed=public)] == []
    assert not any(re.search(r"\d{11,}", text) for text in said if not text.startswith("D:"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_drawing_is_the_recorded_one(variant, blocks):
    """Every mark of a sheet stands where it stood when somebody last looked at the picture."""
    lines = sheet_of(13, variant).lines
    lines = (*lines[:12], _renamed(lines[12], COOPERATIVE))
    sheet = sheet_of(lines, variant, left_out=LEFT_OUT)
    drawing, plan, imprint = drawn(sheet, blocks)
    digest = hashlib.sha256(typeset(drawing, plan, imprint, compressed=False)).hexdigest()
    _held(GOLDEN / f"{variant.name.lower()}.txt", "\n".join(_told(drawing)) + f"\nPDF {digest}\n")


def _renamed(line, holder):
    return Line(**{name: getattr(line, name) for name in line.__struct_fields__} | {"holder": holder})


def _told(drawing):
    for place, marks in (
        ("frame", drawing.frame),
        *((f"page {n}", page) for n, page in enumerate(drawing.pages, 1)),
    ):
        yield place
        for mark in marks:
            fields = [
                f"{value:.2f}" if isinstance(value, float) else str(value) for value in mark if _plain(value)
            ]
            yield " ".join((type(mark).__name__, *fields))


def _plain(value):
    return isinstance(value, str | int | float)


def _held(path, text):
    if os.environ.get("RECORD_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_equal_sheets_are_equal_bytes(blocks, monkeypatch):
    """The same sheet is the same file, whatever the environment says of time."""
    first = payout_sheet(sheet_of(25), blocks, printed_at=AT, base_url=BASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    assert payout_sheet(sheet_of(25), BlockShelf(), printed_at=AT, base_url=BASE) == first


def test_the_file_says_what_it_is_and_its_date_is_the_sheets(blocks):
    """Title, language, office, short code; dated as the sheet, not as the printer."""
    pdf = payout_sheet(sheet_of(1), blocks, printed_at=AT.replace(year=2030), base_url=BASE)
    with pypdfium2.PdfDocument(pdf) as document:
        said = document.get_metadata_dict()
    assert said["Title"] == "岭东村2026年耕地地力保护补贴发放公示表"
    assert said["Author"] == "苕安县农业农村局、财政局"
    assert said["CreationDate"] == "D:20261122000000+08'00'"
    assert "4821907365" in said["Keywords"]
    assert b"/Lang" in pdf
    assert b"Helvetica" not in pdf


@pytest.mark.parametrize(
    ("variant", "windows", "term"),
    [
        (Variant.AREA, Windows(), "7日"),
        (Variant.AREA, Windows(wall_days=15, application_days=5), "15日"),
        (Variant.APPLICATION, Windows(wall_days=15, application_days=5), "5日"),
        (Variant.APPLICATION, Windows(application_days=5, application_count="working"), "5个工作日"),
    ],
)
def test_the_period_runs_from_posting_whatever_was_planned(blocks, variant, windows, term):
    """The programme's days, and a blank for the day of posting: planned dates are no second deadline."""
    sheet = sheet_of(1, variant, planned_from=None, planned_until=None)
    drawing, _, imprint = composed(sheet, blocks, printed_at=AT, base_url=BASE, windows=windows)
    planned = composed(sheet_of(1, variant), blocks, printed_at=AT, base_url=BASE, windows=windows)
    assert texts(planned[0].frame) == texts(drawing.frame)
    said = rf"公示期：自张贴之日起{term}（\s+年\s+月\s+日张贴）"
    assert any(re.match(said, text) for text in texts(drawing.frame))
    assert imprint.dated == (date(2026, 11, 10) if variant is Variant.AREA else AT.date())


def test_a_long_title_takes_two_lines_and_loses_nothing(blocks):
    """No smaller than 80 %, then two lines."""
    title = "岭东村2026年农业社会化服务及粮油规模种植主体单产提升项目补助资金（第二批）发放情况公示表"
    marks = [
        mark
        for mark in drawn(sheet_of(1, title=title), blocks)[0].frame
        if getattr(mark, "role", "") is Role.TITLE
    ]
    assert "".join(mark.text for mark in marks) == title
    assert all(mark.size_pt >= 24 * 0.75 for mark in marks)


def test_households_with_several_payouts_are_counted_once(blocks):
    """Where a household has two lines, households and lines are both told."""
    sheet = sheet_of(4)
    head = {name: getattr(sheet.head, name) for name in sheet.head.__struct_fields__} | {"households": 3}
    several = type(sheet)(head=type(sheet.head)(**head), lines=sheet.lines)
    bar = texts(drawn(several, blocks)[0].pages[0])
    assert any(text.startswith("本页小计：4笔") for text in bar)
    assert any(text.startswith("全村合计：3户4笔") for text in bar)


def test_marks_repeat_no_line(blocks):
    """Each line of the sheet is drawn exactly once over all pages."""
    drawing, _, _ = drawn(sheet_of(60), blocks)
    numbers = Counter(text for page in drawing.pages for text in texts(page) if text.isdigit())
    assert numbers == Counter(str(n) for n in range(1, 61))


def test_a_phone_number_is_never_broken_across_lines(blocks):
    """However long the address, the number to call stands whole on one line."""
    sheet = sheet_of(
        1, address="苕安县梅坞镇岭东村便民服务中心二楼东侧村务监督委员会办公室（老村部旁）或邮寄至该处"
    )
    assert any("0500-123 4567" in text for text in texts(drawn(sheet, blocks)[0].frame))


@given(
    beneficiaries=st.booleans(),
    items=st.booleans(),
    quantities=st.booleans(),
    rates=st.booleans(),
    sensitive=st.booleans(),
    variant=st.sampled_from(VARIANTS),
)
@settings(max_examples=40, deadline=None)
def test_columns_fill_the_width_whatever_the_lines_carry(  # noqa: PLR0917
    beneficiaries, items, quantities, rates, sensitive, variant
):
    """Columns that no line needs are left out; the rest fills both blocks or the whole page."""
    line = Line(
        seq=1,
        holder="沈桂珍",
        beneficiary="周阿根" if beneficiaries else "",
        item="轮式拖拉机" if items else "",
        quantity=Decimal(1) if quantities else None,
        unit="台" if quantities else "",
        rate=Decimal("1.5") if rates else None,
        amount_fen=150,
    )
    layout = layout_of(sheet_of([line], variant, sensitive=sensitive))
    assert layout.block_mm == pytest.approx({1: 267, 2: 131}[layout.blocks])
    shown = [column.label for column in layout.columns]
    assert "享受人" not in shown or beneficiaries
    assert "项目" not in shown or (items and not sensitive)
    assert not any(label.startswith("标准") for label in shown) or (rates and not sensitive)


def test_a_village_of_a_thousand_different_characters_reads_back(blocks):
    """A font cut into many subsets of 256 codes loses and swaps no character."""
    chars = [chr(0x4E00 + n) for n in range(600)] + [chr(0x20000 + n) for n in range(200)]
    names = ["".join(chars[at : at + 2]) for at in range(0, len(chars), 2)]
    pdf = payout_sheet(sheet_of(lines_of(names, [100] * 400)), blocks, printed_at=AT, base_url=BASE)
    said = "".join(page_texts(pdf))
    assert all(name in said for name in names)
