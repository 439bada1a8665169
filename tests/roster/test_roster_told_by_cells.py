"""Columns told by their cells where no word of the header says it, and totals beside their parts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.reading import Verdict
from tests.roster.county_tables import RATE, TRUTH, alarms, lines, payouts, read

OWNERS = [
    "林权所有者",
    "所有者",
    "船舶所有人",
    "保障对象",
    "补偿对象",
    "受助人",
    "受灾户",
    "Name",
    "甲方",
    "谁",
]
SUMS = [
    "救助金", "保障金", "本期发放", "补贴总额", "慰问金", "抚恤金", "实付", "月保障金额（元）", "补贴标准（元）", "到账", "RMB", "资助金",
    "费用", "工资", "报酬", "小计", "给了多少", "八月", "发放标准",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    owner=st.sampled_from(OWNERS), money=st.sampled_from(SUMS), numbered=st.booleans(), twice=st.booleans()
)
def test_people_and_their_one_sum_are_read_under_any_words(owner, money, numbered, twice):
    """Names are told by what they are, the only column of money too, in tables beside each other as well."""
    number = ["序号"] if numbered else ["组别"]  # something must be known of a header
    head = [*number, owner, money]
    rows = lines(lambda at, name, mu, yuan: [at if numbered else "1组", name, yuan])
    if twice:
        rows = [left + right for left, right in zip(rows[:3], rows[3:], strict=True)]
    reading = read(["岭东村"], head * (1 + twice), *rows)
    assert (sorted(payouts(reading)), alarms(reading), reading.verdict) == (sorted(TRUTH), [], Verdict.OK)


def test_what_was_told_by_its_cells_is_said():
    """The report says of such a column that its header did not tell."""
    reading = read(
        ["岭东村"], ["序号", "姓名", "给了多少"], *lines(lambda at, name, mu, yuan: [at, name, yuan])
    )
    said = [one.message for one in reading.findings if one.code == "COLUMN_MEANING" and one.column == "C"]
    assert said == ["列C是补贴金额：表头“给了多少”没有写明，没有面积或数量，只有这一列像金额"]


@pytest.mark.parametrize("words", ["早稻", "慰劳", "发放标准", "月保障金额（元）"])
def test_money_beside_areas_is_never_passed_over(words):
    """公示 in the title does not make a list one without amounts where a column looks like money."""
    rows = lines(lambda at, name, mu, yuan: [at, name, mu, yuan])
    reading = read(["岭东村2025年稻谷补贴公示"], ["序号", "户主", "面积（亩）", words], *rows)
    assert (alarms(reading), reading.verdict) == ([("COLUMN_LIKE_MONEY", None)], Verdict.HOLD)
    assert "--map D=amount" in next(
        one.message for one in reading.findings if one.code == "COLUMN_LIKE_MONEY"
    )
    assert (
        payouts(read(["岭东村公示"], ["序号", "户主", "面积（亩）", words], *rows, columns={"D": "amount"}))
        == TRUTH
    )


APPLICATIONS = {
    "areas only": (["申报面积（亩）", "核定面积（亩）"], lambda mu: [mu + 1, mu]),
    "parts of the area": (["面积（亩）", "水田", "旱地"], lambda mu: [mu, mu / 2, mu / 2]),
    "a rate for all": (["面积（亩）", "补贴标准（元/亩）"], lambda mu: [mu, RATE]),
    "what will grow": (["面积（亩）", "预计产量（公斤）"], lambda mu: [mu, mu * Decimal("450.5")]),
    "what grew on a mu": (["面积（亩）", "亩产"], lambda mu: [mu, mu + Decimal("450.5")]),
    "how many live there": (["面积（亩）", "人口"], lambda mu: [mu, 4]),
    "numbers of plots": (["面积（亩）", "图斑"], lambda mu: [mu, int(mu * 1000)]),
}


@pytest.mark.parametrize("story", APPLICATIONS)
def test_an_application_list_stays_one(story):
    """Areas, parts of them, rates and counts are no money: nobody is alarmed."""
    head, cells = APPLICATIONS[story]
    rows = lines(lambda at, name, mu, yuan: [at, name, *cells(mu)])
    reading = read(["岭东村2025年稻谷补贴申报公示"], ["序号", "户主", *head], *rows)
    assert (alarms(reading), {fen for _, fen in payouts(reading)}) == ([], {0})


TOTALS = [
    "补贴合计", "补贴合计（元）", "资金合计", "合计补贴", "应发合计", "实发合计", "补助合计", "合计（元）", "总补贴", "小计（元）", "本次合计", "补贴资金合计",
    "发放总额", "发放合计", "全年合计", "合计发放", "到手",
]  # fmt: skip
PARTS = [
    ("中央补贴", "省补贴"),
    ("国补", "市补"),
    ("中央资金", "县级资金"),
    ("基础补贴", "提标补贴"),
    ("早稻", "晚稻"),
]


@settings(max_examples=60, deadline=None)
@given(total=st.sampled_from(TOTALS), parts=st.sampled_from(PARTS), first=st.booleans())
def test_a_total_is_paid_and_not_its_parts(total, parts, first):
    """Whatever a total is called and wherever it stands, it is the amount of the row."""
    head = [total, *parts] if first else [*parts, total]

    def cells(at, name, mu, yuan):
        split = [yuan - Decimal("3.5") * at, Decimal("3.5") * at]
        return [at, name, *([yuan, *split] if first else [*split, yuan])]

    reading = read(["岭东村2025年补贴公示"], ["序号", "姓名", *head], *lines(cells))
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_a_total_of_a_total_is_the_amount():
    """中央 and 省 come to 小计, 小计 and 县 to 合计: only the last is paid."""
    head = ["序号", "姓名", "中央", "省级", "小计", "县级", "合计"]
    rows = lines(lambda at, name, mu, yuan: [at, name, yuan - 3 * at, at, yuan - 2 * at, 2 * at, yuan])
    assert payouts(read(["岭东村"], head, *rows)) == TRUTH


def test_what_is_paid_out_outranks_a_total_before_deductions():
    """基础 and 奖励 come to 应发; less what is taken off, 实发 is paid."""
    head = ["序号", "姓名", "基础补贴", "奖励补贴", "应发合计", "扣款", "实发金额"]
    rows = lines(lambda at, name, mu, yuan: [at, name, yuan - 3 * at, 4 * at, yuan + at, at, yuan])
    assert payouts(read(["岭东村"], head, *rows)) == TRUTH


def test_a_second_table_with_a_half_known_header():
    """The header of the next block is one, though nobody knows the word over its names."""
    rows = lines(lambda at, name, mu, yuan: [at, name, yuan])
    reading = read(["岭东村"], ["序号", "户主", "金额"], *rows[:3], [], ["序号", "甲方", "金额"], *rows[3:])
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])
