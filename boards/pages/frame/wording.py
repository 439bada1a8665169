"""Numbers and addresses as they stand on a page. Pure; money itself is boards.model.money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from html import escape
from typing import Final
from urllib.parse import quote

from minijinja import safe

from boards.sheets.views import Frame

_LONG: Final = re.compile(r"(?<![.\d])\d{4}|E")  # a number with a comma, or one that is not written out
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~/?=&%-]*")


def plain(value: Decimal | None) -> str:
    """Decimal without noise: 1243.60 → 1,243.6; 6.000 → 6; nothing → "". Never rounded."""
    return plains((value,))[0]


def plains(values: Iterable[Decimal | None]) -> list[str]:
    """`plain` of many at once: a call a cell would cost as much as the cell."""
    return [text.rstrip("0").rstrip(".") if "." in text else text for text in _written_out(values)]


def aligned(values: Iterable[Decimal | None], decimals: int) -> list[str]:
    """A column with as many decimals as its list has: 6.3 beside 11.46 is 6.30. Never rounded."""
    if not decimals:
        return plains(values)
    texts, point = _written_out(values), -1 - decimals
    return [text if text[point : point + 1] == "." else _padded(text, decimals) for text in texts]


def _written_out(values: Iterable[Decimal | None]) -> list[str]:
    """Every digit, with thousands commas. Mostly none is needed: `str` is three times as fast."""
    numbers = list(values)
    texts = ["" if value is None else str(value) for value in numbers]
    if not _LONG.search(" ".join(texts)):
        return texts
    return ["" if value is None else f"{value:,f}" for value in numbers]


def _padded(text: str, decimals: int) -> str:
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<{decimals}}" if text else ""


def rate_texts(values: Iterable[Decimal | None]) -> list[str]:
    """Rates in yuan: at least two decimals, and every further one they have (124.9788302)."""
    return [_padded(text, 2) for text in plains(values)]


def called(frame: Frame, programme: str, name: str) -> str:
    """A programme's name in the language of the page, where the pack has one; else as on the sheet."""
    return frame.names.get(programme) or name


def paragraphs(text: str) -> list[str]:
    """Non-empty lines of a text of the county pack."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def under(village_code: str, *parts: str) -> str:
    """Address below the village: /v/330…/payouts/b1."""
    return "/".join(["/v", village_code, *map(coded, parts)])


def asking(address: str, **wish: str) -> str:
    """An address with what is asked of it, quoted; what is empty is not asked."""
    words = "&".join([f"{name}={coded(value)}" for name, value in wish.items() if value])
    return f"{address}?{words}" if words else address


def coded(part: str) -> str:
    """One part of an address, quoted. Most are plain codes, and `quote` costs more than all the rest."""
    return part if part.isascii() and part.isalnum() else quote(part, safe="")


def within(address: str) -> str:
    """An address as it stands in another, quoted: most have no more than four signs to write."""
    if not _PLAIN.fullmatch(address):
        return quote(address, safe="/")
    quoted = address.replace("%", "%25").replace("?", "%3F")
    return quoted.replace("=", "%3D").replace("&", "%26")


def link(address: str) -> str:
    """Address ready for an attribute. Escaped here, because minijinja would write every / as &#x2f;."""
    return safe(escape(address))
