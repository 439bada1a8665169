"""Which column counts: told by words, decided by the numbers, never two payments of one."""

from decimal import Decimal

import pytest

from tests.roster.county_tables import (
    AREA,
    HEAD,
    HOMES,
    RATE,
    TRUTH,
    YUAN,
    alarms,
    lines,
    notes,
    payouts,
    read,
    usual,
)

AREAS = [home[2] for home in HOMES]
STORIES = {
    "应补, 已发, 本次": (["姓名", "应补金额", "已发金额", "本次发放金额"], lambda n, name, mu, yuan: [name, yuan + 100, 100, yuan]),
    "测算 is not what is paid": (["姓名", "测算补贴额（元）", "补贴金额（元）"], lambda n, name, mu, yuan: [name, yuan + n, yuan]),
    "核定 and 发放": (["姓名", "核定金额（元）", "发放金额（元）"], lambda n, name, mu, yuan: [name, yuan + n, yuan]),
    "two columns say the same": (["姓名", "金额（元）", "金额（元）"], lambda n, name, mu, yuan: [name, yuan, yuan]),
    "基础 and 奖励 and their 合计": (["姓名", "基础补贴（元）", "奖励补贴（元）", "合计（元）"], lambda n, name, mu, yuan: [name, yuan - n, n, yuan]),
    "three funds without a sum": (["姓名", "中央资金（元）", "省级资金（元）", "县级资金（元）"], lambda n, name, mu, yuan: [name, yuan - 15, 10, 5]),
    "premium and own share": (["投保人", "总保费（元）", "中央财政补贴（元）", "县级财政补贴（元）", "农户自缴（元）"], lambda n, name, mu, yuan: [name, yuan + 50, yuan - 10, 10, 50]),
    "price, share, subsidy": (["购机者", "机具", "购机价格（元）", "补贴比例", "补贴金额（元）"], lambda n, name, mu, yuan: [name, "旋耕机", yuan * 3, "33%", yuan]),
    "an amount by an unknown name": (["农户", "面积（亩）", "标准（元/亩）", "所得"], lambda n, name, mu, yuan: [name, mu, RATE, yuan]),
    "short words": (["户名", "亩", "每亩", "合计"], lambda n, name, mu, yuan: [name, mu, RATE, yuan]),
    "分": (["姓名", "面积（亩）", "金额（分）"], lambda n, name, mu, yuan: [name, mu, int(yuan * 100)]),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_column_that_is_paid(story):
    """Everybody gets what the paid column says, and nothing is accused."""
    head, shape = STORIES[story]
    reading = read(["2025年补贴"], head, *lines(shape))
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_two_columns_with_one_header_must_agree():
    """Where equal columns differ in a row, a person must say which one was paid."""
    rows = lines(lambda n, name, mu, yuan: [name, yuan, yuan])
    rows[2][1] = 500
    assert alarms(read(["补贴"], ["姓名", "金额", "金额"], *rows)) == [("AMOUNTS_DISAGREE", 5)]


AREA_STORIES = {
    "承包 − 扣除 = 补贴": (["姓名", "家庭地", "扣除面积（亩）", "种植面积（亩）", "金额"], lambda n, name, mu, yuan: [name, mu + 1, 1, mu, yuan]),
    "plots and their sum": (["姓名", "地块1面积", "地块2面积", "合计面积", "金额"], lambda n, name, mu, yuan: [name, mu - Decimal("0.3"), Decimal("0.3"), mu, yuan]),
    "whose product is the amount": (["姓名", "确权面积", "种植面积", "补贴面积", "标准", "金额"], lambda n, name, mu, yuan: [name, mu + 2, mu + 1, mu, RATE, yuan]),
    "the total of two kinds": (["姓名", "补偿面积（亩）/国家级", "省级面积（亩）", "面积合计（亩）", "金额"], lambda n, name, mu, yuan: [name, mu - Decimal("0.2"), Decimal("0.2"), mu, yuan]),
}  # fmt: skip


@pytest.mark.parametrize("story", AREA_STORIES)
def test_the_area_that_is_paid_for(story):
    """Of several areas the one the numbers prove is the quantity."""
    head, shape = AREA_STORIES[story]
    reading = read(["补贴"], head, *lines(shape))
    assert [row.payout.quantity for row in reading.rows] == AREAS
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_three_levels_with_a_sum_of_areas_and_a_sum_of_money():
    """合计 under 补偿面积 is an area, 合计 under 补偿资金 is the amount; their parts count for nothing."""
    reading = read(
        ["公益林"],
        ["序号", "户主", "补偿面积（亩）", "", "", "补偿资金（元）", "", ""],
        ["", "", "合计", "其中", "", "合计", "其中", ""],
        ["", "", "", "国家级", "省级", "", "中央财政", "县财政"],
        *lines(lambda n, name, mu, yuan: [n, name, mu, mu - Decimal("0.5"), Decimal("0.5"), yuan, yuan - 9, 9]),
        ["合计", "", AREA, "", "", YUAN],
        merges=[(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 1, 4), (1, 5, 1, 7), (2, 2, 3, 2), (2, 3, 2, 4), (2, 5, 3, 5), (2, 6, 2, 7)],
    )  # fmt: skip
    assert [row.payout.quantity for row in reading.rows] == AREAS
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


HEADS = {
    "words cut over two rows": ([["序", "户主", "补贴面积", "补贴标准", "补贴金额"], ["号", "姓名", "（亩）", "（元/亩）", "（元）"]], Decimal(1), Decimal(1)),
    "a row of units": ([["序号", "户主", "面积", "标准", "金额"], ["", "", "公顷", "元/公顷", "万元"]], Decimal(10000), Decimal(15)),
    "units in brackets below": ([["序号", "户主", "面积", "标准", "金额"], ["", "", "（公顷）", "（元/公顷）", "（万元）"]], Decimal(10000), Decimal(15)),
    "a unit line with a rate in it": ([["单位：亩、元/亩、万元"], ["序号", "户主", "面积", "标准", "金额"]], Decimal(10000), Decimal(1)),
    "a group over area, rate and amount": ([["序号", "户主", "补贴情况", "", ""], ["", "", "面积", "标准", "金额"]], Decimal(1), Decimal(1)),
}  # fmt: skip


@pytest.mark.parametrize("story", HEADS)
def test_units_and_words_over_two_rows(story):
    """Units hold for their column wherever they stand; areas come out in 亩 and money in fen."""
    head, money, land = HEADS[story]
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, RATE, yuan / money])
    reading = read(["2025年"], *head, *rows, ["合计", "", "", "", YUAN / money])
    assert (payouts(reading), reading.declared_total_fen, alarms(reading)) == (TRUTH, 330916, [])
    assert [row.payout.quantity for row in reading.rows] == [mu * land for mu in AREAS]


