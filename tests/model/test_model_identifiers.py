"""Resident IDs, bank cards and credit codes: check digits, dates, ages."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.privacy.identifiers import (
    IdVerdict,
    age_on,
    born_on,
    id_check_digit,
    id_verdict,
    is_credit_code,
    luhn_holds,
)

days = st.dates(date(1900, 1, 1), date(2025, 12, 31))
ids = st.builds(
    lambda day, order: (body := f"990523{day:%Y%m%d}{order:03d}") + id_check_digit(body),
    days,
    st.integers(0, 999),
)


@given(ids)
@settings(max_examples=100)
def test_a_right_id_is_valid_in_either_case(number):
    """A made ID is valid, and a lower-case x is an X."""
    assert id_verdict(number) is id_verdict(number.lower()) is IdVerdict.VALID


@given(ids, st.integers(0, 17), st.integers(1, 9))
@settings(max_examples=150)
def test_one_wrong_digit_is_never_valid(number, place, step):
    """MOD 11-2 finds every single wrong digit."""
    digit = "0123456789".find(number[place])
    wrong = number[:place] + str((max(digit, 0) + step) % 10) + number[place + 1 :]
    assert wrong == number or id_verdict(wrong) is not IdVerdict.VALID


@given(ids, st.integers(0, 15))
@settings(max_examples=100)
def test_two_neighbours_swapped_are_never_valid(number, place):
    """Swapped neighbours are found too, unless they are equal."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or id_verdict(swapped) is not IdVerdict.VALID


@given(ids, st.dates(date(2026, 1, 1), date(2050, 1, 1)))
@settings(max_examples=100)
def test_age_goes_up_on_the_birthday(number, day):
    """Full years: the age on a day is never more than the years between, and grows by one each birthday."""
    born = born_on(number)
    age = age_on(number, day)
    assert born.replace(year=born.year + age, day=min(born.day, 28)) <= day
    assert age_on(number, born) == 0
    assert age_on(number, born - timedelta(days=1)) == -1


def test_the_standards_own_example():
    """GB 11643's example ends in X."""
    assert id_check_digit("11010519491231002") == "X"
    assert id_verdict("11010519491231002X") is IdVerdict.VALID


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("990523195803120019", IdVerdict.VALID),
        ("990523196411073529", IdVerdict.VALID),
        ("990523197106251047", IdVerdict.VALID),
        ("990523195803120018", IdVerdict.BAD_CHECK),
        ("990523580312001", IdVerdict.OLD),
        ("990523581312001", IdVerdict.NOT_AN_ID),
        ("N2330590MAPQB19N4T", IdVerdict.NOT_AN_ID),
        ("330590100201", IdVerdict.NOT_AN_ID),
    ],
)
def test_verdicts_of_the_book(number, verdict):
    """The fictional IDs of domain §1.7 and their neighbours."""
    assert id_verdict(number) is verdict


def test_a_day_that_never_was_or_lies_ahead_is_a_bad_date():
    """31 February and tomorrow's child are told from a wrong check digit."""
    body = "99052319580231001"
    assert id_verdict(body + id_check_digit(body)) is IdVerdict.BAD_DATE
    assert id_verdict("990523201506011236", date(2015, 5, 31)) is IdVerdict.BAD_DATE
    assert id_verdict("990523201506011236", date(2015, 6, 1)) is IdVerdict.VALID


def test_a_minor_is_known_by_the_id():
    """The fictional minor is under 18 until the birthday in 2033."""
    assert age_on("990523201506011236", date(2033, 5, 31)) == 17
    assert age_on("990523201506011236", date(2033, 6, 1)) == 18


@given(st.text(alphabet="0123456789", min_size=16, max_size=19), st.integers(0, 15), st.integers(1, 9))
@settings(max_examples=100)
def test_luhn_finds_one_wrong_digit(digits, place, step):
    """Of ten last digits exactly one passes, and one wrong digit never does."""
    right = next(digits[:-1] + str(last) for last in range(10) if luhn_holds(digits[:-1] + str(last)))
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert not luhn_holds(wrong)


def test_cards_and_credit_codes_of_the_book():
    """Fictional cards pass Luhn; a firm's code is known by its own check character."""
    assert luhn_holds("6299990000123456786")
    assert luhn_holds("6217999900000012342")
    assert is_credit_code("91350100M000100Y43")  # the worked example of GB 32100-2015
    assert not is_credit_code("91350100M000100Y44")
