"""Faults that clerks make, each with the codes of which one must be told, and habits that are no fault.

A function changes a sound file of any layout, or raises Unfit where this one cannot carry it.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from boards.model.money import in_words
from tests.roster.county_clerk import resident
from tests.roster.county_files import VILLAGES, Page
from tests.roster.county_spots import (
    PARTS,
    SUMS,
    TOTALS,
    Spot,
    Unfit,
    a_sum,
    add_column,
    box,
    drop,
    factor_of,
    headed,
    heads,
    insert,
    listing,
    one_of,
    only_sum,
    says,
    some,
    spots,
    squeezed,
    sums,
)
from tests.roster.people_faults import EXCLUDED, HARMLESS, card, remarked

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.roster.county_generator import CountyFile

CENT = Decimal("0.01")
FOREIGN = {"other_village_in_the_sheet_name", "sheet_name_typo"}
SHOWN = {"format_wan", "format_wan_in_one_cell", "units_agree_by_format", "unit_in_the_format_too"}
UNSEEN = (
    {"struck", "filtered_out", "amounts_hidden", "ordinary_formats", "blank_rows_and_columns"}
    | SHOWN
    | FOREIGN
)
"""Kept in a workbook only; in SHOWN nor in SpreadsheetML."""

RATE_WORDS, IDS, CARDS = (
    ("标准", "单价", "每亩", "亩均"),
    ("身份证", "证件", "公民"),
    ("账号", "卡号", "存折", "账户", "一卡通"),
)
R2 = "AMOUNT_NOT_AREA_TIMES_RATE", "PARTS_NOT_TOTAL"
PLACES = (
    "STATEMENTS_DISAGREE", "VILLAGE_NOT_AS_TITLE", "VILLAGE_OF_ANOTHER_TOWN", "VILLAGE_UNKNOWN", "VILLAGE_AMBIGUOUS",
    "VILLAGE_MISSING",
)  # fmt: skip
TYPOS = {"岭东村": "岭冬村", "大岕口村": "大界口村", "向阳村": "向杨村", "中坞村": "中鸣村"}


class Change(NamedTuple):
    """What is done to a file, and what may be said of it: nothing of a habit."""

    put: Callable[[CountyFile, random.Random], object]
    codes: frozenset[str] = frozenset()


CHANGES: dict[str, Change] = {}


def told(*codes: str):
    """The fault below is told by one of these; without codes it is none."""

    def kept(put):
        CHANGES[put.__name__] = Change(put, frozenset(codes))
        return put

    return kept


habit = told()


def counted(file, chance) -> Spot:
    """A payee whom a sum of his sheet counts."""
    spot = one_of(file, chance)
    if not sums(file, SUMS, spot.page):
        raise Unfit
    return spot


# Totals.


@told("TOTAL_MISMATCH")
def total_wrong_by_a_fen(file, chance):
    page, at, column = a_sum(file, chance)
    page.rows[at][column] += chance.choice([1, -1]) * CENT / factor_of(file, page)


@told("TOTAL_MISMATCH")
def subtotal_wrong(file, chance):
    page, at, column = a_sum(file, chance, PARTS)
    page.rows[at][column] += chance.choice([CENT, Decimal(10), Decimal(-1)])


@told("TOTAL_MISMATCH", "AREA_TOTAL_MISMATCH")
def total_stale_after_a_row_was_deleted(file, chance):
    spot = counted(file, chance)
    if not heads(file, spot.page) or len(spots(file, spot.page)) < 3:
        raise Unfit
    drop(spot.page, spot.row)


@told("TOTAL_MISMATCH")
def total_misses_the_last_row(file, chance):
    page, at, column = a_sum(file, chance)
    page.rows[at][column] -= [one for one in spots(file, page) if one.fen][-1].yuan


@told("TOTAL_MISMATCH")
def subtotals_added_again(file, chance):
    page, at, column = a_sum(file, chance)
    page.rows[at][column] *= 2


@told("TOTAL_MISMATCH")
def total_left_in_another_unit(file, chance):
    page, at, column = a_sum(file, chance)
    factor = factor_of(file, page)
    page.rows[at][column] *= Decimal("0.0001") if factor == 1 else factor


@told("TOTAL_MISMATCH", "NOT_IN_ANY_TOTAL")
def text_numbers_left_out_of_the_sum(file, chance):
    page, at, column = a_sum(file, chance)
    spot = chance.choice([one for one in spots(file, page) if one.fen])
    page.rows[at][column] -= spot.yuan
    spot.cells[spot.amount] = f"{spot.yuan:f}"


def in_words_below(file, chance, fen=0):
    page, at, column = a_sum(file, chance)
    whole = int(page.rows[at][column] * factor_of(file, page) * 100)
    insert(page, at + 1, f"合计人民币（大写）：{in_words(whole + fen)}")


@told("WORDS_MISMATCH")
def total_in_words_differs(file, chance):
    in_words_below(file, chance, fen=10)


def counted_in_the_total(file, more=0):
    page, at, _ = only_sum(file)
    name = spots(file)[0].name
    if page.rows[at][name] != "" or any("户" in str(cell) for cell in page.rows[at]):
        raise Unfit
    page.rows[at][name] = f"{len(file.truth.rows) + more}户"


@told("TOTAL_HOUSEHOLDS")
def households_miscounted(file, _chance):
    counted_in_the_total(file, more=1)


@told("NOT_IN_ANY_TOTAL", "TOTAL_MISMATCH")
def after_total(file, chance):
    page, _, _ = a_sum(file, chance)
    cells = list(chance.choice([one for one in spots(file, page) if one.fen and heads(file, page)]).cells)
    cells[spots(file, page)[0].name] = "欧" + chance.choice("明华文") + chance.choice("才宝庆")
    last = max(at for _, at, _ in sums(file, SUMS, page))
    insert(page, chance.choice([last + 1, len(page.rows)]), *cells)


@told(
    "TOTAL_MISMATCH", "NOT_IN_ANY_TOTAL", "DUPLICATE_ROW", "VILLAGE_MISSING", "AMOUNT_UNUSUAL", "MISSING_NAME"
)
def total_misspelt(file, chance):
    page, at, _ = a_sum(file, chance)
    wrong = chance.choice(["台计", "合汁", "总汁"])
    page.rows[at] = [wrong if squeezed(cell) in TOTALS else cell for cell in page.rows[at]]


# Money.


@told("TOTAL_MISMATCH", "AMOUNT_UNUSUAL", *R2)
def point_lost(file, chance):
    spot = counted(file, chance)
    spot.cells[spot.amount] = spot.yuan * 100


@told("AMOUNT_UNUSUAL", "AMOUNT_MORE_THAN_2_DECIMALS", *R2)
def point_lost_and_summed(file, chance):
    if file.layout in {"wages", "clerk"} or len(file.truth.rows) < 4:
        raise Unfit  # no figure beside it says what it should be
    spot, (page, at, column) = one_of(file, chance), only_sum(file)
    more = spot.yuan * chance.choice([99, 9, Decimal("-0.9")])
    page.rows[at][column] += more
    spot.cells[spot.amount] += more


@told("TOTAL_MISMATCH", *R2)
def digits_transposed(file, chance):
    spot = counted(file, chance)
    digits = list(f"{spot.yuan:f}")
    pairs = [at for at, (one, other) in enumerate(pairwise(digits)) if one != other and "." not in {one, other}]  # fmt: skip
    if not pairs:
        raise Unfit
    at = chance.choice(pairs)
    digits[at : at + 2] = digits[at + 1], digits[at]
    spot.cells[spot.amount] = Decimal("".join(digits))


def has_rate(file, page) -> bool:
    return any(word in head for head in headed(file, page) for word in RATE_WORDS)


@told("AMOUNT_UNUSUAL", *R2)
def two_amounts_changed_places(file, chance):
    one, other = some(file, chance, 2)
    alike = one.page is not other.page or abs(one.fen - other.fen) < 100
    if alike or len(file.truth.rows) < 6 or len(sums(file, SUMS)) > 1 or not has_rate(file, one.page):
        raise Unfit
    one.cells[one.amount], other.cells[other.amount] = other.yuan, one.yuan


@told("AMOUNT_UNREADABLE")
def an_amount_nobody_can_read(file, chance):
    spot = one_of(file, chance)
    text = f"{spot.yuan:f}"
    decimals = len(text.partition(".")[2])
    comma = text.replace(".", ",") if 0 < decimals < 3 else "l" + text
    ways = ["", f"{text}..0", f"{text[0]}O{text[1:]}", f"{text}?", "2025-03-14", comma]
    spot.cells[spot.amount] = chance.choice(ways)


@told("NEGATIVE_AMOUNT")
def an_amount_below_zero(file, chance):
    spot = one_of(file, chance)
    spot.cells[spot.amount] = -spot.yuan


@told("TOTAL_MISMATCH", "AMOUNT_UNUSUAL", "AMOUNT_NOT_AREA_TIMES_RATE")
def row_in_yuan(file, chance):
    spot = one_of(file, chance)
    seen = sums(file) or (spot.factor >= 1000 and len(file.truth.rows) > 3 and spot.fen > 100_00)
    if spot.factor == 1 or not seen:
        raise Unfit
    spot.cells[spot.amount] *= spot.factor


def of_money(head: object) -> bool:
    return squeezed(head).endswith(("（元）", "(元)")) and not any(word in str(head) for word in RATE_WORDS)


@told("UNITS_DISAGREE", "AMOUNT_UNUSUAL", "COLUMN_DOUBTED", *R2)
def header_in_another_unit(file, _chance):
    rows = [(page, at) for page in listing(file) for at in heads(file, page)]
    if max(row[3] for row in file.truth.rows) < 300_00 or not any(map(of_money, headed(file, rows[0][0]))):
        raise Unfit
    for page, at in rows:
        page.rows[at] = [f"{cell[:-3]}（万元）" if of_money(cell) else cell for cell in page.rows[at]]


@told("UNITS_DISAGREE")
def unit_line_otherwise(file, chance):
    page = listing(file)[0]
    if says(file, "单位：") or file.layout == "funds" or not any(map(of_money, headed(file, page))):
        raise Unfit
    line = chance.choice(["单位：万元", "单位：亩、万元", "（单位：千元）"])
    insert(page, heads(file, page)[0], *[""] * (len(headed(file, page)) - 1), line)


def formatted(some_spots, code, factor=1):
    for spot in some_spots:
        if spot.factor != factor:
            raise Unfit
        spot.page.formats[spot.row, spot.amount] = code


@told("UNITS_DISAGREE")
def format_wan(file, chance):
    formatted(spots(file), chance.choice(["0!.0000", '0.00"万元"', "0.00,"]))


@told("UNITS_DISAGREE")
def format_wan_in_one_cell(file, chance):
    formatted([one_of(file, chance)], "0!.0000")


@told("TOTAL_MISMATCH", *R2)
def digit_boxes(file, chance):
    spot = counted(file, chance)
    box(file)
    spot.cells[spot.amount + 5] = (int(spot.cells[spot.amount + 5] or 0) + 1) % 10


@told("WORDS_MISMATCH")
def words_wrong(file, chance):
    wrong = chance.randint(1, len(file.truth.rows))
    add_column(file, "金额大写", lambda spot, number: in_words(spot.fen + (1000 if number == wrong else 0)))


@told(*R2)
def months_wrong(file, chance):
    if file.layout != "wages":
        raise Unfit
    one_of(file, chance).cells[4] += chance.choice([1, 8, -1])


@told("PARTS_NOT_TOTAL")
def a_fund_wrong(file, chance):
    if file.layout not in {"funds", "three_levels"} or len(file.truth.rows) < 6:
        raise Unfit
    one_of(file, chance).cells[5] += chance.choice([CENT * 2, 1, 100])


@told("AREA_TOTAL_MISMATCH", "AMOUNT_NOT_AREA_TIMES_RATE", "AREA_PARTS_NOT_TOTAL")
def area_wrong(file, chance):
    spot = counted(file, chance)
    (_, at, _), *_ = sums(file, SUMS, spot.page)
    summed = [
        c for c, cell in enumerate(spot.page.rows[at]) if isinstance(cell, Decimal) and c != spot.amount
    ]
    if file.layout in {"wages", "funds"} or not summed or not heads(file, spot.page):
        raise Unfit
    spot.cells[summed[-1]] *= chance.choice([10, 2, 100])


# People.


def beside(spot: Spot, text: str):
    if max(map(len, spot.page.rows)) > 200:
        raise Unfit
    remarked(spot.page, spot.row, text)


@told("EXCLUDED_BY_WORDS")
def not_paid(file, chance):
    beside(one_of(file, chance), chance.choice(EXCLUDED))


@told("EXCLUDED_BY_WORDS")
def asked_and_denied(file, chance):
    no = chance.randint(1, len([one for one in spots(file) if one.fen]))
    add_column(
        file,
        chance.choice(["是否享受", "是否符合条件"]),
        lambda spot, n: "否" if n == no or not spot.fen else "是",
    )


@told("EXCLUDED_BY_WORDS", "PROXY_IN_NAME", "MORE_THAN_ONE_NAME")
def words_in_the_name(file, chance):
    spot = one_of(file, chance, people=True)
    spot.cells[spot.name] += chance.choice(
        ["（已故）", "(死亡)", "（放弃）", "（李小毛代领）", "、李小毛", "等3户"]
    )


@told("STRUCK_OUT")
def struck(file, chance):
    spot = one_of(file, chance)
    spot.page.struck.add(spot.row)


@told("HIDDEN_ROWS")
def filtered_out(file, chance):
    spot = one_of(file, chance)
    chance.choice([spot.page.unseen, spot.page.flat]).add(spot.row)


@told("HIDDEN_COLUMN_COUNTED", "HIDDEN_COLUMN")
def amounts_hidden(file, chance):
    spot = one_of(file, chance)
    spot.page.unseen_columns.add(chance.choice([spot.amount, spot.name]))


@told("MISSING_NAME", "TOTAL_MISMATCH")
def a_name_is_missing(file, chance):
    spot = one_of(file, chance)
    spot.cells[spot.name] = ""


@told("DUPLICATE_ROW")
def a_row_pasted_twice(file, chance):
    spot = one_of(file, chance)
    if heads(file, spot.page):
        insert(spot.page, spot.row + 1, *spot.cells)


@told("DUPLICATE_ROW")
def a_page_pasted_twice(file, _chance):
    (page, *more), first = listing(file), heads(file, listing(file)[0])[0]
    if more or max((top for top, *_ in page.merges), default=0) > first:
        raise Unfit
    page.rows += [list(row) for row in page.rows[first:]]


@told(
    *R2,
    "AMOUNT_UNREADABLE",
    "MISSING_NAME",
    "TOTAL_MISMATCH",
    "VILLAGE_UNKNOWN",
    "AREA_TOTAL_MISMATCH",
    "ID_LENGTH",
)
def cells_of_a_row_moved_right(file, chance):
    spot = one_of(file, chance)
    if not heads(file, spot.page) or any(top <= spot.row <= end for top, _, end, _ in spot.page.merges):
        raise Unfit
    spot.cells.insert(chance.choice([0, spot.name]), "")


def with_ids(file):
    """Everybody's ID at the right, where the list is not public and has none."""
    if says(file, "公示", "公布", "公开", *IDS):
        raise Unfit
    add_column(file, "身份证号", lambda _, number: resident(number))