def test_a_unit_line_over_the_last_column_is_no_row_of_the_header():
    """单位：万元 at the right edge holds for the amounts, not for the column under it."""
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, RATE, yuan / 10000, ""])
    head = ["序号", "户主", "面积", "标准", "金额", "备注"]
    assert payouts(read(["2025年"], [*[""] * 5, "单位：万元"], head, *rows)) == TRUTH


def test_whole_areas_under_the_words_of_a_group():
    """面积 and 金额 stand in the second row, under 情况: its words make the first one a header."""
    rows = lines(lambda n, name, mu, yuan: [n, name, n * 2, n * 7])
    reading = read(["序号", "户主", "情况", ""], ["", "", "面积", "金额"], *rows)
    assert payouts(reading) == [(name, n * 700) for n, (name, _) in enumerate(TRUTH, 1)]


def test_the_rate_of_the_title_is_held_against_every_row():
    """With no rate column, area × the title's rate must be the amount, as with one."""
    head = ["姓名", "面积（亩）", "金额"]
    rows = lines(lambda n, name, mu, yuan: [name, mu, yuan])
    rows[3][2] += 10
    reading = read(["2025年补贴（标准：131.42元/亩）"], head, *rows)
    assert ([row.payout.rate for row in reading.rows], alarms(reading)) == (
        [RATE] * 6, [("AMOUNT_NOT_AREA_TIMES_RATE", 6)],
    )  # fmt: skip


def test_a_title_whose_rate_the_amounts_deny_gives_none():
    """A rate in the title that makes no amount is not shown beside any, and a person is asked."""
    reading = read(
        ["补贴（标准：60元/亩）"],
        ["姓名", "面积", "金额"],
        *lines(lambda n, name, mu, yuan: [name, mu, yuan]),
    )
    assert {row.payout.rate for row in reading.rows} == {None}
    assert alarms(reading) == [("TITLE_RATE_NOT_FOLLOWED", None)]


