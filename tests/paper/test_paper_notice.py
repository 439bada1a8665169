"""The printed land notice: what stays together, what is left free, what is read back from it."""

import hashlib
import os
import re
import subprocess
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import msgspec
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from boards.model.calendar.civil_day import day_told
from boards.model.calendar.workdays import Certainty, LastDay
from boards.model.privacy.numbers import numbers_in
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.land.notice_text import Heading, Paragraph, Table
from boards.sheets.land.views import HungNotice
from printouts.errors import CharacterRefused, GlyphMissing
from printouts.fonts import Role
from printouts.notice_sheet import (
    ADVANCE_MM,
    DEPTH_MM,
    HEIGHT_MM,
    LEFT_MM,
    PITCH_MM,
    RIGHT_MM,
    STRIP_Y,
    TOP_MM,
    composed,
    notice_pdf,
)
from printouts.paper import Row, Rule, Stamp, Text, left_mm, typeset
from tests.paper.paper_notices import (
    CODE,
    FIGURES,
    PHONE,
    SENTENCES,
    VILLAGES,
    WORDS,
    end_of,
    notice_of,
    notice_sheets,
    published_notices,
    said,
    written,
)
from tests.paper.paper_village import BASE, DIGEST, BlockFont, BlockShelf
from tests.paper.read_back import INK_MM

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 10, 30, 8, 40)
KINDS = list(notice_sheets())
SEAL_MM = 42.0  # diameter of a county's seal; a village's is smaller


def drawn(sheet, shelf=None):
    return composed(sheet, shelf or BlockShelf(), printed_at=AT, base_url=BASE)


BLOCKS = st.lists(
    st.one_of(
        st.builds(Paragraph, text=SENTENCES),
        st.builds(Paragraph, lead=WORDS.map("一、".__add__), text=SENTENCES),
        st.builds(Heading, level=st.sampled_from([1, 2]), text=WORDS),
        st.builds(
            Table,
            head=st.sampled_from([(), ("村", "补偿项目", "金额（元）")]),
            rows=st.lists(
                st.tuples(WORDS, SENTENCES, FIGURES.map(lambda one: one[:-2])), min_size=1, max_size=30
            ),
            total=st.sampled_from([(), ("合计", "1845183.60")]),
            note=st.sampled_from(["", "单位：元"]),
        ),
    ),
    min_size=1,
    max_size=12,
)
SHEETS = st.builds(
    lambda blocks, attachments, tables: notice_of(*blocks, attachments=tuple(attachments), tables=tables),
    BLOCKS,
    st.lists(WORDS, max_size=4),
    st.sampled_from(
        [(), (Table(rows=(("竹垓村", "1.2036"),) * 40, head=("村", "面积（公顷）"), caption="附表"),)]
    ),
)


@pytest.mark.thorough
@given(SHEETS)
@settings(max_examples=15)
def test_the_signature_is_never_alone_and_a_seal_has_its_place(sheet):
    """Text or a table row stands on its page, and nothing but issuer and date where the seal will be."""
    drawing, plan, _ = drawn(sheet)
    (page,) = [
        marks
        for marks in drawing.pages
        if day_told(sheet.signed_on) in [getattr(m, "text", "") for m in marks]
    ]
    day = next(mark for mark in page if isinstance(mark, Text) and mark.text == day_told(sheet.signed_on))
    issuer = next(
        mark for mark in page if isinstance(mark, Text) and mark.text == sheet.issuer and mark.x == day.x
    )
    assert issuer.y == pytest.approx(day.y - PITCH_MM)
    assert end_of(plan, day) == pytest.approx(RIGHT_MM - 4 * ADVANCE_MM)
    above = "".join(mark.text for mark in written(page) if mark.y < issuer.y)
    assert any(piece in above for piece in _pieces_of_body(sheet))
    bottom = day.y + PITCH_MM
    for mark in written((*page, *drawing.frame)):
        if mark not in {day, issuer}:
            beside = (
                end_of(plan, mark) < day.x - SEAL_MM / 2 or mark.y < bottom - SEAL_MM + 1 or mark.y > bottom
            )
            assert beside, mark


def _pieces_of_body(sheet):
    last = sheet.blocks[-1]
    if isinstance(last, Table):
        return [cell for row in (*last.rows, last.total) for cell in row[:1]]
    return [last.text[-1], last.text[0]]


