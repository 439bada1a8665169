"""Rows by the dozen: the template draws one row with marks for its cells, the cells are put in here.

A template that asks for every cell of fifty rows takes three times as long. The markup stays in the
template; every text is escaped here as the template engine would escape it.
"""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_MARK: Final = 0xFDD0  # U+FDD0–FDEF are no characters and never will be: no text has them
_MARK: Final = re.compile("[\ufdd0-\ufdef]")
_GAP: Final = "\0"
_SIGNS: Final[dict[str, str]] = {
    "&": "&amp;",  # first: the others bring ampersands
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#x27;",
    "/": "&#x2f;",
}


class Draw(Protocol):
    """The template engine of one language."""

    def __call__(self, template: str, /, **variables: object) -> str:
        """Render a template."""
        ...


def mark(number: int) -> str:
    """Stand in for the cell of this number (0 to 31) while a form is drawn."""
    return chr(FIRST_MARK + number)


class Form:
    """Rows of one form: the markup between their cells, and which cell belongs where."""

    __slots__ = ("_between", "_places")

    def __init__(self, drawn: str) -> None:
        """`drawn` is one row with marks where its cells belong."""
        self._between = _MARK.split(drawn)
        self._places = [ord(found) - FIRST_MARK for found in _MARK.findall(drawn)]

    def filled(self, columns: Sequence[Sequence[str]]) -> str:
        """Write all rows; `columns` has for every number the cells of all rows, which are escaped already."""
        first, *others = self._between
        parts: list[Iterable[str]] = [repeat(first)]
        for place, markup in zip(self._places, others, strict=True):
            parts += columns[place], repeat(markup)
        return "".join(chain.from_iterable(zip(*parts, strict=False)))  # markup repeats without end


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """Texts ready for a page, all at once: mostly there is nothing to do."""
    whole = _GAP.join(texts)
    if not any(sign in whole for sign in _SIGNS):
        return texts
    return [_escaped(text) for text in texts]


def _escaped(text: str) -> str:
    for sign, written in _SIGNS.items():
        text = text.replace(sign, written)
    return text