def test_a_row_with_another_rate_than_the_title():
    """One row at 113.42 under a title of 131.42 waits for a person, though its own product is right."""
    rows = lines(usual)
    rows[1][3], rows[1][4] = Decimal("113.42"), Decimal("260.87")
    assert alarms(read(["补贴（补贴标准131.42元/亩）"], HEAD, *rows)) == [("RATE_NOT_AS_TITLE", 4)]


def test_several_rates_in_the_title_and_their_sum():
    """中央100元/亩、省31.42元/亩: rows at 131.42 are as the title says."""
    reading = read(["补贴标准：中央100元/亩、省31.42元/亩"], HEAD, *lines(usual))
    assert alarms(reading) == []


def test_a_deduction_explains_its_own_row():
    """Days × wage less what the line deducts is right; a difference nothing explains is not."""
    head = ["姓名", "元/月", "合计月份", "扣除款", "实发金额"]
    rows = [
        [name, 1500, 6, 100 if name == "李二" else "", 8900 if name == "李二" else 9000]
        for _, name, *_ in HOMES
    ]
    assert alarms(read(["村报酬"], head, *rows)) == []
    rows[4][4] = 8950
    assert alarms(read(["村报酬"], head, *rows)) == [("AMOUNT_NOT_AREA_TIMES_RATE", 7)]


def test_months_are_held_against_net_pay():
    """Everybody has something taken off: months × wage less that is the pay, and a wrong number of months is told."""
    head = ["姓名", "元/月", "合计月份", "扣除款", "实发金额"]
    rows = [[name, 1500 + n, 4, 10, 4 * (1500 + n) - 10] for n, name, *_ in HOMES]
    assert alarms(read(["村报酬"], head, *rows)) == []
    rows[2][2] = 12
    assert alarms(read(["村报酬"], head, *rows)) == [("AMOUNT_NOT_AREA_TIMES_RATE", 5)]


def test_amounts_cut_to_the_yuan_accuse_nobody():
    """Where most rows are rounded the table is not made by area × rate to the fen."""
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, RATE, round(yuan)])
    assert alarms(read(["补贴"], HEAD, *rows)) == []


def test_a_dash_is_no_amount():
    """“-”, “—” and “/” for an amount without an area mean nothing was paid, and that is told."""
    rows = lines(usual)
    for at, dash in enumerate(["-", "—", "/"]):
        rows[at][2], rows[at][4] = "", dash
    reading = read(["补贴"], HEAD, *rows)
    assert [row.payout.amount_fen for row in reading.rows][:3] == [0, 0, 0]
    assert (alarms(reading), ("AMOUNT_DASH", 3) in notes(reading)) == ([], True)


def test_several_people_in_a_cell_are_told_at_their_row():
    """Two lines are an error, marks between names or 等N户 a warning; nobody's row is published as it is."""
    rows = lines(usual)
    rows[0][1], rows[2][1], rows[4][1] = "王一\n李四", "张三、李四", "孙五等3户"
    reading = read(["补贴"], HEAD, *rows)
    assert alarms(reading) == [("MORE_THAN_ONE_NAME", at) for at in (3, 5, 7)]
    assert [row.faulty for row in reading.rows] == [True, *[False] * 5]


def test_a_dash_beside_an_area_is_no_zero():
    """Where an area stands, or a list has none, a dash may be an amount nobody typed: an error, never 0."""
    rows = lines(usual)
    rows[0][4] = "—"
    reading = read(["补贴"], HEAD, *rows)
    assert (reading.rows[0].unread, alarms(reading)) == (True, [("AMOUNT_UNREADABLE", 3)])
    bare = read(["补贴"], ["姓名", "金额"], ["王一", "—"], ["李二", 200])
    assert (bare.rows[0].unread, alarms(bare)) == (True, [("AMOUNT_UNREADABLE", 3)])


