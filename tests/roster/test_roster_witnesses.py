"""What a column is, by witnesses: each speaks under its condition only, one judge hears them, the report says why."""

import ast
import re
from decimal import Decimal
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.privacy.identifiers import id_check_digit
from sync.county.reading import Verdict
from sync.county.roster.columns import judge, thresholds
from sync.county.roster.columns.column import Column, Sample
from sync.county.roster.columns.evidence import Evidence
from sync.county.roster.columns.local import LOCAL
from sync.county.roster.columns.picked import PICKING
from sync.county.roster.columns.related import RELATED
from sync.county.roster.columns.thresholds import CELLS, CLERK, DOUBT, WEIGHED
from sync.county.roster.columns.units import Stated
from sync.county.roster.columns.words import ORDER, Role, What, plain
from tests.roster.county_tables import HEAD, HOMES, RATE, TRUTH, alarms, lines, payouts, read, usual

NAMES = [name for _, name, *_ in HOMES]
NUMBERS = [number for number, *_ in HOMES]
MU = [mu for *_, mu, _ in HOMES]
YUAN = [yuan for *_, yuan in HOMES]
WORDED = ["壹佰元整"] * 6
MORE = [yuan + number for number, *_, yuan in HOMES]
REST = [yuan - number for number, *_, yuan in HOMES]
LESS = [mu / 2 for mu in MU]
RATES, ONES = [RATE] * len(HOMES), [Decimal(1)] * len(HOMES)
_BORN = [f"33059019{year}0101001" for year in range(50, 50 + len(HOMES))]
IDS = [born + id_check_digit(born) for born in _BORN]
WAN = Stated(money=("万元", Decimal(10000)), rate=("亩", Decimal(10000)))


def table(*columns, **known) -> Sample:
    """Columns as (header, cells), a header with “/” over two levels, after all rounds of witnesses."""
    heads, cells = zip(*columns, strict=True)
    unjudged = tuple(Column(index, tuple(head.split("/"))) for index, head in enumerate(heads))
    rows = [
        [float(one) if isinstance(one, Decimal) else one for one in row] for row in zip(*cells, strict=True)
    ]
    sample = judge.among_others(judge.by_itself(Sample(columns=unjudged, rows=rows, **known)))
    return judge.judged(sample, PICKING)


def spoke(witness: str, sample: Sample) -> set[int]:
    """Columns a witness said something of; that no header word is known says nothing."""
    every = ((column.index, one) for column in sample.columns for one in column.evidence)
    return {at for at, one in every if one.by == witness and (one.what or one.unit or one.counts)}


