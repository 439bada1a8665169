"""Each rule over what would be published: silent on an honest list, and it finds its own fault."""

import re
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.findings import Level
from boards.model.money import product_fen
from boards.model.payouts import BatchClose, Control, Payout, PayStatus, Phase, Terms
from sync.county.checks.publication import NotReconciled, reconciled
from sync.county.checks.r2_rates import product_missed
from sync.county.checks.r5_stopped import stopped_say_why
from sync.county.checks.registries import Excluded, Person, Registries
from sync.county.checks.rules import asked
from sync.county.checks.whole import Publication
from tests.line.county_sim import row as roster_row
from tests.roster.county_files import VILLAGES

HOME = "abcd" * 8
VILLAGE = next(one for one in VILLAGES if one.code == "330590100201")
TERMS = Terms(
    village=VILLAGE.code,
    programme="rice",
    programme_name="稻谷补贴",
    phase=Phase.PAYMENT,
    fiscal_year=2025,
    period_no="2025-01",
)
KNOWN = Registries(
    people={HOME: Person(name="林秋实", village=VILLAGE.code)},
    contracts={HOME: Decimal("3.27")},
    excluded_land={HOME: Excluded(mu=Decimal("0.5"), why="抛荒")},
)
ELIGIBLE = {"quantity": Decimal("2.77")}


def payout(seq=1, **changes):
    fields = {
        "holder": "林秋实",
        "household": HOME,
        "quantity": Decimal("3.27"),
        "unit": "亩",
        "rate": Decimal("124.9788302"),
        "amount_fen": 40868,
    }
    return Payout(seq=seq, **{**fields, **changes})


def publication(*payouts, rows=(), registries=None, **changes):
    """What would be published of these payouts; each stands at the roster's row behind its number."""
    total = sum(one.amount_fen for one in payouts)
    listed = tuple(roster_row(one.seq, amount_fen=one.amount_fen) for one in payouts)
    close = BatchClose(
        terms=TERMS,
        edition=1,
        start=0,
        stop=len(payouts),
        count=len(payouts),
        households=len(payouts),
        sum_fen=total,
        by_programme={"rice": total},
        source_total_fen=total,
        source_sha256="0" * 64,
        control=Control(fen=total, scope="岭东村", source="花名册合计"),
    )
    fields = {
        "village": VILLAGE,
        "payouts": payouts,
        "listed": listed,
        "rows": rows or listed,
        "close": close,
        "application": False,
        "paid_on": date(2025, 9, 10),
        "fiscal_year": 2025,
        "said": (),
        "reading_codes": frozenset(),
    }
    return Publication(**{**fields, **changes}, **({"registries": registries} if registries else {}))


def codes(*payouts, **changes):
    return [one.code for one in asked(publication(*payouts, **changes))]


@pytest.mark.parametrize(("ceiling", "told"), [(0, []), (42974, []), (42973, ["CEILING"])])
def test_nobody_is_paid_above_the_programmes_ceiling(ceiling, told):
    """A pack may say what one household is paid at most; an organisation is no household."""
    payouts = [payout(1, amount_fen=42974), payout(2, amount_fen=99_999_99, kind="organisation")]
    found = [one.code for one in asked(publication(*payouts, ceiling_fen=ceiling)) if one.code == "CEILING"]
    assert found == told


def test_an_honest_list_passes_every_check():
    """Known to all registries, inside its area, paid in its year: nothing is found."""
    assert codes(payout(**ELIGIBLE), registries=KNOWN) == []


quantities = st.decimals(min_value="0.01", max_value="9999", places=2)
rates = st.decimals(min_value="0.01", max_value="999", places=7)


