"""Amounts as offices write them: a unit in the cell, figures in boxes, words beside figures, one for several plots."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.money import in_words
from sync.county.roster.columns.digit_boxes import amount_in, run_of_boxes
from tests.roster.county_tables import AREA, HEAD, HOMES, TRUTH, YUAN, alarms, lines, payouts, read, usual

BOXES = ["十万", "万", "千", "百", "十", "元", "角", "分"]


def boxed(yuan_: Decimal) -> list:
    """An amount figure by figure, nothing before the first one."""
    figures = f"{int(yuan_ * 100):>{len(BOXES)}}"
    return ["" if one == " " else int(one) for one in figures]


def in_boxes(*rows, head=BOXES):
    top = ["序号", "户主姓名", "补贴金额", *[""] * (len(head) - 1)]
    merges = [(1, 2, 1, 1 + len(head)), (1, 0, 2, 0), (1, 1, 2, 1)]
    return read(["2025年补贴"], top, ["", "", *head], *rows, merges=merges)


def test_figures_in_boxes_are_one_amount():
    """千 百 十 元 角 分, one figure a cell: 488.72 and never 4 + 8 + 8 + 7 + 2; the total is boxed too."""
    rows = lines(lambda n, name, mu, yuan: [n, name, *boxed(yuan)])
    reading = in_boxes(*rows, ["合计", "", *boxed(YUAN)])
    assert (payouts(reading), reading.declared_total_fen, alarms(reading)) == (TRUTH, 330916, [])
    wrong = in_boxes(*rows, ["合计", "", *boxed(YUAN + 1)])
    assert alarms(wrong) == [("TOTAL_MISMATCH", 10)]


@pytest.mark.parametrize("cell", ["x", "8 8", "12", ""])
def test_a_box_with_anything_else_makes_the_amount_unreadable(cell):
    """A letter, two figures, or a gap in the middle: nobody guesses."""
    rows = lines(lambda n, name, mu, yuan: [n, name, *boxed(yuan)])
    rows[3][7] = cell
    assert ("AMOUNT_UNREADABLE", 7) in alarms(in_boxes(*rows))


def test_dashes_behind_the_point_and_the_signs_of_money_are_no_figures():
    """¥ before the first box, dashes for no jiao and no fen; 488 under 元 where there are no boxes before it."""
    assert amount_in(["¥", 4, "8", "8", "-", ""], 2) == "488.00"
    assert amount_in([488, 7, 2], 2) == "488.72"
    assert amount_in(["", "", "", ""], 2) == ""


@given(st.integers(0, 99_999_999))
def test_every_amount_comes_out_of_its_boxes(fen):
    """Leading boxes empty or 0, each figure in its place."""
    figures = f"{fen:08d}"
    assert Decimal(amount_in(list(map(int, figures)), 2)) * 100 == fen


@pytest.mark.parametrize(
    ("words", "count"),
    [(BOXES, 8), (["仟", "佰", "拾", "圆", "角", "分"], 6), (["千", "百", "十", "万", "千", "百", "十", "元", "角", "分"], 10),
     (["元", "角", "分", "签字"], 3), (["百", "十", "元"], 3), (["元", "角"], 0), (["千", "十", "元"], 0), (["角", "分"], 0), (["元", "元", "元"], 0)],
)  # fmt: skip
def test_what_is_a_run_of_boxes(words, count):
    """Places in their order down to 元, 角 or 分; anything else is columns of their own."""
    assert run_of_boxes(words) == count


@pytest.mark.parametrize(
    ("cell", "fen"), [("0.0197万元", 19700), ("197元", 19700), ("¥197.13元整", 19713), ("1970角", 19700), ("0.0197万", 19700)]
)  # fmt: skip
@pytest.mark.parametrize("unit", ["元", "万元"])
def test_a_unit_in_the_cell_governs_the_cell(cell, fen, unit):
    """Whatever the header says; the other cells keep the header's unit."""
    factor = 10_000 if unit == "万元" else 1
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan / factor])
    rows[0][2] = cell
    reading = read(["2025年补贴"], ["序号", "姓名", f"金额（{unit}）"], *rows)
    assert payouts(reading) == [("王一", fen), *TRUTH[1:]]


