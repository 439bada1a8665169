"""The sheets of one workbook: pages that go on, lists nobody can read, examples, other years."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.county.reading import Verdict
from tests.roster.county_files import Page
from tests.roster.county_tables import (
    AREA,
    HEAD,
    TRUTH,
    YUAN,
    alarms,
    lines,
    notes,
    payouts,
    placed,
    read_pages,
    usual,
)

SUM = ["合计", "", AREA, "", YUAN]
ROWS = lines(usual)
FIRST = [["岭东村2025年稻谷补贴清册"], list(HEAD)]


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(2, 5), summed=st.booleans(), titled=st.booleans())
def test_a_list_goes_on_in_the_next_sheet(cut, summed, titled):
    """The header stands on the first page only: the next sheet's rows are read under it, its sum is of both."""
    more = [["岭东村2025年稻谷补贴清册（续）"]] * titled + ROWS[cut:] + [SUM] * summed
    reading = read_pages(Page("第1页", FIRST + ROWS[:cut]), Page("第2页", more))
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])
    assert {village for _, village in placed(reading)} == {"330590100201"}
    assert reading.declared_total_fen == (330916 if summed else None)


def test_a_next_sheet_may_be_another_villages():
    """A page without header whose sheet is named after a village is that village's."""
    reading = read_pages(Page("岭东村", FIRST + ROWS[:3]), Page("大岕口村", ROWS[3:]))
    assert [village for _, village in placed(reading)] == ["330590100201"] * 3 + ["330590100202"] * 3


UNREAD = {
    "a header of unknown words": [["大岕口村"], ["号数", "甲方", "乙方", "丙方"], [1, "赵四", "是", 100.5], [2, "孙五", "否", 20]],
    "other columns without a header": [["赵四", 10, 1314.2], ["孙五", 3.33, 437.63], ["周六", 7.2, 946.22]],
}  # fmt: skip


@pytest.mark.parametrize("story", UNREAD)
def test_people_in_a_sheet_are_never_dropped_silently(story):
    """A visible sheet that names people and figures and was not read is an error of that sheet."""
    reading = read_pages(Page("岭东村", FIRST + ROWS), Page("另表", UNREAD[story]))
    assert [(one.code, one.sheet) for one in reading.findings if one.level == "error"] == [
        ("SHEET_NOT_READ", "另表")
    ]


@pytest.mark.parametrize("over", [[], [["号数", "甲方", "乙方", "丙方", "丁方"]]])
def test_people_above_the_first_header_are_never_dropped_silently(over):
    """Lines that name people and figures over the first header are on no list: the sheet says so."""
    reading = read_pages(Page("岭东村", [*over, *ROWS[:3], list(HEAD), *ROWS[3:]]))
    assert [(one.code, one.sheet) for one in reading.findings if one.level == "error"] == [
        ("SHEET_NOT_READ", "岭东村")
    ]


def test_a_next_sheet_may_begin_with_somebody_whose_amount_nobody_knows():
    """待核 in the first line of a page without header is no title: he is read as the others are."""
    more = [["", ROWS[0][1], "", "", "待核"], *ROWS[1:]]
    reading = read_pages(Page("第1页", FIRST + ROWS), Page("第2页", more))
    assert ("AMOUNT_UNREADABLE", 1) in alarms(reading)
    assert [name for name, _ in payouts(reading)] == [name for name, _ in TRUTH] * 2


HARMLESS = {
    "instructions": [["填表说明"], ["1、姓名必须与身份证一致"], ["2、面积保留两位小数"]],
    "villages and their codes": [["村名", "代码"], ["岭东村", 330590100201], ["大岕口村", 330590100202]],
    "villages by their short names": [["双浒", "向阳", 1200.5], ["竹垓", "向阳", 33.2]],
    "crops and their rates": [["作物", "代码"], ["水稻", 86.5], ["小麦", 60], ["高粱", 30], ["玉米", 131.42]],
    "who to call": [["姓名", "职务", "电话"], ["张三", "主任", 14001234567], ["李四", "会计", 14001234568]],
    "who signed": [["王一", "签字"], ["李二", "签字"], ["张三", "签字"]],
    "the cover": [["苕安县2025年稻谷补贴"], ["2025年6月"], ["经办人：张三", "电话：0572-5000001"]],
    "how old they are": [["姓名", "年龄"], ["张三", 61], ["李四", 70]],
    "how many they are": [["户主", "人口"], ["王一", 3], ["李二", 4], ["张三", 2]],
    "nothing": [],
}  # fmt: skip


@pytest.mark.parametrize("story", HARMLESS)
def test_a_sheet_that_lists_nobody_alarms_nobody(story):
    """Instructions, code lists, contacts, covers and signatures beside a list are no lists."""
    reading = read_pages(Page("岭东村", FIRST + ROWS + [SUM]), Page("另表", HARMLESS[story]))
    assert (payouts(reading), alarms(reading), reading.verdict) == (TRUTH, [], Verdict.OK)


def test_an_example_is_nobodys_payout():
    """张三（样例） on a sheet of instructions is set aside with a note; in a list the line is left out."""
    example = [["姓名", "面积", "金额"], ["张三（样例）", 1, 100]]
    reading = read_pages(
        Page("填表说明", example),
        Page("岭东村", [*FIRST, [0, "张三（示例）", 1, 131.42, 131.42], *ROWS, SUM]),
    )
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])
    assert ("EXAMPLE_SHEET_SKIPPED", None) in notes(reading)


CURRENT = [
    "岭东村稻谷补贴清册（苕财农〔2024〕12号）",
    "岭东村补发2024年稻谷补贴清册",
    "岭东村2024年度结转资金清册",
    "岭东村稻谷补贴（苕农发(2024)3号）",
]


@pytest.mark.parametrize("title", CURRENT)
def test_an_old_year_in_a_title_need_not_make_an_old_sheet(title):
    """A document's number, and what is paid now for the year before, are of this year."""
    pages = [
        Page("一", [["大岕口村2025年稻谷补贴清册"], list(HEAD), *ROWS[:3]]),
        Page("二", [[title], list(HEAD), *ROWS[3:]]),
    ]
    assert (payouts(read_pages(*pages)), alarms(read_pages(*pages))) == (TRUTH, [])


def test_last_years_sheet_stays_aside():
    """A sheet of 2024 beside one of 2025 is told and not counted."""
    pages = [
        Page("2025", [["岭东村2025年稻谷补贴清册"], list(HEAD), *ROWS[:3]]),
        Page("2024", [["岭东村2024年稻谷补贴清册（苕财农〔2024〕12号）"], list(HEAD), *ROWS[3:]]),
    ]
    reading = read_pages(*pages)
    assert (payouts(reading), alarms(reading)) == (TRUTH[:3], [])
    assert ("OLD_YEAR_SHEET_SKIPPED", None) in notes(reading)
