"""A clerk's word on what a column is: `F=amount`, for this file or remembered for its layout.

`明细!F=amount` says it of one sheet only; `F=auto` undoes it.

A layout is known by the words of its header, so a correction holds for next month's file of the
same office, and for no other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sync.county.formats.cells import figure, squeezed
from sync.county.formats.errors import ColumnNotKnown
from sync.county.formats.grid import Grid, column_number
from sync.county.roster.columns.thresholds import LAYOUT_ROWS
from sync.county.roster.columns.words import Role, What

Given: TypeAlias = Mapping[int, tuple[What, Role]]
"""What a clerk said of columns."""

WORDS: dict[str, tuple[What, Role]] = {
    "name": (What.NAME, Role.ANYONE),
    "holder": (What.NAME, Role.HOLDER),
    "payee": (What.NAME, Role.PAYEE),
    "beneficiary": (What.NAME, Role.BENEFICIARY),
    "quantity": (What.AREA, Role.ANYONE),
    "ignore": (What.OTHER, Role.ANYONE),
    **{what.value: (what, Role.ANYONE) for what in What},
}
FORGET = "auto"
"""Says nothing of a column any more: it is what its header says."""


def corrections(given: Iterable[str]) -> dict[str, str]:
    """`F=amount` or `明细!F=amount` as typed → {"明细!F": "amount"}; raises ColumnNotKnown."""
    found = {}
    for one in given:
        place, _, word = one.rpartition("=")
        sheet, mark, letter = place.strip().rpartition("!")
        word, letter = word.strip().lower(), letter.upper()
        if word != FORGET:
            by_index({letter: word})
        found[f"{sheet}{mark}{letter}"] = word
    return found


def by_index(given: Mapping[str, str]) -> dict[int, tuple[What, Role]]:
    """Column letters as indexes; raises ColumnNotKnown for a meaning nobody knows."""
    found = {}
    for letter, word in given.items():
        if word not in WORDS or not re.fullmatch(r"[A-Z]{1,3}", letter):
            raise ColumnNotKnown(given=f"{letter}={word}"[:40], meanings="、".join(sorted(WORDS)))
        found[column_number(letter)] = WORDS[word]
    return found


def said_of(sheet: str | None, given: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """What holds for one sheet, by letter: remembered, over that given for all, over that given for it."""
    here = f"{sheet or ''}!"
    for_all = {place: word for place, word in given.items() if "!" not in place}
    for_it = {place[len(here) :]: word for place, word in given.items() if place.startswith(here)}
    return {letter: word for letter, word in {**remembered, **for_all, **for_it}.items() if word != FORGET}


def fingerprint(grid: Grid) -> str:
    """Layout of a sheet: the words of its richest line near the top, without spaces; "" for none."""
    lines = [
        [squeezed(cell) for cell in row if cell not in {"", None}]
        for row in grid.rows[:LAYOUT_ROWS]
        if not any(figure(cell).value is not None for cell in row)
    ]
    richest = max(lines, key=len, default=[])
    return hashlib.sha256("|".join(richest).encode()).hexdigest()[:16] if len(richest) > 1 else ""
