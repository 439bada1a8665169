"""The checks R1-R10 and the county's close: each holds on an honest list and fails on a faulty one."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.batch_close import close_agrees
from boards.model.money import product_fen
from boards.model.payouts import BatchClose, LeftOut, LeftOutReason, Payout, PayStatus, Phase, Terms
from sync.county.checks.r1_totals import Totals, r1_totals
from sync.county.checks.r2_rates import r2_amount_is_rate_times_quantity
from sync.county.checks.r3_duplicates import r3_no_duplicates
from sync.county.checks.r4_people import r4_registered
from sync.county.checks.r6_failed import r6_failed_rows
from sync.county.checks.r7_contract_area import r7_area_within_contract
from sync.county.checks.r8_excluded_land import r8_eligible_land
from sync.county.checks.r10_fiscal_year import r10_paid_in_fiscal_year
from sync.county.checks.registries import Registered

TERMS = Terms(
    village="330590100201",
    programme="rice",
    programme_name="稻谷补贴",
    phase=Phase.PAYMENT,
    fiscal_year=2025,
    period_no="2025-01",
    paid_on=date(2025, 9, 10),
)


def row(seq=1, **changes):
    fields = {
        "holder": "林秋实",
        "household": "abcd" * 8,
        "quantity": Decimal("3.27"),
        "unit": "亩",
        "rate": Decimal("124.9788302"),
        "amount_fen": 40868,
    }
    return Payout(seq=seq, **{**fields, **changes})


quantities = st.decimals(min_value="0.01", max_value="9999", places=2)
rates = st.decimals(min_value="0.01", max_value="999", places=7)
rows = st.lists(st.tuples(quantities, rates), min_size=1, max_size=8).map(
    lambda pairs: tuple(
        row(
            seq,
            household=chr(96 + seq) * 32,
            quantity=quantity,
            rate=rate,
            amount_fen=product_fen(quantity, rate),
        )
        for seq, (quantity, rate) in enumerate(pairs, start=1)
    )
)


def close_of(payouts, **changes):
    total = sum(payout.amount_fen for payout in payouts)
    fields = {
        "terms": TERMS,
        "edition": 1,
        "start": 0,
        "stop": len(payouts),
        "count": len(payouts),
        "households": len(payouts),
        "sum_fen": total,
        "by_programme": {"rice": total},
        "source_total_fen": total,
        "source_sha256": "0" * 64,
    }
    return BatchClose(**{**fields, **changes})


def arrived(payouts):
    total = sum(payout.amount_fen for payout in payouts)
    return {
        "count": len(payouts),
        "households": len(payouts),
        "sum_fen": total,
        "by_programme": {"rice": total},
    }


@given(rows)
@settings(max_examples=60)
def test_an_honest_list_passes_every_check(payouts):
    """Rounded products, own totals, one row a household: nothing is found."""
    stated = Totals(
        amount_fen=sum(payout.amount_fen for payout in payouts),
        quantity=sum(payout.quantity for payout in payouts),
        count=len(payouts),
    )
    assert r1_totals(payouts, stated) == ()
    assert r2_amount_is_rate_times_quantity(payouts) == ()
    assert r3_no_duplicates(payouts) == ()
    assert close_agrees(close_of(payouts), **arrived(payouts)) == ()


@given(rows, st.randoms())
@settings(max_examples=40)
def test_the_checks_do_not_care_for_order(payouts, random):
    """A shuffled list has the same totals and the same findings."""
    shuffled = list(payouts)
    random.shuffle(shuffled)
    stated = Totals(amount_fen=1, quantity=Decimal(1), count=0)
    assert r1_totals(shuffled, stated) == r1_totals(payouts, stated)


@given(rows, st.integers(2, 10**6), st.booleans())
@settings(max_examples=60)
def test_any_other_amount_is_found(payouts, off, less):
    """More than one fen beside the product, and a total that is one row short, do not pass."""
    wrong = msgspec.structs.replace(
        payouts[0], amount_fen=max(payouts[0].amount_fen + (-off if less else off), 1)
    )
    if abs(wrong.amount_fen - payouts[0].amount_fen) > 1:
        assert [one.rows for one in r2_amount_is_rate_times_quantity([wrong])] == [(1,)]
    total = sum(payout.amount_fen for payout in payouts)
    assert len(r1_totals((wrong, *payouts[1:]), Totals(amount_fen=total))) == (
        wrong.amount_fen != payouts[0].amount_fen
    )


@given(rows, st.sampled_from([-2, -1, 0, 1, 2]))
@settings(max_examples=60)
def test_one_fen_is_rounding_and_two_are_not(payouts, off):
    """R2: a county that rounds otherwise may be one fen off; the second fen is somebody's."""
    first = payouts[0]
    amount = product_fen(first.quantity, first.rate) + off
    found = r2_amount_is_rate_times_quantity([msgspec.structs.replace(first, amount_fen=amount)])
    assert bool(found) == (abs(off) == 2 and amount != 0)


