"""What words find in the texts that hang: by a title, or in a part, with what stands around them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

import msgspec

from boards.sheets.views import Hit, Searched

BEFORE: Final = 10  # characters that are told before the place, and after it
AFTER: Final = 40
SOMEBODY: Final = "某某"


class Text(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Something that can be found: its title, and its parts, each with what it is called (怎么申请, 全文)."""

    thing: Searched
    title: str
    parts: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _title(self) -> str:
        return folded(self.title)

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(folded(f"{name}\n{text}") for name, text in self.parts)

    def hit(self, words: Sequence[str]) -> Hit | None:
        """The place where all the words stand, title and parts together; None where one is missing."""
        others = [word for word in words if word not in self._title]
        if not others:
            return Hit(thing=self.thing)
        if not all(any(word in part for part in self._parts) for word in others):
            return None
        held = [sum(word in part for word in others) for part in self._parts]
        at = held.index(max(held))
        name, text = self.parts[at]
        return Hit(thing=self.thing, where=name, said=_said(text, self._parts[at][len(name) + 1 :], others))


def words_of(asked: str) -> tuple[str, ...]:
    """The words of a search as they are compared."""
    return tuple(folded(asked).split())


def folded(text: str) -> str:
    """Small letters and half-width signs, each where it was: what is found is quoted as it stands."""
    return "".join(map(_sign, text))


@lru_cache(maxsize=8192)
def _sign(sign: str) -> str:
    new = unicodedata.normalize("NFKC", sign).casefold()
    return new if len(new) == 1 else sign


def without_names(text: str, names: frozenset[str]) -> str:
    """A text that names nobody of the village: neither found by a name nor quoted with one."""
    if not names:
        return text
    firsts = re.compile(f"[{re.escape(''.join({name[0] for name in names}))}]")
    lengths = sorted({len(name) for name in names}, reverse=True)
    made, at = [], 0
    for found in firsts.finditer(text):
        start = found.start()
        name = next((one for n in lengths if (one := text[start : start + n]) in names), "")
        if name and start >= at:
            made += [text[at:start], SOMEBODY]
            at = start + len(name)
    return "".join([*made, text[at:]])


def _said(text: str, compared: str, words: Sequence[str]) -> tuple[str, str, str]:
    """What stands before the first word that is there, the word, and what follows; its beginning for none."""
    found = [(at, len(word)) for word in words if (at := compared.find(word)) >= 0]
    start, size = min(found, default=(0, 0))
    first, last = max(0, start - BEFORE), start + size + AFTER
    before = ("…" if first else "") + text[first:start]
    after = text[start + size : last] + ("…" if last < len(text) else "")
    return _line(before), text[start : start + size], _line(after)


def _line(text: str) -> str:
    return text.replace("\n", " ")
