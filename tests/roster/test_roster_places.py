"""Where a row belongs: columns, headings, sheet names, seals and codes, however an office writes them."""

import pytest

from tests.roster.county_files import Page
from tests.roster.county_tables import (
    DAJIEKOU,
    HEAD,
    HOMES,
    LINGDONG,
    ZHONGWU,
    alarms,
    lines,
    placed,
    read,
    read_pages,
    usual,
)

XIANGYANG_SHUANGHU, XIANGYANG_ZHUGAI = "330590101204", "330590200203"
LIST = lines(usual)
ALL_HERE = [(home[1], LINGDONG) for home in HOMES]


@pytest.mark.parametrize(
    ("written", "group"),
    [("岭东村", ""), ("岭 东 村", ""), ("岭东村\u200b", ""), ("岭东", ""), ("岭东村委会", ""), ("岭东村民委员会", ""), ("梅坞镇岭东村", ""),
     ("梅坞镇/岭东村", ""), ("梅坞镇-岭东村", ""), ("苕安县梅坞镇岭东村3组", "三组"), ("岭东村第三村民小组", "三组"), ("岭东村（6组）", "六组"),
     ("岭东村-7组", "七组"), ("梅坞岭东村", ""), ("梅坞岭东", ""), ("岭东行政村", ""), ("岭东村（原下坞村）", ""), ("岭东村*", ""), ("岭东村/4", ""),
     ("岭东村民委", ""), ("岭东村（梅坞镇）", ""), ("岭东村4", ""), ("岭东9组", "九组"), ("岭东村 8 组", "八组"), ("330590100201", "")],
)  # fmt: skip
def test_a_village_as_clerks_write_it(written, group):
    """One village, and its group where the same text names one."""
    reading = read(["2025年"], ["序号", "所在村组", "户主", "金额"], [1, written, "王一", 100], name="Sheet1")
    assert [(row.village, row.payout.group) for row in reading.rows] == [(LINGDONG, group)]
    assert alarms(reading) == []


@pytest.mark.parametrize(
    "name", ["岭东", "1岭东村", "2.岭东村", "附件3 岭东村(公示)", "岭东村（盖章）", "3、岭东"]
)
def test_the_sheet_is_named_after_its_village(name):
    """With no other word of the place, the sheet's name is enough."""
    reading = read(["2025年补贴"], HEAD, *LIST, name=name)
    assert (placed(reading), alarms(reading)) == (ALL_HERE, [])