@pytest.mark.parametrize("cell", ["", "abc", "—"])
def test_an_amount_without_its_area_is_told(cell):
    """Where every other line has an area, a line that is paid for none must be confirmed."""
    rows = lines(usual)
    rows[2][2] = cell
    assert alarms(read(["补贴"], HEAD, *rows)) == [("AREA_MISSING", 5)]
    for row in rows[:3]:
        row[2] = ""
    assert alarms(read(["补贴"], HEAD, *rows)) == []


def test_a_household_merged_over_its_plots():
    """Number and name merged over the same lines: each line is a plot of that household, equal ones too."""
    rows = [
        [1, "王一", "塘边", 1, 100],
        ["", "", "坡上", 1, 100],
        [2, "李二", "塘边", 2, 200],
        ["", "", "塘边", 2, 200],
    ]
    head = ["序号", "户主", "地块名称", "面积", "金额"]
    merges = [(2, 0, 3, 0), (2, 1, 3, 1), (4, 0, 5, 0), (4, 1, 5, 1)]
    reading = read(["补贴"], head, *rows, ["合计", "", "", 6, 600], merges=merges)
    assert payouts(reading) == [("王一", 10000), ("王一", 10000), ("李二", 20000), ("李二", 20000)]
    assert alarms(reading) == []


def test_a_name_merged_over_two_numbers_is_nobodys():
    """Two numbers under one merged name are two payees, and the second cannot be known."""
    rows = [[1, "王一", 1, 100], [2, "", 1, 120]]
    reading = read(["补贴"], ["序号", "户主", "面积", "金额"], *rows, merges=[(2, 1, 3, 1)])
    assert alarms(reading) == [("MERGED_DATA_CELLS", 4)]


@pytest.mark.parametrize(
    "months", [["1月", "2月", "3月"], ["一季度", "二季度", "三季度"], ["第一笔", "第二笔", "第三笔"]]
)
def test_parts_of_one_amount_are_added(months):
    """Months under 发放金额 are paid together, also when they are equal."""
    rows = [[name, 300, 300, 310 + number] for number, name, *_ in HOMES]
    reading = read(
        ["低保"],
        ["户主", "发放金额（元）", "", ""],
        ["", *months],
        *rows,
        merges=[(1, 0, 2, 0), (1, 1, 1, 3)],
    )
    assert payouts(reading) == [(name, (910 + number) * 100) for number, name, *_ in HOMES]
    assert alarms(reading) == []


def test_a_unit_told_under_the_table():
    """注：金额单位：万元 holds where no line above says another."""
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, RATE, yuan / 10000])
    reading = read(
        ["补贴"], ["序号", "户主", "面积（亩）", "标准（元/亩）", "金额"], *rows, ["注：金额单位：万元"]
    )
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_the_unit_line_need_not_hold_for_the_rate():
    """单位：亩、万元 over amounts, and a rate in 元: the rows prove it, so the rate is told and held to."""
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, RATE, yuan / 10000])
    reading = read(["单位：亩、万元"], ["序号", "户主", "面积", "标准", "金额"], *rows)
    assert (payouts(reading), {row.payout.rate for row in reading.rows}) == (TRUTH, {RATE})


@pytest.mark.parametrize("head", ["月补助（元）", "月保障金额", "月救助金额（元）", "月发放金额（元）"])
def test_what_a_household_has_a_month_is_its_amount(head):
    """Beside 保障人数, where no other column is money: a list of 低保 is read, not refused."""
    rows = [[n, f"王{'一二三四五'[n - 1]}", n % 3 + 1, 300 * n + Decimal("10.5")] for n in range(1, 6)]
    reading = read(["岭东村2025年10月农村低保公示"], ["序号", "户主", "保障人数", head], *rows)
    assert [fen for _, fen in payouts(reading)] == [int(row[3] * 100) for row in rows]
    assert alarms(reading) == []


def test_one_of_two_amounts_is_no_product():
    """A list of two: the other one shows how amounts are made."""
    rows = [[1, "王一", 1, 100, 111], [2, "王二", 2, 100, 200]]
    head = ["序号", "户主", "面积（亩）", "标准（元/亩）", "金额（元）"]
    assert alarms(read(["岭东村2025年"], head, *rows, ["合计", "", 3, "", 311])) == [
        ("AMOUNT_NOT_AREA_TIMES_RATE", 3)
    ]
    rows[0][4] = 100
    assert alarms(read(["岭东村2025年"], head, *rows, ["合计", "", 3, "", 300])) == []
