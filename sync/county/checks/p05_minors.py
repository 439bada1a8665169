"""P5: nobody under 18 is listed; the clerk reads which rows are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.privacy.identifiers import FULL_AGE, full_years
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sync.county.checks.whole import Whole


def minors_are_not_listed(whole: Whole) -> Iterator[CellFinding]:
    """P5: who is under 18 never stands on a list; the clerk reads that the row will be left out."""
    if (today := whole.today) is None:
        return
    youngest = f"{today.year - FULL_AGE:04d}{today.month:02d}{today.day:02d}"
    for entry in whole.entries:
        row = entry.row
        minor = row.identity[6:14] > youngest or row.beneficiary_identity[6:14] > youngest
        if minor or (row.age is not None and row.age < FULL_AGE) or (row.born and _young(row.born, today)):
            yield at_row(row, Level.NOTE, "MINOR_NOT_LISTED", "未满 18 周岁，依法不列入公示，只计入合计。")


def _young(born: date, today: date) -> bool:
    return full_years(born, today) < FULL_AGE
