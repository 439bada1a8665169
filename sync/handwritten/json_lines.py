"""The line of every field of a JSON text. It must be JSON: whether it is, the parser has said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from sync.handwritten.shape import Way

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')


def json_lines(text: str) -> dict[Way, int]:
    """Lines from 1, by the way to a field or an item of a list."""
    found: dict[Way, int] = {}
    way: list[str | int] = []
    line, word = 1, ""
    for mark in _MARKS.findall(text):
        if mark == "\n":
            line += 1
        elif mark in {"{", "["}:
            way.append("" if mark == "{" else 0)
        elif mark in {"}", "]"}:
            way.pop()
        elif mark == "," and isinstance(way[-1], int):
            way[-1] += 1
        elif mark == ":":
            way[-1] = msgspec.json.decode(word, type=str)
        word = mark
        found.setdefault(tuple(way), line)
    return found
