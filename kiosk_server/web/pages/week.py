"""What came to a village's board in seven days, for the loudspeaker: nothing sensitive, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from boards.model.place import Village
from boards.sheets.views import Fresh
from kiosk_server.archive import land_board
from kiosk_server.web.pages.land import case_lines
from kiosk_server.web.reader import Reader

DAYS, ONE = timedelta(days=7), timedelta(days=1)


def this_week(here: Reader, village: Village) -> tuple[Fresh, ...]:
    """What seven days brought or took away, the newest first. Inside a snapshot."""
    news = [*_lists(here, village), *_cases(here, village), *_gone(here, village)]
    return tuple(sorted(news, key=lambda one: one.day, reverse=True))


def _lists(here: Reader, village: Village) -> Iterator[Fresh]:
    """Lists whose names may be shown; a sensitive programme is not called out over the village."""
    for head in here.board.sheets(village.code):
        day, posted = head.imported_on or here.today, here.posted(head)
        if _within(here, day) and posted.open and not head.terms.sensitive:
            yield Fresh(day=day, what=posted, corrected=head.edition > 1)


def _cases(here: Reader, village: Village) -> Iterator[Fresh]:
    """Cases with a notice that came; which of them it was the case's line says."""
    lines = {line.case_id: line for line in case_lines(here, village)}
    for hung in land_board.cases(here.board.land(village.code)):
        came = [one for one in hung if _within(here, one.imported_on)]
        if came:
            newest = came[-1]
            line, corrected = lines[newest.notice.case_id], newest.notice.revision > 1
            yield Fresh(day=newest.imported_on, what=line, corrected=corrected)


def _gone(here: Reader, village: Village) -> Iterator[Fresh]:
    for one in here.board.withdrawn_since(village.code, here.today - DAYS + ONE):
        if _within(here, one.day) and not one.sensitive:
            yield Fresh(day=one.day, what=one.title)


def _within(here: Reader, day: date) -> bool:
    return here.today - DAYS < day <= here.today
