"""Areas, compensation, document numbers, approver, hearing and remedies: the rules of a land case."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.calendar.years import shipped_calendar
from boards.model.document_numbers import (
    DocumentNumber,
    DocumentNumberMalformed,
    document_number,
    same_number,
)
from boards.model.land.application import hearing_required, needs_year_plan
from boards.model.land.approval import LandTaken, is_for_state_council
from boards.model.land.areas import (
    Agreement,
    Area,
    ha_and_mu_agree,
    half_unit,
    same_land,
    square_metres,
    sum_agreement,
    tolerance_mu,
)
from boards.model.land.compensation import (
    CompensationRow,
    Payment,
    agrees_with_basis,
    basis_of,
    paid_in_full,
    payment_of,
    total_due,
    total_paid,
)
from boards.model.land.facts import PublicInterestGround
from boards.model.land.kinds import NoticeKind
from boards.model.land.terms import NATIONAL, ZHEJIANG, remedies
from boards.model.money import Fen

FIGURES = st.decimals(Decimal("0.0001"), Decimal(99999), places=4)
TRUE_HA = st.decimals(Decimal("0.01"), Decimal(500), places=8)


@given(TRUE_HA, st.integers(0, 6), st.integers(0, 6))
def test_two_roundings_of_the_same_land_always_agree(true_ha, ha_places, mu_places):
    """However few places are printed, hectares and mu rounded from one area are never called different."""
    ha = round(true_ha, ha_places) if ha_places else Decimal(round(true_ha))
    mu = round(true_ha * 15, mu_places) if mu_places else Decimal(round(true_ha * 15))
    assert ha_and_mu_agree(Area(ha=ha, mu=mu))


@given(FIGURES, st.decimals(Decimal("0.0011"), Decimal(100), places=4), st.booleans())
def test_more_than_a_thousandth_of_a_mu_is_a_mismatch(ha, off, more):
    """With four printed places a difference above 0.001 mu is found, in either direction."""
    mu = ha * 15 + (off if more else -off)
    assert not ha_and_mu_agree(Area(ha=ha, mu=mu.quantize(Decimal("0.0001"))))


def test_a_real_notice_agrees_and_is_not_corrected():
    """11.8078 公顷 = 177.1174 亩 is within rounding; one figure alone agrees with itself."""
    assert ha_and_mu_agree(Area(ha=Decimal("11.8078"), mu=Decimal("177.1174")))
    assert tolerance_mu(Decimal("11.8078"), Decimal("177.1174")) == Decimal("0.001")
    assert half_unit(Decimal("1.2036")) * 15 == Decimal("0.00075")
    assert ha_and_mu_agree(Area(ha=Decimal("1.5")))


@given(st.lists(TRUE_HA, min_size=1, max_size=12), st.integers(1, 4))
def test_rounded_rows_and_a_rounded_total_are_never_called_different(parts, places):
    """Rows rounded one by one may miss the rounded total by a unit or two: said as rounding, not as an error."""
    printed = [round(part, places) for part in parts]
    assert sum_agreement(printed, round(sum(parts), places)) is not Agreement.DIFFERENT
    assert sum_agreement(printed, sum(printed)) is Agreement.EXACT


def test_the_real_notice_whose_villages_do_not_add_up():
    """17.2566 公顷 stated, 17.0766 in the rows: different (a real slip, R1)."""
    assert sum_agreement([Decimal("10.0766"), Decimal("7.0000")], Decimal("17.2566")) is Agreement.DIFFERENT


def test_same_land_by_one_agreeing_unit():
    """A slip in one unit leaves the land the same; two differing units are other land."""
    here = Area(ha=Decimal("1.0333"), mu=Decimal("15.4995"))
    assert same_land(here, Area(ha=Decimal("1.0333"), mu=Decimal("25.4995")))
    assert not same_land(here, Area(ha=Decimal("1.1333"), mu=Decimal("16.9995")))
    assert same_land(here, Area())


def test_square_metres():
    """1 公顷 is 10,000 m², 3 亩 are 2,000; nothing printed is nothing known."""
    assert square_metres(Area(ha=Decimal("1.2"))) == 12000
    assert square_metres(Area(mu=Decimal(3))) == 2000
    assert square_metres(Area()) is None


def row(due: int, paid: int | None = None, basis: str = "") -> CompensationRow:
    return CompensationRow(
        village="竹垓村", item="青苗", basis=basis, amount=Fen(due), paid=None if paid is None else Fen(paid)
    )


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=8))
def test_paid_in_full_means_every_row_and_the_sums(pairs):
    """Full payment is row by row; then the sums agree as well."""
    rows = [row(due, paid) for due, paid in pairs]
    assert paid_in_full(rows) == (bool(pairs) and all(due == paid for due, paid in pairs))
    if paid_in_full(rows):
        assert total_due(rows) == total_paid(rows)


@pytest.mark.parametrize(
    ("due", "paid", "how"),
    [(5, None, Payment.OPEN), (5, 0, Payment.PART), (5, 5, Payment.FULL), (5, 6, Payment.OVER)],
)
def test_how_a_payment_stands(due, paid, how):
    """Open, in part, in full, too much."""
    assert payment_of(row(due, paid)) is how


def test_a_basis_is_multiplied_out():
    """24.669亩×58000元/亩 is 1,430,802.00; a basis in words is not computed; a fen of rounding is allowed."""
    assert basis_of("24.669亩×58000元/亩").amount() == 143080200
    assert basis_of("按清点登记表") is None
    assert basis_of("3亩×5元/公顷") is None
    assert agrees_with_basis(row(143080201, basis="24.669亩×58000元/亩"))
    assert not agrees_with_basis(row(143080202, basis="24.669亩×58000元/亩"))
    assert agrees_with_basis(row(7, basis="按清点登记表"))


@given(st.text("苕征启告政", min_size=1, max_size=6), st.integers(1990, 2099), st.integers(1, 9999))
def test_a_document_number_survives_writing_and_reading(office, year, serial):
    """What is written in the standard form is read back the same."""
    number = DocumentNumber(office=office, year=year, serial=serial)
    assert document_number(str(number)) == number
    assert same_number(str(number), str(number).replace("〔", "[").replace("〕", "] 第0"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "苕征告[2025]7号",
        "苕征告〔25〕7号",
        "苕征告〔2025〕第7号",
        "苕征告〔2025〕07号",
        "〔2025〕7号",
        "苕征告〔2025〕7",
    ],
)
def test_other_forms_are_refused(text):
    """Other brackets, a short year, 第, padding, a missing office or 号 are not the standard's form."""
    with pytest.raises(DocumentNumberMalformed):
        document_number(text)


