"""Numbers in words, read back: groups, batches and days are counted the same everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.numerals import number_from_words, number_words


@given(st.integers(1, 999))
def test_a_number_in_words_is_that_number(number):
    """What is written as villages write it reads back."""
    assert number_from_words(number_words(number)) == number


@pytest.mark.parametrize(
    ("words", "number"), [("两", 2), ("一百〇五", 105), ("一百零五", 105), ("百", 100), ("廿", 0)]
)
def test_the_spellings_of_villages(words, number):
    """两 is two, 〇 is a nought, and what is no number below a thousand is none."""
    assert number_from_words(words) == number


@given(st.text("零〇一二三十百上坞", max_size=5))
def test_what_is_no_number_is_none(text):
    """Digits side by side, places in the wrong order and letters among them are not guessed at."""
    number = number_from_words(text)
    assert number == 0 or number_words(number).replace("零", "") == _plain(text)


def _plain(text: str) -> str:
    """As it is usually written: no nought, and a ten in the middle has its one."""
    plain = text.replace("零", "").replace("〇", "").replace("一十", "十")
    plain = plain.replace("百十", "百一十")
    return "一" + plain if plain.startswith("百") else plain
