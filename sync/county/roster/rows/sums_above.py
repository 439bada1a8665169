"""Sums that stand above their rows, and notes that look like rows: recognised by their place, not by a word.

A line named “石垟村” with an amount is a payee (the village's own forest) or the sum of the
households under it. Only the amounts below can decide, so they are compared.
"""

from __future__ import annotations

import re
from bisect import bisect
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from boards.model.names import is_organisation
from sync.county.formats.cells import squeezed
from sync.county.roster.columns.thresholds import MAY_SUM, NAME_CHARS
from sync.county.roster.rows.kinds import Kind, Sorter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.county.formats.grid import Value

_PLACE = re.compile(
    r"(村|社区|居委会|村委会|[组队镇乡]|(?<!合作|经济|股份)社|街道|(?<!家庭)[农林]场)(\(.*\))?[:：]?$"
)
_PLACE_ENDS = frozenset("村区会组队社镇乡道场)）:： \u3000")  # the quick way out: most names end otherwise


def sums_of_below(
    rows: Sequence[list[Value]], kinds: Sequence[Kind], sorter: Sorter, paid: Callable[[list[Value]], Decimal]
) -> list[int]:
    """Payee lines that are the sum of the payee lines under them, up to the next such line or total."""
    column = sorter.name_column
    maybe = [
        at
        for at, kind in enumerate(kinds)
        if kind is Kind.PAYEE
        and (len(cells := rows[at]) <= column or not (name := cells[column]) or str(name)[-1] in _PLACE_ENDS)
        and _may_sum(cells, sorter)
    ]
    if not maybe or len(maybe) > MAY_SUM:
        return []
    own = {at: paid(rows[at]) for at in maybe}
    listed = [kind is Kind.PAYEE and at not in own for at, kind in enumerate(kinds)]
    counts = [0, *accumulate(listed)]
    sums = [*accumulate((paid(rows[at]) for at, one in enumerate(listed) if one), initial=Decimal(0))]
    totals = [*(at for at, kind in enumerate(kinds) if kind is Kind.TOTAL), len(kinds)]

    def sums_up_to(at: int, stop: int) -> bool:
        first, last = counts[at], counts[stop]
        return stop > at and last > first and sums[last] - sums[first] == own[at]

    def closed(at: int) -> bool:  # nobody stands between it and the next total: it is the last of those above
        return counts[totals[bisect(totals, at)]] == counts[at]

    asked = (at for at in maybe if own[at] > 0 and not closed(at))
    return [at for at in asked if any(sums_up_to(at, stop) for stop in (*maybe, *totals))]


def _may_sum(cells: list[Value], sorter: Sorter) -> bool:
    """A place where a name should be (or no name and a place), and nothing that identifies a person."""
    if sorter.identifies(cells):
        return False
    name = sorter.name(cells)
    return bool(_PLACE.search(name)) if name else sorter.places_itself(cells)


def notes_below(rows: Sequence[list[Value]], kinds: Sequence[Kind], sorter: Sorter) -> list[int]:
    """Numbered notes under the last line with an amount: a number, a sentence, and nothing to pay."""

    def pays(at: int) -> bool:
        return kinds[at] is Kind.TOTAL or (kinds[at] is Kind.PAYEE and sorter.measures(rows[at]))

    def notes(at: int) -> bool:
        text = squeezed(sorter.name(rows[at]))
        sentence = len(text) > NAME_CHARS and "·" not in text and not is_organisation(text)
        return kinds[at] is Kind.PAYEE and sentence and not sorter.identifies(rows[at])

    last = next(filter(pays, range(len(kinds) - 1, -1, -1)), -1)
    return list(filter(notes, range(last + 1, len(kinds))))
