"""Tables beside each other in one sheet: as many lists as there are headers, and each in its own place."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roster.county_tables import (
    AREA,
    DAJIEKOU,
    HEAD,
    HOMES,
    LINGDONG,
    TRUTH,
    YUAN,
    alarms,
    payouts,
    placed,
    read,
    usual,
)

LEFT, RIGHT = HOMES[:3], HOMES[3:]
WIDTH = len(HEAD)


def beside(gap: int = 0) -> list[list]:
    """王一 to 张三 on the left, 赵四 to 周六 on the right."""
    return [usual(*left) + [""] * gap + usual(*right) for left, right in zip(LEFT, RIGHT, strict=True)]


def sums(homes) -> list:
    return ["合计", "", sum(home[2] for home in homes), "", sum(home[3] for home in homes)]


def by_village(reading):
    found = {}
    for name, village in placed(reading):
        found.setdefault(village, set()).add(name)
    return found


def test_numbers_run_on_from_the_left_table_to_the_right():
    """One total under both is the total of both."""
    reading = read(["岭东村公示"], [*HEAD, "", *HEAD], *beside(1), ["合计", *[""] * 7, AREA, "", YUAN])
    assert sorted(payouts(reading)) == sorted(TRUTH)
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_each_table_has_its_own_total():
    """Two totals on one line are each their own table's, and the file declares both together."""
    reading = read(["岭东村"], [*HEAD, *HEAD], *beside(), sums(LEFT) + sums(RIGHT))
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_a_village_over_each_table():
    """The left table is 岭东村's and the right one 大岕口村's, as the line above them says."""
    over = ["岭东村", *[""] * 4, "大岕口村", *[""] * 4]
    merges = [(1, 0, 1, WIDTH - 1), (1, WIDTH, 1, 2 * WIDTH - 1)]
    reading = read(["梅坞镇公示"], over, [*HEAD, *HEAD], *beside(), merges=merges, name="Sheet1")
    names = [{home[1] for home in side} for side in (LEFT, RIGHT)]
    assert by_village(reading) == {LINGDONG: names[0], DAJIEKOU: names[1]}
    assert alarms(reading) == []


def test_a_group_over_each_table():
    """一组 stands over the left table and 二组 over the right one; the village is the sheet's."""
    over = ["一组", *[""] * 4, "二组", *[""] * 4]
    reading = read(["公示"], over, [*HEAD, *HEAD], *beside())
    assert {(row.payout.holder, row.payout.group) for row in reading.rows} >= {
        ("王一", "一组"),
        ("周六", "二组"),
    }
    assert alarms(reading) == []


def test_a_village_at_the_left_is_of_both_tables():
    """Written once, before the left table, a village is that of whoever stands on its line."""
    villages = ["岭东村", "大岕口村", "岭东村"]
    rows = [[village, *row] for village, row in zip(villages, beside(), strict=True)]
    reading = read(["梅坞镇清册"], ["村", *HEAD, *HEAD], *rows, name="Sheet1")
    names = [home[1] for home in (*LEFT[::2], *RIGHT[::2])]
    assert by_village(reading) == {LINGDONG: {*names}, DAJIEKOU: {LEFT[1][1], RIGHT[1][1]}}


def test_a_summary_beside_the_list_may_use_its_words():
    """The sum of a group under the very words of the list is not the amount of whoever stands beside it."""
    side = [["", "一组", 3, sums(LEFT)[4]], ["", "二组", 3, sums(RIGHT)[4]]]
    rows = [usual(*home) + (side[at] if at < 2 else []) for at, home in enumerate(HOMES)]
    reading = read(["清册"], [*HEAD, "", "组别", "户数", HEAD[4]], *rows, sums(HOMES))
    assert (payouts(reading), alarms(reading)) == (TRUTH, [])


