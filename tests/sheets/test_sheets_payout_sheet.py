"""Composing: the choice of layout, titles, and the village's year."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from boards.model.pack import MaskPolicy
from boards.model.payouts import PayeeKind, Phase
from boards.sheets.payout_sheet import Totals, title_of, variant_of
from boards.sheets.sheet import Line, SheetHead, Variant, gone_line, line_of
from boards.sheets.year import year_rows
from tests.line.test_line_wire import PAYOUTS
from tests.village import MASK, PACK, mark, payout, terms

VILLAGE = PACK.villages[0]


@pytest.mark.parametrize(
    ("found", "kind", "phase", "wanted"),
    [
        ({}, "area", Phase.PAYMENT, Variant.AREA),
        ({"rates": 1}, "area", Phase.PAYMENT, Variant.AREA),
        ({"rates": 2}, "area", Phase.PAYMENT, Variant.ITEM),
        ({"for_others": True}, "area", Phase.PAYMENT, Variant.ITEM),
        ({"items": True}, "area", Phase.PAYMENT, Variant.ITEM),
        ({}, "item", Phase.PAYMENT, Variant.ITEM),
        ({}, "person", Phase.PAYMENT, Variant.ITEM),
        ({"in_kind": True}, "area", Phase.PAYMENT, Variant.IN_KIND),
        ({}, "in_kind", Phase.PAYMENT, Variant.IN_KIND),
        ({"in_kind": True}, "in_kind", Phase.APPLICATION, Variant.APPLICATION),
    ],
)
def test_the_layout_follows_the_data(found, kind, phase, wanted):
    """A with one rate, A2 for others and items, in-kind with signatures, applications without money."""
    assert variant_of(phase, kind, Totals(count=2, households=2, sum_fen=1, **found)) is wanted


def test_titles_say_what_hangs_there():
    """Village, year, programme, and whether people applied or were paid."""
    assert title_of(VILLAGE, terms()) == "岭东村2025年耕地地力保护补贴发放公示表"
    assert title_of(VILLAGE, terms(phase=Phase.APPLICATION)) == "岭东村2025年耕地地力保护补贴申报公示表"


def test_a_line_says_each_person_once():
    """A beneficiary stands there only when it is somebody else, and whose account it is never."""
    line = line_of(
        payout(1, payee="林秋实", beneficiary="林小实"), number=4, household=9, sensitive=False, mask=MASK
    )
    assert (line.seq, line.household, line.beneficiary) == (4, 9, "林小实")
    own = line_of(
        payout(1, payee="林夏至", beneficiary="林秋实"), number=4, household=9, sensitive=False, mask=MASK
    )
    assert (own.beneficiary, "林夏至" in repr(own)) == ("", False)


def test_masks_hold_for_persons_only():
    """People by policy, organisations never."""
    policy = MaskPolicy(version="x", names="one_star")
    person = line_of(payout(1, beneficiary="欧阳明"), number=1, household=1, sensitive=False, mask=policy)
    firm = line_of(
        payout(1, "岭东茶叶专业合作社", kind=PayeeKind.ORGANISATION),
        number=1,
        household=1,
        sensitive=False,
        mask=policy,
    )
    assert (person.holder, person.beneficiary) == ("林*", "欧阳*")
    assert (firm.holder, firm.household) == ("岭东茶叶专业合作社", 0)


def test_a_sensitive_line_is_a_name_and_an_amount():
    """Nothing that hints at an illness."""
    line = line_of(payout(1, remark="视力一级"), number=1, household=1, sensitive=True, mask=MASK)
    assert (line.holder, line.amount_fen, line.remark, line.quantity, line.group) == (
        "林秋实",
        40868,
        "",
        None,
        "",
    )


LINE_OF_PAYOUT = {
    "holder", "beneficiary", "group", "quantity", "unit", "rate", "amount_fen", "item", "in_kind", "remark",
}  # fmt: skip


@given(made=PAYOUTS, sensitive=st.booleans())
def test_a_line_shows_what_was_decided_and_nothing_else(made, sensitive):
    """The county's keyed hash is on no line, and of a sensitive programme only names and amounts are."""
    line = line_of(made, number=1, household=1, sensitive=sensitive, mask=MASK)
    shown = {"holder", "beneficiary", "amount_fen"} if sensitive else LINE_OF_PAYOUT
    for field in msgspec.structs.fields(Line):
        if field.name not in {*shown, "seq", "household"}:
            assert getattr(line, field.name) == field.default, field.name
    hashed = line_of(replace(made, household=mark(7)), number=1, household=1, sensitive=sensitive, mask=MASK)
    assert hashed == line


def test_a_line_taken_down_keeps_its_place_and_amount():
    """So that the sheet on the wall still adds up."""
    assert gone_line(number=3, amount_fen=5, erased=True).holder == "（已删除）"
    assert gone_line(number=3, amount_fen=5, erased=False).amount_fen == 5


def head(batch: str, unit: str, quantity: str | None, fen: int) -> SheetHead:
    """A list of the year that counts in some unit."""
    return SheetHead(
        village=VILLAGE,
        batch=batch,
        edition=1,
        variant=Variant.AREA,
        title="x",
        terms=terms(),
        count=1,
        households=1,
        quantity=None if quantity is None else Decimal(quantity),
        unit=unit,
        sum_fen=fen,
        digest="0" * 64,
        code="0" * 10,
    )


def test_a_year_adds_up_money_always_and_quantities_of_one_unit_only():
    """Mu and kilograms have no sum, nor has a list whose quantity is not known; fen have one."""
    one, two = head("b1", "亩", "3.5", 100), head("b2", "亩", "0.5", 20)
    (row,) = year_rows((one, two), len)
    assert (row.quantity, row.unit, row.sum_fen, row.households) == (Decimal(4), "亩", 120, 2)
    for other in (head("b2", "kg", "0.5", 20), head("b2", "", None, 20)):
        (row,) = year_rows((one, other), len)
        assert (row.quantity, row.unit, row.sum_fen) == (None, "", 120)


def test_a_year_without_lists_is_empty():
    """No rows, no error."""
    assert year_rows((), len) == ()
    assert mark(0) == "a" * 32
