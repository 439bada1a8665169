"""Rows by the dozen: the template draws one row with marks for its cells, the cells are put in here.

A template that asks for every cell of fifty rows takes three times as long. The markup stays in the
template; every text is escaped here as the template engine would escape it. Marks are tags, <0>, which no
data can forge: whatever a template prints of data is escaped.
"""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final, Protocol

from minijinja import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARK: Final = re.compile(r"<(\d+)>")
_SIGNS: Final = "&<>\"'/"
_WRITTEN: Final = str.maketrans(
    dict(zip(_SIGNS, ("&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", "&#x2f;"), strict=True))
)


class Draw(Protocol):
    """The template engine of one language."""

    def __call__(self, template: str, /, **variables: object) -> str:
        """Render a template."""
        ...


def mark(number: int) -> str:
    """Stand in for the cell of this number while a form is drawn."""
    return safe(f"<{number}>")


def placed(page: str, number: int, markup: str) -> str:
    """Page with finished markup in the place of a mark: it costs to carry it through the template engine."""
    return page.replace(mark(number), markup, 1)


class Form:
    """Rows of one form: the markup between their cells, and which cell belongs where."""

    __slots__ = ("_between", "_places")

    def __init__(self, drawn: str) -> None:
        """`drawn` is one row with marks where its cells belong."""
        parts = _MARK.split(drawn)
        self._between, self._places = parts[::2], [int(place) for place in parts[1::2]]

    def filled(self, columns: Sequence[Sequence[str]]) -> str:
        """Write all rows; `columns` has for every number the cells of all rows, which are escaped already."""
        first, *others = self._between
        parts: list[Iterable[str]] = [repeat(first)]
        for place, markup in zip(self._places, others, strict=True):
            parts += columns[place], repeat(markup)
        return "".join(chain.from_iterable(zip(*parts, strict=False)))  # markup repeats without end


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """Texts ready for a page, all at once: mostly there is nothing to do."""
    whole = "".join(texts)
    if not any(sign in whole for sign in _SIGNS):
        return texts
    return [text.translate(_WRITTEN) for text in texts]
