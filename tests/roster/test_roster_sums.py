"""Lines that sum others, wherever they stand and whatever they are called; and lines that only look like payees."""

from decimal import Decimal

import pytest

from tests.roster.county_files import Page
from tests.roster.county_tables import (
    AREA,
    DAJIEKOU,
    HEAD,
    HOMES,
    LINGDONG,
    TRUTH,
    YUAN,
    alarms,
    lines,
    notes,
    payouts,
    placed,
    read,
    read_pages,
    usual,
)

FIRST, SECOND = HOMES[:3], HOMES[3:]
LIST = lines(usual)


def paid(homes):
    return sum(home[3] for home in homes)


@pytest.mark.parametrize(
    "label",
    ["合计", "合 计", "合　计", "共计", "总计", "总合计", "合计：", "合计：6户", "合计（共6户）", "合计（人民币）", "本村合计", "全村总计",
     "合计数", "总数", "汇总", "本 组 合 计", "金额合计", "累  计", "计", "Σ", "村计", "组 计", "共6户"],
)  # fmt: skip
@pytest.mark.parametrize("column", [0, 1])
def test_a_total_by_any_name(label, column):
    """In the first column or in the name's, a total is no payee and holds the rows to account."""
    cells = ["", "", AREA, "", YUAN]
    cells[column] = label
    reading = read(["补贴"], HEAD, *LIST, cells)
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)
    cells[4] += 500
    assert alarms(read(["补贴"], HEAD, *LIST, cells)) == [("TOTAL_MISMATCH", 9)]


@pytest.mark.parametrize("name", ["岭东村兴农粮油专业合作社", "岭东绿源家庭农场"])
def test_an_organisation_with_as_much_as_the_rows_under_it_is_no_sum(name):
    """A cooperative, a family's farm, over one household of the same amount: both are paid."""
    rows = [[1, name, 1.5, 131.42, 197.13], [2, "王一", 1.5, 131.42, 197.13]]
    reading = read(["岭东村 一组补贴"], HEAD, *rows, ["合计", "", 3, "", 394.26])
    assert [fen for _, fen in payouts(reading)] == [19713, 19713]


def test_nobody_is_paid_beside_a_total():
    """Rows added under the total, in no sum: each is told at its row; without any total nobody is."""
    late = [["7", "钱七", 1, 131.42, 131.42], ["8", "吴八", 2, 131.42, 262.84], ["9", "郑九", 1, 131.42, 0]]
    told = [("NOT_IN_ANY_TOTAL", 10), ("NOT_IN_ANY_TOTAL", 11)]
    total = ["合计", "", AREA, "", YUAN]
    assert [one for one in alarms(read(["补贴"], HEAD, *LIST, total, *late)) if one in told] == told
    assert alarms(read(["补贴"], HEAD, *LIST, *late[:2])) == []


@pytest.mark.parametrize(
    ("off", "code"), [(0, None), (Decimal("0.01"), None), (50, "TOTAL_MISMATCH"), (-50, "TOTAL_MISMATCH")]
)
def test_one_amount_nobody_can_read_does_not_hide_another_fault(off, code):
    """Area × rate says what the row comes to: that alone may be missing from the total."""
    rows = lines(usual)
    rows[2][4] = "待核实"
    found = alarms(read(["补贴"], HEAD, *rows, ["合计", "", AREA, "", YUAN + off]))
    assert found == [("AMOUNT_UNREADABLE", 5), *([(code, 9)] if code else [])]


@pytest.mark.parametrize(
    ("total", "code"), [(700, None), (90_000, "TOTAL_MISMATCH"), (400, "TOTAL_MISMATCH")]
)
def test_an_unread_amount_is_not_more_than_its_neighbours_have(total, code):
    """Without a rate the missing amount may be anything usual, but neither absurd nor below nothing."""
    rows = [["王一", 100], ["李二", 200], ["张三", "待核实"], ["赵四", 150]]
    found = alarms(read(["补贴"], ["姓名", "金额（元）"], *rows, ["合计", total]))
    assert found == [("AMOUNT_UNREADABLE", 5), *([(code, 7)] if code else [])]


def test_people_named_like_totals_are_people():
    """程合计, 总计祥, 注德明, 单位霞, 任审核 have a number and an amount: they are paid."""
    names = ["程合计", "总计祥", "注德明", "单位霞", "任审核", "备注生"]
    rows = [[home[0], name, *usual(*home)[2:]] for home, name in zip(HOMES, names, strict=True)]
    reading = read(["补贴"], HEAD, *rows, ["合计", "", AREA, "", YUAN])
    assert ([row.payout.holder for row in reading.rows], alarms(reading)) == (names, [])


