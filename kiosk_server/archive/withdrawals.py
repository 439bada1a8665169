"""What the county took off the boards whole, list or land notice, and the day that came here."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from boards.sheets.sheet import SheetHead
from kiosk_server.archive.event_heads import WITHDRAW, body_of, event_head
from kiosk_server.archive.keys import batch_span, log_span
from kiosk_server.archive.statements import (
    DAY_OF,
    HEADS_FROM,
    LISTS_TAKEN_DOWN,
    NOTICES_TAKEN_DOWN,
    REACHED_BEFORE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.engines.connection import Connection

_HEAD = msgspec.json.Decoder(SheetHead, strict=False)


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """One that hung and hangs no more; nothing of it but its title."""

    day: date
    title: str
    sensitive: bool = False


def withdrawn_since(db: Connection, log: int, since: date) -> tuple[Withdrawal, ...]:
    """Everything taken down on that day or later, as it came."""
    return (*_lists(db, log, since), *_notices(db, log, since))


def _lists(db: Connection, log: int, since: date) -> Iterator[Withdrawal]:
    """The log is read from that day on, and only where a list is gone at all."""
    gone = {rec: _HEAD.decode(head) for rec, head in db.execute(LISTS_TAKEN_DOWN, batch_span(log))}
    if not gone:
        return
    (reached,) = db.execute(REACHED_BEFORE, (*log_span(log), since.isoformat())).fetchone()
    first = log_span(log)[0] if reached is None else reached
    taken: dict[str, int] = {}
    for key, raw in db.execute(HEADS_FROM, (first, log_span(log)[1])):
        with suppress(msgspec.MsgspecError):  # what cannot be read was never folded either
            event = event_head(raw)
            if event.kind == WITHDRAW and event.rec in gone:
                taken.setdefault(event.rec, key)
    for rec, key in taken.items():
        head = gone[rec]
        yield Withdrawal(day=_day(db, log, key), title=head.title, sensitive=head.terms.sensitive)


def _notices(db: Connection, log: int, since: date) -> Iterator[Withdrawal]:
    for key, raw, body in db.execute(NOTICES_TAKEN_DOWN, log_span(log)).fetchall():
        day = _day(db, log, key)
        if day >= since and body is not None:
            notice = body_of(event_head(raw).kind, body).notice
            yield Withdrawal(day=day, title=f"{notice.project}{notice.title}")


def _day(db: Connection, log: int, leaf: int) -> date:
    return date.fromisoformat(db.execute(DAY_OF, (leaf, log_span(log)[1])).fetchone()[0])
