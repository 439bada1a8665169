"""Several programmes in one row: the sum is paid to one household, each programme keeps its own terms."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from sync.county.intake.check import read_roster
from sync.county.publish import publisher
from sync.county.publish.one_programme import TOGETHER, ShareNotChosen, ShareUnknown
from tests.line.county_sim import NOW, copied, county
from tests.roster.county_files import VILLAGES, Page, as_csv, as_xlsx
from tests.roster.county_tables import alarms
from tests.roster.test_roster_proposed import TOML

CENT = Decimal("0.01")
FERTILITY, RICE = "耕地地力保护补贴", "稻谷补贴"
PLOTS = st.tuples(st.integers(1, 900), st.integers(0, 900)).map(
    lambda tenths: (Decimal(tenths[0]) / 10, Decimal(tenths[1]) / 10)
)


def two_programmes(
    areas, *, total: bool = False, common_area: bool = False, wrong: int | None = None
) -> Page:
    """Two groups of area, rate and amount beside each other; perhaps one area for both, perhaps their total."""
    page, rates = Page("明细"), (Decimal("131.42"), Decimal(60))
    leaves = (
        ["补贴标准（元/亩）", "补贴金额（元）"]
        if common_area
        else ["面积（亩）", "补贴标准（元/亩）", "补贴金额（元）"]
    )
    first = ["序号", "村", "姓名", *(["面积（亩）"] if common_area else [])]
    width = len(leaves)
    page.across("苕安县2025年惠农补贴发放清册", len(first) + 2 * width + total)
    page.add(
        *first,
        FERTILITY,
        *[""] * (width - 1),
        RICE,
        *[""] * (width - 1),
        *(["合计金额（元）"] if total else []),
    )
    page.add(*[""] * len(first), *leaves, *leaves, *([""] if total else []))
    left = len(first)
    page.merges += [(1, at, 2, at) for at in range(left)]
    page.merges += [(1, left, 1, left + width - 1), (1, left + width, 1, left + 2 * width - 1)]
    if total:
        page.merges.append((1, left + 2 * width, 2, left + 2 * width))
    for number, pair in enumerate(areas, 1):
        own = (pair[0], pair[0]) if common_area else pair
        paid = [(area * rate).quantize(CENT) for area, rate in zip(own, rates, strict=True)]
        if wrong == number:
            paid[1] += 5
        cells = [number, "岭东村", "王" + chr(0x4E00 + number), *([own[0]] if common_area else [])]
        for area, rate, amount in zip(own, rates, paid, strict=True):
            cells += [rate, amount] if common_area else [area, rate, amount]
        page.add(*cells, *([sum(paid)] if total else []))
    return page


@given(
    areas=st.lists(PLOTS, min_size=3, max_size=12),
    total=st.booleans(),
    common=st.booleans(),
    text=st.booleans(),
)
@example(
    areas=[(Decimal("0.1"), Decimal(0))] * 2 + [(Decimal("0.1"),) * 2], total=True, common=False, text=False
)
@settings(max_examples=25, deadline=None)
def test_each_programme_keeps_its_own_terms(areas, total, common, text):
    """Quantity, rate and amount of each programme, under the words of its group; together they are the row."""
    page = two_programmes(areas, total=total, common_area=common)
    reading = read_roster("清册", as_csv([page], "utf-8") if text else as_xlsx([page]), VILLAGES)
    assert not {code for code, _ in alarms(reading)} - {"AMOUNT_UNUSUAL", "QUANTITY_UNUSUAL"}
    for row, pair in zip(reading.rows, areas, strict=True):
        own = (pair[0], pair[0]) if common else pair
        first, second = row.shares
        assert (first.programme, second.programme) == (FERTILITY, RICE)
        assert (first.quantity, second.quantity) == own
        assert (first.rate, second.rate) == (Decimal("131.42"), Decimal(60))
        assert row.payout.amount_fen == first.amount_fen + second.amount_fen


def test_the_words_of_programmes_may_stand_over_the_header():
    """户主 stands in the lower row: what stands over two columns of it is still their programme."""
    page = Page("明细")
    page.add("", "", FERTILITY, "", RICE, "", "")
    page.add("序号", "户主", *["面积（亩）", "补贴金额（元）"] * 2, "合计金额（元）")
    page.merges += [(0, 2, 0, 3), (0, 4, 0, 5)]
    for number, name in enumerate(("王一", "李二", "张三"), 1):
        page.add(number, name, number, number * 100, number * 2, number * 60, number * 160)
    reading = read_roster("岭东村", as_xlsx([page]), VILLAGES)
    told = [[(share.programme, share.amount_fen) for share in row.shares] for row in reading.rows]
    assert told == [[(FERTILITY, n * 10000), (RICE, n * 6000)] for n in (1, 2, 3)]


@given(st.integers(1, 6))
@settings(max_examples=6, deadline=None)
def test_each_programme_is_checked_by_itself(wrong):
    """An amount that is not its own area times its own rate is told at its own column, and nowhere else."""
    areas = [(Decimal(at), Decimal(at + 3)) for at in range(1, 7)]
    reading = read_roster("清册.xlsx", as_xlsx([two_programmes(areas, wrong=wrong)]), VILLAGES)
    told = [(one.code, one.row, one.column) for one in reading.findings if one.level is not Level.NOTE]
    assert told == [("AMOUNT_NOT_AREA_TIMES_RATE", wrong + 3, "I")]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return county(tmp_path_factory.mktemp("shares") / "c")


def test_a_batch_is_one_programme(own, tmp_path):
    """The batch says which; whoever has no part in it is not on its list; nobody's money is counted twice."""
    areas = [(Decimal(3), Decimal(2)), (Decimal(5), Decimal(0)), (Decimal(1), Decimal(1))]
    reading = read_roster("清册.xlsx", as_xlsx([two_programmes(areas)]), VILLAGES)
    with pytest.raises(ShareNotChosen, match=RICE):
        publisher.propose(own, reading, TOML, NOW)
    with pytest.raises(ShareUnknown, match="玉米"):
        publisher.propose(own, reading, msgspec.structs.replace(TOML, share="玉米补贴"), NOW)
    sums = {}
    for share in (FERTILITY, RICE, TOGETHER):
        programme = "rice" if share == RICE else TOML.programme
        own_total = {FERTILITY: "1182.78", RICE: "180.00", TOGETHER: "1362.78"}[share]
        toml = msgspec.structs.replace(TOML, share=share, programme=programme, control_total=own_total)
        made = publisher.propose(copied(own, tmp_path / programme / share), reading, toml, NOW)
        sums[share] = (made.count, made.sum_fen)
    assert sums[RICE] == (2, 3 * 6000)
    assert sums[FERTILITY] == (3, 9 * 13142)
    assert sums[TOGETHER] == (3, sums[RICE][1] + sums[FERTILITY][1])


def test_funds_of_one_programme_are_no_programmes():
    """中央 and 县级 money under one heading has no areas of its own: one row, one programme."""
    page = Page("明细")
    page.across("苕安县2025年稻谷补贴发放清册", 6)
    page.add("序号", "村", "姓名", "面积（亩）", "补贴金额（元）", "")
    page.add("", "", "", "", "中央", "县级")
    page.merges += [(1, at, 2, at) for at in range(4)] + [(1, 4, 1, 5)]
    for at in range(1, 5):
        page.add(at, "岭东村", "王" + chr(0x4E00 + at), at, at * 70, at * 30)
    reading = read_roster("清册.xlsx", as_xlsx([page]), VILLAGES)
    assert [(row.payout.amount_fen, row.shares) for row in reading.rows] == [
        (at * 10000, ()) for at in range(1, 5)
    ]
