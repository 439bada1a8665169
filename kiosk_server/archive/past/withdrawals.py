"""What the county took back: whole lists by the record of their close, and why, in the words it signed.

A list is taken back once; a withdrawal after the first changes nothing. Two days belong to it: the one it
came here, for paper and the front page, and the one the county issued it, for whoever asks by an old number.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk_server.archive.event_heads import WITHDRAW, EventHead, body_of, event_head
from kiosk_server.archive.keys import in_log, log_span
from kiosk_server.archive.statements import DAY_OF, EVENT, HEADS
from sync.wire import WithdrawBody, body_digest

if TYPE_CHECKING:
    from collections.abc import Container

    from kiosk_server.archive.land_board import LandShelf


def taken_back(shelf: LandShelf, closes: Container[str], since: int = 0) -> dict[str, int]:
    """Where in the log the lists with these closes were taken back, by the record of the close."""
    went: dict[str, int] = {}
    span = max(since, in_log(shelf.log, 0)), log_span(shelf.log)[1]
    for key, raw in shelf.db.execute(HEADS, span):
        if b'"withdraw"' in raw and (event := event_head(raw)).kind == WITHDRAW and event.rec in closes:
            went.setdefault(event.rec, key)
    return went


def event_at(shelf: LandShelf, leaf: int) -> tuple[EventHead | None, Any]:
    """Head and body of an event; None where there is none, or it is not what was signed."""
    found = shelf.db.execute(EVENT, (leaf,)).fetchone()
    event = event_head(found[0]) if found else None
    return event, signed(event, found[1]) if event else None


def signed(event: EventHead, body: object) -> Any:  # noqa: ANN401 - one of wire.BODIES
    """The body whose digest the signed head has; None where another stands in its place."""
    if isinstance(body, bytes) and body_digest(body) == event.body:
        return body_of(event.kind, body)
    return None


def reason_of(body: object) -> str:
    """Why the county took something back, in its words."""
    return body.reason.text if isinstance(body, WithdrawBody) else ""


def came_on(shelf: LandShelf, leaf: int) -> date:
    """The day an event came here."""
    found = shelf.db.execute(DAY_OF, (leaf, log_span(shelf.log)[1])).fetchone()
    return date.fromisoformat(found[0])
