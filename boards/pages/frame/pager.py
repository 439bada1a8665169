"""The keys that turn pages: first, last, next, the one before, and any by its number. Links only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Final

from minijinja import safe

from boards.pages.frame.row_forms import Draw, Form, mark

FEW_PAGES: Final = 20  # so many are offered at once
NEAR: Final = 5
Pager = Callable[[str, int, int], str]
"""Markup for an address without its page, the page and how many there are."""


def pagers(draw: Draw) -> Pager:
    """The pager of one language."""
    marked = {name: mark(at) for at, name in enumerate(("to", "page", "pages", "before", "behind", "keys"))}

    @lru_cache
    def form(previous: bool, following: bool, long: bool) -> Form:
        without = {"before": previous, "behind": following, "keys": long}
        lacking = {name: "" for name, there in without.items() if not there}
        return Form(draw("pager.html", **{**marked, **lacking}) + "\n")

    def pager(address: str, page: int, pages: int) -> str:
        if pages == 1:
            return ""
        to = escape(f"{address}{'&' if '?' in address else '?'}page=")
        cells = (to, *map(str, (page, pages, page - 1, page + 1)), _keys(to, page, pages))
        return safe(form(page > 1, page < pages, pages > 2).filled(cells))

    return pager


def pages_offered(page: int, pages: int) -> list[int]:
    """All pages where they are few; else those around this one, every tenth and the last."""
    if pages <= FEW_PAGES:
        return list(range(1, pages + 1))
    near = range(max(1, page - NEAR), min(pages, page + NEAR) + 1)
    return sorted({1, pages, *near, *range(10, pages, 10)})


def _keys(to: str, page: int, pages: int) -> str:
    here = ("", ' aria-current="page"')
    return "\n".join(
        [f'<a href="{to}{one}"{here[one == page]}>{one}</a>' for one in pages_offered(page, pages)]
    )
