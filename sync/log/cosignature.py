"""Cosignatures (C2SP tlog-cosignature, cosignature/v1): a checkpoint, as a key saw it at an instant. Pure.

What is signed begins with words that begin no checkpoint, and the key's hash is made with another type: a
cosignature never stands for a signature, nor the other way round.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.log.note import Note, Signature

if TYPE_CHECKING:
    from sync.log.keys import SigningKey, VerifierKey

COSIGNATURE: Final = 4
_TIME_BYTES: Final = 8


def cosigner_hash(key: VerifierKey) -> bytes:
    """Four bytes that name a cosigning key in a signature line."""
    return hashlib.sha256(key.name.encode() + b"\n" + bytes([COSIGNATURE]) + key.public).digest()[:4]


def cosignature(text: str, key: SigningKey, now: datetime) -> Signature:
    """Say that this is the newest checkpoint there is at this instant."""
    seconds = int(now.timestamp())
    made = key.private.sign(_said(seconds, text))
    return Signature(key.name, cosigner_hash(key.verifier), seconds.to_bytes(_TIME_BYTES, "big") + made)


def is_cosignature(signature: Signature, key: VerifierKey) -> bool:
    """True when the line claims to be by this key."""
    return signature.name == key.name and signature.key_hash == cosigner_hash(key)


def cosigned_at(note: Note, key: VerifierKey) -> datetime | None:
    """The newest instant this key cosigned the note at; a line that is not good says nothing."""
    found = [_instant(note.text, one, key) for one in note.signatures if is_cosignature(one, key)]
    return max((one for one in found if one), default=None)


def _instant(text: str, signature: Signature, key: VerifierKey) -> datetime | None:
    seconds = int.from_bytes(signature.blob[:_TIME_BYTES], "big")
    with suppress(InvalidSignature, ValueError, OverflowError, OSError):
        Ed25519PublicKey.from_public_bytes(key.public).verify(
            signature.blob[_TIME_BYTES:], _said(seconds, text)
        )
        return datetime.fromtimestamp(seconds, UTC)
    return None


def _said(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