def test_a_village_and_its_sum_above_its_rows():
    """一 | 岭东村 | sum, then its households: the line is a sum and a heading, not a payee."""
    rows = [
        ["一", "岭东村", "", "", paid(FIRST)],
        *lines(usual, FIRST),
        ["二", "大岕口村", "", "", paid(SECOND)],
    ]
    reading = read(["梅坞镇"], HEAD, *rows, *lines(usual, SECOND), ["", "合计", "", "", YUAN], name="Sheet1")
    assert placed(reading)[2:4] == [("张三", LINGDONG), ("赵四", DAJIEKOU)]
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


def test_a_village_that_is_paid_itself_is_a_payee():
    """岭东村 with an amount of its own that sums nothing is the village's collective."""
    reading = read(["补贴"], HEAD, [1, "岭东村", 2, "", 100], *[[row[0] + 1, *row[1:]] for row in LIST])
    assert payouts(reading)[0] == ("岭东村", 10000)


def test_pages_carry_their_sum_over():
    """承前页 and 过次页 repeat a sum: neither payee nor total."""
    page = [["补贴"], HEAD]
    reading = read(
        *page, *LIST[:3], ["过次页", "", "", "", paid(FIRST)],
        *page, ["承前页", "", "", "", paid(FIRST)], *LIST[3:], ["合计", "", "", "", YUAN],
    )  # fmt: skip
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


@pytest.mark.parametrize("text", ["合计：0.330916万元", "合计：3,309.16元", "合计金额：3309.16元整"])
def test_a_total_inside_its_own_words(text):
    """The sum may stand in the label, in yuan or 万元."""
    reading = read(["补贴"], HEAD, *LIST, [text], merges=[(8, 0, 8, 4)])
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_the_total_of_areas_is_held_to_its_rows():
    """A wrong total of areas must be confirmed; one within the rounding of each row is only told."""
    wrong = read(["补贴"], HEAD, *LIST, ["合计", "", AREA + 1, "", YUAN])
    assert alarms(wrong) == [("AREA_TOTAL_MISMATCH", 9)]
    rounded = read(["补贴"], HEAD, *LIST, ["合计", "", "25.2", "", YUAN])
    assert (alarms(rounded), ("AREA_TOTAL_MISMATCH", 9) in notes(rounded)) == ([], True)


def test_one_wrong_subtotal_between_right_ones():
    """The faulty subtotal is told and nothing else: the grand total holds."""
    reading = read(
        ["补贴"], HEAD, *LIST[:3], ["小计", "", "", "", paid(FIRST) + 10], *LIST[3:], ["小计", "", "", "", paid(SECOND)],
        ["合计", "", "", "", YUAN],
    )  # fmt: skip
    assert (alarms(reading), reading.declared_total_fen) == ([("TOTAL_MISMATCH", 6)], 330916)


def test_rows_added_after_the_total():
    """补录 rows with a total of their own, and the 总计 of both."""
    reading = read(
        ["补贴"], HEAD, *LIST[:3], ["合计", "", "", "", paid(FIRST)], ["补录："], *LIST[3:], ["合计", "", "", "", paid(SECOND)],
        ["总计", "", "", "", YUAN],
    )  # fmt: skip
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


def test_numbered_notes_under_the_table_are_no_payees():
    """填表说明 with its numbered sentences; signatures, dates and seals around them."""
    reading = read(
        ["补贴"], HEAD, *LIST, ["合计", "", "", "", YUAN], ["", "", "", "", "2025年6月30日"], ["村主任：张三", "", "会计：李四"],
        ["填表说明"], [1, "本表由村填写"], [2, "金额保留两位小数"],
    )  # fmt: skip
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_an_amount_missing_on_the_last_line_is_an_error():
    """A name of a person without an amount is no note, also when nothing follows."""
    reading = read(["补贴"], HEAD, *LIST[:5], [6, "周六", "", "", ""])
    assert alarms(reading) == [("AMOUNT_UNREADABLE", 8)]


def test_a_count_of_households_labels_a_total():
    """“6户” where a name should be, with the sum beside it, is the total."""
    reading = read(["补贴"], HEAD, *LIST, ["", "6户", AREA, "", YUAN])
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


