"""The checklist of a village's year as this machine knows it, by board and register (domain §1.10)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import civil_day
from boards.model.kept.register import Act
from boards.model.payouts import Phase
from boards.model.periods import same_period
from boards.sheets.checklist import Checklist, OfList, OfYear, checklist, reconciled
from boards.sheets.year import year_of_village
from kiosk_server.archive.past.kept_log import log_kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.kept.register import Entry
    from boards.model.place import Village
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.board import Board


def checklist_on(
    board: Board, register: Sequence[Entry], village: Village, year: int, today: date
) -> Checklist:
    """Everything of one moment; `register` are the village's lines."""
    with board.snapshot():
        kept = log_kept(board.land(village.code))
        acts = _Acts(register, village.code, year, kept.came if kept else None)
        settled = board.annual(village.code, year)
        annual = settled.annual if settled else None
        of_year = OfYear(
            year=year,
            annual=annual,
            holds=settled is not None and settled.holds,
            printed=acts.printed(year_of_village(village.code, year), annual.edition if annual else 0),
            archived=acts.exported(settled.arrived_on if settled else None),
        )
        return checklist([*_lists(board, acts, village, year)], of_year, today)


def _lists(board: Board, acts: _Acts, village: Village, year: int) -> Iterator[OfList]:
    """The payments of the year, and what was applied for and not paid."""
    paid = board.sheets(village.code, phase=Phase.PAYMENT, year=year)
    for head in paid:
        gone = board.lines_gone(village.code, head.batch)
        yield _of(
            head,
            batch=head.batch,
            edition=head.edition,
            sum_fen=head.sum_fen,
            reconciled=reconciled(head.control, village.name, head.source_total_fen, gone),
            printed=acts.printed(head.batch, head.edition),
            archived=acts.exported(head.imported_on),
        )
    for head in board.sheets(village.code, phase=Phase.APPLICATION, year=year):
        if not any(same_period(one.terms, head.terms) for one in paid):
            yield _of(head)


def _of(head: SheetHead, **known: object) -> OfList:
    terms = head.terms
    return OfList(
        programme=terms.programme,
        programme_name=terms.programme_name,
        period_no=terms.period_no,
        **known,  # type: ignore[arg-type]
    )


class _Acts:
    """What this machine did of a village's year, by its register."""

    def __init__(self, register: Sequence[Entry], village: str, year: int, came: datetime | None) -> None:
        """`came` is when the newest events of the village came here."""
        own = [one for one in register if one.village == village]
        self._printed = {(one.record, one.edition) for one in own if one.act is Act.PRINT}
        exports = (one for one in own if one.act is Act.EXPORT and one.year == year and not one.suspect)
        self._exported = max((datetime.fromisoformat(one.at) for one in exports), default=None)
        self._came = came

    def printed(self, record: str, edition: int) -> bool:
        """Whether this edition was drawn for the wall."""
        return (record, edition) in self._printed

    def exported(self, since: date | None) -> bool:
        """Whether the year was handed out since something came; on that very day, since all had come."""
        if self._exported is None or self._came is None:
            return False
        return self._exported >= self._came or (since or date.max) < civil_day(self._exported)
