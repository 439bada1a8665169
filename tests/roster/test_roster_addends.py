"""Totals inside a row: its parts give them, or a person looks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.roster.county_tables import alarms, lines, read

MONEY, AREA = "PARTS_NOT_TOTAL", "AREA_PARTS_NOT_TOTAL"
LAYOUTS = {
    "funds": (["中央", "省级", "县级", "合计"], lambda n, yuan: [yuan, n, 0.5, yuan + n + Decimal("0.5")], MONEY),
    "seasons": (["早稻补贴", "晚稻补贴", "补贴合计"], lambda n, yuan: [yuan, n, yuan + n], MONEY),
    "months": (["1月", "2月", "3月", "合计"], lambda n, yuan: [yuan, yuan, n, 2 * yuan + n], MONEY),
    "of which": (["合计", "基础", "奖励"], lambda n, yuan: [yuan + n, yuan, n], MONEY),
    "net pay": (["应发金额", "扣款", "实发金额"], lambda n, yuan: [yuan, n, yuan - n], MONEY),
    "net pay first": (["实发金额", "扣款", "应发金额"], lambda n, yuan: [yuan - n, n, yuan], MONEY),
    "fields": (["水田（亩）", "旱地（亩）", "合计面积（亩）", "金额"], lambda n, yuan: [n, 0.5, n + 0.5, yuan], AREA),
    "left of": (["承包面积", "扣除面积", "补贴面积", "金额"], lambda n, yuan: [n + 1, 0.5, n + 0.5, yuan], AREA),
}  # fmt: skip


def table(layout: str) -> tuple[list[str], list[list], str, int]:
    """Header, lines, the code expected, and where the total stands."""
    head, shape, code = LAYOUTS[layout]
    rows = lines(lambda n, name, mu, yuan: [n, name, *shape(n, yuan)])
    places = {"of which": 0, "net pay first": 0, "fields": 2, "left of": 2}
    return ["序号", "姓名", *head], rows, code, 2 + places.get(layout, len(head) - 1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_row_whose_parts_do_not_give_its_total_is_held(layout):
    """R1 at row level: a warning at the total of that row, and at no other."""
    head, rows, code, at = table(layout)
    assert alarms(read(["2025年补贴"], head, *rows)) == []
    rows[3][at] = Decimal(str(rows[3][at])) + 7
    assert alarms(read(["2025年补贴"], head, *rows)) == [(code, 6)]


@pytest.mark.thorough
@given(st.sampled_from([*LAYOUTS]), st.lists(st.integers(0, 5), min_size=3, max_size=6, unique=True))
def test_columns_that_are_no_parts_accuse_nobody(layout, wrong):
    """Where half of the rows or more do not add up, the columns mean something else."""
    head, rows, _, at = table(layout)
    for place in wrong:
        rows[place][at] = Decimal(str(rows[place][at])) + 7 + place
    assert not {code for code, _ in alarms(read(["2025年补贴"], head, *rows))} & {MONEY, AREA}


def test_a_figure_outside_the_sum_explains_a_difference():
    """A supplement that only one row has, in a column of its own, is no mistake."""
    head = ["序号", "姓名", "补发", "备注", "中央补贴", "省级补贴", "补贴合计"]
    rows = lines(lambda n, name, mu, yuan: [n, name, "", "", yuan, n, yuan + n])
    rows[2][2], rows[2][-1] = 50, rows[2][-1] + 50
    assert alarms(read(["2025年补贴"], head, *rows)) == []


def test_what_was_paid_before_and_now_is_what_is_due():
    """应补 = 已预拨 + 本次: a row that got all of it once more is told, although the total agrees."""
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan + n, n, yuan])
    head = ["序号", "姓名", "应补金额", "已预拨金额", "本次发放金额"]
    assert alarms(read(["岭东村2025年补贴清算表"], head, *rows)) == []
    rows[2][4] += 3
    assert alarms(read(["岭东村2025年补贴清算表"], head, *rows)) == [("PARTS_NOT_TOTAL", 5)]


def test_the_sums_of_funds_come_to_the_sum_of_all():
    """A fund's column that is summed wrongly is told at its line, although the grand total agrees."""
    head = ["序号", "姓名", "中央资金", "省级资金", "合计"]
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan - n, n, yuan])
    whole = sum(row[4] for row in rows)
    for off, told in ((0, []), (1, [("PARTS_NOT_TOTAL", 9)])):
        found = read(["2025年补贴（单位：元）"], head, *rows, ["合计", "", whole - 21 + off, 21, whole])
        assert alarms(found) == told
    assert alarms(read(["2025年补贴（单位：元）"], head, *rows, ["合计", "", "", "", whole])) == []


@pytest.mark.parametrize("households", [2, 3, 4])
def test_funds_of_a_short_list_come_to_their_sum(households):
    """中央资金, 省级资金, 合计: the words say so, where there are too few rows to show it; one off is told."""
    for off in (0, 10):
        rows = [
            [n, f"王{'一二三四'[n - 1]}", 100 * n, 50, 100 * n + 50 + off * (n == 1)]
            for n in range(1, households + 1)
        ]
        total = ["合计", "", *(sum(row[at] for row in rows) for at in (2, 3, 4))]
        told = alarms(
            read(["岭东村2025年农机补贴"], ["序号", "姓名", "中央资金", "省级资金", "合计"], *rows, total)
        )
        assert told == [("PARTS_NOT_TOTAL", 3), ("PARTS_NOT_TOTAL", households + 3)][: 2 * bool(off)]
