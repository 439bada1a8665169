"""What a clerk says of a column is heard wherever a header is looked for, and of no payee's line."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.cli import county_command as county
from sync.county.formats.grid import column_letter
from sync.county.intake.check import read_roster
from sync.county.reading import Verdict
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx
from tests.roster.county_tables import HOMES, TRUTH, alarms, payouts, read, read_pages

STRANGE = ("某甲", "某乙", "某丙", "某丁", "某戊", "某己", "某庚")
TITLES = ("岭东村2025年补贴清册", "岭东村二组")
OVER = (
    ["填报单位：岭东村", "", "", "单位：元"],
    ["岭东村", "", "", "2025年度"],
    ["", "", "", "制表人：钱七"],
)
MEANINGS = {"amount": "amount", "name": "name", "mu": "quantity"}


def of_home(home, kind: str):
    """The cell of one household in a column of this kind."""
    number, name, mu, yuan = home
    return {"number": number, "group": "一组", "name": name, "mu": mu, "amount": yuan}.get(kind, "略")


@st.composite
def strange_lists(draw):
    """Rows of a list whose words nobody knows, and where its columns stand."""
    kinds = draw(st.permutations(["name", "mu", "amount", *draw(st.sets(st.sampled_from(["x", "y", "z"])))]))
    kinds = [*draw(st.sampled_from([[], ["number"], ["group"]])), *kinds]
    over = draw(st.lists(st.sampled_from([[title] for title in TITLES] + [*OVER]), max_size=3))
    rows = [*over, STRANGE[: len(kinds)], *([of_home(home, kind) for kind in kinds] for home in HOMES)]
    return rows, {kind: column_letter(at) for at, kind in enumerate(kinds)}


@pytest.mark.thorough
@settings(max_examples=120, deadline=None)
@given(
    strange_lists(),
    st.sets(st.sampled_from(["name", "mu"])),
    st.sampled_from([lambda page: as_xlsx([page]), lambda page: as_csv([page], "utf-8")]),
)
def test_one_word_of_the_clerk_is_enough_under_any_header(made, also, written):
    """Whatever else stands over it and beside it, a list is read once the clerk says where its amounts are."""
    rows, letters = made
    said = {letters[kind]: MEANINGS[kind] for kind in ("amount", *sorted(also))}
    reading = read_roster(
        "岭东村", written(Page("岭东村", [list(row) for row in rows])), VILLAGES, columns=said
    )
    assert payouts(reading) == TRUTH


@pytest.mark.parametrize(
    "over",
    [
        ["填报单位：岭东村", "", "", "单位：元"],
        ["岭东村", "", "", "2025年度"],
        ["填报单位：岭东村", "制表人：钱七", "日期：十月", "单位：元"],
    ],
)
def test_a_line_over_the_clerks_columns_is_no_header(over):
    """单位：元 stands over the very columns the clerk names; the row with more words is the header."""
    head = ["某甲", "某乙", "某丙", "某丁"]
    rows = [[name, mu, "略", yuan] for _, name, mu, yuan in HOMES]
    assert payouts(read(over, head, *rows, columns={"A": "name", "D": "amount"})) == TRUTH


@pytest.mark.thorough
def test_a_strange_header_is_read_by_the_command(tmp_path):
    """`county check --map D=amount` reads what it refuses without."""
    file = tmp_path / "名册.csv"
    rows = [
        STRANGE[:4],
        *([of_home(home, kind) for kind in ("group", "name", "x", "amount")] for home in HOMES),
    ]
    file.write_bytes(as_csv([Page("", [list(row) for row in rows])], "utf-8"))
    said = [
        json.loads(CliRunner().invoke(county, ["check", str(file), "--json", *flags]).stdout)
        for flags in ((), ("--map", "D=amount"), ("--map", "B=name"))
    ]
    assert [one["rows"] for one in said] == [0, len(TRUTH), len(TRUTH)]
    assert said[1]["sum_fen"] == said[2]["sum_fen"] == sum(fen for _, fen in TRUTH)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("村民组", "户主", "面积（亩）", "金额（元）"), STRANGE[:4]]),
    st.integers(1, 5),
    st.sampled_from([("未测", "未定"), ("", "待核"), ("约二亩", "无数")]),
    st.sets(st.sampled_from(["A=group", "C=quantity"])),
)
def test_a_payee_without_figures_is_no_header(head, at, words, also):
    """A line of words alone stays somebody's, whatever the clerk says of its columns: nobody is lost."""
    rows = [["一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    rows[at][2:] = words
    said = dict(one.split("=") for one in ("B=name", "D=amount", *also))
    reading = read(["岭东村2025年补贴清册"], head, *rows, columns=said)
    assert [name for name, _ in payouts(reading)] == [name for name, _ in TRUTH]
    assert ("AMOUNT_UNREADABLE", at + 3) in alarms(reading)
    assert reading.verdict is Verdict.HOLD


def test_the_header_of_the_next_page_is_the_same_one():
    """Printed again in the same words it is a header again, and no line of the list."""
    rows = [["一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    head = STRANGE[:4]
    said = {"B": "name", "D": "amount"}
    reading = read(head, *rows[:3], ["岭东村清册（续）"], head, *rows[3:], columns=said)
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


@pytest.mark.parametrize(
    "again",
    [["某甲", "某乙", "某丙", "某丁（元）"], ["某甲", "某乙", "", "某丁"], ["组", "姓名", "某丙", "某丁"]],
)
def test_the_header_of_the_next_page_says_much_the_same(again):
    """A word more or less over page two is no payee's line."""
    rows = [["一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    said = {"B": "name", "D": "amount"}
    reading = read(STRANGE[:4], *rows[:3], ["岭东村清册（续）"], again, *rows[3:], columns=said)
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


@pytest.mark.parametrize("said", [{"F": "ignore"}, {"E": "remark"}, {"E": "remark", "F": "ignore"}])
def test_a_column_that_stays_empty_for_long_makes_nobody_a_header(said):
    """Nothing stands over it nor in it until a payee without an amount has a word there: he is not lost."""
    rows = [["一组", name, mu, yuan, "", ""] for _, name, mu, yuan in HOMES]
    rows[3][2:] = ["未测", "", "暂缓", "迁出"]
    reading = read(("村民组", "户主", "面积（亩）", "金额（元）"), *rows, columns=said)
    assert [name for name, _ in payouts(reading)] == [name for name, _ in TRUTH]
    assert reading.verdict is Verdict.HOLD


@pytest.mark.parametrize("under", [["岭东村一组"], []])
def test_a_heading_under_the_header_makes_nobody_a_header(under):
    """The amounts have no word and begin a line later: whoever has none yet is not lost."""
    rows = [[number, "一组", name, yuan] for number, name, _, yuan in HOMES]
    rows[3][0], rows[3][3] = "", "待核"
    reading = read(("序号", "村民组", "户主"), under, *rows, columns={"D": "amount"})
    assert [name for name, _ in payouts(reading)] == [name for name, _ in TRUTH]
    assert reading.verdict is Verdict.HOLD


def test_a_header_soon_below_hides_none_above_it():
    """Three payees stand between two headers, of which words alone tell the second: they are read, too."""
    rows = [["一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    known = ["村民组", "户主", "面积（亩）", "金额（元）"]
    assert payouts(read(STRANGE[:4], *rows[:3], known, *rows[3:], columns={"D": "amount"})) == TRUTH


def test_known_words_over_the_clerks_columns_are_a_header():
    """The first payee has words alone, and one more than the header: he is no header, nor that a title."""
    rows = [["一组", "略", mu, yuan, name] for _, name, mu, yuan in HOMES]
    rows[0][2:4] = ["未测", "见附件"]
    said = {"C": "quantity", "D": "amount", "E": "name"}
    reading = read(["村民组", "", "面积（亩）", "金额（元）", "户主"], *rows, columns=said)
    assert [name for name, _ in payouts(reading)] == [name for name, _ in TRUTH]
    assert alarms(reading) == [("AMOUNT_UNREADABLE", 2)]


def test_a_small_table_above_takes_no_word_from_the_list():
    """What the clerk says of columns that only the list has is said of the list."""
    rows = [["", "", "一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    above = [["村", "户数", "面积"], ["岭东村", 6, Decimal("25.18")], []]
    reading = read(*above, ["", "", *STRANGE[:4]], *rows, columns={"D": "name", "F": "amount"})
    assert payouts(reading) == TRUTH


def test_a_column_without_a_word_is_what_the_clerk_says():
    """Nothing stands over the amounts: they are amounts because the clerk says so, and the report says that."""
    rows = [[number, name, mu, yuan] for number, name, mu, yuan in HOMES]
    reading = read(["序号", "姓名", "面积（亩）"], *rows, columns={"D": "amount"})
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])
    assert "列D是补贴金额：经办人指定" in [one.message for one in reading.findings]


def test_a_second_line_of_the_header_is_heard():
    """Group words above and strange ones below: the clerk's name merged down, the clerk's amount below."""
    rows = [["一组", name, mu, yuan] for _, name, mu, yuan in HOMES]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)]
    for said in (
        {"D": "amount"},
        {"B": "name"},
        {"B": "name", "D": "amount"},
        {"B": "name", "C": "quantity"},
    ):
        heads = ["某甲", "某乙", "情况", ""], ["", "", "某丙", "某丁（元）"]
        reading = read(*heads, *rows, merges=merges, columns=said)
        assert payouts(reading) == TRUTH, said


def test_a_sheet_that_goes_on_is_heard_for_itself():
    """`续!C=ignore` and `续!D=amount` are of the second sheet, which has no header of its own."""
    first, second = Page("明细"), Page("续")
    first.add("序号", "姓名", "金额（元）", "数")
    for number, name, _, yuan in HOMES[:3]:
        first.add(number, name, yuan, 7)
    for number, name, _, yuan in HOMES[3:]:
        second.add(number, name, 7, yuan)
    said = {"续!C": "ignore", "续!D": "amount"}
    reading = read_roster("岭东村", as_xlsx([first, second]), VILLAGES, columns=said)
    assert payouts(reading) == TRUTH
    assert payouts(read_pages(first, second)) == [*TRUTH[:3], *((name, 700) for name, _ in TRUTH[3:])]


def test_a_next_sheet_may_be_left_without_a_name():
    """`续!B=amount` takes the name away from a sheet that has no other: it is not read, and that is said."""
    first, second = Page("明细"), Page("续")
    first.add("序号", "姓名", "金额（元）")
    for number, name, _, yuan in HOMES[:3]:
        first.add(number, name, yuan)
    for number, name, _, yuan in HOMES[3:]:
        second.add(number, yuan, name)
    reading = read_roster("岭东村", as_xlsx([first, second]), VILLAGES, columns={"续!B": "amount"})
    assert (payouts(reading), alarms(reading)) == (TRUTH[:3], [("SHEET_NOT_READ", None)])