def test_the_example_line_of_a_template_is_no_payee():
    """示例 in the number column: left over from the form, paid to nobody."""
    reading = read(["补贴"], HEAD, ["示例", "张三", 1, 131.42, 131.42], *LIST, ["合计", "", AREA, "", YUAN])
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_village_sums_below_their_rows_without_a_word():
    """岭东村 | | | sum after its rows: no name, no number, and exactly what stands above since the last sum."""
    rows = []
    for village, homes in (("岭东村", FIRST), ("大岕口村", SECOND)):
        rows += [[village, *usual(*home)] for home in homes]
        rows.append([village, "", "", sum(home[2] for home in homes), "", paid(homes)])
    reading = read(["2025年"], ["村", *HEAD], *rows, ["合计", "", "", AREA, "", YUAN], name="Sheet1")
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)


def test_groups_and_their_sums_above_their_rows():
    """一组 with its sum where a name should be: a heading and a total at once."""
    rows = []
    for group, homes in (("一组", FIRST), ("二组", SECOND)):
        rows += [["", group, sum(home[2] for home in homes), "", paid(homes)], *lines(usual, homes)]
    reading = read(["2025年"], HEAD, *rows, ["", "合计", "", "", YUAN])
    assert [row.payout.group for row in reading.rows] == ["一组"] * 3 + ["二组"] * 3
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def summary(*sums) -> Page:
    page = Page("汇总")
    for row in (["2025年汇总"], ["序号", "村名", "户数", "金额（元）"], *sums):
        page.add(*row)
    return page


@pytest.mark.parametrize(("stated", "told"), [(YUAN, []), (YUAN + 1, [("SUMMARY_MISMATCH", 5)])])
def test_the_summary_adds_up_itself(stated, told):
    """合计 of the summary is the sum of its lines, each of which is the sum of its village's rows."""
    detail = Page(
        "明细",
        [
            ["2025年"],
            ["村", "姓名", "金额"],
            *([("岭东村", "大岕口村")[home[0] > 3], home[1], home[3]] for home in HOMES),
        ],
    )
    pages = summary([1, "岭东村", 3, paid(FIRST)], [2, "大岕口村", 3, paid(SECOND)], ["", "合计", 6, stated])
    assert alarms(read_pages(pages, detail)) == told


def test_a_total_word_in_the_item_column_of_a_payee():
    """王一 | 合计 | amount: with no numbers in the table the name says that this is a payee."""
    rows = [[home[1], "合计", home[2], home[3]] for home in HOMES]
    assert payouts(read(["补贴"], ["户主", "补贴项目", "面积", "金额"], *rows)) == TRUTH


@pytest.mark.parametrize("label", ["全部", "连前", "（以上各户）", "T"])
def test_a_last_line_without_a_number_that_is_the_sum_is_no_payee(label):
    """Whatever stands where the number should be: in a numbered list the sum of all above is a total."""
    reading = read(["补贴"], HEAD, *LIST, [label, "", AREA, "", YUAN])
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)
    named = read(["补贴"], HEAD, *LIST, ["", label, AREA, "", YUAN])
    assert payouts(named) == TRUTH


