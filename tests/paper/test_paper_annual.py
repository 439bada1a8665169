"""The annual summary on paper: what it says before and after the county settled the year, and how it is laid out."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.kept.annual import AnnualRow
from boards.model.money import in_words, yuan
from printouts import foot, qr
from printouts.annual_sheet import annual_sheet, composed
from printouts.cells import Fitted
from printouts.errors import GlyphMissing
from printouts.fonts import Role
from printouts.paper import Rule, Stamp, Text, typeset
from printouts.size import Paper
from tests.pages import views_sample as v
from tests.paper.paper_village import AT, BASE, BlockFont, BlockShelf
from tests.paper.read_back import INK_MM, chars_of
from tests.paper.test_paper_sheet import GOLDEN, _held, _told, page_texts, texts

SO_FAR, SETTLED = replace(v.YEAR_SHEET, as_of=date(2026, 12, 21)), v.YEAR_SETTLED.sheet
TEXTS = st.text(st.sampled_from("耕地补贴发放县农业局（）·A1"), max_size=40)


def many(count, **more):
    """A year of so many programmes, each paid in up to six batches."""
    rows = tuple(
        AnnualRow(
            **{
                "programme": f"p{n:02}",
                "programme_name": f"大中型水库移民后期扶持资金直补第{n}项",
                "department": "县农业农村局、县财政局",
                "households": n + 1,
                "people": n + 3,
                "quantity": Decimal("1243.65"),
                "unit": "亩",
                "sum_fen": 100 * n + 7,
                "batches": tuple(
                    v.year_batch(f"b{n}-{m}", f"2026-{m:02}", 1, date(2026, m, 18))
                    for m in range(1, 2 + n % 6)
                ),
            }
            | more
        )
        for n in range(count)
    )
    fen = sum(row.sum_fen for row in rows)
    return replace(SO_FAR, rows=rows, sum_fen=fen, listed_fen=fen)


def drawn(sheet, shelf=None):
    return composed(sheet, shelf or BlockShelf(), printed_at=AT, base_url=BASE)


def said(sheet):
    drawing, _, _ = drawn(sheet)
    return "".join(texts(drawing.frame)) + "".join("".join(texts(page)) for page in drawing.pages)


def stamped(sheet):
    drawing, _, _ = drawn(sheet)
    (stamp,) = (mark for mark in drawing.frame if isinstance(mark, Stamp))
    return stamp.code


def test_rows_end_in_the_first_column_and_no_sentence_is_torn():
    """（以下空白） stands below the programmes; small print breaks between its sentences; no remark touches a rule."""
    long = replace(SO_FAR, rows=(replace(SO_FAR.rows[0], note="县里另有说明" * 5), *SO_FAR.rows[1:]))
    drawing, _, _ = drawn(long)
    page = [mark for mark in drawing.pages[0] if isinstance(mark, Text)]
    (end,) = (mark for mark in page if mark.text == "（以下空白）")
    assert end.x == next(mark.x for mark in page if mark.text == SO_FAR.rows[-1].programme_name)
    small = [mark.text for mark in drawing.frame if isinstance(mark, Text)]
    assert any("撤下日期：公示期满后，撤下后存档备查" in text for text in small)
    top, below, *_ = sorted(
        {one.y0 for one in drawing.pages[0] if isinstance(one, Rule) and one.y0 == one.y1}
    )
    row = [mark for mark in page if top < mark.y < below and mark.align == "l"]
    remark = [mark for mark in row if mark.x == max(one.x for one in row)]
    high = Fitted(remark[0].size_pt, tuple(mark.text for mark in remark)).height_mm
    assert below - top >= high + 2.3, "the last line touches no rule"


def test_before_the_county_settles_the_year_it_is_as_of_a_day():
    """截至 with the day, the sum of the lists, no short code; the QR code leads to the year's page."""
    told = said(SO_FAR)
    assert "岭东村2026年惠民惠农财政补贴资金年度汇总表" in told
    assert "截至2026年12月21日" in told
    assert "短码" not in told
    assert "核定（" not in told
    assert stamped(SO_FAR) == qr.code_of(f"{BASE}/v/{v.CODE}/year/2026")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 30), "年底由县里核定"),
        (date(2026, 12, 1), "县里应在2026年12月31日以前核定，到截至日还有30天"),
        (date(2026, 12, 31), "县里应在2026年12月31日以前核定，到截至日还有0天"),
        (date(2027, 1, 1), "县里应在2026年12月31日以前核定，到截至日已经逾期1天"),
    ],
)
def test_it_says_how_long_there_was_on_its_day(day, due):
    """From 1 December the days that were left on the day it was summed, from 1 January that it was late."""
    assert f"本表是本村4批发放名单的合计，{due}。" in said(replace(SO_FAR, as_of=day))


