"""The keys that turn pages: first, last, next, the one before, and any by its number. Links only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Final

from minijinja import safe

from boards.pages.frame.row_forms import Draw, mark

FEW_PAGES: Final = 20  # so many are offered at once
NEAR: Final = 5
MOST_PAGERS: Final = 256  # two kilobytes each; a board shows few lists of more pages
Pager = Callable[[str, int, int], str]
"""Markup for an address without its page, the page and how many there are."""

_TO: Final = mark(0)


def pagers(draw: Draw) -> Pager:
    """The pager of one language: each page of so many is drawn when first turned to."""

    @lru_cache(maxsize=MOST_PAGERS)
    def drawn(page: int, pages: int) -> str:
        numbers = {"page": page, "pages": pages, "keys": safe(_keys(page, pages)) if pages > 2 else ""}
        turns = {"before": page > 1 and page - 1, "behind": page < pages and page + 1}
        return draw("pager.html", to=_TO, **numbers, **turns) + "\n"

    def pager(address: str, page: int, pages: int) -> str:
        if pages == 1:
            return ""
        to = escape(f"{address}{'&' if '?' in address else '?'}page=")
        return drawn(page, pages).replace(_TO, to)

    return pager


def pages_offered(page: int, pages: int) -> list[int]:
    """All pages where they are few; else those around this one, every tenth and the last."""
    if pages <= FEW_PAGES:
        return list(range(1, pages + 1))
    near = range(max(1, page - NEAR), min(pages, page + NEAR) + 1)
    return sorted({1, pages, *near, *range(10, pages, 10)})


def _keys(page: int, pages: int) -> str:
    here = ("", ' aria-current="page"')
    offered = pages_offered(page, pages)
    return "\n".join([f'<a href="{_TO}{one}"{here[one == page]}>{one}</a>' for one in offered])
