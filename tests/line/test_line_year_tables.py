"""Tables as county offices send them: every layout is read to the fen in every format, or refused by its cell."""

import io

import pytest
from openpyxl import Workbook

from sync.county.years.figures import YearTableUnreadable, stated_in
from sync.pack import read_pack
from tests.line.county_sim import PACK
from tests.roster.county_files import Page, as_csv, as_xls, as_xlsx
from tests.roster.county_markup import as_html, as_ods

COUNTY = read_pack(PACK)
LING, DA, QIAO = "330590100201", "330590100202", "330590101201"
SUNNY, SUNNY_TOO = "330590101204", "330590200203"  # two villages called 向阳村
FARM, RICE = "farmland_fertility", "rice"
FARMS, RICES = "耕地地力保护补贴", "稻谷补贴"
TRUTH = {
    (LING, FARM): 118278,
    (LING, RICE): 5500,
    (DA, FARM): 3001,
    (SUNNY, FARM): 70,
    (SUNNY_TOO, RICE): 1234567890,
}
WRITERS = {
    "xlsx": as_xlsx,
    "xls": as_xls,
    "ods": as_ods,
    "html": as_html,
    "csv": lambda pages: as_csv(pages, "utf-8-sig"),
    "gbk": lambda pages: as_csv(pages, "gbk", "\t"),
}


def page(rows, merges=(), name="汇总", **more):
    return Page(name, [list(row) for row in rows], list(merges), **more)


def long(unit="元", part=100):
    """A row a village and programme, under a title and a line of units, with totals of towns and a foot."""

    def row(town, village, programme, fen):
        return ["", town, village, programme, fen / part, ""]

    return page(
        [
            ["苕安县2025年惠农补贴资金发放汇总表", "", "", "", "", ""],
            ["填报单位：苕安县财政局", "", "", "", f"单位：户、{unit}", ""],
            ["序号", "乡镇", "村", "补贴项目", "发放金额", "备注"],
            ["合计", "", "", "", sum(TRUTH.values()) / part, ""],
            row("梅坞镇", "岭东村", FARMS, 118278),
            row("梅坞镇", "岭东村", RICES, 5500),
            row("梅坞镇", "梅坞镇大岕口村", FARMS, 3001),
            ["梅坞镇小计", "", "", "", 126779 / part, ""],
            row("双浒镇", "向阳村", FARMS, 70),
            ["双浒镇小计", "", "", "", 70 / part, ""],
            ["序号", "乡镇", "村", "补贴项目", "发放金额", "备注"],
            row("竹垓乡", "向阳村", RICES, 1234567890),
            ["", "竹垓乡", "小计", "", 1234567890 / part, "三批合计"],
            ["注：本表数据截至2025年12月31日。", "", "", "", "", ""],
            ["填表人：", "", "审核人：", "", "负责人：", ""],
        ],
        [(0, 0, 0, 5)],
    )


def wide(dash=0):
    """A row a village, a column a programme, the row's sum beside; nothing paid is 0 or a dash."""
    return page(
        [
            ["2025年度各村补贴资金汇总表（单位：元）", "", "", "", ""],
            ["镇", "村", FARMS, f"{RICES}（元）", "合计"],
            ["梅坞镇", "岭东村", "1 182.78", "５５", 1237.78],
            ["梅坞镇", "大岕口村", "30.01", dash, 30.01],
            ["双浒镇", "向阳村", "0.70", dash, 0.7],
            ["竹垓乡", "向阳村", dash, "12,345,678.90", 12345678.9],
            ["竹垓乡", "中坞村", dash, dash, dash],
            ["全县合计", "", 1213.49, 12345733.9, 12346947.39],
        ]
    )


def two_heads():
    """Under each programme 户数 and 金额; the town merged over its villages."""
    return page(
        [
            ["乡镇", "村", FARMS, "", RICES, "", "总计", ""],
            ["", "", "户数", "金额(元)", "户数", "金额(元)", "户数", "金额(元)"],
            ["梅坞镇", "岭东村", 2, 1182.78, 1, 55, 3, 1237.78],
            ["", "大岕口村", 1, 30.01, "", "", 1, 30.01],
            ["双浒镇", "向阳村", 1, 0.7, "", "", 1, 0.7],
            ["竹垓乡", "向阳村", "", "", 9, 12345678.9, 9, 12345678.9],
        ],
        [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 0, 7), (2, 0, 3, 0)],
    )


def under_towns():
    """The town in a line over its villages."""
    return page(
        [
            ["行政村", "项目", "金额（元）"],
            ["一、梅坞镇", "", ""],
            ["岭东村", FARMS, "￥1,182.78"],
            ["岭东村", RICES, 55],
            ["大岕口村", FARMS, 30.01],
            ["小计", "", 1267.79],
            ["二、双浒镇", "", ""],
            ["向阳村", FARMS, 0.7],
            ["三、竹垓乡", "", ""],
            ["向阳村", RICES, 12345678.9],
            ["合计", RICES, 12345733.9],
        ]
    )


def said(pages, form="xlsx"):
    found = stated_in(WRITERS[form](pages), COUNTY)
    return {(one.village, one.programme): one.fen for one in found if one.fen}


def faults(pages, form="xlsx"):
    with pytest.raises(YearTableUnreadable) as caught:
        stated_in(WRITERS[form](pages), COUNTY)
    return [str(one) for one in caught.value.faults]


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    "made",
    [long(), long("万元", 1_000_000), wide(), wide("-"), wide(""), two_heads(), under_towns()],
    ids=["long", "tenthousands", "wide", "dashes", "blanks", "twoheads", "towns"],
)
def test_what_offices_send_is_read_to_the_fen(made, form):
    """Titles, notes, totals over and under their rows, towns, 万元, full-width figures, in every format."""
    assert said([made], form) == TRUTH