@pytest.mark.parametrize(
    ("land", "state_council"),
    [
        (LandTaken(basic_farmland_ha=Decimal("0.0001")), True),
        (LandTaken(other_arable_ha=Decimal(35)), False),
        (LandTaken(other_arable_ha=Decimal("35.0001")), True),
        (LandTaken(other_ha=Decimal(70)), False),
        (LandTaken(other_ha=Decimal("70.0001")), True),
    ],
)
def test_who_approves(land, state_council):
    """Any basic farmland, more than 35 ha of other arable or 70 ha of other land goes to the State Council (土管法 §46)."""
    assert is_for_state_council(land) is state_council


def test_the_six_grounds():
    """There are six, and housing and area development need the year plan (土管法 §45)."""
    assert len(PublicInterestGround) == 6
    assert {ground for ground in PublicInterestGround if needs_year_plan(ground)} == {
        PublicInterestGround.RELOCATION_HOUSING,
        PublicInterestGround.AREA_DEVELOPMENT,
    }


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_hearing_is_required_by_more_than_half(objectors, members):
    """Exactly half is not a majority."""
    assert hearing_required(objectors, members) == (objectors > members / 2)


def test_remedies_roll_over_holidays():
    """Known on 3 August 2026: review by 8 October (2 October is off), court by 3 February 2027 (provisional)."""
    until = remedies(date(2026, 8, 3), shipped_calendar())
    assert until.review.day == date(2026, 10, 8)
    assert not until.review.provisional
    assert until.court.day == date(2027, 2, 3)
    assert until.court.provisional


def test_zhejiang_adds_to_the_national_terms():
    """Ten working days for the acquisition notice and sixty days to pay are Zhejiang's; the rest is national."""
    assert str(ZHEJIANG.minimum(NoticeKind.FINAL)) == "10个工作日"
    assert NATIONAL.minimum(NoticeKind.FINAL) is None
    assert str(NATIONAL.minimum(NoticeKind.PLAN)) == "30日"
    assert ZHEJIANG.minimum(None) is None
