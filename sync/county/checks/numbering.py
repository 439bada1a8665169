"""Numbers that jump: a row may have been lost. Only a note."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.checks.whole import Whole


def numbering_is_whole(whole: Whole) -> Iterator[CellFinding]:
    """Numbers run on by one, or begin again; a jump may mean that a row was lost."""
    for before, entry in pairwise(whole.entries):
        last, number = before.row.number, entry.row.number
        jumps = last is not None and number not in {None, last + 1, 1}
        if jumps and before.row.sheet == entry.row.sheet:
            yield at_row(
                entry.row, Level.NOTE, "SEQUENCE_GAP", f"序号从{last}跳到{number}。", entry.seq_column
            )
