"""The sheet digest (校验码) and the 10-digit short code made from it (settled §9, §10).

The digest is SHA-256 over this text, ASCII/UTF-8, every line closed by a line feed:

    village-kiosk sheet v1
    <origin of the log>
    <batch>
    <edition>
    <count of leaves>
    <sum in fen>
    <leaf hash in lower-case hex>      one line a leaf, in log order

A land notice is a sheet of one leaf called by its record, in edition 1; a closed year one called by its
record, in its edition; the sum of both is 0.

Leaf hashes are RFC 6962 ones: SHA-256(0x00 + head bytes). Nothing rendered goes in: dates,
language, pack and masks may change, and the sheet on the wall keeps its code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_BLOCK = 32 * 1024  # how much of many hashes is written out at once
_PREFIX = "village-kiosk sheet v1"
_CODE = re.compile(r"[0-9]{10}", re.ASCII)


class SheetDigest:
    """The digest of one sheet, made while its leaves stream by. Count and sum are known from the close."""

    def __init__(self, *, origin: str, batch: str, edition: int, count: int, sum_fen: int) -> None:
        """Begin with what names the sheet; none of it may hold a line break."""
        lines = (_PREFIX, origin, batch, str(edition), str(count), str(sum_fen))
        if any("\n" in line for line in lines):
            raise ValueError("a line break in what names the sheet")
        self._hash = hashlib.sha256("".join(f"{line}\n" for line in lines).encode())
        self._missing = count

    def add(self, leaf_hash: bytes) -> None:
        """Take the next leaf's 32-byte hash, in log order."""
        self._missing -= 1
        self._hash.update(leaf_hash.hex().encode() + b"\n")

    def add_joined(self, leaf_hashes: bytes | bytearray) -> None:
        """Take many leaves' hashes at once, 32 bytes each, in log order."""
        self._missing -= len(leaf_hashes) // 32
        for at in range(0, len(leaf_hashes), _BLOCK):
            self._hash.update(leaf_hashes[at : at + _BLOCK].hex("\n", -32).encode() + b"\n")

    def hexdigest(self) -> str:
        """SHA-256 in hex; ValueError unless exactly `count` leaves were taken."""
        if self._missing:
            raise ValueError(f"{self._missing} leaves are missing")
        return self._hash.hexdigest()


def sheet_digest(  # noqa: PLR0913 - the six things a sheet is named by
    leaf_hashes: Iterable[bytes], *, origin: str, batch: str, edition: int, count: int, sum_fen: int
) -> str:
    """Digest of a whole sheet in one go."""
    digest = SheetDigest(origin=origin, batch=batch, edition=edition, count=count, sum_fen=sum_fen)
    digest.add_joined(b"".join(leaf_hashes))
    return digest.hexdigest()


def short_code(digest: str, attempt: int = 0) -> str:
    """10 digits to type: the digest mod 10^9 (+ `attempt`, after a collision) and a check digit."""
    body = f"{(int(digest, 16) + attempt) % 10**9:09d}"
    return body + _check_digit(body)


def code_valid(text: str) -> bool:
    """Whether 10 typed digits pass their check digit; finds every single wrong digit."""
    return _CODE.fullmatch(text) is not None and _check_digit(text[:9]) == text[9]


def grouped(code: str) -> str:
    """1234567890 → "12345 67890", as printed and read aloud."""
    return f"{code[:5]} {code[5:]}"


def short_digest(digest: str) -> str:
    """校验码 as people compare it: the first eight hex digits, 9F2C-71AB."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def _check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)