def with_cards(file):
    if says(file, *CARDS):
        raise Unfit
    add_column(file, "银行卡号", lambda _, number: card(number))


@told("ID_TWICE", "DUPLICATE_ROW")
def same_person_again(file, chance):
    with_ids(file)
    one, other = some(file, chance, 2)
    if file.layout == "wages" or (one.village == other.village and one.page is not other.page):
        raise Unfit  # another wage, or a sheet for each crop: a second row has its reason
    other.cells[other.name], other.cells[-1] = one.cells[one.name], one.cells[-1]


@told("ID_UNDER_TWO_NAMES")
def one_id_for_two_names(file, chance):
    with_ids(file)
    one, other = some(file, chance, 2)
    if one.cells[one.name] == other.cells[other.name]:
        raise Unfit
    other.cells[-1] = one.cells[-1]


@told("ID_CHECKSUM", "ID_LENGTH", "ID_BIRTHDATE")
def id_wrong(file, chance):
    with_ids(file)
    cells = one_of(file, chance).cells
    last = "1" if cells[-1][17] != "1" else "2"
    cells[-1] = chance.choice([cells[-1][:17] + last, cells[-1][:-1], f"{cells[-1]}0", f"{cells[-1][:10]}13{cells[-1][12:]}"])  # fmt: skip