@pytest.mark.thorough
@given(SHEETS)
@settings(max_examples=12)
def test_the_text_is_printed_whole_and_in_order(sheet):
    """Paragraph after paragraph stands on the pages as published, and so does every cell's text."""
    drawing, _, _ = drawn(sheet)
    words = re.sub(r"第\d+页\u3000共\d+页", "", "".join(map(said, drawing.pages)))
    at = 0
    for block in sheet.blocks:
        if isinstance(block, Table):
            assert all(row[0] in words for row in block.rows)
        else:
            lead = getattr(block, "lead", "")
            text = f"{lead}\u3000{block.text}" if lead else block.text
            at = words.index(text, at) + len(text)


@pytest.mark.thorough
@given(SHEETS)
@settings(max_examples=12)
def test_everything_stays_in_its_area(sheet):
    """The notice keeps to the text area, the strip to the margin below it, and no ink nears the edge."""
    drawing, plan, _ = drawn(sheet)
    for page in drawing.pages:
        for mark in written(page[:-1]):
            left = left_mm(plan, mark) if isinstance(mark, Text) else mark.x
            assert left >= LEFT_MM - 2.5  # the empty half of an opening mark
            assert end_of(plan, mark) <= RIGHT_MM + 2.5  # that of a closing one
            assert TOP_MM < mark.y < TOP_MM + DEPTH_MM
        assert all(max(one.y0, one.y1) < TOP_MM + DEPTH_MM + 0.01 for one in page if isinstance(one, Rule))
    for mark in written(drawing.frame):
        assert INK_MM < mark.x < end_of(plan, mark) < RIGHT_MM - 19
        assert STRIP_Y < mark.y < HEIGHT_MM - INK_MM


@pytest.mark.thorough
@given(st.lists(st.integers(1, 200), min_size=1, max_size=12), st.sampled_from(["", "止", "补偿", "2"]))
@settings(max_examples=40, deadline=None)
def test_no_page_begins_with_one_or_two_lost_characters(lengths, end):
    """A paragraph whose last line is “止。” takes the line before it along onto the next page."""
    whole = [("征收土地" * 50)[:length] + end + "。" for length in lengths]
    drawing, _, _ = drawn(notice_of(*(Paragraph(text=text) for text in whole)))
    for page in drawing.pages[1:]:
        first = next((mark.text for mark in page if isinstance(mark, Row)), "")
        assert len(first.rstrip("。")) > 2 or first in {*whole, ""}


@pytest.mark.parametrize("lines", range(1, 24))
def test_a_lost_word_at_the_foot_of_a_page_has_company(lines):
    """Wherever the page ends, “止。” is never alone at the head of the next one."""
    text = "征" * 46 + "2026年11月30日止。"
    before, behind = (Paragraph(text="补偿"),) * lines, (Paragraph(text="特此公告。"),) * 6
    drawing, _, _ = drawn(notice_of(*before, Paragraph(text=text), *behind))
    heads = [next((mark.text for mark in page if isinstance(mark, Row)), "") for page in drawing.pages[1:]]
    assert "止。" not in heads
    assert "止。" in "".join(map(said, drawing.pages))


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("土地现状调查结果公示", "公示期"),
        ("征地补偿安置公告", "公告期"),
        ("征地补偿登记通告", "公告期"),
        ("关于公示结果的公告", "公告期"),
        ("征地补偿费用支付情况公示（更正）", "公示期"),
    ],
)
def test_the_period_is_called_as_the_notice_is(title, word):
    """A 公示 hangs for its 公示期, a 公告 for its 公告期."""
    assert f"{word}：2026年10月30日至11月30日" in said(drawn(notice_of(title=title))[0].frame)


def test_joint_issuers_stand_one_below_the_other():
    """In the title and in the signature, centred over the date."""
    drawing, _, _ = drawn(notice_of(issuer="苕安县自然资源和规划局、苕安县梅坞镇人民政府"))
    marks = list(written(drawing.pages[0]))
    for name in ("苕安县自然资源和规划局", "苕安县梅坞镇人民政府"):
        assert [mark.role for mark in marks if mark.text == name] == [Role.TITLE, Role.BODY]
    places = {mark.x for mark in marks if mark.role is Role.BODY and mark.text in {name, "2026年10月30日"}}
    assert len(places) == 1


def test_a_long_posting_keeps_its_size_and_the_page_number_gives_way():
    """The line people look for is not made smaller for the page's number."""
    posting = {"anew": True, "until": LastDay(day=date(2027, 2, 9), certainty=Certainty.WEEKEND_RULE)}
    (frame, page), (_, usual) = (
        (drawing.frame, drawing.pages[0])
        for drawing, _, _ in (drawn(notice_of(**posting)), drawn(notice_of()))
    )
    assert next(mark for mark in written(frame) if "公告期" in mark.text).size_pt >= 10
    assert page[-1].y > usual[-1].y