@given(quantities, rates, st.sampled_from([-2, -1, 0, 1, 2]))
@settings(max_examples=60)
def test_one_fen_is_rounding_and_two_are_not(quantity, rate, off):
    """R2: a county that rounds otherwise may be one fen off; the second fen is somebody's."""
    amount = product_fen(quantity, rate) + off
    found = product_missed(payout(quantity=quantity, rate=rate, amount_fen=amount))
    assert bool(found) == (abs(off) == 2 and amount != 0)


@pytest.mark.parametrize("field", ["sum_fen", "count", "source_total_fen"])
@given(st.integers(1, 999))
@settings(max_examples=10)
def test_our_own_sums_that_are_one_off_are_an_error(field, off):
    """R1: rows and totals of what would be published agree, or nothing is proposed at all."""
    sound = publication(payout(1), payout(2, item="早稻"))
    wrong = msgspec.structs.replace(sound.close, **{field: getattr(sound.close, field) + off})
    found = list(asked(msgspec.structs.replace(sound, close=wrong)))
    assert [(one.code, one.level) for one in found] == [("R1", Level.ERROR)]


def test_nobody_can_confirm_our_own_sums():
    """R1 is no rule to give a reason for: the proposal is refused whatever batch.toml says."""
    sound = publication(payout())
    wrong = msgspec.structs.replace(sound, close=msgspec.structs.replace(sound.close, sum_fen=1))
    with pytest.raises(NotReconciled, match="岭东村的行数、金额与合计不一致。（R1）"):
        reconciled([wrong], {"R1"})


def test_a_row_that_is_neither_listed_nor_left_out_is_an_error():
    """R1: lines and what is left out are all rows of the roster."""
    rows = (roster_row(1, amount_fen=40868), roster_row(2, amount_fen=0))
    assert codes(payout(), rows=rows) == ["R1"]


def test_the_same_household_twice_is_found():
    """R3 joins by the keyed hash, without one by group and name; a second machine is no duplicate."""
    assert codes(payout(1), payout(2)) == ["R3"]
    assert codes(payout(1, household=""), payout(2, household="")) == ["R3"]
    assert codes(payout(1, item="插秧机"), payout(2, item="旋耕机")) == []
    assert codes(payout(1, household="", group="一组"), payout(2, household="", group="二组")) == []
    assert codes(payout(1), payout(2), reading_codes=frozenset({"DUPLICATE_ROW"})) == []


