"""What may be true and is odd, and numbers that lost or gained something on their way through a cell."""

import pytest

from boards.model.findings import Level
from boards.model.privacy.identifiers import id_check_digit
from tests.roster.county_files import as_csv
from tests.roster.county_tables import (
    HEAD,
    HOMES,
    VILLAGES,
    Page,
    alarms,
    lines,
    notes,
    payouts,
    read,
    read_roster,
    usual,
)


def resident(number: int) -> str:
    body = f"330590196{number % 10}0{number % 9 + 1}{number % 27 + 1:02d}{number:03d}"
    return body + id_check_digit(body)


WITH_ID = ["序号", "姓名", "身份证号", "面积", "金额"]


def identified() -> list[list]:
    return lines(lambda n, name, mu, yuan: [n, name, resident(n), mu, yuan])


def test_one_id_under_two_names():
    """An ID is one person's: the later line waits for a person to say whose."""
    rows = identified()
    rows[4][2] = rows[1][2]
    assert alarms(read(["2025年"], WITH_ID, *rows)) == [("ID_UNDER_TWO_NAMES", 7)]


def test_the_same_person_twice_with_another_amount():
    """A second line of one person waits until somebody says why it is right."""
    rows = identified()
    rows[4][1:3] = rows[1][1:3]
    assert alarms(read(["2025年"], WITH_ID, *rows)) == [("ID_TWICE", 7)]


def test_a_list_kept_by_plots_has_no_remarkable_lines():
    """Where everybody has several lines none of them is told."""
    rows = [row for row in identified() for row in (row, [row[0] + 6, *row[1:3], row[3] + 1, row[4] + 1])]
    assert not {code for code, _ in notes(read(["2025年"], WITH_ID, *rows))} & {"ID_TWICE", "DUPLICATE_ROW"}


def test_the_guardian_is_not_the_beneficiary():
    """户主's ID may stand on several lines with several 享受人."""
    head = ["户主姓名", "户主身份证号", "享受人", "金额"]
    rows = [["王一", resident(1), name, 100 + n] for n, name, *_ in HOMES]
    assert alarms(read(["2025年"], head, *rows)) == []


def test_an_area_unlike_its_neighbours():
    """850 亩 among fields of one to ten waits for a person, as its amount does."""
    rows = lines(usual) + lines(lambda n, name, mu, yuan: [n + 6, name[0] + "小" + name[1], mu, 131.42, yuan])
    rows[3][2], rows[3][4] = 850, 111707
    assert alarms(read(["2025年"], HEAD, *rows)) == [("QUANTITY_UNUSUAL", 6)]


def test_a_large_field_at_everybodys_rate_is_no_lost_point():
    """15 亩 among fields of 0.1 亩 earns more than a hundred times as much: its area says why."""
    rows = lines(lambda n, name, mu, yuan: [n, name, "0.1", 131.42, "13.14"])
    rows[0][2:] = ["15", 131.42, "1971.3"]
    assert alarms(read(["2025年"], HEAD, *rows)) == []
    without = [[*row[:3], row[4]] for row in rows]
    assert alarms(read(["2025年"], ["序号", "姓名", "面积（亩）", "金额（元）"], *without)) == []


@pytest.mark.parametrize(
    ("homes", "most"), [(HOMES[:3], 90_000), (HOMES[:5], 90_000), (HOMES[:1], 1_500_000)]
)
def test_an_amount_unlike_its_neighbours(homes, most):
    """A hundred times what the others have, or more than anybody is paid: three households show it, or one."""
    rows = lines(lambda n, name, mu, yuan: [n, name, yuan], homes)
    assert alarms(read(["2025年"], ["序号", "姓名", "金额（元）"], *rows)) == []
    rows[0][2] = most
    assert alarms(read(["2025年"], ["序号", "姓名", "金额（元）"], *rows)) == [("AMOUNT_UNUSUAL", 3)]


def test_an_organisation_is_no_household():
    """A cooperative beside households is held against its like, and 990 元 beside 5 元 against nobody."""
    rows = lines(lambda n, name, mu, yuan: [n, name, 5], HOMES[:5])
    rows += [[6, "桥南粮油专业合作社", 90_000], [7, "周六", 990]]
    assert alarms(read(["2025年"], ["序号", "姓名", "金额（元）"], *rows)) == []


def test_a_row_left_in_yuan_under_ten_thousands():
    """No rate is written: three farms agree on one, the fourth is ten thousand times beyond."""
    homes = [
        (1, "桥南家庭农场", 89.7, 1.0764),
        (2, "磻头合作社", 211.5, 2.538),
        (3, "横塘农场", 150, 18000),
        (4, "向阳合作社", 360, 4.32),
    ]
    told = alarms(read(["2025年"], ["序号", "姓名", "面积（亩）", "金额（万元）"], *homes))
    assert {("AMOUNT_NOT_AREA_TIMES_RATE", 5), ("AMOUNT_UNUSUAL", 5)} == set(told)


def test_who_was_stopped_is_not_paid():
    """An amount beside 已停发 is told; the state keeps it from being shown as paid."""
    reading = read(
        ["2025年"],
        ["姓名", "金额", "状态", "停发原因"],
        ["王一", 100, "已停发", "户口迁出"],
        ["李二", 0, "已停发", "死亡"],
    )
    assert (alarms(reading), ("STOPPED_WITH_AMOUNT", 3) in notes(reading)) == ([], True)