@told("ACCOUNT_OF_SEVERAL")
def one_card(file, chance):
    with_cards(file)
    first, *others = some(file, chance, 3, people=True)
    if len({one.cells[one.name] for one in (first, *others)}) < 3:
        raise Unfit
    for one in others:
        one.cells[-1] = first.cells[-1]


@told("ACCOUNT_CHECK_DIGIT")
def card_digit_wrong(file, chance):
    with_cards(file)
    if len(file.truth.rows) < 6:
        raise Unfit
    cells = one_of(file, chance).cells
    cells[-1] = f"{cells[-1][:8]}{(int(cells[-1][8]) + 3) % 10}{cells[-1][9:]}"


# Places and years.


def elsewhere(file, chance):
    """A village of a town where nobody of the file lives, where the rows themselves say where they do."""
    towns = {one.town for one in VILLAGES for row in file.truth.rows if one.code == row[1]}
    rows = [str(cell) for page in listing(file) for row in page.rows[1:] for cell in row]
    away = [one for one in VILLAGES if one.town not in towns]
    if not away or not any(town in cell for town in towns for cell in rows):
        raise Unfit
    return chance.choice(away)


@told(*PLACES)
def other_town_in_the_title(file, chance):
    other, cells = elsewhere(file, chance), listing(file)[0].rows[0]
    if len(str(cells[0])) < 8 or says(file, "附件"):
        raise Unfit
    for one in VILLAGES:
        cells[0] = cells[0].replace(one.town + one.name, "").replace(one.town, "")
    cells[0] = other.town + cells[0].replace("苕安县", "")


