"""What was corrected or withdrawn of late on a village's boards: lists and land notices, with day and reason.

Told from the log: a close of a later edition, a notice of a later revision, a withdrawal. No line is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from boards.model.calendar.civil_day import civil_day
from boards.sheets.views import Change
from kiosk_server.archive.event_heads import WITHDRAW
from kiosk_server.archive.keys import in_log, log_span, number_of, sheet_span
from kiosk_server.archive.lines import decoded_head
from kiosk_server.archive.past.withdrawals import came_on, event_at, reason_of, taken_back
from kiosk_server.archive.statements import ADMITTED_BEFORE, EDITIONS, NOTICES_EVER

if TYPE_CHECKING:
    from boards.model.land.notice import LandNotice
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.event_heads import EventHead
    from kiosk_server.archive.land_board import LandShelf


def changes(shelf: LandShelf, since: date) -> tuple[Change, ...]:
    """Corrections and withdrawals that people here could first see on this day or later, the newest first."""
    db, log = shelf
    before = db.execute(ADMITTED_BEFORE, (*log_span(log), since.isoformat())).fetchone()[0]
    recent = in_log(log, number_of(before) if before else 0)
    found = [*_of_lists(shelf, recent), *_of_notices(shelf, recent)]
    return tuple(sorted((one for one in found if one.day >= since), key=lambda one: one.day, reverse=True))


def _of_lists(shelf: LandShelf, recent: int) -> Iterator[Change]:
    """The newest edition of each list: a later one than the first, or one that was taken back."""
    first: dict[int, int] = {}
    withdrawn: dict[str, tuple[int, SheetHead]] = {}
    for batch, leaf, rec, raw, state, newest in shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall():
        before = first.setdefault(batch, leaf)
        if not newest or state not in {"shown", "withdrawn"}:
            continue
        head = decoded_head(raw)
        if state == "withdrawn":
            withdrawn[rec] = (leaf, head)
        elif before < leaf >= recent:
            day = _seen_on(shelf, leaf, before, event_at(shelf, leaf)[0])
            yield _of_list(head, day, withdrawn=False, path=("payouts", head.batch))
    if withdrawn:
        yield from _withdrawn(shelf, recent, withdrawn)


def _withdrawn(
    shelf: LandShelf, recent: int, withdrawn: dict[str, tuple[int, SheetHead]]
) -> Iterator[Change]:
    """Lists that were taken back of late."""
    for rec, key in taken_back(shelf, withdrawn, recent).items():
        (leaf, head), (event, body) = withdrawn[rec], event_at(shelf, key)
        yield _of_list(head, _seen_on(shelf, key, leaf, event), withdrawn=True, reason=reason_of(body))


def _of_list(head: SheetHead, day: date, **how: Any) -> Change:  # noqa: ANN401 - fields of Change
    terms = head.terms
    return Change(day=day, title=head.title, period=terms.period_no, sensitive=terms.sensitive, **how)


def _of_notices(shelf: LandShelf, recent: int) -> Iterator[Change]:
    """Notices that correct another one, and notices that were taken down."""
    first: dict[str, int] = {}
    rows = shelf.db.execute(NOTICES_EVER, log_span(shelf.log)).fetchall()
    hanging = {case for _, case, gone in rows if not gone}
    for key, case, gone in rows:
        before = first.setdefault(case, key)
        if max(key, gone) < recent:
            continue
        event, body = event_at(shelf, key)
        down, why = event_at(shelf, gone)
        if body and down and down.kind == WITHDRAW:
            day, path = _seen_on(shelf, gone, key, down), (("land", case) if case in hanging else ())
            yield _of_notice(body.notice, day, withdrawn=True, path=path, reason=reason_of(why))
        elif body and event and not gone and body.notice.revision > 1:
            day, to = _seen_on(shelf, key, before, event), ("land", case, str(body.notice.number))
            yield _of_notice(body.notice, day, withdrawn=False, path=to, reason=body.notice.reason)


def _of_notice(notice: LandNotice, day: date, **how: Any) -> Change:  # noqa: ANN401 - fields of Change
    """Notices of all cases have the same titles; the project tells them apart."""
    return Change(day=day, title=f"{notice.project}：{notice.title}", **how)


def _seen_on(shelf: LandShelf, key: int, before: int, event: EventHead | None) -> date:
    """The day it came here; where it came together with what it changed, the day the county issued it."""
    day = came_on(shelf, key)
    if day != came_on(shelf, before):
        return day
    try:
        return min(day, civil_day(datetime.fromisoformat(event.issued if event else "")))
    except ValueError:
        return day