def test_a_year_in_which_nothing_was_paid_says_so():
    """No empty sum of no lists, and nothing about households that cannot be added."""
    told = said(replace(SETTLED, rows=(), sum_fen=0, listed_fen=0, lists=0))
    assert "县里核定：这一年本村没有发放。" in told
    assert "0批" not in told
    assert "不能相加" not in told
    assert "这一年本村还没有发放，县里应在2026年12月31日以前核定" in said(
        replace(SO_FAR, rows=(), sum_fen=0, listed_fen=0, lists=0)
    )


def test_after_that_it_is_the_county_s():
    """已由县里核定 with edition and day, short code, 校验码; the QR code is the short code's."""
    told = said(SETTLED)
    assert "已由县里核定（第1版，2026年12月20日）" in told
    assert "编制单位：苕安县农业农村局" in told
    assert "本表是县里核定的数，与本村4批发放名单的合计一致。" in told
    assert "短码 70312 84651" in told
    assert "校验码 4B1D-0C2E" in told
    assert stamped(SETTLED) == qr.code_of(qr.link(BASE, SETTLED.code, SETTLED.digest))


@pytest.mark.parametrize(
    ("became", "why"),
    [({"overtaken": True}, "之后名单有变，待重新核定"), ({"differs": True}, "与名单不一致，待核对")],
)
def test_figures_that_hold_no_more_are_told_with_both_sums(became, why):
    """The county's sum, why it stands no more, and that this sheet is the sum of the lists."""
    told = said(replace(SO_FAR, settled=replace(v.SETTLED, **became)))
    assert f"县里2026年12月20日核定的第1版合计224,833.91元，{why}；本表是本村4批发放名单的合计。" in told
    assert "已由县里核定" not in told


def test_every_column_is_there_and_says_what_the_page_says():
    """Office, standard, households, people, quantity, sum, batches with days, what was left out and carried over."""
    told = said(SO_FAR)
    for part in (
        *(
            "项目",
            "主管部门",
            "标准",
            "受益户数",
            "受益人数",
            "面积/数量",
            "金额（元）",
            "发放批次/日期",
            "备注",
        ),
        *("县农业农村局", "131.42元/亩", "186", "1,243.6亩", "163,433.91", "2026-01期 6月18日"),
        *("未列入3笔1,200.00元（支付失败3笔）", "其中21,400.00元次年发放（结转）", "次年1月12日"),
    ):
        assert part in told, part
    assert f"全村合计：3项\u3000224,833.91元（大写：{in_words(22483391)}）" in told


@pytest.mark.parametrize("count", [0, 1, 14, 30])
def test_every_page_stands_alone_and_the_pages_add_up(count):
    """Title, state, deadline, telephone, total with its words and page number on each; each programme once."""
    sheet = many(count)
    drawing, _, _ = drawn(sheet)
    frame = "".join(texts(drawing.frame))
    for part in (sheet.title, "截至2026年12月21日", "公示期：自张贴之日起7日（", v.PHONE, "村委会盖章"[0]):
        assert part in frame
    pages = ["".join(texts(page)) for page in drawing.pages]
    assert all(f"第{n}页\u3000共{len(pages)}页" in page for n, page in enumerate(pages, 1))
    assert all(f"{yuan(sheet.sum_fen)}元（大写：{in_words(sheet.sum_fen)}）" in page for page in pages)
    parts = [re.search(r"本页小计：(\d+)项\s+([\d,.]+)元", page) for page in pages]
    assert sum(int(part[1]) for part in parts) == count
    assert sum(int(re.sub(r"\D", "", part[2])) for part in parts) == sheet.sum_fen
    assert (len(pages) > 1) == (count > 12)