@told(*PLACES)
def other_village_in_the_file_name(file, chance):
    other = elsewhere(file, chance)
    file.name = f"{other.town}{chance.choice([other.name, ''])}2025年名册.xlsx"


@told(*PLACES)
def other_village_in_the_sheet_name(file, chance):
    other = elsewhere(file, chance)
    if len(listing(file)) > 1:
        raise Unfit
    listing(file)[0].name = other.town + other.name


def misspelt(text: object) -> str:
    for name, typo in TYPOS.items():
        text = str(text).replace(name, typo)
    return str(text)


@told(*PLACES)
def heading_typo(file, chance):
    lines = [(page, at) for page in listing(file) for at, row in enumerate(page.rows)
             if at and row and not any(row[1:]) and misspelt(row[0]) != row[0]]  # fmt: skip
    if not lines:
        raise Unfit
    page, at = chance.choice(lines)
    page.rows[at][0] = misspelt(page.rows[at][0])


@told(*PLACES)
def sheet_name_typo(file, chance):
    page = chance.choice(listing(file))
    if misspelt(page.name) == page.name or file.layout != "sheets":
        raise Unfit
    page.name = misspelt(page.name)


@told("VILLAGE_UNKNOWN")
def village_typo_in_a_row(file, chance):
    spot = one_of(file, chance)
    before = [str(cell) for cell in spot.cells[: spot.name]]
    if [*map(misspelt, before)] == before:
        raise Unfit
    spot.cells[: spot.name] = [
        misspelt(cell) if isinstance(cell, str) else cell for cell in spot.cells[: spot.name]
    ]


