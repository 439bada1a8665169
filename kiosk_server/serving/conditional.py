"""Encodings, tags and parts of one answer (RFC 9110 §8.8, §12.5.3, §13.1.2, §14)."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache

COMPRESSED = (
    b"text/",
    b"application/json",
    b"application/problem+json",
    b"application/ld+json",
    b"image/svg+xml",
)
SMALLEST_COMPRESSED_BYTES = 512
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,15})-(\d{0,15})\s*", re.ASCII)


def tag(body: bytes, *, gzipped: bool) -> bytes:
    """Strong ETag of one encoding of one body."""
    return tag_of(hashlib.sha256(body).hexdigest().encode(), gzipped=gzipped)


def tag_of(digest: bytes, *, gzipped: bool) -> bytes:
    """Strong ETag of one encoding of what has this digest, in hex."""
    return b'"%b-gz"' % digest[:24] if gzipped else b'"%b"' % digest[:24]


def unchanged(if_none_match: bytes, etag: bytes) -> bool:
    """Whether the visitor already has this: weak comparison, `*` matches."""
    if if_none_match == etag:
        return True
    asked = (part.strip().removeprefix(b"W/") for part in if_none_match.split(b","))
    return any(part in {etag, b"*"} for part in asked)


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether gzip was asked for, and not with q=0."""
    wishes: dict[bytes, bool] = {}
    for part in accept_encoding.lower().split(b","):
        name, _, parameters = part.partition(b";")
        q = parameters.replace(b" ", b"")
        wishes[name.strip()] = not q.startswith(b"q=0") or bool(q[3:].strip(b".0"))
    return wishes.get(b"gzip", wishes.get(b"x-gzip", wishes.get(b"*", False)))


def compressible(content_type: bytes, length: int) -> bool:
    """Whether gzip is worth its time: text of some length."""
    return length >= SMALLEST_COMPRESSED_BYTES and content_type.startswith(COMPRESSED)


def squeezed(body: bytes) -> bytes:
    """Gzip with no clock in it: equal bodies give equal bytes."""
    return gzip.compress(body, 6, mtime=0)


def asked_part(header: str, length: int) -> slice | None:
    """The part a player's Range header asks for; None for the whole: no header, several ranges, other units.

    A part that begins beyond the end is an empty slice: the answer is 416.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return slice(max(length - int(found[2]), 0) if int(found[2]) else length, length)
    first = int(found[1])
    last = int(found[2]) if found[2] else length - 1
    if last < first and found[2]:
        return None
    return slice(min(first, length), min(last + 1, length))
