"""Who is not to be paid, who stands twice, whose account it is: faults over every layout, and what is lawful."""

import io
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from boards.model.payouts import PayStatus
from boards.model.privacy import identifiers
from sync.county.gazetteer import villages_from_csv
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from sync.county.roster.rows.name_faults import names_in
from tests.roster.county_clerk import Clerk
from tests.roster.county_files import VILLAGES, Page, as_xls, as_xlsx
from tests.roster.county_generator import LAYOUTS, county_file
from tests.roster.county_markup import as_html, as_spreadsheetml
from tests.roster.county_tables import AREA, HEAD, YUAN, alarms, lines, notes, read, usual
from tests.roster.people_faults import (
    EXCLUDED,
    HARMLESS,
    NAMED,
    card,
    place,
    remarked,
    same_person,
    two_of,
    with_cards,
)

DATA = Path(__file__).parent / "data"
FORMS = {"xlsx": as_xlsx, "xls": as_xls, "html": as_html, "spreadsheetml": as_spreadsheetml}
PACE = settings(max_examples=3, deadline=None)
seeds = st.integers(0, 10**9)

TRIED = {
    "x15_行高为零.xlsx": {("HIDDEN_ROWS", 5, None), ("HIDDEN_COLUMN_PRIVATE", None, "C")},
    "x18b_删除线行_合计未改.xlsx": {("STRUCK_OUT", 5, "B")},
    "x25_备注说不发.xlsx": {("EXCLUDED_BY_WORDS", row, "G") for row in (4, 5, 7)},
    "y05_姓名格里有话.xlsx": {
        ("PROXY_IN_NAME", 4, "B"),
        ("MORE_THAN_ONE_NAME", 5, "B"),
        ("EXCLUDED_BY_WORDS", 6, "B"),
        ("MORE_THAN_ONE_NAME", 7, "B"),
    },
    "h60_信用代码校验.xlsx": {
        ("CREDIT_CODE_CHECK", 4, "D"),
        ("CREDIT_CODE_CHECK", 5, "D"),
        ("CREDIT_CODE_LENGTH", 6, "D"),
    },
    "h64_同证两村.xlsx": {("ID_TWICE", 9, "G")},
    "h67_一卡多人.xlsx": {("ACCOUNT_OF_SEVERAL", 6, "D"), ("ACCOUNT_OF_SEVERAL", 7, "D")},
    "y17_外部链接.xlsx": set(),
}


@pytest.mark.parametrize("name", TRIED)
def test_a_file_that_was_tried_is_judged_rightly(name):
    """Each is told where its fault stands, and nothing else of it is."""
    known = villages_from_csv((DATA / "villages.csv").read_bytes())
    reading = read_roster(name, (DATA / "people" / name).read_bytes(), known)
    told = {(one.code, one.row, one.column) for one in reading.findings if one.level is not Level.NOTE}
    assert told == TRIED[name]
    assert reading.verdict is (Verdict.HOLD if TRIED[name] else Verdict.OK)


@pytest.mark.thorough
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
@PACE
@given(seed=seeds, how=st.sampled_from(["struck", "unseen", "flat"]))
def test_what_nobody_sees_or_is_struck_out_is_never_paid_silently(layout, form, how, seed):
    """Layouts × formats: a row that is hidden, of no height or struck out waits, wherever it stands."""
    file = county_file(seed, layout)
    page, at, _ = place(file)
    getattr(page, how).add(at)
    if form == "html" and len(file.pages) > 1:
        form = "spreadsheetml"  # a web page has one sheet
    reading = read_roster(file.name, FORMS[form](file.pages), VILLAGES)
    told = [one for one in reading.findings if one.level is not Level.NOTE]
    assert reading.verdict is Verdict.HOLD
    assert {one.code for one in told} == {"STRUCK_OUT" if how == "struck" else "HIDDEN_ROWS"}
    assert {one.row for one in told} == {at + 1}
    assert sum(row.payout.amount_fen for row in reading.rows) == file.truth.total


