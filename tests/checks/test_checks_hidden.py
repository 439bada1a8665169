"""P16: nothing hidden is silently counted, and nothing is silently dropped."""

import io

import openpyxl
import pytest

from boards.model.findings import Level
from boards.model.privacy.identifiers import id_check_digit
from sync.county.intake.check import read_roster
from tests.roster.county_files import VILLAGES, Page, as_xlsx

HEAD = ["序号", "姓名", "村", "面积", "金额"]
HIDDEN_ROW, HIDDEN_FEN = 5, 30000


def reading(total, column="", cells=None):
    """Four households, the third hidden, over a stated total; perhaps one column more, hidden too."""
    rows = [[n, name, "岭东村", n, n * 100] for n, name in enumerate(("王一", "李二", "张三", "赵四"), 1)]
    more = [[cell] for cell in cells or [""] * 4]
    lines = [one + other for one, other in zip(rows, more, strict=True)]
    page = Page("名册", [["2025年补贴清册"], [*HEAD, column], *lines, ["合计", "", "", "", total]])
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([page])))
    book.active.row_dimensions[HIDDEN_ROW].hidden = True
    book.active.column_dimensions["F"].hidden = bool(column)
    out = io.BytesIO()
    book.save(out)
    return read_roster("名册.xlsx", out.getvalue(), VILLAGES)


def said(found, *codes):
    return [
        (one.level, one.code, one.row or one.column or one.message)
        for one in found.findings
        if one.code in codes
    ]


@pytest.mark.parametrize(
    ("total", "counted", "how"),
    [(1000, True, "已计入"), (700, False, "没有计入"), (900, True, "已计入")],
    ids=["the total has it", "the total lacks it", "the total is wrong either way"],
)
def test_a_hidden_row_counts_unless_the_total_holds_only_without_it(total, counted, how):
    """Either way a person must confirm it."""
    found = reading(total)
    assert (HIDDEN_ROW in {row.row for row in found.rows}) is counted
    (told,) = [one for one in found.findings if one.code == "HIDDEN_ROWS"]
    assert (told.level, how in told.message, f"第{HIDDEN_ROW}行" in told.message) == (
        Level.WARNING,
        True,
        True,
    )
    assert told.row == HIDDEN_ROW
    assert bool(said(found, "TOTAL_MISMATCH")) is (total == 900)


def test_a_filtered_list_is_one_finding():
    """Up to a hundred hidden payees are told at their rows; more of them once, at the first, with their number."""
    for count, told in ((3, [3, 4, 5]), (101, [3])):
        rows = [[n, f"王{n:03}", "岭东村", n] for n in range(1, 120)]
        page = Page("名册", [["2025年补贴清册"], ["序号", "姓名", "村", "金额"], *rows])
        page.unseen = set(range(2, 2 + count))
        found = [
            one for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.code == "HIDDEN_ROWS"
        ]
        assert [one.row for one in found] == told
        assert (f"有{count}行" in found[0].message) is (count > 100)


def test_a_hidden_column_of_amounts_waits_though_others_are_paid():
    """The visible funds are paid; what the hidden 合计 says nobody sees."""
    rows = [[n, f"王{n}小", n * 60, n * 40, n * 100] for n in range(1, 7)]
    page = Page(
        "岭东村",
        [["2025年补贴清册"], ["序号", "姓名", "中央资金（元）", "县级资金（元）", "合计（元）"], *rows],
    )
    page.unseen_columns = {4}
    found = read_roster("x", as_xlsx([page]), VILLAGES)
    assert said(found, "HIDDEN_COLUMN") == [(Level.WARNING, "HIDDEN_COLUMN", "E")]


def test_a_hidden_column_is_told_and_one_with_ids_must_go():
    """Personal numbers in it are a warning; anything else is a note."""
    first17 = [f"99052319700101{n:03}" for n in range(4)]
    ids = [one + id_check_digit(one) for one in first17]
    codes = ("HIDDEN_COLUMN", "HIDDEN_COLUMN_PRIVATE")
    assert said(reading(1000, "附注", ids), *codes) == [(Level.WARNING, "HIDDEN_COLUMN_PRIVATE", "F")]
    assert said(reading(1000, "附注", ["甲"] * 4), *codes) == [(Level.NOTE, "HIDDEN_COLUMN", "F")]
