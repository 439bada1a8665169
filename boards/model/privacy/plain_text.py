"""The plain form of a text: what a reader sees, so that a number cannot hide behind its spelling.

NFKC, any script's decimal digits as 0-9, zero-width and combining marks removed, all dashes and
spaces alike. Only for looking at; what is shown and kept stays as it was written (NFC on names).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_DOTS_BETWEEN = "·•‧∙⋅・"


def plain_form(text: str) -> tuple[str, Sequence[int]]:
    """Plain text, and for each of its characters the position in the text it was made from."""
    if text.isascii() and text.isprintable():
        return text, range(len(text))
    pieces: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        plain = plain_character(character)
        pieces.append(plain)
        origins.extend([position] * len(plain))
    return "".join(pieces), origins


@lru_cache(maxsize=4096)
def plain_character(character: str) -> str:
    """Zero or more characters a reader would see here: ０ and ٠ are 0, a zero-width space is nothing."""
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me", "Cc"} and not character.isspace():
        return ""
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if character in _DOTS_BETWEEN or character.isspace():
        return " "
    value = unicodedata.decimal(character, None)
    return unicodedata.normalize("NFKC", character) if value is None else str(value)