PEOPLE, PAID = ("姓名", NAMES), ("金额", YUAN)
CONDITIONS = {
    "header_words": ({1}, [("甲", NUMBERS), ("补贴款", YUAN)], {}, [("甲", NUMBERS), ("给了多少", YUAN)], {}),
    "clerks_word": ({1}, [PEOPLE, PAID], {"given": {1: (What.RATE, Role.ANYONE)}}, [PEOPLE, PAID], {}),
    "names_in_cells": ({1}, [PAID, ("谁", NAMES)], {}, [PAID, ("谁", ["岭东村"] * 6)], {}),
    "only_in_words": ({1}, [PEOPLE, ("金额（大写）", WORDED)], {}, [PEOPLE, ("金额（大写）", WORDED), PAID], {}),
    "only_money": ({1}, [PEOPLE, ("给了多少", YUAN)], {}, [PEOPLE, ("给了多少", YUAN), ("八月", MORE)], {}),
    "header_unit": ({1}, [PEOPLE, ("金额（万元）", YUAN)], {}, [PEOPLE, PAID], {}),
    "unit_line": ({1}, [PEOPLE, PAID], {"units": WAN}, [PEOPLE, ("金额（元）", YUAN)], {"units": WAN}),
    "format_of_the_unit": ({1}, [PEOPLE, ("金额（万元）", YUAN)], {"formats": {1: "0!.0000"}}, [PEOPLE, PAID], {"formats": {1: "0!.0000"}}),
    "ids_in_cells": ({2}, [PEOPLE, PAID, ("号", IDS)], {}, [PEOPLE, PAID, ("号", NUMBERS)], {}),
    "groups_in_cells": ({2}, [PEOPLE, PAID, ("村组", ["1组"] * 6)], {}, [PEOPLE, PAID, ("村组", ["岭东村"] * 6)], {}),
    "product_of_factors": ({3}, [PEOPLE, ("面积", MU), ("标准", RATES), ("所得", YUAN)], {}, [PEOPLE, ("面积", MU), ("标准", RATES), ("所得", MORE)], {}),
    "sum_of_parts": ({3}, [PEOPLE, ("国补", REST), ("省补", NUMBERS), ("到手", YUAN)], {}, [PEOPLE, ("国补", REST), ("省补", NUMBERS), ("到手", MORE)], {}),
    "rate_in_yuan": ({2}, [PEOPLE, ("面积", MU), ("标准", RATES), ("金额（元）", YUAN)], {"units": WAN}, [PEOPLE, ("面积", MU), ("标准", RATES), ("金额（元）", MORE)], {"units": WAN}),
    "hidden_twin": ({2}, [PEOPLE, PAID, ("资金", MORE)], {"hidden": frozenset({2})}, [PEOPLE, PAID, ("面积", MU)], {"hidden": frozenset({2})}),
    "newest_year": ({1}, [PEOPLE, ("2024年金额", MORE), ("2025年金额", YUAN)], {}, [PEOPLE, ("2025年金额", MORE), ("2025年资金", YUAN)], {}),
    "paid_before": ({1}, [PEOPLE, ("已发金额", NUMBERS), ("金额", YUAN)], {}, [PEOPLE, ("已发金额", YUAN)], {}),
    "price_of_goods": ({2}, [PEOPLE, ("面积", MU), ("补贴款", RATES), ("资金", YUAN)], {}, [PEOPLE, ("面积", ONES), ("补贴款", YUAN), ("资金", YUAN)], {}),
    "before_deductions": ({1}, [PEOPLE, ("应发金额", MORE), ("扣款", NUMBERS), ("资金", YUAN)], {}, [PEOPLE, ("应发金额", MORE), ("扣款", MU), ("资金", YUAN)], {}),
    "same_value_twin": ({1}, [PEOPLE, PAID, ("资金", YUAN)], {}, [PEOPLE, ("中央资金", YUAN), ("省级资金", YUAN)], {}),
    "total_of_all": ({1, 2, 3}, [PEOPLE, ("国补", REST), ("省补", NUMBERS), ("县补", YUAN)], {}, [PEOPLE, ("国补", REST), ("省补", NUMBERS), ("县补", MORE)], {}),
    "total_of_parts": ({1, 2, 3}, [PEOPLE, ("早稻款", REST), ("晚稻款", NUMBERS), ("补贴款", YUAN), ("别的款", MU)], {}, [PEOPLE, ("早稻款", REST), ("晚稻款", NUMBERS), ("别的款", MU), ("补贴款", MORE)], {}),
    "rank_of_words": ({1}, [PEOPLE, ("应发金额", MORE), ("实发金额", YUAN)], {}, [PEOPLE, ("中央资金", MORE), ("省级资金", YUAN)], {}),
    "first_of_totals": ({2}, [PEOPLE, ("合计", MORE), ("总额", YUAN)], {}, [PEOPLE, ("中央资金", MORE), ("省级资金", YUAN)], {}),
    "of_one_programme": ({1, 3}, [PEOPLE, ("一/面积", MU), ("一/补贴款", YUAN), ("二/面积", LESS), ("二/补贴款", MORE), ("金额合计", [one * 3 for one in YUAN])], {}, [PEOPLE, ("一/面积", MU), ("一/补贴款", YUAN)], {}),
    "proven_by_factors": ({3}, [PEOPLE, ("面积", MU), ("标准", RATES), PAID], {}, [PEOPLE, ("面积", MU), ("标准", RATES), ("金额", MORE)], {}),
    "total_of_areas": ({1, 2, 3}, [PEOPLE, ("水田面积", LESS), ("旱地面积", LESS), ("种植面积", MU), ("金额", MORE)], {}, [PEOPLE, ("水田面积", LESS), ("旱地面积", NUMBERS), ("种植面积", MU), ("金额", MORE)], {}),
    "rest_of_area": ({3, 4}, [PEOPLE, ("承包面积", [mu + 1 for mu in MU]), ("扣除面积", ONES), ("种植面积", MU), ("申报面积", LESS), ("金额", MORE)], {}, [PEOPLE, ("承包面积", MU), ("扣除面积", ONES), ("种植面积", MU), ("申报面积", LESS), ("金额", MORE)], {}),
    "rank_of_factors": ({2}, [PEOPLE, ("核定面积", MU), ("申报面积", LESS), ("金额", MORE)], {}, [PEOPLE, ("水田面积", MU), ("旱地面积", LESS), ("金额", MORE)], {}),
}  # fmt: skip
"""Of each witness a table and the columns it speaks of, and a table it has nothing to say of."""


