"""Who stands in a row: what an ID column may hold, who is too young to be listed, what comments give away."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from boards.model.findings import Level
from boards.model.privacy.identifiers import id_check_digit
from sync.county.publish import publisher
from tests.line.county_sim import NOW, batch
from tests.line.county_sim import county as founded
from tests.roster.county_files import VILLAGES, Page, as_xlsx
from tests.roster.county_tables import HEAD, YUAN, alarms, lines, notes, read, read_roster, usual

TODAY = date(2025, 11, 28)
WITH_ID = ["序号", "姓名", "身份证号", "面积", "金额"]


def resident(number: int, born: str = "19600102") -> str:
    body = f"330590{born}{number:03d}"
    return body + id_check_digit(body)


def identified(cell, at: int = 2) -> list[list]:
    rows = lines(lambda n, name, mu, yuan: [n, name, resident(n), mu, yuan])
    rows[at][2] = cell
    return rows


@pytest.mark.parametrize("cell", ["33059019690501370X1", "X07310509691095033", "张三", "苕安12345", "1234"])
def test_an_id_column_holds_ids(cell):
    """Anything that is no known document beside many whole IDs is an error at its cell."""
    assert alarms(read(["2025年"], WITH_ID, *identified(cell))) == [("ID_LENGTH", 5)]


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "无",
        "待补",
        "330590********0019",
        "N2330590MAPQB19N4T",
        "E12345678",
        "H0123456700",
        "同上",
        "村集体",
        "已故",
    ],
)
def test_other_documents_and_none_are_let_be(cell):
    """A mask, a credit code, a passport, a permit, or a word that says why there is none."""
    assert alarms(read(["2025年"], WITH_ID, *identified(cell))) == []


@given(st.sampled_from(["A12", "张三", "2025-3"]))
def test_a_column_of_something_else_is_not_judged(cell):
    """Where IDs are few the column may be any register's numbers."""
    rows = lines(lambda n, name, mu, yuan: [n, name, cell, mu, yuan])
    assert alarms(read(["2025年"], WITH_ID, *rows)) == []


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return founded(tmp_path_factory.mktemp("persons") / "c")


YOUNG = {
    "身份证号": (resident(3, "20150612"), [resident(n) for n in range(1, 7)]),
    "年龄": ("12岁", [60] * 6),
    "出生日期": ("2015-06-12", ["1960-01-02"] * 6),
    "出生年月": ("201506", ["196001"] * 6),
}


@pytest.mark.parametrize("head", YOUNG)
def test_a_minor_is_told_and_never_listed(own, head):
    """P5: by ID, age or birth; the clerk reads a note, the proposal leaves the row out (settled §33)."""
    young, others = YOUNG[head]
    rows = [[*row, others[at]] for at, row in enumerate(lines(usual))]
    rows[2][-1] = young
    reading = read(["岭东村2025年"], [*HEAD, head], *rows, ["合计", "", "", "", YUAN, ""], today=TODAY)
    assert (alarms(reading), ("MINOR_NOT_LISTED", 5) in notes(reading)) == ([], True)
    made = publisher.propose(own, reading, batch("5"), NOW)
    assert [(one.reason.value, one.count) for one in made.parts[0].left_out] == [("unlisted", 1)]


@pytest.mark.parametrize(("age", "told"), [(17, True), (18, False)])
def test_who_is_of_age_is_listed(age, told):
    """P5 ends with the eighteenth birthday."""
    rows = [[*row, 60] for row in lines(usual)]
    rows[2][-1] = age
    reading = read(["岭东村2025年"], [*HEAD, "年龄"], *rows, today=TODAY)
    assert (("MINOR_NOT_LISTED", 5) in notes(reading)) is told


def test_ages_nobody_filled_in_say_nothing():
    """A column of zeros does not take everybody off the list."""
    rows = [[*row, 0] for row in lines(usual)]
    assert {row.age for row in read(["2025年"], [*HEAD, "年龄"], *rows, today=TODAY).rows} == {None}


def commented(title: str, text: str):
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([Page("岭东村", [[title], list(HEAD), *lines(usual)])])))
    book.active["B4"].comment = Comment(text, "x")
    out = io.BytesIO()
    book.save(out)
    return read_roster("名册.xlsx", out.getvalue(), VILLAGES)


def test_a_comment_of_a_public_list_carries_no_number():
    """P16: an ID in a comment goes along with the file; its value is in no finding."""
    reading = commented("岭东村2025年稻谷补贴公示", f"身份证{resident(7)}")
    assert alarms(reading) == [("COMMENT_PRIVATE", 4)]
    assert not any(resident(7) in one.message for one in reading.findings)
    assert alarms(commented("岭东村2025年稻谷补贴公示", "已核实")) == []
    assert alarms(commented("岭东村2025年稻谷补贴清册", f"身份证{resident(7)}")) == []
    assert [one for one in reading.findings if one.level is Level.ERROR] == []