@told("STATEMENTS_DISAGREE")
def year_wrong_in_the_title(file, _chance):
    (page, *more) = listing(file)
    if more or "2025" not in str(page.rows[0][0]):
        raise Unfit
    page.rows[0][0], file.name = page.rows[0][0].replace("2025", "2024"), "2025年名册.xlsx"


# Habits.


@habit
def as_it_is(_file, _chance):
    """Nothing is changed."""


@habit
def amounts_in_boxes(file, _chance):
    box(file)


@habit
def harmless_remark(file, chance):
    beside(one_of(file, chance), chance.choice(HARMLESS))


@habit
def ids_and_cards(file, _chance):
    with_ids(file)
    with_cards(file)


@habit
def masked_ids(file, _chance):
    if says(file, *IDS):
        raise Unfit
    add_column(file, "身份证号码", lambda _, number: f"330590********{number:04d}")


@habit
def relations_and_signatures(file, _chance):
    add_column(file, "领款人签字", lambda spot, number: spot.cells[spot.name] if number % 3 == 0 else "")
    add_column(file, "与户主关系", lambda *_: "本人")


@habit
def asked_and_granted(file, _chance):
    add_column(file, "是否享受", lambda *_: "是")
    add_column(file, "是否脱贫户", lambda _, number: "否" if number % 2 else "是")


