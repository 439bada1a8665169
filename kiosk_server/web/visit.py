"""One request as the pages see it: read once at the front, and all they may know of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from kiosk_server.archive.health import Health
from kiosk_server.web.guard import Door

SIZES = ("m", "l", "xl")
BASES = tuple(range(18, 61, 2))
"""Text sizes in px a board may be calibrated to; each has its class in kiosk.css."""

LONGEST_QUERY_BYTES = 400
LONGEST_WORDS = 40
CODE_DIGITS = 10
LONGEST_COOKIE_BYTES = 1024


class Wish(NamedTuple):
    """The allowed query, and nothing else of it: "" where it was not asked or cannot be."""

    page: str = ""  # digits
    year: str = ""  # four digits
    q: str = ""  # letters of a name, words of a title
    code: str = ""  # up to ten digits of a short code, leading zeros kept
    group: str = ""  # of a list, as its rows have it
    surname: str = ""


class Choice(NamedTuple):
    """What was chosen for all pages, from four cookies."""

    language: str
    size: str
    base: str = ""  # px, one of BASES: how a board was calibrated
    rows: str = ""  # "6" or "10", as a board's script saw it lie or stand; "" elsewhere


class Moment(msgspec.Struct, frozen=True, gc=False):
    """One reading of the world: the archive's state and the board's trusted day."""

    state_version: int
    day: date
    clock_suspect: bool = False
    health: Health | None = None  # of that state; read once, every page's frame shows it
    rare: Mapping[str, str] = {}  # village → address of its rare characters' style
    heard_at: datetime | None = None  # when the last pull succeeded
    names_day: date = date.min  # names are shown by it; not `day` only while the clock is suspect
    read_only: bool = False  # the disk takes nothing in (settled §49)
    alarmed: bool = False  # the last pull refused something of the county's keys or pack (line §8)


class Visit(msgspec.Struct, frozen=True, gc=False):
    """One request. `moment` is None while the archive cannot be read."""

    door: Door
    moment: Moment | None
    choice: Choice
    wish: Wish
    gzipped: bool
    client: str = ""  # whose allowance is used (serving/clients.py); no page depends on it


@lru_cache(maxsize=512)
def wish_of(query: bytes) -> Wish:
    """What of a query pages may know; anything else in it has no effect on any page."""
    if not query or len(query) > LONGEST_QUERY_BYTES:
        return Wish()
    try:
        pairs = dict(parse_qsl(query.decode("latin-1"), max_num_fields=16))
    except ValueError:
        return Wish()
    words = unicodedata.normalize("NFKC", pairs.get("q", "")).strip()
    code = pairs.get("code", "").replace(" ", "").replace("-", "")
    return Wish(
        page=_digits(pairs.get("page", ""), 7),
        year=_digits(pairs.get("year", ""), 4),
        q=words if len(words) <= LONGEST_WORDS and words.isprintable() else "",
        group=_name(pairs.get("group", "")),
        surname=_name(pairs.get("surname", "")),
        code=code if code.isascii() and code.isdigit() and len(code) <= CODE_DIGITS else "",
    )


@lru_cache(maxsize=512)
def choice_of(cookie: bytes, languages: tuple[str, ...], *, board: bool = False) -> Choice:
    """Language, text size and rows of a Cookie header; unknown values count as not chosen.

    Size in px and rows are a board's own; there are two counts of rows: anything but 6 is 10 (settled §25).
    """
    parts = cookie[:LONGEST_COOKIE_BYTES].decode("latin-1").split(";")
    pairs = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts)}
    language, size, base = (pairs.get(name, "") for name in ("language", "size", "base"))
    return Choice(
        language=language if language in languages else languages[0],
        size=size if size in SIZES else SIZES[0],
        base=base if board and base in map(str, BASES) else "",
        rows=("6" if pairs["rows"] == "6" else "10") if board and "rows" in pairs else "",
    )


def _digits(text: str, most: int) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= most else ""


def _name(text: str) -> str:
    """As it was written: no sign of a group or surname is turned into another."""
    return text if len(text) <= LONGEST_WORDS and text.isprintable() else ""
