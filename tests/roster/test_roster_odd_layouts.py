"""Layouts as offices invent them, each a small story with its rows and its total."""

from decimal import Decimal

import pytest

from boards.model.findings import Level
from boards.model.payouts import PayStatus
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Page, as_xlsx

LINGDONG, DAJIEKOU, ZHONGWU = "330590100201", "330590100202", "330590200202"


def read(*rows, merges=(), name="Sheet1", file="名册.xlsx"):
    return read_roster(file, as_xlsx([Page(name, [list(row) for row in rows], list(merges))]), VILLAGES)


def amounts(reading):
    return [(row.payout.holder, row.payout.amount_fen) for row in reading.rows]


def alarms(reading):
    return [(one.code, one.row) for one in reading.findings if one.level is not Level.NOTE]


TWO = [("王一", 10000), ("李二", 20000)]
HEAD = ["序号", "姓名", "面积", "金额"]
ONE_ROW, TWO_ROW = [1, "王一", 1, 100], [2, "李二", 2, 200]
SOUND = {
    "two columns and nothing else": (read, [["姓名", "金额"], ["王一", 100], ["李二", 200]], {"name": "岭东村"}, None),
    "a table that begins at column C": (
        read, [[], ["", "", "岭东村补贴"], ["", "", "序号", "姓名", "金额"], ["", "", 1, "王一", 100], ["", "", 2, "李二", 200]], {}, None,
    ),
    "line breaks and spaces in headers": (
        read, [["岭东村"], ["序\n号", "姓 名", "补贴\n面积\n（亩）", "补贴\n金额\n（元）"], ONE_ROW, TWO_ROW], {}, None,
    ),
    "a row that numbers the columns": (read, [["岭东村"], HEAD, [1, 2, 3, 4], ONE_ROW, TWO_ROW], {}, None),
    "a row of stems and numbers": (read, [["岭东村"], HEAD, ["甲", "乙", "1", "2=1×100"], ONE_ROW, TWO_ROW], {}, None),
    "a row of stems to its very end": (
        read, [["岭东村"], [*HEAD, "备注"], ["甲", "乙", "1", "2", "丙"], [*ONE_ROW, ""], [*TWO_ROW, ""]], {}, None,
    ),
    "a row of letters": (read, [["岭东村"], HEAD, ["A", "B", "C", "D=C×100"], ONE_ROW, TWO_ROW], {}, None),
    "a row of numbers in circles": (read, [["岭东村"], HEAD, ["①", "②", "③", "④=③×100"], ONE_ROW, TWO_ROW], {}, None),
    "numbers under a row of units": (
        read, [["岭东村"], ["序号", "姓名", "面积", "金额", "备注"], ["", "", "（亩）", "（元）", ""], ["甲", "乙", 1, 2, "丙"], [*ONE_ROW, ""], [*TWO_ROW, ""]], {}, None,
    ),
    "the total in the name column": (read, [["岭东村"], ["姓名", "面积", "金额"], ["王一", 1, 100], ["李二", 2, 200], ["合计", 3, 300]], {}, 30000),
    "the total with a count of people": (read, [["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["合计", "2人", 3, 300]], {}, 30000),
    "a total nobody labelled": (read, [["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["", "", 3, 300]], {}, 30000),
    "the total above the header": (read, [["岭东村"], ["合计", "", "", 300], HEAD, ONE_ROW, TWO_ROW], {}, None),
    "words and figure on one line": (read, [["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["合计（大写）：叁佰元整", "", "", 300]], {}, 30000),
    "a total in words only": (read, [["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["合计人民币（大写）", "叁佰元整"]], {}, 30000),
    "numbered but empty lines below": (read, [["岭东村"], HEAD, ONE_ROW, TWO_ROW, [3], [4, "", "", 0], ["合计", "", 3, 300]], {}, 30000),
    "amounts as dressed text": (read, [["岭东村"], HEAD, [1, "王一", "1亩", "100.00元"], [2, "李二", "2", "￥2００"], ["合计", "", "", "300.00"]], {}, 30000),
    "gross, deduction and net": (
        read, [["岭东村"], ["序号", "姓名", "应发金额", "扣款", "实发金额"], [1, "王一", 110, 10, 100], [2, "李二", 200, 0, 200], ["合计", "", 310, 10, 300]], {}, 30000,
    ),
    "last year's amount beside this year's": (
        read, [["岭东村"], ["序号", "姓名", "2024年补贴金额", "2025年补贴金额"], [1, "王一", 90, 100], [2, "李二", 80, 200], ["合计", "", 170, 300]], {}, 30000,
    ),
    "two funds without their sum": (
        read,
        [["岭东村"], ["序号", "姓名", "补贴金额（元）", ""], ["", "", "中央资金", "省级资金"], [1, "王一", 60, 40], [2, "李二", 150, 50], ["合计", "", 210, 90]],
        {"merges": [(1, 2, 1, 3), (1, 0, 2, 0), (1, 1, 2, 1)]}, 30000,
    ),
    "two programmes side by side in one row": (
        read,
        [["岭东村"], ["序号", "姓名", "耕地补贴", "", "", "种粮补贴", "", ""], ["", "", "面积", "标准", "金额", "面积", "标准", "金额"],
         [1, "王一", 1, 90, 90, 1, 10, 10], [2, "李二", 2, 90, 180, 2, 10, 20], ["合计", "", 3, "", 270, 3, "", 30]],
        {"merges": [(1, 2, 1, 4), (1, 5, 1, 7), (1, 0, 2, 0), (1, 1, 2, 1)]}, 30000,
    ),
    "a price per month is not the amount": (
        read, [["岭东村低保"], ["序号", "户主姓名", "月保障金额（元）", "发放月数", "发放金额（元）"], [1, "王一", 50, 2, 100], [2, "李二", 50, 4, 200], ["合计", "", "", "", 300]], {}, 30000,
    ),
    "square metres": (
        read, [["岭东村占地补偿"], ["序号", "户主", "补偿面积（平方米）", "补偿标准（元/平方米）", "补偿金额（元）"], [1, "王一", 8, 12.5, 100], [2, "李二", 16, 12.5, 200]], {}, None,
    ),
    "hectares and ten thousands in every column": (
        read, [["岭东村"], ["序号", "户主", "面积(公顷)", "标准(万元/公顷)", "金额(万元)"], [1, "王一", 0.05, 0.2, 0.01], [2, "李二", 0.1, 0.2, 0.02], ["合计", "", 0.15, "", 0.03]], {}, 30000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", SOUND)
def test_an_odd_layout_is_read_right(story):
    """王一 gets 100 yuan and 李二 200, both of 岭东村, and nothing is accused, however it is laid out."""
    reader, rows, how, declared = SOUND[story]
    reading = reader(*rows, **how)
    assert amounts(reading) == TWO
    assert {row.village for row in reading.rows} == {LINGDONG}
    assert (alarms(reading), reading.verdict, reading.declared_total_fen) == ([], Verdict.OK, declared)


def test_pages_with_their_own_header_and_subtotal():
    """The header repeats on every page, each page has its 本页小计, the last line is the 总计."""
    rows, number = [["岭东村发放表"]], 0
    for _ in range(3):
        rows.append(HEAD)
        for _ in range(4):
            number += 1
            rows.append([number, "王" + "甲乙丙丁戊己庚辛壬癸子丑"[number - 1], number, number * 10])
        rows.append(["本页小计", "", "", sum(row[3] for row in rows[-4:])])
    reading = read(*rows, ["总计", "", "", 780])
    assert (len(reading.rows), reading.declared_total_fen, alarms(reading)) == (12, 78000, [])


def test_village_headings_between_the_rows():
    """A line with a village's name places the rows under it; subtotals and the total are no payees."""
    reading = read(
        ["梅坞镇花名册"], HEAD, ["岭东村"], ONE_ROW, TWO_ROW, ["岭东村小计", "", 3, 300],
        ["大岕口村二组"], [1, "张三", 1, 50], ["大岕口村小计", "", 1, 50], ["全镇合计", "", 4, 350],
    )  # fmt: skip
    assert [(row.village, row.payout.group) for row in reading.rows] == [
        (LINGDONG, ""),
        (LINGDONG, ""),
        (DAJIEKOU, "二组"),
    ]
    assert (reading.declared_total_fen, alarms(reading)) == (35000, [])


def test_a_heading_over_two_tables_counts_for_both():
    """A village's name across side-by-side tables places the rows of the right one too."""
    reading = read(
        ["梅坞镇"], ["姓名", "金额", "姓名", "金额"], ["岭东村", "", "", ""], ["王一", 1, "李二", 2],
        ["大岕口村", "", "", ""], ["张三", 3, "赵四", 4], merges=[(2, 0, 2, 3), (4, 0, 4, 3)],
    )  # fmt: skip
    assert {(row.payout.holder, row.village) for row in reading.rows} == {
        ("王一", LINGDONG), ("李二", LINGDONG), ("张三", DAJIEKOU), ("赵四", DAJIEKOU),
    }  # fmt: skip


def test_three_tables_side_by_side():
    """Three repeats of the header are three tables; a total inside the last is no payee."""
    reading = read(
        ["岭东村公示"], ["姓名", "面积", "金额"] * 3, ["王一", 1, 1, "王二", 2, 2, "王三", 3, 3], ["李一", 4, 4, "李二", 5, 5, "合计", 15, 15]
    )  # fmt: skip
    assert (len(reading.rows), reading.declared_total_fen, alarms(reading)) == (5, 1500, [])


def test_one_total_under_two_tables():
    """The word 合计 under the left table and the sum under the right one are one total of both."""
    reading = read(
        ["岭东村"],
        ["姓名", "金额", "姓名", "金额"],
        ["王一", 1, "李二", 2],
        ["张三", 3, "", ""],
        ["合计", "", "", 6],
    )
    assert (len(reading.rows), reading.declared_total_fen, alarms(reading)) == (3, 600, [])


def test_the_rate_may_stand_in_the_title():
    """“补贴标准：131.42元/亩” in the title is the rate of every row."""
    reading = read(["中坞村2025年补贴公示表（补贴标准：131.42元/亩）"], HEAD, [1, "王一", 2, 262.84])
    assert [(row.village, row.payout.rate, row.payout.quantity) for row in reading.rows] == [
        (ZHONGWU, Decimal("131.42"), Decimal(2))
    ]


def test_a_family_under_one_head_of_household():
    """A head of household merged over his family's lines stands on each; each beneficiary has an amount."""
    reading = read(
        ["岭东村"], ["序号", "户主姓名", "享受人", "金额"], [1, "王一", "王一", 300], ["", "", "王二", 100],
        merges=[(2, 0, 3, 0), (2, 1, 3, 1)],
    )  # fmt: skip
    assert [(row.payout.holder, row.payout.beneficiary, row.payout.amount_fen) for row in reading.rows] == [
        ("王一", "", 30000),
        ("王一", "王二", 10000),
    ]
    assert alarms(reading) == []


def test_an_amount_merged_over_two_people_is_nobodys():
    """Whose the merged amount is cannot be told: an error, and never a second payout."""
    reading = read(
        ["岭东村"], ["序号", "户主姓名", "享受人", "金额"], [1, "王一", "王一", 300], ["", "", "王二", ""],
        merges=[(2, 0, 3, 0), (2, 1, 3, 1), (2, 3, 3, 3)],
    )  # fmt: skip
    assert [(row.payout.amount_fen, row.unread) for row in reading.rows] == [(30000, False), (0, True)]
    assert alarms(reading) == [("MERGED_DATA_CELLS", 4)]


def test_words_that_contradict_the_figure():
    """大写 and 小写 must be the same amount."""
    assert alarms(read(["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["合计", "", 3, 300], ["大写：叁佰零伍元整"])) == [
        ("WORDS_MISMATCH", 6)
    ]


def test_subtotals_counted_twice_are_told():
    """A total that is twice the rows has its subtotals in it, and the report says so."""
    reading = read(["岭东村"], HEAD, ONE_ROW, TWO_ROW, ["小计", "", 3, 300], ["合计", "", 6, 600])
    assert alarms(reading) == [("TOTAL_MISMATCH", 6)]
    assert "小计又加了一遍" in next(one.message for one in reading.findings if one.code == "TOTAL_MISMATCH")


def test_a_missing_amount_leaves_the_total_unchecked():
    """With an unreadable amount the total can not be judged; the row itself is the error."""
    assert alarms(read(["岭东村"], HEAD, ONE_ROW, [2, "李二", 2, ""], ["合计", "", 3, 300])) == [
        ("AMOUNT_UNREADABLE", 4)
    ]


def test_a_summary_is_compared_and_never_paid():
    """A village's line of the summary that differs from its rows is an error there; alone it lists nobody."""
    detail = Page("明细", [["2025年"], ["序号", "村", "姓名", "金额"], [1, "岭东村", "王一", 100]])
    summary = Page("汇总", [["2025年汇总表"], ["序号", "村名", "户数", "补贴金额"], [1, "岭东村", 1, 110]])
    reading = read_roster("x", as_xlsx([detail, summary]), VILLAGES)
    assert (len(reading.rows), alarms(reading)) == (1, [("SUMMARY_MISMATCH", 3)])
    assert alarms(read_roster("x", as_xlsx([summary]), VILLAGES)) == [("NO_PAYEE_ROWS", None)]


def test_lists_without_amounts():
    """An application list has areas only: amount 0, no alarm; a list that does not say so must be confirmed."""
    rows = [["序号", "户主", "申报面积（亩）", "核定面积（亩）"], [1, "王一", 2, 1.5]]
    reading = read(["岭东村2025年种粮补贴申报公示表"], *rows)
    assert [(row.payout.quantity, row.payout.amount_fen) for row in reading.rows] == [(Decimal("1.5"), 0)]
    assert alarms(reading) == []
    assert alarms(read(["岭东村2025年花名册"], ["序号", "户主", "面积（亩）"], [1, "王一", 2])) == [
        ("NO_AMOUNT_COLUMN", None)
    ]


@pytest.mark.parametrize(
    ("text", "status"),
    [("已结算", "paid"), ("支付成功", "paid"), ("已支付", "paid"), ("公示中", "applied"), ("已受理", "applied"),
     ("已申请", "applied"), ("未发放", "applied"), ("支付失败", "failed"), ("拒绝", "failed"), ("作废", "stopped"), ("已撤销", "stopped"), ("未成功", "failed"), ("已退回", "returned"), ("已停发", "stopped")],
)  # fmt: skip
def test_payment_states_have_one_name(text, status):
    """The words of counties become the five states; only paid is shown as paid."""
    reading = read(["岭东村"], ["姓名", "金额", "支付状态"], ["王一", 100, text])
    assert (reading.rows[0].status.value, alarms(reading)) == (status, [])


def test_nothing_counts_as_paid_because_it_was_read():
    """What a sheet says of payment stands beside the payout; that it was paid, and its number, is for publishing."""
    bare = read(["岭东村"], ["姓名", "金额"], ["王一", 100])
    stated = read(["岭东村"], ["序号", "姓名", "金额", "支付状态"], [7, "王一", 100, "支付成功"])
    assert [(one.number, one.status) for one in (*bare.rows, *stated.rows)] == [
        (None, None),
        (7, PayStatus.PAID),
    ]
    assert {(one.payout.seq, one.payout.status) for one in (*bare.rows, *stated.rows)} == {
        (0, PayStatus.APPLIED)
    }


def test_a_state_nobody_knows_is_never_paid():
    """Unknown and empty states wait for a person and do not count as paid meanwhile."""
    reading = read(["岭东村"], ["姓名", "金额", "支付状态"], ["王一", 100, "乙类"], ["李二", 100, ""])
    assert [row.status.value for row in reading.rows] == ["applied", "applied"]
    assert alarms(reading) == [("STATUS_UNKNOWN", 3), ("STATUS_UNKNOWN", 4)]
