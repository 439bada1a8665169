"""One file that only a passphrase opens, written and read as a stream (backups §2).

A line of JSON says the format, the county and how the key is made of the passphrase (scrypt). Pieces of a
mebibyte follow, each sealed by AES-256-GCM under its number and whether it is the last; the first line is
sealed with every piece. So a bit that flipped, a piece that is missing, moved or cut off is noticed.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT: Final = "county-backup/1"
LEAST_CHARACTERS: Final = 12
_PIECE, _TAG = 1 << 20, 16
_FIRST_LINE_LIMIT = 4096
_COST, _BLOCK, _LANES = 1 << 16, 8, 1  # 64 MB and 0.2 s a try


class BackupDamaged(Refusal):
    """Not one bit of it is believed."""

    code = "backup-damaged"
    fault = Fault.MACHINE
    sentence = "备份文件 {name} 打不开：口令不对，或者文件损坏、不完整。"
    advice = "请核对备份口令；口令没有错的，请改用另一份备份。什么都没有恢复。"


class BackupOfAnotherFormat(Refusal):
    """A file this release cannot read."""

    code = "backup-of-another-format"
    fault = Fault.PERSON
    sentence = "{name} 不是本程序能读的备份（{found}）。"
    advice = "请核对文件；较新的程序做的备份，请先升级这台机器上的程序再恢复。"


class BackupPassphraseWeak(Refusal):
    """All keys of the county would hang on it."""

    code = "backup-passphrase-weak"
    fault = Fault.PERSON
    sentence = "备份口令太短，备份里有县里的密钥，没有写。"
    advice = "请用至少 12 个字符，另抄一份存在保险柜里：忘了口令，备份就打不开。"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read without the passphrase."""

    format: str
    county_code: str
    made_at: str  # RFC 3339, UTC
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    cost: int = _COST


class Sealing:
    """Takes what is written and writes it on, sealed; `close` ends it."""

    def __init__(self, file: BinaryIO, county_code: str, made_at: str, passphrase: str) -> None:
        """Raises BackupPassphraseWeak."""
        if len(passphrase) < LEAST_CHARACTERS:
            raise BackupPassphraseWeak
        header = Header(
            format=FORMAT, county_code=county_code, made_at=made_at, salt=secrets.token_bytes(16).hex()
        )
        self._file, self._first = file, msgspec.json.encode(header)
        self._key, self._number, self._waiting = _key(header, passphrase), 0, bytearray()
        file.write(self._first + b"\n")

    def write(self, data: bytes) -> int:
        """As a file takes it."""
        self._waiting += data
        while len(self._waiting) >= _PIECE:
            self._put(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        """The last piece, which is always a short one."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._key.encrypt(_nonce(self._number, last=last), piece, self._first))
        self._number += 1


class Unsealed:
    """Reads what was sealed; raises BackupDamaged as soon as something is not as it was written."""

    def __init__(self, file: BinaryIO, name: str, passphrase: str) -> None:
        """Raises BackupOfAnotherFormat."""
        self.header, first = header_of(file, name)
        self._name, self._here, self._at = name, b"", 0
        self._pieces = self._opened(file, _key(self.header, passphrase), first)

    def read(self, count: int) -> bytes:
        """So many bytes, fewer only at the end."""
        found = bytearray()
        while len(found) < count:
            if self._at == len(self._here):
                self._here, self._at = next(self._pieces, b""), 0
                if not self._here:
                    break
            part = self._here[self._at : self._at + count - len(found)]
            found += part
            self._at += len(part)
        return bytes(found)

    def end(self) -> None:
        """Read to the end: what stands behind the last file is held to its seal too."""
        while self.read(_PIECE):
            pass

    def _opened(self, file: BinaryIO, key: AESGCM, first: bytes) -> Iterator[bytes]:
        number, last = 0, False
        while not last:
            sealed = file.read(_PIECE + _TAG)
            last = len(sealed) < _PIECE + _TAG
            try:
                yield key.decrypt(_nonce(number, last=last), sealed, first)
            except (InvalidTag, ValueError) as e:
                raise BackupDamaged(name=self._name) from e
            number += 1


def header_of(file: BinaryIO, name: str) -> tuple[Header, bytes]:
    """The first line, read and as it stands; raises BackupOfAnotherFormat."""
    first = file.readline(_FIRST_LINE_LIMIT).removesuffix(b"\n")
    try:
        header = msgspec.json.decode(first, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise BackupOfAnotherFormat(name=name, found="首行不对") from e
    if header.format != FORMAT or header.cost != _COST:
        raise BackupOfAnotherFormat(name=name, found=header.format)
    return header, first


def _key(header: Header, passphrase: str) -> AESGCM:
    salt = bytes.fromhex(header.salt)
    return AESGCM(Scrypt(salt, 32, header.cost, _BLOCK, _LANES).derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
