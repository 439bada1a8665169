"""Signed notes and keys."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.errors import Refusal
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.keys import KeyUnreadable, VerifierKey, new_key, read_key, signed, verifier_key, write_key
from sync.log.note import MalformedNote, Note, Signature, parse

# the example of the signed-note specification
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

TEXTS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30),
    min_size=1,
    max_size=5,
).map(lambda lines: "\n".join(lines) + "\n")
SIGNER = new_key("example/publisher")


def test_the_specifications_example_verifies():
    """What other programs signed, we believe."""
    note = parse(NOTE)
    assert verifier_key(KEY).verifies(note.text, note.signatures[0])
    assert verifier_key(KEY).made(note.signatures[0])
    assert note.render() == NOTE


@given(text=TEXTS)
def test_what_was_signed_is_read_back_and_verifies(text):
    """Any text that may be a note survives signing, rendering and parsing, byte for byte."""
    note = signed(text, SIGNER)
    again = parse(note.render())
    assert again == note
    assert SIGNER.verifier.verifies(again.text, again.signatures[0])


@settings(max_examples=150)
@given(at=st.integers(0, len(NOTE) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_note_may_change(at, bit):
    """A note with one bit flipped is not read, or nobody signed it."""
    damaged = bytearray(NOTE)
    damaged[at] ^= 1 << bit
    try:
        note = parse(bytes(damaged))
    except MalformedNote:
        return
    key = verifier_key(KEY)
    assert not any(key.made(one) and key.verifies(note.text, one) for one in note.signatures)


@settings(max_examples=150)
@given(raw=st.binary(max_size=300) | st.binary(max_size=80).map(lambda tail: NOTE + tail))
def test_anything_else_is_refused_in_words(raw):
    """Junk gives a refusal, never another error; and what parses renders to the same bytes."""
    try:
        note = parse(raw)
    except MalformedNote:
        return
    assert note.render() == raw


def test_signatures_of_unknown_types_stand_beside_ours():
    """A witness's signature of a type we do not know changes nothing."""
    note = signed("text\n", SIGNER)
    stranger = Signature("witness.example", b"\x01\x02\x03\x04", b"\x06" * 80)
    both = parse(Note(note.text, (stranger, *note.signatures)).render())
    assert len(both.signatures) == 2
    assert SIGNER.verifier.verifies(both.text, both.signatures[1])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n- name AAAAAAAA\n",
        NOTE[:-1],
        NOTE + b"\n",
        b"\r" + NOTE,
        b"\xff" + NOTE,
        NOTE.replace(b"JnAM=", b"JnAN="),  # stray padding bits: another spelling of the same signature
        b"text\n\n" + "— a+b AAAAAAAA\n".encode(),
        b"text\n\n" + "— n AAAAAAAA\n".encode() * 17,
        b"text\n\n" + "— n AAAAAAAA*— n AAAAAAAA\n".encode(),  # a line break of which one bit was changed
        b"a" * 9000 + NOTE,
    ],
)
def test_notes_out_of_form_are_refused(raw):
    """The form is strict: one spelling for one note, at most 16 signatures, at most 8 KB."""
    with pytest.raises(MalformedNote):
        parse(raw)


def test_a_key_line_says_its_own_hash():
    """A key line with one character changed is refused rather than pinned."""
    line = str(SIGNER.verifier)
    assert verifier_key(line) == SIGNER.verifier
    for wrong in (
        line[:-2],
        line.replace("publisher", "reviewer"),
        "a b+00000000+AAAA",
        "a+00000000+ＡＡＡＡ",
        "",
        KEY.replace("c7", "c8"),
        str(VerifierKey("a b", SIGNER.verifier.public)),
        str(VerifierKey("", SIGNER.verifier.public)),
    ):
        with pytest.raises(KeyUnreadable):
            verifier_key(wrong)


def test_a_key_file_is_its_owners_alone_and_is_never_overwritten(tmp_path):
    """Private keys are PKCS#8 PEM files of mode 0600, written once."""
    path = tmp_path / "publisher.pem"
    write_key(SIGNER, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(SIGNER.name, path).verifier == SIGNER.verifier
    assert repr(read_key(SIGNER.name, path)) == "SigningKey(example/publisher)"
    with pytest.raises(FileExistsError):
        write_key(SIGNER, path)
    (tmp_path / "no.pem").write_text("no key")
    with pytest.raises(KeyUnreadable):
        read_key("x", tmp_path / "no.pem")


@pytest.mark.thorough
def test_plain_openssl_agrees_with_us(tmp_path):
    """An inspector needs no program of ours: openssl verifies a checkpoint, and refuses a changed one."""
    text = Checkpoint("county-990523/v/990523100201", 5, b"r" * 32).text()
    note = signed(text, SIGNER)
    (tmp_path / "pub.pem").write_bytes(SIGNER.verifier.pem())
    (tmp_path / "sig").write_bytes(note.signatures[0].blob)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "pub.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "sig",
    ]
    for content, good in ((text, True), (text.replace("5", "6", 1), False)):
        (tmp_path / "text").write_text(content)
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) is good


@given(size=st.integers(0, 2**62), root=st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size, root):
    """Checkpoint text has one spelling."""
    made = Checkpoint("a/v/330590100201", size, root)
    assert checkpoint(made.text()) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n",
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "B\n",
    ],
)
def test_other_texts_are_no_checkpoints(text):
    """Sizes without leading zeros, roots of 32 bytes, an origin: all of it or nothing."""
    with pytest.raises(Refusal):
        checkpoint(text)


def test_extension_lines_are_let_through():
    """A checkpoint may carry lines of a later time."""
    text = Checkpoint("o", 1, b"r" * 32).text()
    assert checkpoint(text + "later\n").size == 1