@pytest.mark.thorough
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=8, deadline=None)
@given(seed=seeds, said=st.sampled_from(EXCLUDED))
def test_a_row_whose_own_words_are_against_it_is_an_error(layout, seed, said):
    """A remark beside the table, under no header, is read too: the row must not be published."""
    file = county_file(seed, layout)
    page, at, _ = place(file)
    remarked(page, at, said)
    reading = read_roster(file.name, as_xlsx(file.pages), VILLAGES)
    told = {(one.code, one.level, one.row) for one in reading.findings if one.level is not Level.NOTE}
    assert told == {("EXCLUDED_BY_WORDS", Level.ERROR, at + 1)}
    assert {(row.sheet, row.row) for row in reading.rows if row.faulty} == {(page.name, at + 1)}


@pytest.mark.thorough
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=8, deadline=None)
@given(seed=seeds, said=st.sampled_from(HARMLESS))
def test_a_remark_that_excludes_nobody_is_no_alarm(layout, seed, said):
    """Others' deaths, parts of an area, other years, cards and flows of land: nothing to hold back."""
    file = county_file(seed, layout)
    page, at, _ = place(file)
    remarked(page, at, said)
    assert alarms(read_roster(file.name, as_xlsx(file.pages), VILLAGES)) == []


@pytest.mark.parametrize("said", [*EXCLUDED, *HARMLESS])
def test_remarks_are_read_under_their_header(said):
    """The same in a column 备注, and under 签字 or 停发原因."""
    for head in ("备注", "领款人签字", "原因"):
        rows = [[*row, ""] for row in lines(usual)]
        rows[2][-1] = said
        told = alarms(read(["岭东村2025年"], [*HEAD, head], *rows))
        assert told == ([("EXCLUDED_BY_WORDS", 5)] if said in EXCLUDED else [])


def test_a_class_of_households_is_no_word_against_a_row():
    """脱贫户类型 “退出” says who they are; the same under 备注 says that they gave up."""
    rows = [[*row, "退出"] for row in lines(usual)]
    assert alarms(read(["岭东村2025年"], [*HEAD, "户类型"], *rows)) == []
    assert {code for code, _ in alarms(read(["岭东村2025年"], [*HEAD, "备注"], *rows))} == {
        "EXCLUDED_BY_WORDS"
    }


def test_a_hidden_column_of_masked_ids_hides_nothing_that_counts():
    """Nobody is paid by it: a note. A hidden column of amounts waits (test_roster_beside)."""
    rows = [[*row, "330590********0013"] for row in lines(usual)]
    book = openpyxl.load_workbook(
        io.BytesIO(as_xlsx([Page("岭东村", [["2025年"], [*HEAD, "身份证号"], *rows])]))
    )
    book.active.column_dimensions["F"].hidden = True
    out = io.BytesIO()
    book.save(out)
    reading = read_roster("x", out.getvalue(), VILLAGES)
    assert (alarms(reading), ("HIDDEN_COLUMN", None) in notes(reading)) == ([], True)


def test_who_is_not_paid_may_say_why():
    """Beside 0 yuan, or a state that is not paid, the words only explain; in a list of the dead they do not exclude."""
    rows = [[*row, ""] for row in lines(usual)]
    rows[2][2], rows[2][-2], rows[2][-1] = 0, 0, "已死亡"
    assert alarms(read(["2025年"], [*HEAD, "备注"], *rows)) == []
    stopped = read(
        ["2025年"],
        ["姓名", "金额", "状态", "备注"],
        ["王一", 100, "已停发", "死亡"],
        ["李二", 50, "已支付", ""],
    )
    assert alarms(stopped) == []
    assert (
        alarms(
            read(["2025年丧葬补助"], ["姓名", "金额", "备注"], ["王一", 100, "死亡"], ["李二", 50, "死亡"])
        )
        == []
    )


@pytest.mark.parametrize("state", ["不发", "不发放", "缓发", "放弃", "死亡", "重复", "没有发放", "已停发"])
def test_a_state_that_says_no_is_never_read_as_paid(state):
    """“不发” holds the word 发: it is no payment all the same."""
    reading = read(
        ["岭东村2025年"], ["姓名", "金额", "发放状态"], ["王一", 100, "已发放"], ["李二", 50, state]
    )
    assert [row.status for row in reading.rows] == [
        PayStatus.PAID,
        PayStatus.APPLIED if state == "没有发放" else PayStatus.STOPPED,
    ]
    assert alarms(reading) == []