SURROUNDINGS = {
    "the file's name": (([["2025年"], HEAD, *LIST]), "梅坞镇岭东村2025年补贴.xlsx"),
    "a labelled line": ([["补贴"], ["行政村：岭东村", "", "村民小组：二组", "", "单位：亩、元"], HEAD, *LIST], "x"),
    "labels and values in cells": ([["补贴"], ["乡镇：", "梅坞镇", "村：", "岭东村"], HEAD, *LIST], "x"),
    "the office that fills in": ([["补贴"], ["填报单位：梅坞镇岭东村民委员会"], HEAD, *LIST], "x"),
    "the seal below": ([["补贴"], HEAD, *LIST, ["岭东村村民委员会（盖章）", "", "", "", "2025年6月30日"]], "x"),
    "a code beside a name two towns have": (
        [["补贴"], ["区划代码", "村名称", "姓名", "金额"], *[[330590101204, "向阳村", home[1], home[3]] for home in HOMES]], "x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", SURROUNDINGS)
def test_a_place_told_around_the_table(story):
    """Each row lies where the file says, and nothing is accused."""
    rows, file = SURROUNDINGS[story]
    reading = read(*rows, name="Sheet1", file=file)
    village = XIANGYANG_SHUANGHU if "code" in story else LINGDONG
    assert (placed(reading), alarms(reading)) == ([(home[1], village) for home in HOMES], [])


def test_a_group_in_the_labelled_line():
    """“村民小组：二组” above the table is every row's group."""
    reading = read(["补贴"], ["行政村：岭东村", "", "村民小组：二组"], HEAD, *LIST)
    assert {row.payout.group for row in reading.rows} == {"二组"}


def test_label_lines_between_tables_are_no_payees():
    """村：| 岭东村 above the first table, 村：| 大岕口村 above the second."""
    rows = []
    for village, homes in (("岭东村", HOMES[:3]), ("大岕口村", HOMES[3:])):
        rows += [["乡镇：", "梅坞镇", "村：", village], HEAD, *lines(usual, homes), []]
    reading = read(*rows, name="Sheet1")
    assert placed(reading)[2:4] == [("张三", LINGDONG), ("赵四", DAJIEKOU)]
    assert alarms(reading) == []


def test_numbered_headings_of_villages_and_groups():
    """一、岭东村 / （一）1组 / （二）2组: each row has both."""
    reading = read(
        ["2025年"], HEAD, ["一、岭东村"], ["（一）1组"], *LIST[:2], ["（二）2组"], *LIST[2:4], ["二、大岕口村"], ["（一）1组"], *LIST[4:],
        name="Sheet1",
    )  # fmt: skip
    assert [(row.village, row.payout.group) for row in reading.rows] == [
        (LINGDONG, "一组"), (LINGDONG, "一组"), (LINGDONG, "二组"), (LINGDONG, "二组"), (DAJIEKOU, "一组"), (DAJIEKOU, "一组"),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["同上", "〃", ""])
def test_the_village_is_written_once(mark):
    """A ditto mark, or nothing, repeats the village above."""
    villages = ["岭东村", mark, mark, "大岕口村", mark, mark]
    rows = [[village, home[1], home[3]] for village, home in zip(villages, HOMES, strict=True)]
    reading = read(["2025年"], ["村", "姓名", "金额"], *rows, name="Sheet1")
    assert [village for _, village in placed(reading)] == [LINGDONG] * 3 + [DAJIEKOU] * 3
    assert alarms(reading) == []


def test_groups_under_the_word_for_village_and_group():
    """村组 over 1组, 2组 beside a village column is the group."""
    rows = [["岭东村", f"{home[0]}组", home[1], home[3]] for home in HOMES]
    reading = read(["2025年"], ["村", "村组", "姓名", "金额"], *rows, name="Sheet1")
    assert [row.payout.group for row in reading.rows][:2] == ["一组", "二组"]
    assert (placed(reading), alarms(reading)) == (ALL_HERE, [])


def test_groups_of_a_short_list_are_groups_whatever_stands_under_it():
    """村组 over 1组 and 2组 holds groups: the total and the remarks in that column name no village."""
    rows = [
        ["1组", "王一", 100],
        ["2组", "李二", 200],
        ["合计", "", 300],
        ["以上公示无异议"],
        ["制表人：钱七"],
    ]
    reading = read(["村组", "户主", "金额"], *rows, name="岭东村")
    assert [(row.village, row.payout.group, row.payout.amount_fen) for row in reading.rows] == [
        (LINGDONG, "一组", 10000),
        (LINGDONG, "二组", 20000),
    ]


def test_an_organisation_carries_its_village_in_its_name():
    """Collectives as payees, only a town beside them: 向阳村 is the one of that town."""
    rows = [
        ["梅坞镇", "岭东村股份经济合作社", 1],
        ["双浒镇", "向阳村股份经济合作社", 2],
        ["竹垓乡", "向阳村股份经济合作社", 3],
    ]
    reading = read(["公益林"], ["乡镇", "收款单位", "金额"], *rows, name="Sheet1", file="x")
    assert [row.village for row in reading.rows] == [LINGDONG, XIANGYANG_SHUANGHU, XIANGYANG_ZHUGAI]
    assert alarms(reading) == []


def test_a_sheet_for_each_town():
    """The town of the sheet decides which 向阳村 is meant."""
    pages = []
    for town in ("双浒镇", "竹垓乡"):
        page = Page(town)
        page.add("2025年补贴")
        page.add("村", "姓名", "面积", "金额")
        page.add("向阳村", "王一" if town == "双浒镇" else "李二", 1, 100)
        pages.append(page)
    reading = read_pages(*pages)
    assert placed(reading) == [("王一", XIANGYANG_SHUANGHU), ("李二", XIANGYANG_ZHUGAI)]
    assert alarms(reading) == []


def test_a_village_nobody_has_is_told_with_the_nearest():
    """冲坞村 is not in the list; 中坞村 of the same town is suggested, at the row and column."""
    rows = [["竹垓乡", "冲坞村" if home[0] == 3 else "中坞村", home[1], home[3]] for home in HOMES]
    reading = read(["2025年"], ["乡镇", "村", "姓名", "金额"], *rows, name="Sheet1")
    found = next(one for one in reading.findings if one.code == "VILLAGE_UNKNOWN")
    assert ((found.row, found.column), "中坞村" in found.message) == ((5, "B"), True)
    assert [village for _, village in placed(reading)].count(ZHONGWU) == 5


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("word", ["", "小计", "合计"])
@pytest.mark.parametrize("groups", [True, False])
def test_a_village_named_only_in_its_sum(above, counted, word, groups):
    """“桥南村 | 5户 | 面积 | 金额” over or under its households tells where they live."""
    if not above and not word:
        return  # a bare name under rows belongs to what follows
    rows = []
    for village, homes in (("岭东村", HOMES[:2]), ("大岕口村", HOMES[2:])):
        count = f"{len(homes)}户" if counted else ""
        summed = [village + word, count, sum(home[2] for home in homes), sum(home[3] for home in homes)]
        body = [["1组" if groups else "", home[1], home[2], home[3]] for home in homes]
        rows += [summed, *body] if above else [*body, summed]
    total = ["合计", "", sum(home[2] for home in HOMES), sum(home[3] for home in HOMES)]
    head = ["村（组）", "户主", "面积（亩）", "金额（元）"]
    reading = read(["梅坞镇2025年补贴"], head, *rows, total, name="Sheet1")
    villages = [LINGDONG] * 2 + [DAJIEKOU] * 4
    assert placed(reading) == [(home[1], village) for home, village in zip(HOMES, villages, strict=True)]
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_a_sum_below_does_not_place_the_next_table():
    """Rows under the last village's sum, and the next table, are not of that village."""
    head = ["户主", "面积（亩）", "金额（元）"]
    first = [list(home[1:]) for home in HOMES[:2]]
    summed = ["岭东村小计", sum(home[2] for home in HOMES[:2]), sum(home[3] for home in HOMES[:2])]
    rest = [list(home[1:]) for home in HOMES[2:]]
    for between in ([], [[], head]):
        reading = read(["2025年补贴"], head, *first, summed, *between, *rest, name="Sheet1")
        assert [village for _, village in placed(reading)] == [LINGDONG] * 2 + [""] * 4


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("苕安县梅坞镇岭东村3组", "三组"),
        ("梅坞镇-岭东村", ""),
        ("浙江省湖州市苕安县梅坞镇岭东村委会", ""),
        ("岭东村/三组", "三组"),
    ],
)
def test_an_address_places_who_has_nothing_else(address, group):
    """Where no column, heading or title names the village, the address does."""
    reading = read(["2025年"], ["地址", "户主", "金额"], [address, "王一", 100], name="Sheet1")
    assert [(row.village, row.payout.group) for row in reading.rows] == [(LINGDONG, group)]
    assert alarms(reading) == []


def test_a_second_title_of_another_town_and_its_village_under_it():
    """向阳村 stands in two towns: under a title of 双浒镇 it is that town's, and never the village above."""
    rows = [["梅坞镇2025年补贴清册"], ["大岕口村 一组（盖章）"], HEAD, *lines(usual, HOMES[:3]), []]
    rows += [["双浒镇2025年补贴清册"], ["向阳村 三组（盖章）"], HEAD, *lines(usual, HOMES[3:])]
    reading = read(*rows, name="Sheet1")
    assert [village for _, village in placed(reading)] == [DAJIEKOU] * 3 + ["330590101204"] * 3
    assert alarms(reading) == []
