"""What is left of a village's year: a row for each list, and one for the county's figures of the year."""

import csv
from datetime import date
from io import StringIO

import pytest
from msgspec.structs import replace

from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from boards.model.payouts import Control
from boards.sheets.checklist import (
    COLUMNS,
    Colour,
    OfList,
    OfYear,
    checklist,
    checklist_table,
    days_told,
    reconciled,
)
from boards.sheets.spreadsheet import as_csv
from tests.village import CODE, PACK

DECEMBER, JANUARY = date(2025, 12, 1), date(2026, 1, 1)
DONE = OfList(
    programme="farmland_fertility",
    programme_name="耕地地力保护补贴",
    period_no="2025-01",
    batch="b1",
    edition=2,
    sum_fen=40868,
    reconciled=True,
    printed=True,
    archived=True,
)
ANNUAL = Annual(
    village=CODE,
    year=2025,
    edition=1,
    rows=(
        AnnualRow(
            programme="farmland_fertility",
            programme_name="耕地地力保护补贴",
            households=1,
            sum_fen=40868,
            batches=(AnnualBatch(batch="b1", edition=2, period_no="2025-01", sum_fen=40868),),
        ),
    ),
    sum_fen=40868,
    decided_on=date(2025, 12, 5),
)
CLOSED = OfYear(year=2025, annual=ANNUAL, holds=True, printed=True, archived=True)


def test_a_year_is_green_when_nothing_is_left():
    """Everything published, agreed, printed, summed and kept: green, and nothing to do."""
    found = checklist([DONE], CLOSED, DECEMBER)
    assert found.colour is Colour.GREEN
    assert [row.left for row in found.rows] == [(), ()]
    assert found.rows[1].marks == ("是", "是", "是", "是", "是", "—", "—", "—")
    assert found.words == "绿（齐全）：2 项里 2 项齐全"


@pytest.mark.parametrize("unknown", ["printed", "archived"])
def test_the_county_says_of_what_it_knows_that_it_is_done(unknown):
    """Whether a list was printed and kept only its village knows: green there is 县里齐全, in words and table."""
    found = checklist([replace(DONE, **{unknown: None})], replace(CLOSED, **{unknown: None}), JANUARY)
    assert found.colour is Colour.GREEN
    assert found.words == "绿（县里齐全）：2 项里 2 项县里齐全"
    rows = list(
        csv.reader(StringIO(as_csv(checklist_table([(PACK.villages[0], found)])).decode("utf-8-sig")))
    )
    assert [row[rows[0].index("含义")] for row in rows[1:]] == ["县里齐全"] * 2
    here = checklist([replace(DONE, **{unknown: False})], CLOSED, JANUARY)
    assert here.words == "红（有误或逾期）：2 项里 1 项齐全，已逾期 1 天"


def test_posting_photos_and_answers_are_not_recorded_yet():
    """Their columns are there, empty, and make no village yellow."""
    (row,) = checklist([DONE], CLOSED, DECEMBER).rows[1:]
    assert (row.posted, row.photographed, row.answered) == (None, None, None)
    assert len(row.marks) == len(COLUMNS)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"printed": False}, "还没有打印"),
        ({"archived": False}, "还没有存档"),
        ({"batch": ""}, "没有发放名单"),
        ({"edition": 3}, "年度汇总里没有这一版"),
        ({"sum_fen": 1}, "年度汇总里没有这一版"),
    ],
)
def test_what_is_left_is_yellow_until_its_day_is_over(changed, what):
    """The last day is 31 December; from 1 January the same is red. It says what to do."""
    left = [replace(DONE, **changed)]
    for day, colour in ((date(2025, 12, 31), Colour.AMBER), (JANUARY, Colour.RED)):
        found = checklist(left, CLOSED, day)
        rows = [row for row in found.rows if row.colour is not Colour.GREEN]
        assert found.colour is colour
        assert any(one.startswith(what) and "：" in one for row in rows for one in row.left)


def test_a_wrong_sum_is_red_at_once():
    """A list that is not the county's total, and figures of the year that hold no more, wait for no day."""
    wrong = checklist([replace(DONE, reconciled=False)], CLOSED, DECEMBER)
    assert wrong.rows[1].colour is Colour.RED
    assert "408.68元，与县级发放总额不一致" in wrong.rows[1].left[0]
    assert checklist([DONE], replace(CLOSED, holds=False), DECEMBER).rows[0].colour is Colour.RED


def test_what_nobody_knows_is_neither_done_nor_left():
    """Without a total of the county, without a register, before the year is closed: —, and no colour for it."""
    bare = replace(DONE, reconciled=None, printed=None, archived=None)
    found = checklist([bare], OfYear(year=2025), DECEMBER)
    assert found.rows[1].marks[1:5] == ("—", "—", "—", "—")
    assert found.rows[1].colour is Colour.GREEN
    assert found.rows[0].colour is Colour.AMBER
    assert found.rows[0].left == ("县里还没有核定本年度汇总：请县里办理 county close-year",)


def test_a_list_that_the_year_sums_and_that_is_not_there_is_told():
    """The county's figures name it, no board has it: it stands in the checklist as not published."""
    found = checklist([], CLOSED, DECEMBER)
    assert [(row.programme, row.period_no, row.published) for row in found.rows[1:]] == [
        ("farmland_fertility", "2025-01", False)
    ]


def test_a_year_without_payments_is_done_when_the_county_says_so():
    """A village that received nothing is green with the county's word, and yellow without it."""
    nothing = replace(ANNUAL, rows=(), sum_fen=0)
    assert checklist([], replace(CLOSED, annual=nothing), DECEMBER).colour is Colour.GREEN
    assert checklist([], OfYear(year=2025), DECEMBER).colour is Colour.AMBER


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 12, 30), "离 12 月 31 日还有 1 天"),
        (date(2025, 12, 31), "今天是 12 月 31 日，最后一天"),
        (JANUARY, "已逾期 1 天"),
    ],
)
def test_the_days_that_are_left_are_counted_to_the_last_of_the_year(day, said):
    """31 December is the last day, not the first that is late."""
    found = checklist([], OfYear(year=2025), day)
    assert days_told(found.days_left) == said
    assert found.words.endswith(said)


def test_a_list_agrees_with_the_county_only_against_a_total_of_its_own():
    """No total, or lines that were taken down since: not known. The village's own total has to be equal."""
    own = Control(fen=100, scope="岭东村", source="支付文件")
    assert reconciled(None, "岭东村", 100, 0) is None
    assert reconciled(own, "岭东村", 100, 1) is None
    assert reconciled(own, "岭东村", 100, 0) is True
    assert reconciled(own, "岭东村", 99, 0) is False
    assert reconciled(replace(own, scope="梅坞镇"), "岭东村", 99, 0) is True


def test_the_checklist_as_a_table():
    """One line a row under one heading, with the village, the colour's word and what to do."""
    found = checklist([replace(DONE, printed=False)], CLOSED, DECEMBER)
    text = as_csv(checklist_table([(PACK.villages[0], found)])).decode("utf-8-sig")
    read = list(csv.reader(StringIO(text)))
    assert {len(row) for row in read} == {len(read[0])}
    assert read[2][:7] == ["苕安县", "梅坞镇", "岭东村", CODE, "2025", "耕地地力保护补贴", "2025-01"]
    assert read[2][-3:] == ["黄", "待办", "还没有打印：请运行 kiosk print 并张贴"]
