"""The pairing code: what is typed where no stick can be carried.

    7Q2M-K9XD-4T0P-W3EH-8RZN-V5JC-6YGA      28 characters of Crockford's base32, 5 bits each

    16   80 bits   the beginning of SHA-256 of the root of trust: another root is not believed
    11   55 bits   a secret used once: it names the ticket at the county's server and opens what lies there
     1             a check character over GF(32): finds any one slip, and any two neighbours swapped

What lies at the server is sealed with a key that scrypt makes of the secret, so neither the server's road nor
the server itself need be believed: whoever listens gets sealed bytes, whoever alters them breaks the seal,
and whoever guessed the secret still could not bring another root (settled 52).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import cached_property

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from boards.model.errors import Fault, Refusal

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ROOT_LETTERS, SECRET_LETTERS = 16, 11
LENGTH = ROOT_LETTERS + SECRET_LETTERS + 1
GROUP = 4
_FIELD = 0b100101  # x^5 + x^2 + 1: x has order 31 in GF(32), so all 28 places weigh differently
_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BETWEEN = re.compile(r"[\s\-－—–_]+")
_ONCE = bytes(12)  # a key seals one thing


class CodeMistyped(Refusal):
    """The check character does not agree, or it is no pairing code."""

    code = "pairing-code-mistyped"
    fault = Fault.PERSON
    sentence = "配对码输错了（{why}）。"
    advice = "请对照县里给的配对码重新输入：一共 28 位，每 4 位一组，不分大小写。"


class SealBroken(Refusal):
    """What the server gave was not made for this code."""

    code = "pairing-seal-broken"
    fault = Fault.ROAD
    sentence = "从这个网址收到的配对资料和配对码对不上，没有采用。"
    advice = "请核对网址和配对码；再试仍是这样，可能有人在线路上改动，请改用U盘上的配对文件。"


class PairingCode(msgspec.Struct, frozen=True, dict=True):
    """What a code says. Never printed but by whoever made it."""

    root: bytes  # 10 bytes
    secret: int  # 55 bits

    def __repr__(self) -> str:
        """Nothing of it."""
        return "PairingCode()"

    def text(self) -> str:
        """As it is read out and typed."""
        body = _written(int.from_bytes(self.root), ROOT_LETTERS) + _written(self.secret, SECRET_LETTERS)
        whole = body + LETTERS[_check(body)]
        return "-".join(whole[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    def vouches_for(self, root: bytes) -> bool:
        """Whether this is the root that the code was made of."""
        return _beginning(root) == self.root

    @cached_property
    def _keys(self) -> bytes:
        secret = self.secret.to_bytes(7)
        return hashlib.scrypt(secret, salt=b"kiosk-pairing/1" + self.root, n=1 << 14, r=8, p=1, dklen=48)

    @property
    def ticket(self) -> str:
        """Under which name the server knows it: 32 hex digits that say nothing of the secret."""
        return self._keys[:16].hex()

    def sealed(self, data: bytes) -> bytes:
        """The data for whoever has the code."""
        return ChaCha20Poly1305(self._keys[16:]).encrypt(_ONCE, data, None)

    def opened(self, box: bytes) -> bytes:
        """What was sealed; raises SealBroken."""
        try:
            return ChaCha20Poly1305(self._keys[16:]).decrypt(_ONCE, box, None)
        except InvalidTag as e:
            raise SealBroken from e


def new_code(root: bytes) -> PairingCode:
    """A fresh code for this root of trust."""
    return PairingCode(_beginning(root), secrets.randbits(5 * SECRET_LETTERS))


def typed_code(text: str) -> PairingCode:
    """A code as somebody typed it; raises CodeMistyped."""
    plain = _BETWEEN.sub("", text).upper().translate(_ALIKE)
    if len(plain) != LENGTH:
        raise CodeMistyped(why=f"应有 {LENGTH} 位，输入了 {len(plain)} 位")
    if strange := next((at for at, one in enumerate(plain, 1) if one not in LETTERS), 0):
        raise CodeMistyped(why=f"第 {strange} 位不是配对码里会有的字")
    if LETTERS[_check(plain[:-1])] != plain[-1]:
        raise CodeMistyped(why="校验位不符，至少错了一位")
    root, secret = plain[:ROOT_LETTERS], plain[ROOT_LETTERS:-1]
    return PairingCode(_read(root).to_bytes(10), _read(secret))


def _beginning(root: bytes) -> bytes:
    return hashlib.sha256(root).digest()[:10]


def _written(number: int, letters: int) -> str:
    return "".join(LETTERS[number >> 5 * at & 31] for at in reversed(range(letters)))


def _read(text: str) -> int:
    number = 0
    for letter in text:
        number = number << 5 | LETTERS.index(letter)
    return number


def _check(body: str) -> int:
    """The value whose place is last so that the letters, each times a power of x, come to 0."""
    rest = 0
    for letter in body:
        rest = _times_x(rest ^ LETTERS.index(letter))
    return rest


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _FIELD if value & 32 else value
