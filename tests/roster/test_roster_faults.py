"""One fault in a sound roster is found at its cell, at its level, and nowhere else."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from boards.model.privacy.identifiers import id_check_digit
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Page, as_xlsx, total
from tests.roster.strategies import lists

PACE = settings(max_examples=3, deadline=None)
FIRST = 2  # the first payee's row, zero-based
SEQ, TOWN, VILLAGE, GROUP, NAME, ID, AREA, RATE, AMOUNT, REMARK = range(10)


def resident(number: int, birth: str = "19580312") -> str:
    body = f"990523{birth}{number:03d}"
    return body + id_check_digit(body)


def sound(households, title="苕安县2025年稻谷补贴发放清册") -> Page:
    page = Page("明细")
    page.across(title, 10)
    page.add(
        "序号",
        "乡镇",
        "村",
        "组别",
        "姓名",
        "身份证号",
        "面积（亩）",
        "补贴标准（元/亩）",
        "补贴金额（元）",
        "备注",
    )
    for at, one in enumerate(households, 1):
        village = one.village
        page.add(
            at,
            village.town,
            village.name,
            one.group,
            one.name,
            resident(at),
            one.area,
            one.rate,
            one.yuan,
            "",
        )
    page.add("合计", "", "", "", "", "", "", "", total(households), "")
    return page


def put(column, value):
    def fault(row, _page):
        row[column] = value(row[column]) if callable(value) else value

    return fault


def keep_sum(column, value):
    """A fault in an amount that leaves the declared total what the rows now give."""

    def fault(row, page):
        before = row[column]
        row[column] = value(before)
        if isinstance(row[column], Decimal):
            page.rows[-1][AMOUNT] += row[column].quantize(Decimal("0.01")) - before

    return fault


def flip(identity):
    return identity[:-1] + ("0" if identity[-1] != "0" else "1")


# 0.0041237: with 0.004 the amount may be the very product that nobody rounded, which is another finding
FAULTS = {
    "ID_CHECKSUM": (Level.ERROR, ID, put(ID, flip)),
    "ID_BIRTHDATE": (Level.ERROR, ID, put(ID, resident(900, "19610230"))),
    "ID_LENGTH": (Level.ERROR, ID, put(ID, lambda text: text[:-2])),
    "ID_DIGITS_LOST": (Level.ERROR, ID, put(ID, 990523195803120000)),
    "ID_15_DIGITS": (Level.WARNING, ID, put(ID, "990523580312001")),
    "FULLWIDTH_DIGITS": (Level.NOTE, AMOUNT, put(AMOUNT, lambda yuan: str(yuan).translate(str.maketrans("0123456789", "０１２３４５６７８９")))),
    "NEGATIVE_AMOUNT": (Level.ERROR, AMOUNT, keep_sum(AMOUNT, lambda yuan: -yuan)),
    "AMOUNT_UNREADABLE": (Level.ERROR, AMOUNT, put(AMOUNT, "待定")),
    "AMOUNT_NOT_AREA_TIMES_RATE": (Level.WARNING, AMOUNT, keep_sum(AMOUNT, lambda yuan: yuan + 10)),
    "AMOUNT_MORE_THAN_2_DECIMALS": (Level.WARNING, AMOUNT, keep_sum(AMOUNT, lambda yuan: yuan + Decimal("0.0041237"))),
    "MISSING_NAME": (Level.ERROR, NAME, put(NAME, "")),
    "WHITESPACE_IN_NAME": (Level.NOTE, NAME, put(NAME, lambda name: f"\u3000{name[0]} {name[1:]}\u200b")),
    "NAME_CHARACTER_LOST": (Level.ERROR, NAME, put(NAME, lambda name: name[0] + "?")),
    "NAME_NOT_SHOWABLE": (Level.ERROR, NAME, put(NAME, lambda name: name[0] + "\ue123")),
    "VILLAGE_UNKNOWN": (Level.ERROR, VILLAGE, put(VILLAGE, "岭栋村")),
    "UNMASKED_PHONE_IN_TEXT": (Level.WARNING, REMARK, put(REMARK, "联系14001892892")),
    "UNMASKED_ID_IN_TEXT": (Level.WARNING, REMARK, put(REMARK, f"配偶{resident(901)}")),
    "SEQUENCE_GAP": (Level.NOTE, SEQ, put(SEQ, 5000)),
}  # fmt: skip


@pytest.mark.parametrize("code", FAULTS)
@PACE
@given(households=lists(most=12), data=st.data())
def test_a_fault_is_found_at_its_cell(code, households, data):
    """The one faulty cell is reported with its level; no other row is accused."""
    level, column, fault = FAULTS[code]
    page = sound(households)
    at = FIRST + data.draw(st.integers(1, len(households) - 1))
    fault(page.rows[at], page)
    reading = read_roster("x", as_xlsx([page]), VILLAGES)
    found = [one for one in reading.findings if one.code == code]
    assert (found[0].level, found[0].row, found[0].column) == (level, at + 1, "ABCDEFGHIJ"[column])
    alarms = {one.row for one in reading.findings if one.level is not Level.NOTE}
    assert alarms == ({at + 1} if level is not Level.NOTE else set())
    assert reading.verdict is (Verdict.OK if level is Level.NOTE else Verdict.HOLD)
    assert [row.row for row in reading.rows if row.faulty] == ([at + 1] if level is Level.ERROR else [])


@PACE
@given(lists(most=12))
def test_a_sound_roster_is_never_accused(households):
    """Whole IDs in a list that is not public, namesakes and equal areas are no findings."""
    reading = read_roster("x", as_xlsx([sound(households)]), VILLAGES)
    assert (reading.verdict, [one for one in reading.findings if one.level is not Level.NOTE]) == (
        Verdict.OK,
        [],
    )


@PACE
@given(lists(most=12), st.integers(1, 10**7))
def test_a_wrong_total_is_found(households, more):
    """A declared total that differs by any sum is an error at its own row."""
    page = sound(households)
    page.rows[-1][AMOUNT] += Decimal(more) / 100
    found = [one for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.level is Level.ERROR]
    assert [(one.code, one.row) for one in found] == [("TOTAL_MISMATCH", len(page.rows))]


@PACE
@given(lists(most=12))
def test_the_same_line_twice_is_found(households):
    """A repeated household is a warning at its second line; the two stay in the sum until a person decides."""
    page = sound(households)
    again = list(page.rows[FIRST])
    again[SEQ] = len(households) + 1
    page.rows.insert(-1, again)
    page.rows[-1][AMOUNT] += again[AMOUNT]
    alarms = [
        one for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.level is not Level.NOTE
    ]
    assert [(one.code, one.row) for one in alarms] == [("DUPLICATE_ROW", len(page.rows) - 1)]


@PACE
@given(lists(most=12))
def test_namesakes_are_not_duplicates(households):
    """Same name, village, group, area and amount with another ID is another person."""
    page = sound(households)
    twin = list(page.rows[FIRST])
    twin[SEQ], twin[ID] = len(households) + 1, resident(950)
    page.rows.insert(-1, twin)
    page.rows[-1][AMOUNT] += twin[AMOUNT]
    assert read_roster("x", as_xlsx([page]), VILLAGES).verdict is Verdict.OK


@PACE
@given(lists(most=12), st.data())
def test_a_name_merged_over_two_lines_is_an_error(households, data):
    """The second of two lines under one merged name has no payee anyone could know."""
    page = sound(households)
    at = FIRST + data.draw(st.integers(1, len(households) - 1))
    page.rows[at][NAME] = ""
    page.merges.append((at - 1, NAME, at, NAME))
    errors = [one for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.level is Level.ERROR]
    assert [(one.code, one.row, one.column) for one in errors] == [("MERGED_DATA_CELLS", at + 1, "E")]


@PACE
@given(lists(most=12))
def test_a_public_list_must_not_show_ids(households):
    """A file that calls itself 公示 and shows whole IDs must wait; one that masks them may go."""
    page = sound(households, title="苕安县2025年稻谷补贴公示表")
    codes = [
        one.code for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.level is Level.WARNING
    ]
    assert codes == ["PUBLISHED_FILE_HAS_UNMASKED_ID"]
    for row in page.rows[FIRST:-1]:
        row[ID] = row[ID][:6] + "********" + row[ID][-4:]
    assert read_roster("x", as_xlsx([page]), VILLAGES).verdict is Verdict.OK


def test_zero_rows_are_listed_households():
    """A household with area and amount 0 is a row of the list and no fault."""
    page = Page("明细")
    page.add("序号", "村", "姓名", "面积（亩）", "补贴金额（元）")
    for at, (area, yuan) in enumerate([(0, 0), (0, 0), (Decimal("1.5"), Decimal("150.5"))], 1):
        page.add(at, "岭东村", "王秀英", area, yuan)
    reading = read_roster("x", as_xlsx([page]), VILLAGES)
    assert [row.payout.amount_fen for row in reading.rows] == [0, 0, 15050]
    assert (reading.verdict, reading.declared_total_fen) == (Verdict.OK, None)


def test_a_namesake_village_needs_its_town():
    """向阳村 lies in two towns: without any word of the town the row cannot be placed."""
    page = Page("明细")
    page.add("序号", "村", "姓名", "面积（亩）", "补贴金额（元）")
    page.add(1, "向阳村", "王秀英", 1, 100)
    errors = [
        one.code for one in read_roster("x", as_xlsx([page]), VILLAGES).findings if one.level is Level.ERROR
    ]
    assert errors == ["VILLAGE_AMBIGUOUS"]
    assert read_roster("竹垓乡名册.xlsx", as_xlsx([page]), VILLAGES).rows[0].village == "330590200203"
