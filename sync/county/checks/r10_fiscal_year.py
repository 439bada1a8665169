"""Days of payment that cannot be or are unlike the others (R10, P12): pure, over the rows.

A list is paid in the year it is about, or soon after: what its title and most of its rows say is
taken for its own. A row of any other year must be confirmed, unless it says that it is carried over.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.payouts import PayStatus
from sync.county.checks.place import at_row, of_village

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sync.county.checks.whole import Publication, Whole
    from sync.county.reading import Row


CARRIED_OVER = re.compile(r"结转|上年|去年|往年|跨年|补发|续发|清算")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def paydays_are_likely(whole: Whole) -> Iterator[CellFinding]:
    """Nobody was paid after today; nobody in a year that neither the title nor the list is about.

    Where most days lie ahead, the list is a plan or the clock is wrong: only a note.
    """
    sheets: dict[str | None, list[Row]] = defaultdict(list)
    for entry in whole.entries:
        if entry.row.paid_on is not None and entry.row.status in {None, PayStatus.PAID}:
            sheets[entry.row.sheet].append(entry.row)
    for sheet, rows in sheets.items():
        years = {*map(int, _YEAR.findall(f"{whole.title} {sheet}"))}
        yield from _of_a_sheet(rows, years, whole.today, whole.title)


def _of_a_sheet(rows: list[Row], years: set[int], today: date | None, title: str) -> Iterator[CellFinding]:
    usual = Counter(row.paid_on.year for row in rows if row.paid_on).most_common(1)[0]
    if usual[1] * 2 > len(rows):
        years.add(usual[0])
    carried = bool(CARRIED_OVER.search(title))
    if today is not None and sum(row.paid_on > today for row in rows if row.paid_on) * 2 > len(rows):
        message = "多数发放日期在将来：请核对是不是计划发放的日期，或本机时钟是否准确。"
        yield CellFinding(level=Level.NOTE, code="PAYDAYS_IN_FUTURE", sheet=rows[0].sheet, message=message)
        today = None
    for row in rows:
        if row.paid_on is None:
            continue
        if today is not None and row.paid_on > today:
            yield at_row(row, Level.WARNING, "PAYDAY_IN_FUTURE", "发放日期在将来。")
        elif years and row.paid_on.year not in years and not carried and not _carried_over(row):
            yield at_row(
                row,
                Level.WARNING,
                "PAYDAY_OF_ANOTHER_YEAR",
                f"发放日期是{row.paid_on.year}年的，请核对年度。",
            )


def _carried_over(row: Row) -> bool:
    return bool(CARRIED_OVER.search(f"{row.remark}{row.status_text}{row.item}"))


def paid_in_its_year(publication: Publication) -> Iterator[CellFinding]:
    """The day of the batch lies in its fiscal year, and that of every line, unless carried over (结转)."""
    if publication.application or CARRIED_OVER.search(" ".join(publication.said)):
        return
    year, day = publication.fiscal_year, publication.paid_on
    if day and day.year != year:
        yield of_village(publication, "R10", f"发放日期{day}不在{year}年度内")
    late = [
        one.seq
        for one in publication.payouts
        if one.paid_on and one.paid_on.year != year and not CARRIED_OVER.search(one.remark)
    ]
    if late:
        yield of_village(publication, "R10", f"发放日期不在{year}年度内", *late)