@pytest.mark.parametrize("witness", CONDITIONS)
def test_a_witness_speaks_under_its_condition_only(witness):
    """With the condition it speaks of just those columns; without it of none."""
    columns, story, known, other, known_of_other = CONDITIONS[witness]
    assert spoke(witness, table(*story, **known)) == columns
    assert spoke(witness, table(*other, **known_of_other)) == set()


def test_every_witness_is_held_by_a_story():
    """A new witness brings the table it speaks of, and one it does not."""
    assert [*CONDITIONS] == list(dict.fromkeys(one.__name__ for one in (*LOCAL, *RELATED, *PICKING)))


NO_JUDGEMENTS = {
    ("amounts", 100): "fen of a yuan",
    ("arithmetic", "0.01"): "a fen",
    ("arithmetic", "0.005"): "and half of one",
    ("clerk", 16): "letters of a digest",
    ("clerk", 40): "letters of what is told back",
    ("identity_numbers", 10): "the base of their digits",
    ("identity_numbers", 15): "digits of an ID of old, and of a cell's number",
    ("identity_numbers", 17): "digits of an ID before the last",
    ("identity_numbers", 18): "places of an ID, and of a credit code",
    ("picked", 3): "an area, what is taken off, and the rest",
    ("reader", 2000): "lines between two words on how far the reading is",
}
"""Numbers of the roster's rooms that follow from what they count."""

TABLES = {"words", "units", "thresholds"}
"""Files that are tables of numbers: weights of words, factors of units, thresholds."""


def judgements(path: Path) -> set[tuple[str, int | float | str]]:
    """The numbers that a file decides by: 0, 1, 2, places of cells and sizes of memories are none."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    spared = {id(node.slice) for node in nodes if isinstance(node, ast.Subscript)}
    spared |= {id(node.value) for node in nodes if isinstance(node, ast.keyword) and node.arg == "maxsize"}
    numbers = [node for node in nodes if isinstance(node, ast.Constant) and type(node.value) in {int, float}]
    decimals = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "Decimal"]
    numbers += [one for node in decimals for one in node.args if isinstance(one, ast.Constant)]
    return {(path.stem, one.value) for one in numbers if id(one) not in spared and one.value not in {0, 1, 2}}


def test_every_threshold_has_its_reason_in_one_place():
    """Rooms decide by thresholds.py only, where each has a sentence or stands under one, and none is unused."""
    folder = Path(thresholds.__file__).parents[1]
    files = [path for path in folder.rglob("*.py") if path.stem not in TABLES]
    assert set().union(*map(judgements, files)) == NO_JUDGEMENTS.keys()
    others = [path.read_text("utf-8") for path in files]
    body = ast.parse(Path(thresholds.__file__).read_text("utf-8")).body
    told = [later for earlier, later in pairwise(body) if isinstance(earlier, ast.Assign)]
    assert all(isinstance(one, ast.Expr) for one in told)
    names = [name for name in vars(thresholds) if name.isupper()]
    assert [name for name in names if not any(re.search(rf"\b{name}\b", text) for text in others)] == []


def test_a_threshold_in_another_file_is_found(tmp_path):
    """A share, a limit and a count of rows are seen; the place of a cell and the half of something are not."""
    file = tmp_path / "kinds.py"
    file.write_text(
        "few = lru_cache(maxsize=64)(len(rows) < 7 or share > 0.9 or rate > Decimal('0.3') or rows[:5])\n"
        "half = count * 2 > len(rows[4])\n"
    )
    assert judgements(file) == {("kinds", 7), ("kinds", 0.9), ("kinds", "0.3"), ("kinds", 5)}


def witness_of(what: What, weight: int):
    """A witness who says one thing of every column."""

    def says(_column, _sample):
        yield Evidence(what=what, weight=weight, why=f"{what}{weight}")

    return says


CLAIMS = st.lists(st.tuples(st.sampled_from(What), st.integers(1, 20)), min_size=1, max_size=6)


@given(CLAIMS)
def test_the_heaviest_wins_and_never_a_sum(claims):
    """One strong testimony beats any number of weak ones; of equal ones the first meaning of the table wins."""
    sample = Sample(columns=(Column(0, ("甲",)),), rows=[])
    (column,) = judge.judged(sample, [witness_of(*claim) for claim in claims]).columns
    heaviest = max(weight for _, weight in claims)
    alike = [what for what, weight in claims if weight == heaviest]
    assert (column.meaning.what, column.meaning.score) == (min(alike, key=ORDER.__getitem__), heaviest)


@given(CLAIMS, st.sampled_from(What))
def test_the_clerk_wins_over_everybody(claims, what):
    """Whatever the others say, a column is what the clerk said, and no doubt is left."""
    sample = Sample(columns=(Column(0, ("甲",)),), rows=[], given={0: (what, Role.ANYONE)})
    heard = judge.judged(judge.by_itself(sample), [witness_of(*claim) for claim in claims])
    assert (heard.columns[0].meaning.what, heard.columns[0].meaning.score) == (what, CLERK)
    assert list(judge.doubts("甲", heard.columns)) == []


@given(CLAIMS)
def test_two_strong_witnesses_who_differ_leave_a_doubt(claims):
    """A doubt is told exactly where two meanings are claimed strongly, unless somebody weighed both."""
    sample = Sample(columns=(Column(0, ("甲",)),), rows=[])
    heard = judge.judged(sample, [witness_of(*claim) for claim in claims])
    strong = {what for what, weight in claims if weight >= DOUBT}
    assert len(list(judge.doubts("甲", heard.columns))) == (len(strong) > 1)
    weighed = judge.judged(heard, [witness_of(What.NAME, WEIGHED)])
    assert list(judge.doubts("甲", weighed.columns)) == []


def meanings(reading) -> dict[str, str]:
    """What the report says of each column."""
    return {one.column: one.message for one in reading.findings if one.code == "COLUMN_MEANING"}


def test_the_report_says_why():
    """Each column with its header's words and what the rows say of it, in the clerk's words."""
    assert meanings(read(["岭东村"], HEAD, *lines(usual))) == {
        "A": "列A是序号：表头“序号”",
        "B": "列B是户主姓名：表头“户主姓名”",
        "C": "列C是补贴面积或数量：表头“补贴面积（亩）”",
        "D": "列D是补贴标准：表头“补贴标准（元/亩）”",
        "E": "列E是补贴金额：表头“补贴金额（元）”，面积×标准也等于它",
    }


def test_the_report_says_why_a_column_does_not_count():
    """Parts name their total, the total names its parts, and the clerk's own word is said to be his."""
    head = ["姓名", "中央补贴", "省补贴", "合计", "厂家"]
    rows = lines(lambda at, name, mu, yuan: [name, yuan - at, at, yuan, "甲"])
    reading = read(["岭东村"], head, *rows, columns={"E": "remark"})
    assert meanings(reading) == {
        "A": "列A是姓名：表头“姓名”",
        "B": "列B是其他补贴金额（不计入）：表头“中央补贴”，计入的是列D",
        "C": "列C是其他补贴金额（不计入）：表头“省补贴”，计入的是列D",
        "D": "列D是补贴金额：表头“合计”，是列B、列C的合计",
        "E": "列E是备注：表头“厂家”，经办人指定",
    }