@habit
def day_of_payment(file, chance):
    add_column(file, "发放日期", lambda *_: chance.choice(["2025-06-30", "2025年6月30日", "2025/6/30"]))


@habit
def words_beside_figures(file, chance):
    add_column(file, chance.choice(["金额大写", "大写金额", "大写"]), lambda spot, _: in_words(spot.fen))


@habit
def total_in_words(file, chance):
    if only_sum(file):
        in_words_below(file, chance)


@habit
def households_counted(file, _chance):
    counted_in_the_total(file)


@habit
def counted_in_a_sentence(file, _chance):
    page, _, _ = only_sum(file)
    page.add(
        f"以上共{len(file.truth.rows)}户，补贴金额{Decimal(sum(row[3] for row in file.truth.rows)) / 100}元。"
    )


@habit
def amounts_are_texts(file, chance):
    way = chance.choice(["{:f}", "{:,f}", "{:f}元", " {:f} "])
    for spot in spots(file):
        if spot.factor != 1:
            raise Unfit
        spot.cells[spot.amount] = way.format(spot.yuan)


@habit
def ordinary_formats(file, chance):
    codes = [
        "#,##0.00",
        "0.00_ ",
        '0.00"元"',
        '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        "¥#,##0.00",
        "@",
    ]
    formatted(spots(file), chance.choice([*codes, "#,##0.00;[Red]-#,##0.00", "0.00_);[Red](0.00)"]))


@habit
def units_agree_by_format(file, chance):
    """Yuan under 万元 that a format shows in 万元: all say the same."""
    code, found = chance.choice(["0!.0000", '0!.0000"万元"']), spots(file)
    formatted(found, code, 10000)
    for page, at, column in [*sums(file, SUMS), *((one.page, one.row, one.amount) for one in found)]:
        page.rows[at][column] *= 10000
        page.formats[at, column] = code


@habit
def unit_in_the_format_too(file, _chance):
    formatted(spots(file), '0.000000"万元"', 10000)


@habit
def blank_rows_and_columns(file, _chance):
    add_column(file, "", lambda *_: "")
    for page in listing(file):
        page.unseen_columns.add(len(page.rows[0]) - 1)
        page.rows += [[], []]
        page.unseen.add(len(page.rows) - 1)


@habit
def below_is_blank(file, chance):
    for page in listing(file):
        if heads(file, page):
            last = max(one.row for one in spots(file, page))
            insert(page, last + 1, chance.choice(["（以下空白）", "以下空白", "此处以下无内容"]))


LAST_SENTENCES = (
    "本表公示期7天，自2025年11月20日至2025年11月27日。", "审核意见：情况属实，同意发放。", "注：表中面积为2024年核定面积。",
    "制表：李某　复核：王某　　2026年1月5日", "依据：苕财农〔2024〕12号文件",
)  # fmt: skip


@habit
def a_last_sentence(file, chance):
    for page in listing(file):
        page.add(chance.choice(LAST_SENTENCES))


@habit
def own_town_in_the_file_name(file, _chance):
    towns = {one.town for one in VILLAGES for row in file.truth.rows if one.code == row[1]}
    cells = [str(cell) for page in listing(file) for row in page.rows[1:] for cell in row]
    if len(towns) > 1 or not any(town in cell for town in towns for cell in cells):
        raise Unfit
    file.name = f"{towns.pop()}2025年发放表.xlsx"


@habit
def a_sheet_of_notes(file, _chance):
    lines = ["填表说明", "1.金额单位为元，保留两位小数。", "2.面积单位为亩。"]
    file.pages.append(Page("填表说明", [[line] for line in lines]))
