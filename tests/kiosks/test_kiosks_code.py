"""The pairing code finds what people do when they type, and opens nothing but what was made for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.trust.pairing_code import LETTERS, CodeMistyped, PairingCode, SealBroken, new_code, typed_code

pytestmark = pytest.mark.thorough

CODES = st.builds(PairingCode, st.binary(min_size=10, max_size=10), st.integers(0, 2**55 - 1))


def letters_of(code):
    return code.text().replace("-", "")


@given(CODES)
def test_a_code_is_read_as_it_was_written(code):
    """However it is typed: small letters, blanks, no groups, O for 0 and I or l for 1."""
    text = code.text()
    assert len(text) == 34
    loose = text.lower().replace("-", " ").replace("0", "O").replace("1", "l")
    for typed in (text, loose, text.replace("-", ""), text.replace("1", "I").replace("-", "－")):
        assert typed_code(typed) == code


@given(CODES, st.integers(0, 27), st.sampled_from(LETTERS))
def test_any_one_slip_is_found(code, at, letter):
    """One character of another value, wherever it stands, the check character too."""
    right = letters_of(code)
    wrong = right[:at] + letter + right[at + 1 :]
    if wrong == right:
        assert typed_code(wrong) == code
    else:
        with pytest.raises(CodeMistyped):
            typed_code(wrong)


@given(CODES, st.integers(0, 26))
def test_two_swapped_neighbours_are_found(code, at):
    """The commonest slip after a single wrong letter."""
    right = letters_of(code)
    wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    if wrong != right:
        with pytest.raises(CodeMistyped):
            typed_code(wrong)


@given(CODES, st.integers(0, 27), st.integers(0, 27))
def test_a_letter_left_out_or_typed_twice_is_found(code, at, again):
    """The length says it, and what it is not; a U or a hash is no letter of a code."""
    right = letters_of(code)
    for wrong in (
        right[:at] + right[at + 1 :],
        right[:at] + right[at] + right[at:],
        right[:again] + "U" + right[again + 1 :],
    ):
        with pytest.raises(CodeMistyped):
            typed_code(wrong)


@given(st.text(max_size=40))
def test_nothing_else_is_a_code(text):
    """Whatever is typed: one sentence."""
    with pytest.raises(CodeMistyped, match="28 位"):
        typed_code(text)


def test_a_code_vouches_for_its_own_root_alone():
    """80 bits of it."""
    code = new_code(b"root")
    assert (code.vouches_for(b"root"), code.vouches_for(b"root ")) == (True, False)
    assert typed_code(code.text()).vouches_for(b"root")
    assert repr(code) == "PairingCode()"
    for at in range(10):  # each of its bytes counts
        bent = code.root[:at] + bytes([code.root[at] ^ 1]) + code.root[at + 1 :]
        assert not PairingCode(bent, code.secret).vouches_for(b"root")


def test_a_code_of_one_release_opens_what_another_sealed():
    """Ticket and seal by a fixed example: county and kiosk are seldom of one day, and neither says half of the other."""
    code = PairingCode(new_code(b"root").root, 2**54 + 12345)
    assert code.text() == "909M-JK8K-FRB3-3EX3-G000-0000-C1SC"
    assert code.ticket == "02c669ed7c25406ee81c1b3b817553b2"
    sealed = "ac0a00a0e42e6cd86eb274cfd1f9154a0acce55081aa8391b615dd5f6dfc31"
    assert code.sealed(b"what lies there").hex() == sealed
    assert new_code(b"another root").root != code.root


def test_a_secret_has_all_its_bits():
    """55 of them, made anew for each code: nobody tries them all."""
    secrets = {new_code(b"root").secret for _ in range(200)}
    assert (len(secrets), max(secrets).bit_length()) == (200, 55)
    assert all(any(one >> bit & 1 for one in secrets) for bit in range(55))


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=200), st.data())
def test_only_its_own_code_opens_what_was_sealed(data, draw):
    """Not another code of the same county, not one bit changed on the way; the ticket tells nobody the secret."""
    code, other = new_code(b"root"), new_code(b"root")
    box = code.sealed(data)
    assert typed_code(code.text()).opened(box) == data
    bit = draw.draw(st.integers(0, len(box) * 8 - 1))
    bent = bytes(one ^ (1 << bit % 8 if at == bit // 8 else 0) for at, one in enumerate(box))
    for key, found in ((other, box), (code, bent), (code, b"")):
        with pytest.raises(SealBroken):
            key.opened(found)
    assert code.ticket == typed_code(code.text()).ticket != other.ticket