def test_every_page_stands_alone():
    """Village, period, contact, number, codes and QR are on each page, with the page's own number."""
    drawing, _, _ = drawn(notice_of(*(Paragraph(text="征收土地。" * 60) for _ in range(6))))
    frame = said(drawing.frame)
    for part in (
        "竹垓村张贴",
        "公告期：2026年10月30日至11月30日",
        f"咨询、提意见：{PHONE}（竹垓乡人民政府）",
        "短码 48219 07365",
        "校验码 9F2C-71AB",
        "打印 2026-10-30 08:40",
        "苕征补告〔2026〕7号",
        "gongkai.example.cn",
    ):
        assert part in frame
    assert sum(isinstance(mark, Stamp) for mark in drawing.frame) == 1
    for number, page in enumerate(drawing.pages, start=1):
        assert said(page).endswith(f"第{number}页\u3000共{len(drawing.pages)}页")


@pytest.mark.parametrize(
    ("until", "printed"),
    [
        (LastDay(day=date(2026, 11, 30)), "公告期：2026年10月30日至11月30日"),
        (LastDay(day=date(2027, 1, 4)), "公告期：2026年10月30日至2027年1月4日"),
        (LastDay(day=date(2027, 2, 9), certainty=Certainty.WEEKEND_RULE), "至2027年2月9日（暂定）"),
        (None, "张贴日期：2026年10月30日"),
    ],
)
def test_the_strip_says_how_long_it_hangs_and_when_that_is_not_certain(until, printed):
    """A last day that a holiday notice may still move is 暂定; a notice without a period has its day of posting."""
    assert printed in said(drawn(notice_of(until=until))[0].frame)


def test_a_notice_that_corrects_another_says_that_its_period_starts_anew():
    """Two postings of one kind hang side by side for a while: the later one says which counts."""
    assert "公告期（重新计算）：2026年10月30日至11月30日" in said(drawn(notice_of(anew=True))[0].frame)


def test_attachments_are_numbered_where_there_are_several():
    """附件：1.…, the next one under the first; one alone has no number."""
    several = "".join(map(said, drawn(notice_of(attachments=("勘测定界图", "地类明细表")))[0].pages))
    assert "附件：1.勘测定界图2.地类明细表" in several
    assert "附件：勘测定界图" in "".join(map(said, drawn(notice_of(attachments=("勘测定界图",)))[0].pages))


def test_a_long_title_takes_more_lines_and_loses_nothing():
    """Title and issuer are broken evenly, at 22 pt."""
    title = "关于竹垓小学迁建工程及其配套道路、管网、绿化项目征地补偿安置方案修改后重新公告的公告"
    (page, *_) = drawn(notice_of(title=title))[0].pages
    lines = [mark for mark in page if isinstance(mark, Text) and mark.role is Role.TITLE]
    assert "".join(mark.text for mark in lines) == "苕安县人民政府" + title
    assert {mark.size_pt for mark in lines} == {22.0}


def test_a_word_nobody_can_draw_refuses_the_notice_and_says_where():
    """Tofu never stands in a notice, and the sentence is Chinese and names the paragraph."""
    lacking = BlockShelf({Role.BODY: [BlockFont("Body", frozenset("垓"))]})
    sheet = notice_of(Paragraph(text="特此公告。"), Paragraph(text="竹垓村"))
    with pytest.raises(GlyphMissing, match=r"《征地补偿安置公告》第2段有一个字（U\+5793）打印不出来"):
        drawn(sheet, lacking)
    with pytest.raises(CharacterRefused):
        drawn(notice_of(Paragraph(text="王\ue000")))


ODD = st.lists(
    st.sampled_from(
        [
            *"征收土地，（）“”：、\n\u3000\t 0129.-/年亩元一ABé·—𬭎\u2028\x0b\xa0",
            "\n合计",
            "单位：",
            "\n一、",
            "2026年10月30日",
        ]
    ),
    max_size=60,
).map("".join)


@pytest.mark.thorough
@given(text=ODD, title=ODD, issuer=ODD, doc_no=ODD, attachments=st.lists(ODD, max_size=2).map(tuple))
@settings(max_examples=25)
def test_whatever_was_published_is_printed_or_refused(**fields):
    """No text, title, issuer or name of a file, however odd or empty, ends in anything but a PDF or a refusal."""
    notice = msgspec.structs.replace(published_notices()[2], **fields)
    hung = HungNotice(notice=notice, rec="r", code=CODE, digest=DIGEST, imported_on=notice.posted_on)
    with suppress(CharacterRefused):
        drawing, _, _ = drawn(notice_sheet(hung, VILLAGES[0], None))
        assert said(drawing.pages[-1]).endswith(f"共{len(drawing.pages)}页")