@pytest.mark.thorough
@given(
    words=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS),
    fen=st.sampled_from([0, 100, 10**14]),
    paper=st.sampled_from(Paper),
)
@settings(max_examples=25, deadline=None)
def test_nothing_is_smaller_than_nine_points_nothing_is_lost_nothing_is_where_the_seal_goes(
    words, fen, paper
):
    """However long its texts are, a row grows; every character is whole, at 9 pt, inside the printable area."""
    name, department, rate, note = words
    sheet = many(9, programme_name=name, department=department, rate_text=rate, note=note, sum_fen=fen)
    pages = chars_of(annual_sheet(sheet, BlockShelf(), printed_at=AT, base_url=BASE, paper=paper))
    left, top, scale = foot.SEAL_X, foot.BOTTOM - foot.SEAL_MM, paper.scale
    for char in (char for page in pages for char in page):
        assert char.size_pt >= 9 * scale - 0.01, char
        assert INK_MM <= char.left < char.right <= 297 * scale - INK_MM, char
        assert INK_MM <= char.top < char.bottom <= 210 * scale - INK_MM, char
        beside = char.right < left * scale or char.left > (left + 40) * scale
        assert beside or char.bottom < top * scale or char.top > (top + 40) * scale, char
    printed = "".join(char.char for page in pages for char in page)
    for char in set("".join(words)) - {"·"}:
        assert printed.count(char) >= 9 * "".join(words).count(char)


@pytest.mark.parametrize("payload", ["<b>王", "&lt;李&gt;", "(王) Tj", "%王", "<img src=x>"])
def test_markup_in_a_programme_s_name_is_only_text(payload):
    """A name or note that looks like markup is drawn as it is written."""
    drawing, plan, imprint = drawn(many(1, programme_name=payload, note=payload))
    pdf = typeset(drawing, plan, imprint, compressed=False)
    (text,) = page_texts(pdf)
    assert re.sub(r"\s*\r\n", "", text).replace("\ufffe", "").count(payload) == 2
    assert not any(action in pdf for action in (b"/URI", b"/JS", b"/Launch", b"/Annots", b"/OpenAction"))


def test_a_character_no_font_has_refuses_the_sheet_and_names_the_programme():
    """Never a box: which cell of which row, without repeating what stands there."""
    lacking = BlockShelf({Role.HEI: [BlockFont("Bold", frozenset("䶮"))]})
    with pytest.raises(GlyphMissing) as refused:
        annual_sheet(many(1, programme_name="䶮补贴"), lacking, printed_at=AT, base_url=BASE)
    assert "第1行的项目" in str(refused.value)


def test_a_sample_for_the_reviewer_says_that_it_is_none():
    """Without a moment of print it says 审核样张，不得张贴."""
    drawing, _, _ = composed(SETTLED, BlockShelf(), printed_at=None, base_url=BASE)
    assert "审核样张，不得张贴" in "".join(texts(drawing.frame))


def test_the_file_says_what_it_is():
    """Title, who compiled it, short code; dated as its figures are, not as the printer."""
    _, _, imprint = drawn(SETTLED)
    assert (imprint.title, imprint.author) == (SETTLED.title, "苕安县农业农村局")
    assert imprint.dated == date(2026, 12, 20)
    assert "7031284651" in imprint.keywords


@pytest.mark.parametrize(
    ("name", "sheet"), [("annual", SO_FAR), ("annual_settled", SETTLED), ("annual_many", many(14))]
)
def test_the_drawing_is_the_recorded_one(name, sheet):
    """Every mark stands where it stood when somebody last looked at the picture."""
    drawing, plan, imprint = drawn(sheet)
    digest = hashlib.sha256(typeset(drawing, plan, imprint, compressed=False)).hexdigest()
    _held(Path(GOLDEN) / f"{name}.txt", "\n".join(_told(drawing)) + f"\nPDF {digest}\n")
