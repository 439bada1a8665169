"""The sheet digest and its short code."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.codes import SheetDigest, code_valid, grouped, sheet_digest, short_code

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
leaves = st.lists(st.binary(min_size=32, max_size=32), max_size=5)
NAMED = {"origin": "demo/v/330590100201", "batch": "b1", "edition": 1, "sum_fen": 40868}


def test_the_digest_is_over_the_text_we_document():
    """Anybody can make the digest again with a text editor and sha256sum."""
    leaf = hashlib.sha256(b"\0{}").digest()
    text = f"village-kiosk sheet v1\ndemo/v/330590100201\nb1\n1\n1\n40868\n{leaf.hex()}\n"
    assert sheet_digest([leaf], count=1, **NAMED) == hashlib.sha256(text.encode()).hexdigest()


@given(leaves, leaves)
@settings(max_examples=100)
def test_another_list_has_another_digest(one, other):
    """Every leaf and its place count."""
    same = sheet_digest(one, count=len(one), **NAMED) == sheet_digest(other, count=len(other), **NAMED)
    assert same == (one == other)


def test_whatever_names_the_sheet_changes_the_digest():
    """Origin, batch, edition and sum are bound in."""
    others = ({"origin": "x"}, {"batch": "b2"}, {"edition": 2}, {"sum_fen": 40869})
    made = {sheet_digest([], count=0, **{**NAMED, **other}) for other in ({}, *others)}
    assert len(made) == 5


def test_a_missing_leaf_or_a_line_break_gives_no_digest():
    """The count must be met, and a name cannot smuggle in a line."""
    with pytest.raises(ValueError, match="missing"):
        SheetDigest(count=1, **NAMED).hexdigest()
    with pytest.raises(ValueError, match="line break"):
        SheetDigest(count=0, **{**NAMED, "batch": "b1\n2"})


@given(digests, st.integers(0, 9), st.integers(0, 9), st.integers(1, 9))
@settings(max_examples=200)
def test_one_mistyped_digit_is_noticed(digest, attempt, place, step):
    """A code is valid, and no single wrong digit is."""
    code = short_code(digest, attempt)
    assert len(code) == 10
    assert code_valid(code)
    wrong = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
    assert not code_valid(wrong)


@given(digests)
@settings(max_examples=50)
def test_a_collision_takes_the_next_code(digest):
    """The next attempt is another code, and it is what is shown in two groups."""
    code = short_code(digest)
    assert short_code(digest, 1)[:9] == f"{(int(code[:9]) + 1) % 10**9:09d}"
    assert grouped(code).replace(" ", "") == code


@pytest.mark.parametrize("text", ["", "123456789", "12345678901", "１234567890", "12345 6789"])
def test_what_is_no_code_is_not_valid(text):
    """Ten ASCII digits, nothing else."""
    assert not code_valid(text)


def test_the_check_digit_of_the_standard():
    """ISO 7064 MOD 11,10: the published example 0794 has check digit 5."""
    digits, rest = "0794", 10
    assert code_valid(short_code("ab" * 32))
    for digit in digits + "5":
        doubled = (rest + int(digit)) % 10 or 10
        last, rest = doubled, doubled * 2 % 11
    assert last == 1