def test_an_applicant_who_withdrew_is_told():
    """A list without amounts would hang his name all the same."""
    rows = lines(lambda n, name, mu, yuan: [n, name, mu, "本人放弃" if n == 3 else ""])
    reading = read(["岭东村2025年稻谷补贴申报公示"], ["序号", "户主", "面积（亩）", "备注"], *rows)
    assert alarms(reading) == [("EXCLUDED_BY_WORDS", 5)]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=6, deadline=None)
@given(seed=seeds, said=st.sampled_from(sorted(NAMED)))
def test_words_in_a_name_s_cell_are_told(layout, seed, said):
    """已故, 代领 and second holders: at the name, in every layout."""
    file = county_file(seed, layout)
    page, at, column = place(file, people=True)
    assume(names_in(f"{page.rows[at][column]}、李小毛"))
    assume(said != " 李小毛" or not page.rows[at][column][2:].endswith("村"))  # 石垟村 李小毛 may be a place
    page.rows[at][column] += said
    reading = read_roster(file.name, as_xlsx(file.pages), VILLAGES)
    found = {(one.code, one.sheet, one.row) for one in reading.findings if one.level is not Level.NOTE}
    assert found == {(NAMED[said], page.name, at + 1)}


@pytest.mark.parametrize(
    "name",
    ["王 秀英", "欧阳 文华", "欧阳和平", "诸葛和平", "阿依古丽 买买提", "王建国（大）", "王建国（一组）", "岭东村 一组", "绿源和美家庭农场", "麻树根户"],
)  # fmt: skip
def test_one_person_s_name_is_one(name):
    """Spaces of typists, double surnames, 和 in a name, nicknames and bodies are no second holder."""
    rows = lines(usual)
    rows[2][1] = name
    assert alarms(read(["岭东村2025年"], HEAD, *rows)) == []


def clerks_sheet(seed: int, *needed: str):
    """The table of the next clerk who has these columns."""
    while not set(needed) <= set((clerk := Clerk(seed)).columns):
        seed += 1
    return clerk.sheet()


def reading_of(sheet):
    return read_roster(sheet.file, as_xlsx([sheet.page]), VILLAGES)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_one_id_with_another_amount_or_village_waits(seed):
    """Whoever stands on a list again is told at the second row, also from another village."""
    sheet = clerks_sheet(seed, "id")
    first, second = two_of(sheet, seed)
    same_person(sheet, first, second)
    found = reading_of(sheet)
    assert [(one.code, one.level, one.row) for one in found.findings if one.level is not Level.NOTE] == [
        ("ID_TWICE", Level.WARNING, second.row)
    ]


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_one_card_for_several_people_waits(seed):
    """Everybody after the first is told; the same where the accounts are passbooks without a check digit."""
    sheet = clerks_sheet(seed, "bank_account")
    if seed % 2:
        with_cards(sheet)
    first, second = two_of(sheet, seed)
    second.cells[sheet.at("bank_account")] = first.cells[sheet.at("bank_account")]
    assert alarms(reading_of(sheet)) == [("ACCOUNT_OF_SEVERAL", second.row)]


@pytest.mark.thorough
@settings(max_examples=20, deadline=None)
@given(seed=seeds, digit=st.integers(0, 15))
def test_a_wrong_digit_of_a_card_is_the_odd_one_out(seed, digit):
    """Where all other accounts pass the check of bank cards; a list of passbooks is never asked for it."""
    sheet = clerks_sheet(seed, "bank_account")
    assert alarms(reading_of(sheet)) == []
    assume(len(sheet.payees) > 4)
    with_cards(sheet)
    assert alarms(reading_of(sheet)) == []
    payee, at = sheet.payees[seed % len(sheet.payees)], sheet.at("bank_account")
    number = payee.cells[at]
    payee.cells[at] = number[:digit] + str((int(number[digit]) + 1) % 10) + number[digit + 1 :]
    assert alarms(reading_of(sheet)) == [("ACCOUNT_CHECK_DIGIT", payee.row)]


