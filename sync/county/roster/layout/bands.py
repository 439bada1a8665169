"""Tables that stand side by side under one header."""

from __future__ import annotations

from collections.abc import Sequence

from sync.county.formats.cells import squeezed
from sync.county.roster.columns.column import PLACES, Band, Column
from sync.county.roster.columns.meaning import What


def bands_of(columns: Sequence[Column]) -> tuple[Band, ...]:
    """Split a header whose texts repeat into side-by-side tables; places to their left belong to all."""
    for what in (What.SEQ, What.NAME):
        starts = _starts(columns, what)
        if len(starts) > 1:
            shared = tuple(column for column in columns[: starts[0]] if column.meaning.what in PLACES)
            parts = zip(starts, [*starts[1:], len(columns)], strict=True)
            bands = tuple(Band(columns=(*shared, *columns[start:stop])) for start, stop in parts)
            if all(band.lists_payees for band in bands):
                return bands
    return _with_a_summary_beside(columns)


def _with_a_summary_beside(columns: Sequence[Column]) -> tuple[Band, ...]:
    """A small summary to the right of a list, an empty column between them, is a table of its own."""
    for at in range(1, len(columns)):
        if columns[at].index > columns[at - 1].index + 1:
            left, right = Band(columns=tuple(columns[:at])), Band(columns=tuple(columns[at:]))
            if left.lists_payees and right.sums_places and left.of(What.AMOUNT) and right.of(What.AMOUNT):
                return left, right
    return (Band(columns=tuple(columns)),)


def _starts(columns: Sequence[Column], what: What) -> list[int]:
    """Positions where a band begins: equal header texts, led back to the first text that repeats too."""
    texts = [squeezed(column.header) for column in columns]
    found = [at for at, column in enumerate(columns) if column.meaning.what is what]
    if len(found) < 2 or len({texts[at] for at in found}) > 1:
        return []
    while found[0] > 0 and len({texts[at - 1] for at in found}) == 1:
        found = [at - 1 for at in found]
    return found