@pytest.mark.parametrize("cell", ["3亩", "2公顷"])
def test_a_unit_of_another_kind_is_no_amount(cell):
    """Mu in the column of yuan: unreadable, not three yuan."""
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan])
    rows[0][2] = cell
    assert ("AMOUNT_UNREADABLE", 3) in alarms(read(["2025年补贴"], ["序号", "姓名", "金额（元）"], *rows))


def test_an_area_with_its_unit():
    """0.1公顷 among mu is one and a half, 1亩 among hectares is one."""
    rows = lines(usual)
    rows[0][2] = "0.1公顷"
    assert alarms(read(["2025年补贴"], HEAD, *rows)) == []
    rows = lines(lambda n, name, mu, yuan: [n, name, mu / 15, yuan])
    rows[0][2] = "1.5亩"
    reading = read(["2025年补贴"], ["序号", "姓名", "面积（公顷）", "金额"], *rows)
    assert reading.rows[0].payout.quantity == Decimal("1.5")


@pytest.mark.parametrize("total", ["0.330916万元", "3309.16元"])
def test_a_total_with_its_unit_beside_a_total_of_areas(total):
    """合计 25.18 0.33万元 is no 250 million."""
    assert alarms(read(["补贴"], HEAD, *lines(usual), ["合计", "", AREA, "", total])) == []


WORDED = ["序号", "户主姓名", "补贴金额小写（元）", "补贴金额大写"]


def worded(seq: bool = True) -> list[list]:
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan, in_words(int(yuan * 100))])
    return rows if seq else [row[1:] for row in rows]


@pytest.mark.parametrize("seq", [True, False])
def test_words_beside_figures_are_held_against_them(seq):
    """Each line by itself: an error where they differ, a warning where the words cannot be read, at that cell."""
    head, rows, at = WORDED[not seq :], worded(seq), 2 + seq
    total = [*[""] * seq, "合计", YUAN, in_words(330916)]
    reading = read(["2025年补贴"], head, *rows, total)
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])
    rows[3][at] = in_words(131425)
    rows[1][at] = "叁百零二"
    told = alarms(read(["2025年补贴"], head, *rows, total))
    assert told == [("WORDS_UNREADABLE", 4), ("WORDS_MISMATCH", 6)]


def test_an_amount_that_stands_in_words_only():
    """Nobody wrote figures: the words are the amount."""
    rows = [[row[0], row[1], row[3]] for row in worded()]
    assert payouts(read(["2025年补贴"], ["序号", "户主姓名", "补贴金额（大写）"], *rows)) == TRUTH


PLOTS = ["序号", "户主姓名", "地块名称", "面积（亩）", "标准（元/亩）", "金额（元）"]


def plots(*more):
    rows = [[1, "王一", "门前", 1.2, 100, 320], ["", "", "后山", 2, 100, ""], [2, "李二", "河边", 3, 100, 300], [3, "张三", "长丘", 1.5, 100, 400],
            ["", "", "圩田", 1.5, 100, ""], ["", "", "山脚", 1, 100, ""]]  # fmt: skip
    merges = [(2, at, 3, at) for at in (0, 1, 5)] + [(5, at, 7, at) for at in (0, 1, 5)]
    return rows, merges