def resident(number: int) -> str:
    body = f"33059019500101{number:03d}"
    return body + identifiers.id_check_digit(body)


IDS = [resident(n) for n in range(1, 7)]
SHARING = {
    "户号": ("户号", ["1", "2", "1", "3", "4", "5"]),
    "relations": ("与户主关系", ["本人", "本人", "妻", "本人", "本人", "本人"]),
    "a remark": ("备注", ["", "", "与王一夫妻", "", "", ""]),
    "a payee": ("收款人姓名", ["王一", "李二", "王一", "赵四", "孙五", "周六"]),
}


@pytest.mark.parametrize("story", SHARING)
def test_a_card_of_a_family_is_lawful(story):
    """One 户号, a declared relation, or one payee for several: nobody is accused. Without that they are."""
    head, said = SHARING[story]
    rows = lines(lambda n, name, mu, yuan: [n, name, IDS[n - 1], card(n), yuan, said[n - 1]])
    rows[2][3] = rows[0][3]
    columns = ["序号", "姓名", "身份证号", "银行卡号", "金额"]
    assert alarms(read(["岭东村2025年"], [*columns, head], *rows)) == []
    assert alarms(read(["岭东村2025年"], columns, *[row[:-1] for row in rows])) == [("ACCOUNT_OF_SEVERAL", 5)]


def test_groups_of_one_village_may_share_its_account():
    """Bodies are no people: three groups are paid through their cooperative's account."""
    rows = lines(lambda n, name, mu, yuan: [n, f"岭东村第{n}村民小组", card(1 if n < 4 else n), yuan])
    assert alarms(read(["岭东村2025年"], ["序号", "补贴对象", "账号", "金额"], *rows)) == []


APART = {
    "plots": ("地块名称", ["上畈", "下畈"]),
    "items": ("作物", ["早稻", "晚稻"]),
    "beneficiaries": ("享受人", ["王大", "王小"]),
    "rates": ("补贴标准（元/亩）", [100, 120]),
    "days": ("发放日期", ["2025-06-01", "2025-09-01"]),
    "states": ("支付状态", ["支付失败", "已支付"]),
}


@pytest.mark.parametrize("story", APART)
def test_rows_of_one_person_that_differ_in_more_than_the_amount_are_lawful(story):
    """Plots, items, beneficiaries, rates, days: a second row has its reason. Without one it waits."""
    head, (one, other) = APART[story]
    rows = lines(lambda n, name, mu, yuan: [n, name, IDS[n - 1], yuan, one])
    rows[3][1:3], rows[3][4] = rows[0][1:3], other
    columns = ["序号", "户主姓名", "户主身份证号", "金额"]
    assert ("ID_TWICE", 6) not in alarms(read(["岭东村2025年"], [*columns, head], *rows))
    assert alarms(read(["岭东村2025年"], columns, *[row[:-1] for row in rows])) == [("ID_TWICE", 6)]


def test_one_person_on_a_sheet_for_each_village():
    """Sheets by village: the second village's row waits. Sheets by crop, each with the whole village: lawful."""

    def page(name, title, number):
        rows = lines(lambda n, who, mu, yuan: [n, who, IDS[n - 1], mu, yuan])
        head = ["序号", "姓名", "身份证号", "面积（亩）", "金额（元）"]
        return Page(
            name,
            [
                [title],
                head,
                *([number + cell if at == 4 else cell for at, cell in enumerate(row)] for row in rows[:3]),
            ],
        )

    apart = [page("岭东村", "岭东村2025年稻谷补贴", 0), page("大岕口村", "大岕口村2025年稻谷补贴", 5)]
    crops = [page("稻谷", "岭东村2025年稻谷补贴", 0), page("小麦", "岭东村2025年小麦补贴", 5)]
    assert Counter(alarms(read_roster("x", as_xlsx(crops), VILLAGES))) == {}
    apart[1].rows[3:] = [[9, "钱七", resident(7), 1, 9], [10, "冯九", resident(8), 1, 9]]
    assert alarms(read_roster("x", as_xlsx(apart), VILLAGES)) == [("ID_TWICE", 3)]


