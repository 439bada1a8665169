"""One request as the pages see it: read once at the front, and all they may know of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from kiosk_server.archive.health import Health
from kiosk_server.web.guard import Door

SIZES = ("m", "l", "xl")
LONGEST_QUERY_BYTES = 256
LONGEST_COOKIE_BYTES = 1024


class Wish(NamedTuple):
    """The allowed query, and nothing else of it: digits, or "" where there were none."""

    page: str = ""
    year: str = ""


class Choice(NamedTuple):
    """What the visitor chose for all pages, from two cookies."""

    language: str
    size: str


class Moment(msgspec.Struct, frozen=True, gc=False):
    """One reading of the world: the archive's state and the board's trusted day."""

    state_version: int
    day: date
    clock_suspect: bool = False
    health: Health | None = None  # of that state; read once, every page's frame tells of it


class Visit(msgspec.Struct, frozen=True, gc=False):
    """One request. `moment` is None while the archive cannot be read."""

    door: Door
    moment: Moment | None
    choice: Choice
    wish: Wish
    gzipped: bool


@lru_cache(maxsize=512)
def wish_of(query: bytes) -> Wish:
    """Page and year of a query; anything else in it has no effect on any page."""
    if not query or len(query) > LONGEST_QUERY_BYTES:
        return Wish()
    try:
        pairs = dict(parse_qsl(query.decode("latin-1"), max_num_fields=16))
    except ValueError:
        return Wish()
    return Wish(page=_digits(pairs.get("page", ""), 7), year=_digits(pairs.get("year", ""), 4))


@lru_cache(maxsize=512)
def choice_of(cookie: bytes, languages: tuple[str, ...]) -> Choice:
    """Language and text size of a Cookie header; unknown values count as not chosen."""
    parts = cookie[:LONGEST_COOKIE_BYTES].decode("latin-1").split(";")
    pairs = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts)}
    language, size = pairs.get("language", ""), pairs.get("size", "")
    return Choice(
        language=language if language in languages else languages[0],
        size=size if size in SIZES else SIZES[0],
    )


def _digits(text: str, most: int) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= most else ""
