"""The land notices a village has to hang: composed for paper from what is on its board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.land.kinds import NoticeKind
from boards.model.land.periods import posting_end
from boards.model.land.terms import rules_of
from boards.sheets.land.notice_sheet import NoticeSheet, notice_sheet
from kiosk_server.archive import land_board

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.place import Village
    from boards.sheets.land.views import HungNotice
    from kiosk_server.archive.board import Board


def notices_to_hang(board: Board, village: Village, calendar: WorkCalendar) -> tuple[NoticeSheet, ...]:
    """Every notice that no later one corrects, case by case in the order of the postings.

    Each is checked against its signed digest; raises NoticeDoesNotMatch.
    """
    rules = rules_of(village.code)
    with board.snapshot():
        cases = land_board.cases(board.land(village.code))
    return tuple(
        notice_sheet(one, village, posting_end(one.notice, calendar, rules))
        for case in cases
        for one in standing(case)
    )


def standing(case: tuple[HungNotice, ...]) -> Iterator[HungNotice]:
    """The newest notice of each kind; of a case that was stopped only the one that says so."""
    newest = {one.notice.kind: one for one in case}
    if NoticeKind.STOP in newest:
        return iter((newest[NoticeKind.STOP],))
    return (one for one in case if newest[one.notice.kind] is one)