def credit_code(number: int) -> str:
    body = f"9333059056{number:06d}A"
    return next(
        one for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if identifiers.is_credit_code(one := body + last)
    )


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (lambda code: code, None),
        (str.lower, None),
        (lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), "CREDIT_CODE_CHECK"),
        (lambda code: code[:10] + "I" + code[11:], "CREDIT_CODE_CHECK"),
        (lambda code: code[:-1], "CREDIT_CODE_LENGTH"),
        (lambda code: code + "1", "CREDIT_CODE_LENGTH"),
        (lambda code: "办理中", None),
        (lambda code: "330590196" + "0010110", "ID_LENGTH"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", ["统一社会信用代码", "身份证号/统一社会信用代码"])
def test_the_code_of_an_organisation_is_checked(head, spoilt, code):
    """GB 32100: eighteen places without I, O, S, V, Z, the last of them a check; the row keeps its kind."""
    rows = lines(lambda n, name, mu, yuan: [n, f"{name}家庭农场", credit_code(n), yuan])
    rows[2][2] = spoilt(rows[2][2])
    reading = read(["岭东村2025年"], ["序号", "经营主体", head, "金额（元）"], *rows)
    assert alarms(reading) == ([(code, 5)] if code else [])
    assert all(one.level is Level.ERROR for one in reading.findings if one.code == code)


@pytest.mark.parametrize("number", ["33059019500101004X0", "3305901950010100", "330590195001010040X1"])
def test_an_id_of_another_length_is_an_error_in_a_list_of_one(number):
    """Nobody stands beside it to show what the column is: its digits do, also around an X."""
    reading = read(["岭东村2025年"], ["序号", "姓名", "身份证号", "金额"], [1, "王一", number, 9])
    assert alarms(reading) == [("ID_LENGTH", 3)]


def test_an_old_id_waits():
    """Fifteen digits cannot be checked: a warning at the cell."""
    rows = lines(lambda n, name, mu, yuan: [n, name, IDS[n - 1], yuan])
    rows[2][2] = "330590600101123"
    assert alarms(read(["2025年"], ["序号", "姓名", "身份证号", "金额"], *rows)) == [("ID_15_DIGITS", 5)]


def test_a_note_tells_nobody_s_second_row():
    """A list by plots: nothing is said at all."""
    rows = [row for n in range(6) for row in ([2 * n, f"王{'一二三四五六'[n]}", IDS[n], n + 1], [2 * n + 1, f"王{'一二三四五六'[n]}", IDS[n], n + 9])]  # fmt: skip
    reading = read(["岭东村2025年"], ["序号", "姓名", "身份证号", "金额"], *rows)
    assert not {code for code, _ in notes(reading)} & {"ID_TWICE"}
    assert alarms(reading) == []


@pytest.mark.parametrize("name", ["陶村 李小毛", "许村 李小毛", "王小明 李小毛", "黄祥村和李小毛"])
def test_a_name_that_ends_like_a_village_is_a_name(name):
    """陶村 is somebody's name: the second one after it is told as after any other."""
    assert names_in(name) == "marks"


@pytest.mark.parametrize("head", ["是否享受", "是否符合条件", "是否领取补贴"])
def test_a_column_that_asks_is_answered(head):
    """否 beside an amount is against the row; 是 is not, and what sort of household it is says nothing."""
    rows = [[*row, "否" if at == 2 else "是"] for at, row in enumerate(lines(usual))]
    assert alarms(read(["岭东村2025年"], [*HEAD, head], *rows)) == [("EXCLUDED_BY_WORDS", 5)]
    assert alarms(read(["岭东村2025年"], [*HEAD, "是否脱贫户"], *rows)) == []


def test_a_note_under_the_list_is_heeded():
    """“注：李二已死亡，不予发放” waits at his row; deaths that name nobody, and names without them, do not."""
    for note, told in (
        ("注：李二已死亡，不予发放。", [("EXCLUDED_BY_NOTE", 4)]),
        ("注：死亡人员已核减。", []),
        ("制表：李二", []),
    ):
        rows = [["岭东村2025年补贴清册"], HEAD, *lines(usual), ["合计", "", AREA, "", YUAN], [note]]
        assert alarms(read(*rows)) == told