HEAD = ["镇", "村", "项目", "金额"]
ROW = ["梅坞镇", "岭东村", FARMS, 1]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([HEAD, ["", "向阳村", RICES, 1]], "第 2 行 村：有几个村叫这个名字，请加一列 镇 或 村代码"),
        ([HEAD, ["双浒镇", "岭东村", RICES, 1]], "第 2 行 村：这个村不在这一行写的镇，请核对"),
        ([HEAD, ROW, ["", "", RICES, 1]], "第 3 行 村：没有写是哪个村；合并的单元格请逐行写"),
        ([HEAD, ["梅坞镇", "岭东村", "", 1]], "第 2 行 项目：没有写是哪个补贴项目"),
        (
            [HEAD, ["梅坞镇", "岭东村", "稻谷补帖", 1]],
            "第 2 行 项目：资料包里没有这个补贴项目，是不是 稻谷补贴？",
        ),
        ([HEAD, ["梅坞镇", "岭冬村", RICES, 1]], "第 2 行 村：资料包里没有这个村，是不是 岭东村？"),
        ([HEAD, [*ROW[:3], -1]], "第 2 行 D列金额：应是以元为单位的金额，最多两位小数；不能是负数"),
        ([HEAD, [*ROW[:3], ""]], "第 2 行 D列金额：应是以元为单位的金额，最多两位小数；这一格是空的"),
        ([HEAD, [*ROW[:3], "1.2.3"]], "第 2 行 D列金额：应是以元为单位的金额，最多两位小数"),
        ([HEAD, ROW, ["梅坞镇", "合计", "", 2]], "第 3 行：合计写 2.00 元，各行相加是 1.00 元，差 100 分"),
        ([HEAD, ROW, ["", "合计", FARMS, 1.01]], "第 3 行：合计写 1.01 元，各行相加是 1.00 元，差 1 分"),
        ([[*HEAD, "实发金额"], [*ROW, 2]], "第 1 行：D、E 列的表头是同一个意思，请只留一列"),
        ([["村", RICES, RICES], ["岭东村", 1, 2]], "第 1 行：B、C 列的表头是同一个意思，请只留一列"),
        ([["村代码", "村", RICES], [DA, "岭东村", 1]], "第 2 行 村：村代码和村名不是同一个村"),
        (
            [["村", RICES, "稻谷补帖"], ["岭东村", 1, 2]],
            "第 1 行 C列：不是资料包里的补贴项目，却有金额，是不是 稻谷补贴？",
        ),
        ([["村", RICES, ""], ["岭东村", 1, 2]], "第 1 行 C列：没有表头，却有数"),
        (
            [["村", RICES, FARMS, "合计"], ["岭东村", 1, 2, 3.01]],
            "第 2 行 D列：合计写 3.01 元，各项目相加是 3.00 元，差 1 分",
        ),
    ],
)
@pytest.mark.parametrize("form", ["xlsx", "gbk"])
def test_what_cannot_be_told_is_refused_by_its_cell(rows, told, form):
    """One sentence with line, column and what to do; nothing is guessed."""
    assert faults([page(rows)], form) == [told]


def test_several_sheets_are_one_table_and_none_is_passed_over():
    """A sheet a town; one without a header, hidden, or of hidden columns is no blank."""
    first, note = page([HEAD, ROW], name="梅坞镇"), page([["填表说明"], ["逐村填写"]], name="说明")
    second = page([HEAD, ["双浒镇", "向阳村", FARMS, 2]], name="双浒镇")
    assert said([first, second, note]) == {(LING, FARM): 100, (SUNNY, FARM): 200}
    bare = page([["向阳村", 5]], name="双浒镇")
    (told,) = faults([first, bare])
    assert told.startswith("工作表“双浒镇” 第 1 行：上面没有表头")
    (told,) = faults([first, page(second.rows, name="双浒镇", hidden=True)])
    assert told == "工作表“双浒镇” 第 1 行：这张工作表是隐藏的，请取消隐藏或删去"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_what_nobody_sees_is_not_counted_in_silence(form):
    """A column that is hidden, a row that is hidden, a figure that is struck out, a formula nobody calculated."""
    rows = [HEAD, ROW, ["双浒镇", "向阳村", FARMS, 2]]
    assert faults([page(rows, unseen_columns={3})], form) == ["第 1 行 D列：这一列是隐藏的，请取消隐藏或删去"]
    assert faults([page(rows, unseen={2})], form) == ["第 3 行：这一行是隐藏的，请取消隐藏或删去"]
    (told,) = faults([page(rows, struck={2})], form)
    assert told.startswith("第 3 行")
    assert "划掉" in told


@pytest.mark.parametrize("row", [["岭冬村", None], ["岭东村", None]])
def test_a_formula_nobody_calculated_is_no_blank(row):
    """Also in the row of a village that nobody knows."""
    book = Workbook()
    for line in (["村", RICES], ["大岕口村", 5], row):
        book.active.append(line)
    book.active["B3"] = "=1+1"
    book.save(data := io.BytesIO())
    with pytest.raises(YearTableUnreadable, match="第 3 行"):
        stated_in(data.getvalue(), COUNTY)


def test_an_amount_merged_over_two_programmes_is_neither_s():
    """The villages merged over their rows are read, the amount that is merged as well is not."""
    rows = [HEAD, ROW, ["", "", RICES, ""]]
    (told,) = faults([page(rows, [(1, 0, 2, 0), (1, 1, 2, 1), (1, 3, 2, 3)])])
    assert told == "第 3 行 D列金额：几行合并成了一格，看不出各是多少，请拆开逐行写"
