"""A part of an answer for players that ask for parts (RFC 9110 §14): one range of bytes."""

from __future__ import annotations

import re

_ONE = re.compile(r"bytes=\s*(\d{0,15})-(\d{0,15})\s*", re.ASCII)


def asked_part(header: str, length: int) -> slice | None:
    """The part a Range header asks for; None for the whole: no header, several ranges, other units.

    A part that begins beyond the end is an empty slice: the answer is 416.
    """
    found = _ONE.fullmatch(header)
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return slice(max(length - int(found[2]), 0) if int(found[2]) else length, length)
    first = int(found[1])
    last = int(found[2]) if found[2] else length - 1
    if last < first and found[2]:
        return None
    return slice(min(first, length), min(last + 1, length))
