"""What was corrected or withdrawn of late on a village's boards: lists and land notices, with day and reason.

Told from the log: a close of a later edition, a notice of a later revision, a withdrawal. No line is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.sheets.sheet import SheetHead
from boards.sheets.views import Change
from kiosk_server.archive.event_heads import WITHDRAW, EventHead, body_of, event_head
from kiosk_server.archive.keys import in_log, log_span, number_of, sheet_span
from kiosk_server.archive.statements import (
    ADMITTED_BEFORE,
    DAY_OF,
    EDITIONS,
    EVENT,
    HEADS,
    NOTICES_EVER,
)
from sync.wire import body_digest

if TYPE_CHECKING:
    from boards.model.land.notice import LandNotice
    from kiosk_server.archive.land_board import LandShelf

_HEAD = msgspec.json.Decoder(SheetHead, strict=False)


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
        head = _HEAD.decode(raw)
        if state == "withdrawn":
            withdrawn[rec] = (leaf, head)
        elif before < leaf >= recent:
            day = _seen_on(shelf, leaf, before, _event(shelf, leaf)[0])
            yield _of_list(head, day, withdrawn=False, path=("payouts", head.batch))
    if withdrawn:
        yield from _taken_back(shelf, recent, withdrawn)


def _taken_back(
    shelf: LandShelf, recent: int, withdrawn: dict[str, tuple[int, SheetHead]]
) -> Iterator[Change]:
    """The withdrawals of these lists, by the record of their closes; only the first one counts."""
    heads = shelf.db.execute(HEADS, (recent, log_span(shelf.log)[1]))
    for key in [key for key, raw in heads if b'"withdraw"' in raw]:
        event, body = _event(shelf, key)
        if event and event.kind == WITHDRAW and event.rec in withdrawn:
            leaf, head = withdrawn.pop(event.rec)
            day = _seen_on(shelf, key, leaf, event)
            yield _of_list(head, day, withdrawn=True, reason=_reason(body))


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
        event, body = _event(shelf, key)
        down, why = _event(shelf, gone)
        if body and down and down.kind == WITHDRAW:
            day, path = _seen_on(shelf, gone, key, down), (("land", case) if case in hanging else ())
            yield _of_notice(body.notice, day, withdrawn=True, path=path, reason=_reason(why))
        elif body and event and not gone and body.notice.revision > 1:
            day, to = _seen_on(shelf, key, before, event), ("land", case, str(body.notice.number))
            yield _of_notice(body.notice, day, withdrawn=False, path=to, reason=body.notice.reason)


def _of_notice(notice: LandNotice, day: date, **how: Any) -> Change:  # noqa: ANN401 - fields of Change
    """Notices of all cases have the same titles; the project tells them apart."""
    return Change(day=day, title=f"{notice.project}：{notice.title}", **how)


def _seen_on(shelf: LandShelf, key: int, before: int, event: EventHead | None) -> date:
    """The day it came here; where it came together with what it changed, the day the county issued it."""
    end = log_span(shelf.log)[1]
    came, before_came = (shelf.db.execute(DAY_OF, (leaf, end)).fetchone()[0] for leaf in (key, before))
    day = date.fromisoformat(came)
    if came != before_came:
        return day
    try:
        return min(day, civil_day(datetime.fromisoformat(event.issued if event else "")))
    except ValueError:
        return day


def _event(shelf: LandShelf, leaf: int) -> tuple[EventHead | None, Any]:
    """Head and body of an event; None where there is none, or it is not what was signed."""
    found = shelf.db.execute(EVENT, (leaf,)).fetchone()
    event = event_head(found[0]) if found else None
    return event, _signed(event, found[1]) if event else None


def _signed(event: EventHead, body: object) -> Any:  # noqa: ANN401 - one of wire.BODIES
    """The body whose digest the signed head has; None where another stands in its place."""
    if isinstance(body, bytes) and body_digest(body) == event.body:
        return body_of(event.kind, body)
    return None


def _reason(body: Any) -> str:  # noqa: ANN401 - of a withdrawal, or nothing
    """Why the county took something back, in its words."""
    return body.reason.text if body else ""