def test_several_plots_under_one_merged_amount_are_one_household():
    """The amount is the household's, areas add up and are held against it."""
    rows, merges = plots()
    reading = read(["2025年补贴"], PLOTS, *rows, ["合计", "", "", 10.2, "", 1020], merges=merges)
    assert payouts(reading) == [("王一", 32000), ("李二", 30000), ("张三", 40000)]
    assert [row.payout.quantity for row in reading.rows] == [Decimal("3.2"), Decimal(3), Decimal(4)]
    assert (reading.rows[0].payout.item, alarms(reading)) == ("门前、后山", [])
    rows[3][5] = 450
    assert ("AMOUNT_NOT_AREA_TIMES_RATE", 6) in alarms(read(["2025年补贴"], PLOTS, *rows, merges=merges))


def test_a_second_person_under_a_merged_amount_is_not_the_first():
    """Another name, or an ID of its own, in a line of the merge: whose the amount is cannot be told."""
    rows, merges = plots()
    merges.remove((2, 1, 3, 1))
    rows[1][1] = "王二"
    assert ("MERGED_DATA_CELLS", 4) in alarms(read(["2025年补贴"], PLOTS, *rows, merges=merges))
    rows, merges = plots()
    rows = [[*row, f"62999900001234567{at:02d}"] for at, row in enumerate(rows)]
    reading = read(["2025年补贴"], [*PLOTS, "银行卡号"], *rows, merges=merges)
    assert {("MERGED_DATA_CELLS", row) for row in (4, 7, 8)} <= set(alarms(reading))


MONTHS = ["序号", "姓名", "月标准（元）", "发放月数", "补发", "金额（元）"]


def test_months_and_what_is_made_up_for():
    """80 a month for two months and 80 made up are 240; 240 without it is not."""
    rows = [[n, name, 80, n + 1, "", 80 * (n + 1)] for n, name, *_ in HOMES]
    rows[2][4:] = [80, 400]
    assert alarms(read(["2025年补贴"], MONTHS, *rows)) == []
    rows[2][4] = 79
    assert alarms(read(["2025年补贴"], MONTHS, *rows)) == [("AMOUNT_NOT_AREA_TIMES_RATE", 5)]


def test_what_was_mended_is_told_by_column():
    """Text numbers, units, commas and spaces: a note per column with a count, nothing at the rows."""
    rows = lines(usual)
    rows[0][4], rows[1][4], rows[3][4] = "197.13元", " 302.27", "1,314.20"
    reading = read(["2025年补贴"], HEAD, *rows, ["合计", "", AREA, "", YUAN])
    (note,) = [one for one in reading.findings if one.code == "CELLS_MENDED"]
    assert (note.column, alarms(reading)) == ("E", [])
    assert {"文本数字3格", "带单位1格", "带空格1格", "带逗号1格"} <= set(
        note.message[:-1].split("：")[1].split("、")
    )


def test_text_numbers_are_named_as_the_cause_of_a_total_that_is_off():
    """The program's sum left them out: the difference is exactly theirs."""
    rows = lines(usual)
    rows[0][4], rows[1][4] = "197.13", "302.27"
    total = YUAN - Decimal("499.40")
    found = read(["2025年补贴"], HEAD, *rows, ["合计", "", AREA, "", total]).findings
    assert "正好是2格文本数字" in next(one.message for one in found if one.code == "TOTAL_MISMATCH")


def test_products_nobody_rounded_are_one_note():
    """408.680754654 is 3.27 × 124.9788302: one note with a count and the cent the total is off, no warning a row."""
    areas = [Decimal(n) / 100 for n in (327, 112, 998, 55, 731, 90)]
    rows = [
        [n, name, area, Decimal("124.9788302"), area * Decimal("124.9788302")]
        for (n, name, *_), area in zip(HOMES, areas, strict=True)
    ]
    reading = read(["2025年补贴"], HEAD, *rows)
    (note,) = [one for one in reading.findings if one.code == "AMOUNTS_UNROUNDED"]
    assert ("6行" in note.message, "相差" in note.message, alarms(reading)) == (True, True, [])
    rows[2][4] += Decimal("0.004")
    assert alarms(read(["2025年补贴"], HEAD, *rows)) == [("AMOUNT_MORE_THAN_2_DECIMALS", 5)]