def test_the_report_says_which_factors_the_amount_is_made_of():
    """Of several areas and rates those that do not give the amount say so, and which amount."""
    head = ["姓名", "种植面积", "补贴面积", "2025年标准", "标准", "金额"]
    rows = lines(lambda at, name, mu, yuan: [name, mu + at, mu, RATE + at, RATE, yuan])
    said = meanings(read(["岭东村"], head, *rows))
    assert [said[letter] for letter in "BCDEF"] == [
        "列B是其他补贴面积或数量（不计入）：表头“种植面积”，列F不是由它算出的",
        "列C是补贴面积或数量：表头“补贴面积”",
        "列D是其他补贴标准（不计入）：表头“2025年标准”，列F不是由它算出的",
        "列E是补贴标准：表头“标准”",
        "列F是补贴金额：表头“金额”，面积×标准也等于它",
    ]


def test_a_total_is_paid_even_where_its_parts_rank_higher():
    """实发 is a strong word, but 到手 is what the two 实发 come to: nobody is shown both."""
    head = ["姓名", "实发早稻", "实发晚稻", "到手金额"]
    rows = lines(lambda at, name, mu, yuan: [name, yuan - at, at, yuan])
    assert payouts(read(["岭东村"], head, *rows)) == TRUTH


def test_a_number_in_a_header_is_not_repeated():
    """A header somebody typed a telephone number into is told without it."""
    reading = read(
        ["岭东村"], ["姓名", "金额（问14005550123）"], *lines(lambda at, name, mu, yuan: [name, yuan])
    )
    assert "14005550123" not in " ".join(meanings(reading).values())


ACCOUNTS = ["姓名", "银行账号", "金额"]


