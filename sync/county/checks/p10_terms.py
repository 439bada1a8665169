"""P10: words the county does not want on a board, out of its pack (terms/forbidden.txt), asked of texts.

A line of the list is a word, or a word and what to write instead: 帐户→账户. The list is the county's
and changes; so it is asked again, of what was read, when a reading is proposed.
"""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import CellFinding, Level
from boards.model.payouts import Payout
from boards.model.privacy.withheld import shown
from sync.county.checks.place import warned
from sync.county.reading import Reading, Row, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.checks.whole import Whole

_NO_WORDS = {"holder", "payee", "beneficiary", "household", "group", "unit", "correction_of"}
_texts_of = attrgetter(
    *(one.name for one in msgspec.structs.fields(Payout) if one.type is str and one.name not in _NO_WORDS)
)
"""Every text of a payout but names of people and places: a new one is asked about like the others."""

_INSTEAD = re.compile(r"\s*(?:→|->|=>|=|\t)\s*")
CODE = "FORBIDDEN_TERM"


class Terms:
    """The county's list, as one search."""

    def __init__(self, lines: Iterable[str]) -> None:
        parts = [_INSTEAD.split(line, maxsplit=1) for line in lines]
        self._instead = {word: (rest[0] if rest else "") for word, *rest in parts if word}
        longest_first = sorted(self._instead, key=len, reverse=True)
        self._search = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def told(self, text: str) -> str:
        """What is to be said of a text; "" for nothing."""
        found = self._search.search(text) if self._search and text else None
        if not found:
            return ""
        instead = self._instead[found[0]]
        advice = f"应写作“{instead}”" if instead else "县里规定公示时不用这个词"
        return f"文字里有“{found[0]}”，{advice}。"


def terms_are_ours(whole: Whole) -> Iterator[CellFinding]:
    """No title, item or remark has a word the county does not want on a board."""
    if whole.terms:
        yield from _found(shown(whole.title), (entry.row for entry in whole.entries), Terms(whole.terms))


def termed(reading: Reading, lines: Iterable[str]) -> Reading:
    """The same reading, held against a list that may be newer than it; nothing is said twice."""
    if reading.verdict is Verdict.REFUSED or any(one.code == CODE for one in reading.findings):
        return reading
    found = tuple(_found(reading.title, reading.rows, Terms(lines)))
    every = (*reading.findings, *found)
    return msgspec.structs.replace(reading, findings=every, verdict=Verdict.HOLD) if found else reading


def _found(title: str, rows: Iterable[Row], terms: Terms) -> Iterator[CellFinding]:
    if told := terms.told(title):
        yield CellFinding(level=Level.WARNING, code=CODE, message=f"标题：{told}")
    told_once = cache(terms.told)
    for row in rows:
        for text in _texts_of(row.payout):
            if told := told_once(text):
                yield warned(row, CODE, told)
