"""Tables within a printed notice: heads, totals, figures under each other, long cells."""

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from boards.sheets.land.notice_text import Table
from printouts.fonts import Role
from printouts.notice_sheet import composed
from printouts.paper import Text, left_mm
from tests.paper.paper_notices import notice_of, said, written
from tests.paper.paper_village import AT, BASE, BlockShelf


def drawn(sheet):
    return composed(sheet, BlockShelf(), printed_at=AT, base_url=BASE)


@given(st.integers(1, 80), st.booleans())
@settings(max_examples=10)
def test_a_long_table_repeats_its_head_and_keeps_its_total_company(count, headed):
    """Each page with rows has the head above them once; the total stands under at least one row."""
    rows = tuple((f"第{n}村", "区片综合补偿", f"{n}.50") for n in range(1, count + 1))
    head = ("村", "补偿项目", "金额（元）") if headed else ()
    drawing, _, _ = drawn(notice_of(Table(head=head, rows=rows, total=("合计", "9.50"))))
    printed = [re.findall(r"第(\d+)村", said(page)) for page in drawing.pages]
    assert [int(n) for page in printed for n in page] == list(range(1, count + 1))
    for page, numbers in zip(drawing.pages, printed, strict=True):
        assert said(page).count("补偿项目") == (bool(numbers) and headed)
        assert "合计" not in said(page) or numbers


def test_figures_of_a_column_stand_with_their_points_under_each_other():
    """However many decimals were published, the points are in one line, the total's too."""
    rows = (("竹垓村", "1.2036"), ("中坞村", "0.441"), ("岭东村", "12"))
    drawing, plan, _ = drawn(notice_of(Table(rows=rows, total=("合计", "13.6446"))))
    points = set()
    for mark in drawing.pages[0]:
        if isinstance(mark, Text) and re.fullmatch(r"[0-9.]+", mark.text):
            whole = plan.width_mm(mark.role, mark.text.partition(".")[0], mark.size_pt)
            points.add(round(left_mm(plan, mark) + whole, 3))
    assert len(points) == 1


def test_a_cell_longer_than_a_page_goes_on_below():
    """Not one character of an endless remark is lost or printed outside the page."""
    long = "补偿" * 4000
    drawing, _, _ = drawn(notice_of(Table(rows=(("竹垓村", long, "1.5"), ("中坞村", "短", "2.5")))))
    assert "".join(map(said, drawing.pages)).count("补偿") >= 4000
    assert len(drawing.pages) > 3


def test_the_words_of_a_cell_keep_their_spaces():
    """A cell of Latin words is broken at its spaces and loses none inside a line."""
    words = "Grain dryer 5HXG 150 with batch circulation and one more long word " * 2
    drawing, _, _ = drawn(notice_of(Table(rows=((words.strip(), "1.5"), ("短", "2.5")))))
    assert "5HXG 150" in "|".join(mark.text for mark in written(drawing.pages[0]))


def test_a_wide_table_becomes_smaller_before_it_becomes_tall():
    """Seven columns with long names: no row takes more than three lines, no figure is broken."""
    row = (
        "竹垓村",
        "竹垓乡竹垓村股份经济合作社",
        "区片综合补偿（建设用地、未利用地）",
        "1.308亩×29000元/亩",
        "37932.00",
    )
    table = Table(
        head=("村", "权利人", "补偿项目", "计算依据", "应付（元）", "备注"), rows=((*row, "含青苗"),) * 3
    )
    drawing, _, _ = drawn(notice_of(table))
    cells = [mark for mark in written(drawing.pages[0]) if mark.size_pt < 13 and mark.role is Role.BODY]
    by_column = Counter(round(mark.x) for mark in cells)
    assert max(by_column.values()) <= 9
    assert min(mark.size_pt for mark in cells) >= 9
    assert [mark.text for mark in cells].count("37932.00") == 3


def test_a_table_becomes_a_little_smaller_before_its_rows_take_two_lines():
    """Where 10.5 pt lets every row stand on one line, no row is broken; where it does not, print stays large."""
    row = ("竹垓村", "区片综合补偿（建设用地、未利用地）", "1.308亩×29000元/亩", "37932.00")
    table = Table(head=("村", "补偿项目", "计算依据", "金额（元）"), rows=(row,) * 4)
    cells = [mark for mark in written(drawn(notice_of(table))[0].pages[0]) if mark.text in row]
    assert len(cells) == 16
    assert {10.5 <= mark.size_pt < 12 for mark in cells} == {True}
    longer = Table(head=table.head, rows=((row[0], row[1] * 2, *row[2:]),) * 4)
    cells = [mark for mark in written(drawn(notice_of(longer))[0].pages[0]) if mark.text in row]
    assert min(mark.size_pt for mark in cells) >= 10
