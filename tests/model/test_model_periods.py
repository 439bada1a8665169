"""期号: whoever writes one period in two ways means one period."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.numerals import number_words
from boards.model.payouts import Phase
from boards.model.periods import period_no, same_period, year_before
from tests.village import terms


@given(st.integers(1, 99), st.sampled_from(["", "0", "00"]), st.booleans())
def test_a_number_is_one_period_in_all_spellings(number, zeros, in_words):
    """Zeros, the year before it, 第, 期, 批, 次, 季度, 月, words and full-width figures change nothing."""
    wanted = f"2025-{number:02d}"
    spoken = number_words(number) if in_words else f"{zeros}{number}"
    for said in (
        *(
            f"{before}{spoken}{after}"
            for before in ("", "第", "2025-", "2025年第")
            for after in ("", "期", "批", "批次")
        ),
        *(f"{before}{spoken}{after}" for before in ("", "2025年") for after in ("次", "季度", "月", "月份")),
        f" {spoken} 期 ",
        spoken.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert period_no(said, 2025) == wanted, said


@pytest.mark.parametrize(
    ("said", "one"),
    [
        ("202503", "2025-03"),
        ("2024-3", "2024-03"),  # another year's: it stays another
        ("a1", "2025-A1"),
        ("2025-a01", "2025-A01"),
        ("01-2", "1-2"),
        ("上半年", ""),
        ("", ""),
        ("第期", ""),
        ("2025-01-02", ""),
    ],
)
def test_other_names_of_periods(said, one):
    """Letters and two numbers are names, in one spelling too; what is neither is none."""
    assert period_no(said, 2025) == one
    assert period_no(one, 2025) == one


def test_a_period_is_one_of_a_programme_and_a_year():
    """Lists of an older version, which kept what was typed, are compared like any others."""
    mine = terms(period_no="2025-01")
    assert same_period(mine, terms(period_no="1", phase=Phase.APPLICATION, paid_on=None))
    assert same_period(terms(period_no="补发"), terms(period_no="补发"))
    for other in ({"period_no": "2"}, {"programme": "rice"}, {"fiscal_year": 2024}, {"period_no": "补发"}):
        assert not same_period(mine, msgspec.structs.replace(mine, **other))


def test_the_same_period_of_the_year_before():
    """2026-01 follows 2025-01 of its programme, in whatever spelling; another number, year or phase does not."""
    now = terms(fiscal_year=2026, period_no="2026-01")
    assert year_before(now, terms(fiscal_year=2025, period_no="第1期"))
    for other in (
        terms(fiscal_year=2025, period_no="2025-02"),
        terms(fiscal_year=2024, period_no="2024-01"),
        terms(fiscal_year=2026, period_no="2025-01"),
        terms(fiscal_year=2025, period_no="2025-01", programme="machinery"),
        terms(fiscal_year=2025, period_no="2025-01", phase=Phase.APPLICATION, paid_on=None),
    ):
        assert not year_before(now, other)
