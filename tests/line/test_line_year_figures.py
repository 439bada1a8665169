"""The county's annual figures as they are typed into tables: what is read, and what is refused with its line."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from boards.model.errors import Refusal
from sync.county.years.figures import YearTableTooLarge, YearTableUnreadable, stated_in
from sync.county.years.table import Stated
from sync.pack import read_pack
from tests.line.county_sim import OTHER, PACK, VILLAGE

COUNTY = read_pack(PACK)
HEAD = "村,项目,金额（元）,户数,面积（亩）\n"
ROWS = '岭东村,耕地地力保护补贴,"1,182.78",2,9\n岭东村,稻谷补贴,55,1,\n'


def read(text, encoding="utf-8-sig"):
    return stated_in(text.encode(encoding), COUNTY)


def faults(text):
    with pytest.raises(YearTableUnreadable) as caught:
        read(text)
    return [(one.line, one.why) for one in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_row_for_each_village_and_programme(encoding):
    """Whatever Excel and WPS write."""
    farm, rice = read(HEAD + ROWS, encoding)
    assert farm == Stated(
        village=VILLAGE, programme="farmland_fertility", fen=118278, households=2, quantity=Decimal(9)
    )
    assert (rice.programme, rice.fen, rice.households, rice.quantity) == ("rice", 5500, 1, None)


def test_a_column_for_each_programme():
    """Empty is not stated; totals of columns are held."""
    text = "镇,村,耕地地力保护补贴(元),稻谷补贴\n梅坞镇,岭东村,100.5,\n梅坞镇,大岕口村,7,8\n合计,,107.50,8\n"
    found = [(one.village, one.programme, one.fen) for one in read(text)]
    assert found == [
        (VILLAGE, "farmland_fertility", 10050),
        (OTHER, "farmland_fertility", 700),
        (OTHER, "rice", 800),
    ]
    assert faults(text.replace("107.50", "107.49")) == [
        (4, "合计写 107.49 元，各行相加是 107.50 元，差 1 分")
    ]


def test_a_workbook_with_merged_villages():
    """A village written once over its programmes, by code, under a title."""
    book = Workbook()
    sheet = book.active
    for line in (
        ["2025年度惠农补贴汇总表"],
        ["村代码", "项目", "金额"],
        [VILLAGE, "farmland_fertility", 1182.78],
        [None, "稻谷补贴", 55],
        ["小计", None, 1237.78],
    ):
        sheet.append(line)
    sheet.merge_cells("A3:A4")
    data = io.BytesIO()
    book.save(data)
    assert [(one.village, one.fen) for one in stated_in(data.getvalue(), COUNTY)] == [
        (VILLAGE, 118278),
        (VILLAGE, 5500),
    ]
    sheet.row_dimensions[4].hidden = True
    book.save(data := io.BytesIO())
    with pytest.raises(YearTableUnreadable, match="隐藏"):
        stated_in(data.getvalue(), COUNTY)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("岭南村,稻谷补贴,5,,", "资料包里没有这个村"),
        ("岭东村,稻补,5,,", "资料包里没有这个补贴项目"),
        ("岭东村,稻谷补贴,5.001,,", "应是以元为单位的金额，最多两位小数"),
        ("岭东村,稻谷补贴,,,", "应是以元为单位的金额，最多两位小数"),
        ("岭东村,稻谷补贴,-5,,", "应是以元为单位的金额，最多两位小数"),
        ("岭东村,稻谷补贴,5万元,,", "应是以元为单位的金额，最多两位小数"),
        ("岭东村,稻谷补贴,五元钱,,", "应是以元为单位的金额，最多两位小数"),
        ("岭东村,稻谷补贴,5,1.5,", "应是整数"),
        ("岭东村,稻谷补贴,5,1,很多", "应是一个数"),
        ("合计,,1,,", "合计写 1.00 元，各行相加是 1,237.78 元，差 123678 分"),
        ("岭东村,合计,1237.77,,", "合计写 1,237.77 元，各行相加是 1,237.78 元，差 1 分"),
        ("小计,,0,,", "合计写 0.00 元，各行相加是 1,237.78 元，差 123778 分"),
    ],
)
def test_a_row_that_does_not_do_is_told_with_its_line(row, why):
    """One sentence, never what was typed."""
    ((line, told),) = faults(HEAD + ROWS + row + "\n")
    assert line == 4
    assert told.startswith(why)


@pytest.mark.parametrize("text", ["", "甲,乙\n1,2\n", HEAD, "村,户数\n岭东村,5\n"])
def test_a_table_without_figures_is_refused(text):
    """No header, no row, no amount."""
    with pytest.raises(Refusal) as caught:
        read(text)
    assert caught.value.code in {"year-table-unreadable", "roster-empty"}


def test_a_table_of_millions_is_none():
    """A county's figures are few."""
    with pytest.raises(YearTableTooLarge):
        stated_in(b"x" * (8 << 20 | 1), COUNTY)


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=2))
def test_every_fen_is_read_and_summed(fen):
    """Exact, with the total of the sheet."""
    one, other = (f"{value // 100}.{value % 100:02}" for value in fen)
    total = f"{sum(fen) // 100}.{sum(fen) % 100:02}"
    text = f"村,项目,金额\n岭东村,稻谷补贴,{one}\n大岕口村,稻谷补贴,{other}\n合计,,{total}\n"
    assert [found.fen for found in read(text)] == fen
