"""Forms: markup that is drawn once with marks, and what changes is put in here.

The shell of a page, or one row of many: a template that asks for every cell of fifty rows takes three
times as long. The markup stays in the template; every text is escaped here as the template engine would
escape it. Marks are tags, <0>, which no data can forge: whatever a template prints of data is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

from minijinja import safe

_NO_MARKUP: Final = b"<|>"  # stands in no cell
_MARK: Final = re.compile(r"<(\d+)>")
_SIGNS: Final = "&<>\"'/"
_SIGN: Final = re.compile(f"[{_SIGNS}]")
_WRITTEN: Final = str.maketrans(
    dict(zip(_SIGNS, ("&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", "&#x2f;"), strict=True))
)


class Draw(Protocol):
    """The template engine of one language."""

    def __call__(self, template: str, /, **variables: object) -> str:
        """Render a template."""


def mark(number: int) -> str:
    """Stand in for the cell of this number while a form is drawn."""
    return safe(f"<{number}>")


class Form:
    """The markup between the cells of a drawn form, and which cell belongs where."""

    __slots__ = ("_picked", "_places", "parts")

    def __init__(self, drawn: str) -> None:
        """`drawn` has marks where its cells belong."""
        self.parts = _MARK.split(drawn)  # every other one a cell
        self._places = [int(place) for place in self.parts[1::2]]
        self._picked = _picking(self._places)

    def filled(self, cells: Sequence[str]) -> str:
        """Write the form once; `cells` has for every number its finished markup."""
        parts = self.parts.copy()
        parts[1::2] = self._picked(cells)
        return "".join(parts)

    def rows(self, columns: Sequence[Sequence[str]]) -> str:
        """Write the form once a row; `columns` has for every number the cells of all rows."""
        parts = self.parts * len(columns[0])
        for at, place in enumerate(self._places):
            parts[2 * at + 1 :: len(self.parts)] = columns[place]
        return "".join(parts)


def _picking(places: Iterable[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Take from the cells what belongs in these places, in one call."""
    found = tuple(places)
    return itemgetter(*found) if len(found) > 1 else lambda cells: [cells[place] for place in found]


class Filled(NamedTuple):
    """A whole page in the bytes that are sent, and what tells it from any other page."""

    page: bytes
    digest: str  # SHA-256 of the form, once, and of what was filled in: fewer bytes than the page


class PageForm:
    """The form of a whole page."""

    __slots__ = ("_digest", "_parts", "_picked")

    def __init__(self, drawn: str) -> None:
        """`drawn` has marks where its cells belong."""
        parts = _MARK.split(drawn)
        self._parts, self._picked = [part.encode() for part in parts], _picking(map(int, parts[1::2]))
        self._digest = sha256(drawn.encode())

    def filled(self, cells: Sequence[str]) -> Filled:
        """Write the page; `cells` has for every number its finished markup."""
        coded = [cell.encode() for cell in self._picked(cells)]
        parts, digest = self._parts.copy(), self._digest.copy()
        parts[1::2] = coded
        digest.update(_NO_MARKUP.join(coded))
        return Filled(b"".join(parts), digest.hexdigest())


def escaped(columns: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """Columns of texts ready for a page, all at once: mostly there is nothing to do."""
    made = list(columns)
    whole = "".join(map("".join, made))
    if not _SIGN.search(whole):
        return made
    return [[written(text) for text in column] for column in made]


def written(text: str) -> str:
    """One text ready for a page."""
    return text.translate(_WRITTEN)