def test_strong_witnesses_who_differ_wait_for_a_person():
    """IDs under 银行账号: the list is held with both reasons, until the clerk says which; then it goes on."""
    rows = lines(lambda at, name, mu, yuan: [name, IDS[at - 1], yuan])
    reading = read(["岭东村"], ACCOUNTS, *rows)
    assert (payouts(reading), alarms(reading), reading.verdict) == (
        TRUTH,
        [("COLUMN_DOUBTED", None)],
        Verdict.HOLD,
    )
    (message,) = (one.message for one in reading.findings if one.code == "COLUMN_DOUBTED")
    assert message == (
        "列B说不准是银行账号（不公开）还是证件号码（不公开）：表头“银行账号”，各行是身份证号。"
        "请看清这一列，用 --map B=bank_account 或 --map B=id 指明。"
    )
    told = read(["岭东村"], ACCOUNTS, *rows, columns={"B": "id"})
    assert (payouts(told), alarms(told), [row.identity for row in told.rows]) == (TRUTH, [], IDS)


def test_card_numbers_under_their_header_are_no_doubt():
    """Numbers that are no IDs, a few IDs among them, and IDs under their own header are told to nobody."""
    cards = lines(lambda at, name, mu, yuan: [name, IDS[0] if at == 1 else f"62220200000000{at:05}", yuan])
    assert alarms(read(["岭东村"], ACCOUNTS, *cards)) == []
    own = lines(lambda at, name, mu, yuan: [name, IDS[at - 1], yuan])
    assert alarms(read(["岭东村"], ["姓名", "身份证号", "金额"], *own)) == []


@pytest.mark.parametrize("head", ["稻谷补贴/号", "户编码"])
def test_ids_under_weak_words_are_ids(head):
    """A word that says little, or that a column is not used, does not keep IDs from being known as such."""
    sample = table(("姓名", NAMES), ("金额", YUAN), (head, IDS))
    assert sample.columns[2].meaning.what is What.ID


def test_what_the_clerk_wants_ignored_is_ignored():
    """A column that area × rate gives is not the amount when the clerk says that it is none."""
    columns = [("姓名", NAMES), ("面积", MU), ("标准", RATES), ("所得", YUAN)]
    ignored = table(*columns, given={3: (What.OTHER, Role.ANYONE)})
    assert [table(*columns).columns[3].meaning.what, ignored.columns[3].meaning.what] == [
        What.AMOUNT,
        What.OTHER,
    ]


def test_tables_side_by_side_under_unknown_words_are_both_read():
    """The left table's sums are whole yuan, which alone would not tell; the right one's say it for both."""
    whole = [(name, int(yuan)) for _, name, _, yuan in HOMES[:3]]
    rest = [(name, yuan) for _, name, _, yuan in HOMES[3:]]
    rows = [[1, *left, 2, *right] for left, right in zip(whole, rest, strict=True)]
    reading = read(["岭东村"], ["序号", "姓名", "给了多少"] * 2, *rows)
    assert sorted(payouts(reading)) == sorted((name, int(yuan * 100)) for name, yuan in chain(whole, rest))


def test_a_rate_that_is_an_amount_keeps_the_unit_of_its_header():
    """“补贴标准（元/亩）” without anything to count is money in 元, whatever the line above says."""
    rows = lines(lambda at, name, mu, yuan: [name, yuan])
    assert payouts(read(["单位：万元"], ["户主姓名", "补贴标准（元/亩）"], *rows)) == TRUTH


def currency_sign(column, _sample):
    """The habit of one office: amounts are headed with the sign of the currency."""
    if "¥" in plain(column.header):
        yield Evidence(what=What.AMOUNT, weight=CELLS, why="表头有“¥”")


def test_a_new_habit_of_an_office_is_a_new_witness(monkeypatch):
    """“到户（￥）” beside areas is held today; one function and its place in the tuple, and it is understood."""
    head = ["序号", "户主", "面积（亩）", "到户（￥）"]
    rows = lines(lambda at, name, mu, yuan: [at, name, mu, yuan])
    assert alarms(read(["岭东村公示"], head, *rows)) == [("COLUMN_LIKE_MONEY", None)]
    monkeypatch.setattr(judge, "LOCAL", (*LOCAL, currency_sign))
    reading = read(["岭东村公示"], head, *rows)
    assert (payouts(reading), alarms(reading), reading.verdict) == (TRUTH, [], Verdict.OK)
    assert meanings(reading)["D"] == "列D是补贴金额：表头“到户（￥）”没有写明，表头有“¥”"