def test_a_small_summary_beside_the_list():
    """Groups and their sums to the right of the list are no payees and change nobody's amount."""
    side = [["", "一组", 3, sums(LEFT)[4]], ["", "二组", 3, sums(RIGHT)[4]], ["", "合计", 6, YUAN]]
    rows = [usual(*home) + (side[at] if at < 3 else []) for at, home in enumerate(HOMES)]
    reading = read(["清册"], [*HEAD, "", "组别", "户数", "金额（元）"], *rows, sums(HOMES))
    assert payouts(reading) == TRUTH
    assert (alarms(reading), reading.declared_total_fen) == ([], 330916)


def test_a_fault_on_the_right_is_told_at_its_column():
    """The row number is the line's; the column letter says which of the two payees is meant."""
    rows = beside()
    rows[1][9] = "约1300"
    reading = read(["岭东村"], [*HEAD, *HEAD], *rows)
    assert [(one.code, one.row, one.column) for one in reading.findings if one.level == "error"] == [
        ("AMOUNT_UNREADABLE", 4, "J")
    ]


def test_a_wrong_total_under_two_tables():
    """A total that is not the sum of both tables is told once, at its line."""
    reading = read(["岭东村"], [*HEAD, *HEAD], *beside(), ["合计", *[""] * 8, YUAN - 100])
    assert alarms(reading) == [("TOTAL_MISMATCH", 6)]


def test_the_rows_before_are_no_words_over_the_next_tables():
    """An organisation's row just above the next title names no place: the title's group holds."""
    (_, _, area, yuan), other = HOMES[0], HOMES[1]
    coop = usual(1, "岭东村股份经济合作社", area, yuan)
    titles = [[f"岭东村{group}组公益林补偿资金发放清册"] for group in "二四"]
    reading = read(
        *(titles[0], [*HEAD, "", *HEAD], [*coop, "", *usual(*other)]),
        *(titles[1], [*HEAD, "", *HEAD], [*usual(*HOMES[2]), "", *usual(*HOMES[3])]),
        name="Sheet1",
    )
    assert {(row.payout.holder, row.payout.group) for row in reading.rows} >= {
        ("张三", "四组"),
        ("赵四", "四组"),
    }
    assert alarms(reading) == []


@settings(max_examples=25, deadline=None)
@given(
    label=st.sampled_from(["小计", "合计"]),
    right=st.booleans(),
    grand=st.booleans(),
    villages=st.booleans(),
    cut=st.integers(2, 3),
)
def test_pairs_of_tables_below_each_other(label, right, grand, villages, cut):
    """Each pair has one sum under it, on the left or on the right; no pair is measured by half of its rows."""
    rows = [["梅坞镇岭东村2025年稻谷补贴"]]
    for place, homes in (("岭东村", HOMES[:cut]), ("大岕口村", HOMES[cut:])):
        half = (len(homes) + 1) // 2
        left, other = homes[:half], homes[half:]
        rows += [[place]] if villages else [[]]
        rows.append([*HEAD, *HEAD])
        rows += [usual(*one) + (usual(*other[at]) if at < len(other) else []) for at, one in enumerate(left)]
        summed = ["", sum(home[2] for home in homes), "", sum(home[3] for home in homes)]
        rows.append(["", *[""] * 4, label, *summed] if right else [label, *summed])
    rows += [["总计", "", AREA, "", YUAN]] if grand else []
    reading = read(*rows, name="Sheet1")
    assert (sorted(payouts(reading)), alarms(reading)) == (sorted(TRUTH), [])
    assert reading.declared_total_fen == 330916
    if villages:
        assert by_village(reading)[DAJIEKOU] == {home[1] for home in HOMES[cut:]}


def test_a_wrong_sum_under_a_pair_is_told_with_the_sum_of_both():
    """The figure it is measured by is the whole pair's, not the left table's."""
    rows = [*beside(), ["合计", "", AREA, "", YUAN + 1]]
    reading = read(["岭东村"], [*HEAD, *HEAD], *rows, [], [*HEAD, *HEAD], *beside()[:1])
    told = [one.message for one in reading.findings if one.code == "TOTAL_MISMATCH"]
    assert len(told) == 1
    assert "3,309.16" in told[0]
