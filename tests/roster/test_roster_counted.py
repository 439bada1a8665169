"""Households beside a total, and rates that only the title or the other rows state."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.money import product_fen
from tests.roster.county_tables import AREA, HEAD, HOMES, YUAN, alarms, lines, read, usual

RATE = Decimal("86.5")
PLAIN = ["序号", "户主", "面积（亩）", "金额（元）"]


def total(text: str, label: str = "合计") -> list:
    return [label, text, AREA, None, YUAN]


def test_a_total_counts_its_households():
    """合计 9户 over six rows: a warning at the total."""
    rows = lines(usual)
    assert alarms(read(["2025年"], HEAD, *rows, total("6户"))) == []
    assert alarms(read(["2025年"], HEAD, *rows, total("9户"))) == [("TOTAL_HOUSEHOLDS", 9)]
    assert alarms(read(["2025年"], HEAD, *rows, total("", "合计（9户）"))) == [("TOTAL_HOUSEHOLDS", 9)]


@given(st.integers(3, 6))
def test_households_may_be_fewer_than_rows(households):
    """One household has several plots: any count between names and rows is right."""
    homes = [(n, HOMES[min(n, households) - 1][1], area, yuan) for n, _, area, yuan in HOMES]
    rows = lines(usual, homes)
    assert alarms(read(["2025年"], HEAD, *rows, total(f"{households}户"))) == []


def test_totals_of_groups_count_their_own():
    """小计 2户 and 4户, 合计 6户; and above the rows too."""
    rows = lines(usual)
    part = [["小计", f"{len(own)}户", sum(row[2] for row in own), None, sum(row[4] for row in own)]
            for own in (rows[:2], rows[2:])]  # fmt: skip
    assert alarms(read(["2025年"], HEAD, *rows[:2], part[0], *rows[2:], part[1], total("6户"))) == []
    assert alarms(read(["2025年"], HEAD, total("6户"), *rows)) == []


def followed(rate=RATE, count: int = 10) -> list[list]:
    """Rows whose amounts follow one rate that no column states."""
    areas = [Decimal(100 + 37 * n) / 100 for n in range(count)]
    return [[n + 1, f"甲{chr(0x4E00 + n)}", area, (area * rate).quantize(Decimal("0.01"))]
            for n, area in enumerate(areas)]  # fmt: skip


TITLES = [
    "岭东村2025年稻谷补贴（补贴标准：100元/亩）",
    "岭东村2025年稻谷补贴（每亩100元）",
    "2025年稻谷补贴 标准100元/亩",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_titles_rate_that_no_row_follows_is_told_once(title):
    """With a column of rates and without: one warning for the sheet, none at its rows."""
    rows = followed()
    assert alarms(read([title], PLAIN, *rows)) == [("TITLE_RATE_NOT_FOLLOWED", None)]
    rated = [[*row[:3], RATE, row[3]] for row in rows]
    assert alarms(read([title], HEAD, *rated)) == [("TITLE_RATE_NOT_FOLLOWED", None)]
    assert alarms(read([title], PLAIN, *followed(Decimal(100)))) == []


@pytest.mark.parametrize(
    "title", ["其中省级补贴标准10元/亩", "补贴标准最高100元/亩", "早稻每亩100元、晚稻每亩50元"]
)
def test_a_title_that_does_not_state_one_rate_accuses_nobody(title):
    """A part, a limit, or several rates."""
    assert alarms(read([f"岭东村2025年稻谷补贴（{title}）"], PLAIN, *followed())) == []


@pytest.mark.thorough
@given(at=st.integers(0, 9), slip=st.sampled_from([10, 100, Decimal("0.1")]), count=st.integers(10, 14))
def test_an_amount_with_its_point_elsewhere_is_held(at, slip, count):
    """No rate is written, all rows but one follow the same: a warning at that row only."""
    rows = followed(count=count)
    rows[at][3] = (rows[at][3] * slip).quantize(Decimal("0.01"))
    told = alarms(read(["2025年稻谷补贴"], PLAIN, *rows))
    assert ("AMOUNT_NOT_AREA_TIMES_RATE", at + 3) in told
    assert {row for _, row in told} == {at + 3}


@given(at=st.integers(0, 9), off=st.sampled_from([-2, -1, 1, 2]))
def test_one_fen_is_rounding_and_two_are_told(at, off):
    """R2: the county may round otherwise by one fen; the second fen is somebody's."""
    rows = [[*row[:3], RATE, Decimal(product_fen(row[2], RATE)) / 100] for row in followed()]
    rows[at][4] += Decimal(off) / 100
    told = [("AMOUNT_NOT_AREA_TIMES_RATE", at + 3)] if abs(off) == 2 else []
    assert alarms(read(["2025年稻谷补贴"], HEAD, *rows)) == told


@given(at=st.integers(0, 9), other=st.sampled_from(["120", "43.25", "100"]))
def test_another_tier_is_no_mistake(at, other):
    """A large grower at another rate, where no rate is written, may be right."""
    rows = followed()
    rows[at][3] = (rows[at][2] * Decimal(other)).quantize(Decimal("0.01"))
    assert alarms(read(["2025年稻谷补贴"], PLAIN, *rows)) == []


def test_an_area_too_small_for_any_rate_breaks_nothing():
    """0.00000001 亩 and ten billion yuan in four rows: no rate is found, and the amounts are told as unlike anything."""
    rows = [
        [n, f"王{name}", Decimal(n) / 10**8, Decimal("9999999999.99")] for n, name in enumerate("一二三四", 1)
    ]
    told = alarms(read(["2025年补贴"], PLAIN, *rows))
    assert {code for code, _ in told} == {"AMOUNT_UNUSUAL"}