@given(rows, st.sampled_from(["count", "households", "sum_fen", "source_total_fen"]), st.integers(1, 999))
@settings(max_examples=60)
def test_a_close_one_off_is_held(payouts, field, off):
    """Rows are visible only when count, households, sum and the source's total all match to the fen."""
    close = close_of(payouts)
    wrong = msgspec.structs.replace(close, **{field: getattr(close, field) + off})
    assert close_agrees(wrong, **arrived(payouts))


def test_left_out_rows_make_up_the_source_total():
    """The county's total is what is listed plus what is left out."""
    payouts = (row(),)
    left_out = (LeftOut(reason=LeftOutReason.FAILED, count=1, sum_fen=132),)
    assert (
        close_agrees(close_of(payouts, left_out=left_out, source_total_fen=41000), **arrived(payouts)) == ()
    )
    assert close_agrees(close_of(payouts, left_out=left_out), **arrived(payouts))


def test_another_split_by_programme_is_held():
    """The same sum under another programme is not the same batch."""
    close = close_of((row(),), by_programme={"machinery": 40868})
    assert [one.message for one in close_agrees(close, **arrived((row(),)))] == [
        "分项目金额与县里写的不一致。"
    ]


def test_the_same_household_twice_is_found():
    """R3 joins by the keyed hash, without one by group and name; a second machine is no duplicate."""
    assert r3_no_duplicates((row(1), row(2)))[0].rows == (1, 2)
    assert r3_no_duplicates((row(1, household=""), row(2, household="")))[0].rows == (1, 2)
    assert r3_no_duplicates((row(1, item="插秧机"), row(2, item="旋耕机"))) == ()
    assert r3_no_duplicates((row(1, household="", group="一组"), row(2, household="", group="二组"))) == ()


REGISTRY = {
    "abcd" * 8: Registered(
        name="林秋实",
        village="330590100201",
        contract_mu=Decimal("3.27"),
        ineligible_mu=Decimal("0.5"),
        ineligible_why="抛荒",
    )
}


@pytest.mark.parametrize(
    ("findings", "rule"),
    [
        (r4_registered([row(holder="林秋石")], "330590100201", REGISTRY), "R4"),
        (r4_registered([row()], "330590100202", REGISTRY), "R4"),
        (r4_registered([row(household="x" * 32)], "330590100201", REGISTRY), "R4"),
        (r6_failed_rows([row(status=PayStatus.FAILED, paid_on=date(2025, 9, 1))]), "R6"),
        (r7_area_within_contract([row(quantity=Decimal("3.28"))], REGISTRY), "R7"),
        (r8_eligible_land([row()], REGISTRY), "R8"),
        (r10_paid_in_fiscal_year([row(paid_on=date(2026, 1, 4))], 2025), "R10"),
    ],
)
def test_each_fault_is_found_by_its_rule(findings, rule):
    """One fault, one finding, checked and named."""
    assert [(one.rule, one.checked) for one in findings] == [(rule, True)]


@pytest.mark.parametrize(
    "findings",
    [
        r4_registered([row()], "330590100201", REGISTRY),
        r6_failed_rows([row(status=PayStatus.FAILED)]),
        r7_area_within_contract([row()], REGISTRY),
        r8_eligible_land([row(quantity=Decimal("2.77"))], REGISTRY),
        r10_paid_in_fiscal_year([row(paid_on=date(2026, 1, 4))], 2025, carried_over=True),
    ],
)
def test_what_is_right_passes(findings):
    """The negative control of each rule."""
    assert findings == ()


def test_without_a_registry_it_is_said_so():
    """R4, R7, R8 and the retries of R6 report that they were not checked, once."""
    for findings in (
        r4_registered([row()], "330590100201"),
        r7_area_within_contract([row()]),
        r8_eligible_land([row()]),
    ):
        assert [one.checked for one in findings] == [False]
