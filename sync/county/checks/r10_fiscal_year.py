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
from sync.county.checks.place import of_village, warned

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
    sheets: dict[str | None, list[tuple[date, Row]]] = defaultdict(list)
    for entry in whole.entries:
        row, day = entry.row, entry.row.payout.paid_on
        if day is not None and row.status in {None, PayStatus.PAID}:
            sheets[row.sheet].append((day, row))
    for sheet, paid in sheets.items():
        yield from _of_a_sheet(
            paid, {*map(int, _YEAR.findall(f"{whole.title} {sheet}"))}, whole.today, whole.title
        )


def _of_a_sheet(
    paid: list[tuple[date, Row]], years: set[int], today: date | None, title: str
) -> Iterator[CellFinding]:
    usual, count = Counter(day.year for day, _ in paid).most_common(1)[0]
    if count * 2 > len(paid):
        years.add(usual)
    if today is not None and sum(day > today for day, _ in paid) * 2 > len(paid):
        message = "多数发放日期在将来：请核对是不是计划发放的日期，或本机时钟是否准确。"
        yield CellFinding(level=Level.NOTE, code="PAYDAYS_IN_FUTURE", sheet=paid[0][1].sheet, message=message)
        today = None
    for day, row in paid:
        said = f"{title}　{row.payout.remark}{row.status_text}{row.payout.item}"
        if today is not None and day > today:
            yield warned(row, "PAYDAY_IN_FUTURE", "发放日期在将来。")
        elif years and day.year not in years and not CARRIED_OVER.search(said):
            yield warned(row, "PAYDAY_OF_ANOTHER_YEAR", f"发放日期是{day.year}年的，请核对年度。")


def paid_in_its_year(publication: Publication) -> Iterator[CellFinding]:
    """The day of the batch lies in its fiscal year, and that of every line, unless carried over (结转)."""
    if publication.application or CARRIED_OVER.search(" ".join(publication.said)):
        return
    year, day = publication.fiscal_year, publication.paid_on
    if day and day.year != year:
        yield of_village(publication, "R10", f"发放日期{day}不在{year}年度内")
    if late := [
        one.seq
        for one in publication.payouts
        if one.paid_on and one.paid_on.year != year and not CARRIED_OVER.search(one.remark)
    ]:
        yield of_village(publication, "R10", f"发放日期不在{year}年度内", *late)