@pytest.mark.parametrize(
    ("cell", "code"),
    [(330590196001010000.0, "ID_DIGITS_LOST"), ("3.3059E+17", "ID_DIGITS_LOST"), ("3.30590196E+17", "ID_DIGITS_LOST"),
     (resident(3)[:17], "ID_LENGTH"), (resident(3) + "1", "ID_LENGTH"), ("O" + resident(3)[1:], "ID_LETTER"),
     (resident(3)[:6] + "l9" + resident(3)[8:], "ID_LETTER"), ("330590196002300176", "ID_CHECKSUM"), (resident(3)[:-1] + "O", "ID_LETTER")],
)  # fmt: skip
def test_an_id_that_was_spoilt(cell, code):
    """Digits lost in a numeric cell, one too few or too many, letters among them: an error at the cell."""
    rows = identified()
    rows[2][2] = cell
    errors = [one for one in read(["2025年"], WITH_ID, *rows).findings if one.level is Level.ERROR]
    assert [(one.row, one.column) for one in errors] == [(5, "C")]
    assert errors[0].code in {code, "ID_BIRTHDATE"}


@pytest.mark.parametrize("cell", ["", "无", "330590********0013", "3305**1960*******", "92330590MA2B1C3D4B"])
def test_an_id_cell_that_is_not_wrong(cell):
    """Empty, masked, or a right credit code: nothing to hold back."""
    rows = identified()
    rows[2][2] = cell
    assert alarms(read(["2025年"], WITH_ID, *rows)) == []


@pytest.mark.parametrize("cell", [6299990000123456786.0, "6.29999E+18"])
def test_an_account_that_lost_its_digits(cell):
    """A card number stored as a number is no card number any more."""
    rows = lines(lambda n, name, mu, yuan: [n, name, f"62999900001234567{n:02d}", yuan])
    rows[2][2] = cell
    assert alarms(read(["2025年"], ["序号", "姓名", "银行卡号", "金额"], *rows)) == [
        ("ACCOUNT_DIGITS_LOST", 5)
    ]


def test_a_public_list_with_ids_under_another_word():
    """A column headed 编码 that is full of IDs may not hang on a wall."""
    rows = lines(lambda n, name, mu, yuan: [n, name, resident(n), yuan])
    reading = read(["2025年补贴公示"], ["序号", "姓名", "编码", "金额"], *rows)
    assert alarms(reading) == [("PUBLISHED_FILE_HAS_UNMASKED_ID", None)]


@pytest.mark.parametrize("name", ["李?国", "陈□毛", "赵\ufffd宝", "张\ue001兰"])
def test_a_lost_character_is_an_error(name):
    """A box or question mark in a name is nobody's name."""
    rows = lines(usual)
    rows[2][1] = name
    errors = [one for one in read(["2025年"], HEAD, *rows).findings if one.level is Level.ERROR]
    assert [(one.row, one.column) for one in errors] == [(5, "B")]


def test_text_in_columns_of_spaces():
    """A .txt whose columns are aligned by spaces is read like a table."""
    page = Page(
        "x",
        [
            ["岭东村2025年补贴"],
            ["序号", "姓名", "面积", "金额"],
            *lines(lambda n, name, mu, yuan: [n, name, mu, yuan]),
        ],
    )
    text = as_csv([page], "utf-8").decode().replace(",", "   ")
    assert payouts(read_roster("x.txt", text.encode(), VILLAGES)) == [
        (home[1], int(home[3] * 100)) for home in HOMES
    ]


def test_amounts_that_are_all_nought():
    """Some programs write formulas with 0 for a result: a list that pays nobody waits for a person."""
    reading = read(
        ["2025年"], HEAD, *lines(lambda n, name, mu, yuan: [n, name, mu, 131.42, 0]), ["合计", "", "", "", 0]
    )
    assert alarms(reading) == [("ALL_AMOUNTS_ZERO", None)]


def test_whoever_has_more_land_has_more_money():
    """In the shortest list too: 119.6 亩 at the price of the others is no odd amount; at another price it is."""
    head = ["序号", "姓名", "面积（亩）", "金额（元）"]
    rows = [
        [1, "胡军洋", 119.6, 1562.13],
        [2, "胡涛", 1.04, 13.58],
        [3, "朱伟明", 0.33, 4.31],
        [4, "王一", 90.1, 1176.82],
    ]
    assert alarms(read(["岭东村2025年"], head, *rows[:3], [4, "王一", 90.1, ""])) == [
        ("AMOUNT_UNREADABLE", 6)
    ]
    rows[0][2] = 60
    assert ("AMOUNT_UNUSUAL", 3) in alarms(read(["岭东村2025年"], head, *rows[:3]))


def test_a_point_lost_among_equal_amounts():
    """Everybody has 900 yuan, one 90,000, and the total agrees: just a hundred times the others is told."""
    rows = [[n, name, 90000 if n == 3 else 900] for n, name, *_ in HOMES]
    read_as = read(["岭东村2025年农村低保金"], ["序号", "姓名", "金额（元）"], *rows, ["合计", "", 94500])
    assert alarms(read_as) == [("AMOUNT_UNUSUAL", 5)]