SENTENCES = [
    "合计：6户，面积{area}亩，金额{yuan}元", "总计 6户 {yuan}元", "以上共计6户，发放资金{yuan}元", "合计金额：{yuan}元", "合计：{yuan:,}元",
    "本村共计6户，补贴标准131.42元/亩，补贴资金{yuan:,}元。", "合计人民币{yuan}元",
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_total_in_a_sentence_is_a_total(sentence):
    """What a sentence under the rows says is read, and held against them."""
    told = [sentence.format(area=AREA, yuan=YUAN)]
    reading = read(["补贴"], HEAD, *LIST, told)
    assert (payouts(reading), alarms(reading), reading.declared_total_fen) == (TRUTH, [], 330916)
    wrong = [sentence.format(area=AREA, yuan=YUAN + 100)]
    assert alarms(read(["补贴"], HEAD, *LIST, wrong)) == [("TOTAL_MISMATCH", 9)]


def test_a_total_told_above_the_table():
    """A line above that tells as many households as there are tells their sum too; others tell of budgets."""
    for said, declared in ((YUAN, 330916), (YUAN + 100, 340916)):
        above = [f"全村共6户，补贴面积{AREA}亩，发放资金{said}元"]
        reading = read(["补贴"], above, HEAD, *LIST)
        assert reading.declared_total_fen == declared
        assert alarms(reading) == ([] if said == YUAN else [("TOTAL_MISMATCH", 2)])
    for budget in ("全县共1200户，下达资金500万元，每亩131.42元", "本村共6户，上级下达资金5000元"):
        reading = read(["补贴"], [budget], HEAD, *LIST)
        assert (alarms(reading), reading.declared_total_fen) == ([], None)


def test_a_total_above_the_second_sheet_is_of_its_rows():
    """Each sheet's own total on its first line is measured by the rows of that sheet."""
    pages = [
        Page(name, [["补贴"], [f"共3户，金额{paid(homes)}元"], list(HEAD), *lines(usual, homes)])
        for name, homes in (("岭东村", FIRST), ("大岕口村", SECOND))
    ]
    reading = read_pages(*pages)
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_whoever_is_called_like_a_village_is_no_sum_of_who_follows_the_total():
    """范根村 has as much as the one added under the total: he is paid, and the other is told."""
    rows = lines(usual)
    rows[-1][1] = "范根村"
    late = [7, "欧华才", *rows[-1][2:]]
    reading = read(["岭东村2025年补贴清册"], HEAD, *rows, ["合计", "", AREA, "", YUAN], late)
    assert [row.payout.holder for row in reading.rows][-2:] == ["范根村", "欧华才"]
    assert alarms(reading) == [("NOT_IN_ANY_TOTAL", 10)]


def test_a_misspelt_total_of_a_list_without_numbers_is_nobody():
    """台计 has the sum of all areas and amounts: it is their total. Whoever has only the amount is paid."""
    head = ["姓名", "面积（亩）", "金额（元）"]
    rows = lines(lambda n, name, mu, yuan: [name, mu, yuan])
    reading = read(["岭东村2025年补贴清册"], head, *rows, ["台计", AREA, YUAN])
    assert (payouts(reading), reading.declared_total_fen, alarms(reading)) == (TRUTH, int(YUAN * 100), [])
    paid = read(["岭东村2025年补贴清册"], head, *rows, ["台计", AREA + 1, YUAN])
    assert len(paid.rows) == len(TRUTH) + 1


@pytest.mark.parametrize("where", ["above", "under"])
@pytest.mark.parametrize(
    "sentence", ["以上共6户，补贴金额{}元。", "本村享受补贴6户，面积25.18亩，补贴资金{}元"]
)
def test_a_sentence_that_counts_the_households_states_their_sum(where, sentence):
    """Above or under the list, also without 合计: what it says of these households is held against them."""
    for stated, told in ((YUAN, []), (YUAN + 81, ["TOTAL_MISMATCH"])):
        line = [sentence.format(stated)]
        rows = [["岭东村2025年补贴清册"], *([line] if where == "above" else []), HEAD, *lines(usual)]
        rows += [["合计", "", AREA, "", YUAN], *([line] if where == "under" else [])]
        assert [code for code, _ in alarms(read(*rows))] == told
    other = ["县财政共拨付6户资金9999元，上级下达"]
    assert (
        alarms(read(["岭东村2025年补贴清册"], HEAD, *lines(usual), ["合计", "", AREA, "", YUAN], other)) == []
    )


def test_people_are_counted_and_not_rounded():
    """One more in the total of people than in the rows waits; an area rounded row by row does not."""
    for unit, told in (("人", [("AREA_TOTAL_MISMATCH", 9)]), ("亩", [])):
        rows = lines(lambda n, name, mu, yuan: [n, name, n % 3 + 1, (n % 3 + 1) * 600])
        head = ["序号", "姓名", f"补助数量（{unit}）", "金额（元）"]
        total = ["合计", "", sum(row[2] for row in rows) + 1, sum(row[3] for row in rows)]
        assert alarms(read(["岭东村2025年"], head, *rows, total)) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("以上共6户，补贴金额{yuan}元", []),
        ("以上共7户，补贴金额{yuan}元", ["TOTAL_HOUSEHOLDS"]),
        ("全镇共7户，补贴金额9999元", []),
    ],
)
def test_a_sentence_about_the_list_above_counts_its_households(line, told):
    """“以上共7户” under six is told; a town's number is not this list's."""
    assert [code for code, _ in alarms(read(["岭东村补贴"], HEAD, *LIST, [line.format(yuan=YUAN)]))] == told
