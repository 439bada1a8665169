"""A summary sheet beside the rows it sums: amounts, households, areas, and places that only one of them has."""

from decimal import Decimal

import pytest

from boards.model.place import Village
from tests.roster.county_files import Page, as_xlsx
from tests.roster.county_tables import HEAD, HOMES, alarms, lines, read_roster, usual

SUMMARY_HEAD = ["序号", "村", "户数", "面积（亩）", "金额（元）"]
PLACES = ("岭东村", "大岕口村", "石垟村", "上溇村", "前坑村")
VILLAGES = tuple(
    Village(code=f"33059010{town}20{number}", name=name, town=named, county="苕安县")
    for town, named, names in ((0, "梅坞镇", PLACES), (1, "双浒镇", ("桥南村", "横塘村")))
    for number, name in enumerate(names, 1)
)


def details(village: str, homes=HOMES) -> Page:
    return Page(village, [[f"梅坞镇{village}2025年稻谷补贴清册"], list(HEAD), *lines(usual, homes)])


def summed(village: str, homes=HOMES) -> list:
    area, yuan = (sum(one[at] for one in homes) for at in (2, 3))
    return [1, village, len(homes), Decimal(area), Decimal(yuan)]


def summary(*rows: list) -> Page:
    return Page("汇总", [["苕安县2025年稻谷补贴汇总表"], SUMMARY_HEAD, *map(list, rows)])


def found(*rows: list, pages=()) -> list[tuple[str, int | None]]:
    beside = [*(pages or map(details, PLACES[:2]))]
    return alarms(read_roster("名册.xlsx", as_xlsx([summary(*rows), *beside]), VILLAGES))


SOUND = [summed(village) for village in PLACES[:2]]


def changed(at: int, by) -> list[list]:
    first, second = [*SOUND[0]], SOUND[1]
    first[at] += by
    return [first, second]


def test_a_summary_that_agrees_is_quiet():
    """Villages, households, areas and amounts equal."""
    assert found(*SOUND) == []


@pytest.mark.parametrize(
    ("at", "code"), [(2, "SUMMARY_HOUSEHOLDS"), (3, "SUMMARY_AREA"), (4, "SUMMARY_MISMATCH")]
)
def test_a_figure_that_differs_is_told_at_its_line(at, code):
    """Households and areas too, where another line shows that both mean the same."""
    assert found(*changed(at, 4)) == [(code, 3)]


@pytest.mark.parametrize("at", [2, 3])
def test_a_column_that_never_agrees_is_another_thing(at):
    """人口 for 户数 or 承包面积 for 补贴面积 in every line: nobody is accused."""
    assert found(*([*row[:at], row[at] + 4, *row[at + 1 :]] for row in SOUND)) == []


def test_a_household_with_several_lines_is_one():
    """Rows, names or numbers: whatever the summary counts by."""
    again = (*HOMES, (7, *HOMES[0][1:]))
    rows = [summed("岭东村", again), summed("大岕口村")]
    rows[0][2] = 6
    assert found(*rows, pages=[details("岭东村", again), details("大岕口村")]) == [("DUPLICATE_ROW", 9)]


def test_a_village_on_one_side_only_is_told():
    """In both directions, where the totals differ."""
    assert found(SOUND[0]) == [("ROWS_WITHOUT_SUMMARY", None)]
    assert found(*SOUND, summed("石垟村")) == [("SUMMARY_WITHOUT_ROWS", 5)]


def test_a_countys_summary_beside_one_towns_rows_is_no_fault():
    """Most places of the summary have their rows elsewhere."""
    elsewhere = [summed(name) for name in ("石垟村", "上溇村", "前坑村", "桥南村", "横塘村")]
    assert found(*SOUND, *elsewhere) == []
    assert found(*SOUND, *elsewhere[3:]) == []


def test_a_total_alone_sums_all_rows():
    """A summary of one line is held to the whole file."""
    both = [["合计", "", 12, *(one + other for one, other in zip(SOUND[0][3:], SOUND[1][3:], strict=True))]]
    assert found(*both) == []
    both[0][4] += 5
    assert found(*both) == [("SUMMARY_MISMATCH", 3)]
