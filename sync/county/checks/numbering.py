"""Numbers that jump: a row may have been lost. Only a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.checks.whole import Whole
    from sync.county.roster.entries import Entry


def numbering_is_whole(whole: Whole) -> Iterator[CellFinding]:
    """Numbers run on by one, or begin again; a jump may mean that a row was lost."""
    last: Entry | None = None
    for entry in whole.entries:
        seq = entry.row.seq
        if last and seq is not None and last.row.sheet == entry.row.sheet:
            before = last.row.seq
            if before is not None and seq not in {before + 1, 1}:
                message = f"序号从{before}跳到{seq}。"
                yield at_row(entry.row, Level.NOTE, "SEQUENCE_GAP", message, entry.seq_column)
        last = entry