STOPPED = {"status": PayStatus.STOPPED, "amount_fen": 0, "status_text": "停发"}
FAULTS = {
    "another name": (payout(holder="林秋石", **ELIGIBLE), {}, "R4"),
    "a household nobody knows": (payout(household="x" * 32), {}, "R4"),
    "no ID": (payout(household="", **ELIGIBLE), {}, "R4"),
    "another village": (payout(**ELIGIBLE), {"village": msgspec.structs.replace(VILLAGE, code="330590100202")}, "R4"),
    "failed and paid": (payout(status=PayStatus.FAILED, paid_on=date(2025, 9, 1), **ELIGIBLE), {}, "R6"),
    "returned and paid": (payout(status=PayStatus.RETURNED, paid_on=date(2025, 9, 1), **ELIGIBLE), {}, "R6"),
    "of another year": (payout(paid_on=date(2026, 1, 4), **ELIGIBLE), {}, "R10"),
    "a batch of another year": (payout(**ELIGIBLE), {"paid_on": date(2026, 1, 4)}, "R10"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_by_its_rule(fault):
    """One fault, one finding, and it waits for a person."""
    one, changes, rule = FAULTS[fault]
    found = list(asked(publication(one, registries=KNOWN, **changes)))
    assert [(one.code, one.level) for one in found] == [(rule, Level.WARNING)]


@pytest.mark.parametrize(
    "changes", [{"stop_reason": ""}, {"stop_reason": "已故", "paid_on": date(2025, 9, 1), "amount_fen": 100}]
)
def test_who_was_stopped_has_a_reason_and_no_day(changes):
    """R5 over the rows of the roster, though they are not listed."""
    row = roster_row(2, **(STOPPED | changes))
    assert "R5" in codes(payout(), rows=(roster_row(1, amount_fen=40868), row))


@pytest.mark.parametrize(
    "why", [{"stop_reason": "已故"}, {"remark": "户口迁出"}, {"status_text": "停发（已故）"}]
)
def test_who_was_stopped_with_a_reason_passes(why):
    """R5 is silent where the row says why, in whichever column, and names no day of payment."""
    row = roster_row(2, **(STOPPED | why))
    assert list(stopped_say_why(publication(payout(), rows=(row,)))) == []


@pytest.mark.parametrize("status", [PayStatus.FAILED, PayStatus.RETURNED])
def test_a_payment_that_failed_without_a_day_passes(status):
    """R6 asks for no day of payment, and for nothing else."""
    assert codes(payout(status=status, **ELIGIBLE), registries=KNOWN) == []


variants = st.fixed_dictionaries(
    {
        "household": st.sampled_from([HOME, "", "x" * 32]),
        "holder": st.sampled_from(["林秋实", "林秋石"]),
        "item": st.sampled_from(["早稻", "晚稻"]),
        "paid_on": st.sampled_from([None, date(2025, 9, 10), date(2026, 1, 4)]),
        "remark": st.sampled_from(["", "补发"]),
    }
)


def found_lines(payouts):
    """What is found, each by its rule and the lines it stands at."""
    found = asked(publication(*payouts))
    return sorted(
        (one.code, sorted(re.search(r"第([\d、]+)行", one.message)[1].split("、"))) for one in found
    )


@given(st.data(), st.lists(variants, min_size=2, max_size=5))
@settings(max_examples=60)
def test_the_order_of_rows_changes_no_finding_of_a_batch(data, rows):
    """R3 and R10 find the same lines in whatever order they stand."""
    payouts = [payout(seq, **fields) for seq, fields in enumerate(rows, 1)]
    assert found_lines(data.draw(st.permutations(payouts))) == found_lines(payouts)


def test_who_is_gone_from_the_registry_is_found():
    """R4: dead or moved away."""
    gone = msgspec.structs.replace(
        KNOWN, people={HOME: Person(name="林秋实", village=VILLAGE.code, gone=True)}
    )
    assert codes(payout(**ELIGIBLE), registries=gone) == ["R4"]


@given(st.decimals(min_value="0.01", max_value="9", places=2))
@settings(max_examples=60)
def test_areas_fit_into_the_contract_and_what_is_eligible_of_it(mu):
    """R7 above 3.27 mu, R8 above 2.77 of them; a finding stands at the roster's row."""
    found = list(asked(publication(payout(7, quantity=mu), registries=KNOWN)))
    assert [one.code for one in found] == ["R7"] * (mu > Decimal("3.27")) + ["R8"] * (mu > Decimal("2.77"))
    assert {one.row for one in found} <= {roster_row(7).row}


def test_machines_and_households_without_a_contract_are_not_judged_by_area():
    """R7 and R8 are of land, and of what the registry says."""
    assert codes(payout(quantity=Decimal(9), unit="台"), registries=KNOWN) == []
    none = msgspec.structs.replace(KNOWN, contracts={})
    assert codes(payout(quantity=Decimal(9)), registries=none) == []


def test_without_a_registry_nothing_is_asked_of_it():
    """R4, R7 and R8 are silent; the proposal says that they were not checked."""
    assert codes(payout(quantity=Decimal(9), holder="林秋石")) == []
    assert codes(payout(quantity=Decimal(9)), registries=Registries(excluded_land=KNOWN.excluded_land)) == []


def test_a_carry_over_may_be_paid_in_another_year():
    """R10: 结转 in the words of the list, or of the line."""
    late = date(2026, 1, 4)
    assert codes(payout(), paid_on=late, said=("2025年结转资金",)) == []
    assert codes(payout(paid_on=late, remark="补发")) == []