def test_equal_notices_are_equal_bytes(monkeypatch):
    """The same notice is the same file, whatever the environment says of time; it says what it is."""
    sheet = notice_sheets()["plan"]
    first = notice_pdf(sheet, BlockShelf(), printed_at=AT, base_url=BASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    assert notice_pdf(sheet, BlockShelf(), printed_at=AT, base_url=BASE) == first
    with pypdfium2.PdfDocument(first) as document:
        about = document.get_metadata_dict()
        assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)
    assert about["Title"] == "苕安县人民政府征地补偿安置公告"
    assert about["CreationDate"] == "D:20251031000000+08'00'"
    assert CODE in about["Keywords"]
    assert b"Helvetica" not in first


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_carries_anything_like_an_id_card_or_private_phone_number(kind):
    """Neither the text nor what the file says about itself has the digits of one."""
    pdf = notice_pdf(notice_sheets()[kind], BlockShelf(), printed_at=AT, base_url=BASE)
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        texts += [text for text in document.get_metadata_dict().values() if not text.startswith("D:")]
    assert [seen for text in texts for seen in numbers_in(text)] == []
    assert not any(re.search(r"\d{12,}", text) for text in texts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_is_the_recorded_one(kind):
    """Every mark of the six notices stands where it stood when somebody last looked at the picture."""
    drawing, plan, imprint = drawn(notice_sheets()[kind])
    digest = hashlib.sha256(typeset(drawing, plan, imprint, compressed=False)).hexdigest()
    parts = [("frame", drawing.frame), *((f"page {n}", page) for n, page in enumerate(drawing.pages, 1))]
    lines = [line for name, marks in parts for line in (name, *_rows(marks))]
    _held(GOLDEN / f"notice_{kind}.txt", "\n".join((*lines, f"PDF {digest}")) + "\n")


def _rows(marks):
    for mark in (one for whole in marks for one in getattr(whole, "stretches", (whole,))):
        plain = [one for one in mark if isinstance(one, str | int | float)]
        yield " ".join(
            (type(mark).__name__, *(f"{one:.2f}" if isinstance(one, float) else str(one) for one in plain))
        )


def _held(path, text):
    if os.environ.get("RECORD_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.fixture(scope="module")
def printed(debian, tmp_path_factory):
    """The six notices with the machine's own fonts, by kind."""
    sheets = notice_sheets()
    folder = tmp_path_factory.mktemp("notices")
    for kind, sheet in sheets.items():
        pdf = notice_pdf(sheet, debian, printed_at=AT, base_url=BASE)
        (folder / f"{kind}.pdf").write_bytes(pdf)
    return folder


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_the_notice_is_read_back_from_the_pdf(printed, kind):
    """`pdftotext` gives every paragraph and cell as published, without stray spaces inside sentences."""
    command = ["pdftotext", "-enc", "UTF-8", f"{kind}.pdf", "-"]
    read = subprocess.run(command, cwd=printed, capture_output=True, check=True, text=True).stdout
    flat = read.replace("\n", "")
    sheet = notice_sheets()[kind]
    for block in sheet.blocks:
        if isinstance(block, Table):
            squeezed = re.sub(r"\s", "", read)
            assert all(cell in squeezed for row in (block.head, *block.rows, block.total) for cell in row)
        else:
            assert block.text in flat
    assert "\ufffd" not in read
    assert f"附件：{sheet.attachments[0]}" in flat


@pytest.mark.thorough
@pytest.mark.parametrize("dpi", [100, 150, 200])
@pytest.mark.parametrize("degrees", [0, 8])
def test_the_code_is_read_from_a_raster(printed, dpi, degrees):
    """A phone's picture of the notice gives the exact link, also askew, and no other code is found."""
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "plan.pdf", str(dpi)], cwd=printed, check=True
    )
    with Image.open(printed / f"{dpi}.pgm") as picture:
        askew = picture.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    link = f"HTTPS://GONGKAI.EXAMPLE.CN/N/{CODE}/{DIGEST[:20].upper()}"
    assert [found.text for found in zxingcpp.read_barcodes(askew)] == [link]


@pytest.mark.thorough
def test_only_embedded_fonts_with_a_text_map_are_used(printed):
    """Subsets of our own fonts, each with ToUnicode."""
    done = subprocess.run(["pdffonts", "plan.pdf"], cwd=printed, capture_output=True, check=True, text=True)
    rows = done.stdout.splitlines()[2:]
    assert rows
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)


def test_the_village_is_the_one_it_hangs_in():
    """The same notice in the neighbouring village names that village."""
    assert "中坞村张贴" in said(drawn(notice_of(village=VILLAGES[1]))[0].frame)
