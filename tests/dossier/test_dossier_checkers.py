"""The program beside a bag: its own cryptography, its own manners, on the oldest Python an inspector has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.dossier.tools import checkers, verify

pytestmark = pytest.mark.thorough

PROGRAM = Path(verify.__file__)
VECTORS = (  # RFC 8032 §7.1: public key, text, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)  # fmt: skip


def oldest_python() -> str:
    """The oldest one this machine has, down to 3.8."""
    homes = [*Path.home().glob(".pyenv/versions/3.*/bin"), Path("/usr/bin")]
    found = [str(home / "python3") for home in homes if (home / "python3").exists()]
    new_enough = [one for one in found if version(one) >= (3, 8)]
    return min([*new_enough, sys.executable], key=version)


def version(python: str) -> tuple[int, ...]:
    """Its version."""
    told = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, check=True
    )
    return tuple(map(int, told.stdout.split()))


def test_signatures_of_the_standard_hold():
    """The three first vectors of RFC 8032, and none of them with another text, key or signature."""
    for public, text, signature in [tuple(map(bytes.fromhex, one)) for one in VECTORS]:
        assert verify.ed25519_holds(public, signature, text)
        assert not verify.ed25519_holds(public, signature, text + b"x")
        assert not verify.ed25519_holds(signature[:32], signature, text)
        assert not verify.ed25519_holds(public, signature[:63] + bytes([signature[63] ^ 1]), text)


@given(st.binary(max_size=80), st.integers(0, 64 * 8 - 1), st.booleans())
def test_signatures_hold_as_the_library_says(text, bit, whole):
    """Whatever bit of a signature is flipped, the program says of it what OpenSSL says."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = private.public_key().public_bytes_raw(), bytearray(private.sign(text))
    if not whole:
        signature[bit // 8] ^= 1 << bit % 8
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes(signature), text)
        expected = True
    except InvalidSignature:
        expected = False
    assert verify.ed25519_holds(public, bytes(signature), text) is expected is whole


def test_a_second_spelling_of_a_signature_is_none():
    """The same signature with S beyond the order of the group is refused, as is a point off the curve."""
    public, text, signature = map(bytes.fromhex, VECTORS[1])
    again = int.from_bytes(signature[32:], "little") + verify.L
    assert not verify.ed25519_holds(public, signature[:32] + again.to_bytes(32, "little"), text)
    assert not verify.ed25519_holds(b"\xff" * 32, signature, text)


def test_it_runs_alone_on_an_old_python(tmp_path):
    """Copied to a stick, without our packages, it starts; without a bag it says so and ends with 2."""
    home = tmp_path / "核对工具"
    home.mkdir()
    for name, data in checkers().items():
        (home / name).write_bytes(data)
    done = subprocess.run(
        [oldest_python(), "-I", "-W", "error", home / "verify.py"], capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert "找不到案卷文件夹".encode() in done.stderr
    assert not shutil.which("python3.8") or version(oldest_python()) <= (3, 9)


def test_one_key_is_not_two_seats():
    """A publisher's and a reviewer's signature by the same key are one person's (先审后发)."""
    key = VECTORS[0][0]
    lines = [verify.Key(f"county/{seat}", b"", bytes.fromhex(key)) for seat in ("publisher", "reviewer")]
    assert not verify.both_seats(lines)
    assert not verify.both_seats(lines[:1])
    assert verify.both_seats([lines[0], lines[1]._replace(public=bytes.fromhex(VECTORS[1][0]))])


def test_the_wheel_takes_them_along():
    """Page and program are no modules of a wheel by luck: nothing in the build leaves them out."""
    build = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"][
        "build"
    ]
    assert "kiosk_server" in build["targets"]["wheel"]["packages"]
    assert not {"exclude", "only-include"} & (build.keys() | build["targets"]["wheel"].keys())
    assert set(checkers()) == {"verify.py", "verify.html"}
