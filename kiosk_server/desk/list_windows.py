"""The two times of a list: its own terms, its programme's windows, and the batch that came after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.pack import Programme, Windows
from boards.model.windows import Deadline, Window, board_window, deadline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from boards.model.calendar.workdays import WorkCalendar
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.board import Board


def window_on(
    board: Board, programmes: Mapping[str, Programme], calendar: WorkCalendar, head: SheetHead, today: date
) -> Window:
    """How long the names of a list hang (settled §2), as known on a day."""
    terms, opened = head.terms, head.imported_on or today
    later = board.next_batch_on(head, opened)
    return board_window(terms, opened, windows_of(programmes, head), calendar, later)


def deadline_on(
    programmes: Mapping[str, Programme], calendar: WorkCalendar, head: SheetHead, today: date
) -> Deadline:
    """Until when one may object to a list (settled §36), as known on a day."""
    return deadline(head.terms, head.imported_on or today, windows_of(programmes, head), calendar)


def windows_of(programmes: Mapping[str, Programme], head: SheetHead) -> Windows:
    """What the county set for the list's programme."""
    programme = programmes.get(head.terms.programme)
    return programme.windows if programme else Windows()
