"""Money: exact fen, rounding, and amounts in words with their inverse."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.money import (
    DIGITS,
    LIMIT_FEN,
    AmountNotExact,
    AmountTooLarge,
    AmountWordsUnreadable,
    fen_from_words,
    fen_of,
    in_words,
    product_fen,
    rounded_fen,
    yuan,
    yuans,
)

amounts = st.one_of(
    st.integers(-LIMIT_FEN, LIMIT_FEN),
    st.integers(0, 10**7),
    st.builds(lambda digit, place: digit * 10**place, st.integers(1, 9999), st.integers(0, 12)),
)

VECTORS = {
    40868: "肆佰零捌元陆角捌分",
    61110: "陆佰壹拾壹元壹角整",
    10000 * 100: "壹万元整",
    100005 * 100: "壹拾万零伍元整",
    2003004005: "贰仟零叁万零肆拾元零伍分",
    7: "柒分",
    1001000 * 100: "壹佰万壹仟元整",
    0: "零元整",
    -40868: "负肆佰零捌元陆角捌分",
    50: "伍角整",
    10**16: "壹佰万亿元整",
    (10**8 + 500) * 100: "壹亿零伍佰元整",
}


@given(amounts)
@settings(max_examples=300)
def test_words_and_their_reading_are_inverses(fen):
    """Whatever is written out is read back to the fen."""
    assert fen_from_words(in_words(fen)) == fen


@given(amounts, amounts)
@settings(max_examples=150)
def test_two_amounts_never_share_their_words(one, other):
    """Different amounts are written differently."""
    assert (in_words(one) == in_words(other)) == (one == other)


@given(amounts)
@settings(max_examples=200)
def test_words_never_double_a_zero_nor_end_in_one(fen):
    """No 零零, no 零 before 元, 万, 角 or 整 but in 零元整 itself."""
    words = in_words(fen)
    assert "零零" not in words
    assert words == "零元整" or not any(pair in words for pair in ("零元", "零万", "零亿", "零角", "零整"))


@given(st.text(alphabet=DIGITS + "仟佰拾万亿元角分整负", max_size=14))
@settings(max_examples=300)
def test_what_is_read_is_written_the_same_but_for_optional_signs(text):
    """Nonsense is refused; what is accepted differs from the canonical words by a free 零 or 整 only."""
    try:
        fen = fen_from_words(text)
    except AmountWordsUnreadable:
        return
    bare = str.maketrans("", "", "零整")
    assert in_words(fen).translate(bare) == text.translate(bare)


@pytest.mark.parametrize(("fen", "words"), VECTORS.items())
def test_words_of_the_rule_book(fen, words):
    """The vectors of domain §1.8 hold."""
    assert in_words(fen) == words


@pytest.mark.parametrize("text", ["壹拾圆零伍角正", "壹拾元伍角", "壹拾元伍角整"])
def test_spellings_the_rules_leave_free(text):
    """圆 for 元, 正 for 整, an extra 零 before 角 and a missing 整 after 角 are read."""
    assert fen_from_words(text) == 1050


@pytest.mark.parametrize(
    "text",
    [
        "",
        "壹",
        "元整",
        "壹拾万伍元整",
        "壹元伍分",
        "伍伍元整",
        "壹元伍分整",
        "零伍分",
        "万元整",
        "负零元整",
        "壹亿亿元整",
        "1元",
    ],
)
def test_nonsense_in_words_is_refused(text):
    """A missing 零, a missing number or a doubled unit is not an amount."""
    with pytest.raises(AmountWordsUnreadable):
        fen_from_words(text)


def test_an_amount_beyond_every_subsidy_is_refused():
    """More than 10^16 fen is a fault in the data."""
    with pytest.raises(AmountTooLarge):
        in_words(LIMIT_FEN + 1)


@given(st.lists(st.integers(-(10**16), 10**16), max_size=8))
def test_a_column_is_written_like_each_of_its_amounts(column):
    """Many amounts at once read as each by itself, below zero too."""
    assert yuans(column) == [yuan(fen) for fen in column]


@given(st.integers(-(10**12), 10**12))
@settings(max_examples=100)
def test_fen_and_yuan_text_agree(fen):
    """What is shown with commas is the same amount."""
    assert fen_of(yuan(fen).replace(",", "")) == fen


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
@settings(max_examples=150)
def test_rounding_moves_at_most_half_a_fen(amount):
    """Rounded is nearest, and half goes away from zero; exact amounts stay."""
    fen = rounded_fen(amount)
    assert abs(Decimal(fen) / 100 - amount) <= Decimal("0.005")
    assert fen == int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


@given(st.integers(0, 10**12))
def test_half_a_fen_goes_away_from_zero(fen):
    """四舍五入: 0.025 yuan is three fen although two is even, and -0.025 is minus three."""
    half = (Decimal(fen) + Decimal("0.5")) / 100
    assert (rounded_fen(half), rounded_fen(-half)) == (fen + 1, -fen - 1)


@pytest.mark.parametrize("text", ["0.001", "1e3", "", "NaN", "１２", "1,000", "12.345", " 1", "--1"])
def test_what_is_no_exact_amount_is_refused(text):
    """A third decimal, an exponent, commas or another script is never guessed at."""
    with pytest.raises(AmountNotExact):
        fen_of(text)


@pytest.mark.parametrize(
    ("quantity", "rate", "fen"),
    [
        ("3.27", "124.9788302", 40868),
        ("4.65", "131.42", 61110),
        ("11931.002", "131.42", 156797228),
        ("152070.59", "60", 912423540),
    ],
)
def test_published_products_hold(quantity, rate, fen):
    """Area times rate gives the amounts real counties published (R2)."""
    assert product_fen(Decimal(quantity), Decimal(rate)) == fen
