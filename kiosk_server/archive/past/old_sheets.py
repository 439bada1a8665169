"""What an old number stands for: an edition as it was, or that it was taken down (settled §46).

An edition that another has taken the place of is folded again from the events before its close. It is
believed when the digest printed on its paper comes out. What does not hang any more is blank in it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from boards.model.calendar.civil_day import civil_day
from boards.model.codes import SheetDigest, short_code
from boards.sheets.views import TakenDown
from kiosk_server.archive.event_heads import (
    CORRECT,
    ERASE,
    NOTICE,
    PUBLISH,
    WITHDRAW,
    EventHead,
    body_of,
    event_head,
    notice_digest,
)
from kiosk_server.archive.keys import (
    batch_span,
    in_log,
    line_key,
    line_of,
    line_span,
    log_of,
    log_of_batch,
    log_span,
    number_of,
)
from kiosk_server.archive.land_board import LandShelf
from kiosk_server.archive.lines import REASONS, Checked, Mismatch, RowsDoNotMatch, checked, decoded_head
from kiosk_server.archive.past.withdrawals import event_at, reason_of, taken_back
from kiosk_server.archive.statements import (
    BODILESS,
    CLOSES_OF_BATCH,
    ERASED,
    EVENTS_TO,
    HEADS,
    HEADS_OF_LINES,
    LEAVES_NAMED,
    LISTED,
    NEWEST_OF_LIST,
    NOTICE_TAKEN_DOWN,
    NOTICE_WITH_CODE,
    ORIGIN,
    SHEET_BY_CODE,
    WITHDRAWN,
    listed,
)
from sync.log.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.engines.connection import Connection

_TAKEN_BACK = "withdrawn"
Event = tuple[bytes, bytes | None]
"""Head and body."""


class OldLine(NamedTuple):
    """One line of an old edition: the event that gave its value, and the one before; whether it hangs yet."""

    seq: int
    leaf: int
    was: int
    hash: bytes
    hangs: bool = True


def old_lines(db: Connection, batch: int, head: SheetHead) -> tuple[OldLine, ...]:
    """All lines of an edition in the order of its sheet; raises RowsDoNotMatch."""
    try:
        lines, closed = _folded(db, batch, head), _still_hanging(db, batch)
    except REASONS as e:
        raise RowsDoNotMatch(village=head.village.name, batch=head.batch) from e
    (origin,) = db.execute(ORIGIN, (log_of_batch(batch),)).fetchone()
    digest = SheetDigest(
        origin=origin, batch=head.batch, edition=head.edition, count=head.count, sum_fen=head.sum_fen
    )
    for line in sorted(lines.values(), key=lambda one: one.leaf):
        digest.add(line.hash)
    if len(lines) != head.count or digest.hexdigest() != head.digest:
        raise RowsDoNotMatch(village=head.village.name, batch=head.batch)
    placed = sorted((line._replace(hangs=rec in closed) for rec, line in lines.items()), key=_place)
    return tuple(placed)


def _place(line: OldLine) -> tuple[int, int]:
    return line.seq, line.leaf


def _folded(db: Connection, batch: int, head: SheetHead) -> dict[str, OldLine]:
    """The lines by their records as the edition's close found them; raises one of REASONS."""
    log, name, lines = log_of_batch(batch), head.batch.encode(), dict[str, OldLine]()
    asked = (log_span(log)[0], batch, head.edition)
    for key, raw, body in db.execute(EVENTS_TO, asked):
        if name not in raw and ERASE.encode() not in raw:  # of another list
            continue
        event = event_head(raw)
        if event.kind == ERASE and body is not None:
            gone = {in_log(log, index) for index in body_of(ERASE, body).indexes}
            lines = {rec: line for rec, line in lines.items() if line.leaf not in gone}
        elif event.batch == head.batch:
            _take(lines, event, key, raw, body)
    return lines


def _take(lines: dict[str, OldLine], event: EventHead, key: int, raw: bytes, body: bytes | None) -> None:
    """A line published, corrected or withdrawn; one whose body was erased since keeps its place."""
    if event.kind in {PUBLISH, CORRECT}:
        before = lines.get(event.rec)
        seq = before.seq if before else len(lines) + 1
        if body is not None:
            seq = body_of(event.kind, body).payout.seq
        lines[event.rec] = OldLine(seq, key, before.leaf if before else 0, leaf_hash(raw))
    elif event.kind == WITHDRAW:
        lines.pop(event.rec, None)


def _still_hanging(db: Connection, batch: int) -> set[str]:
    rows = db.execute(HEADS_OF_LINES, line_span(batch))
    return {event_head(head).rec for _, standing, head in rows if standing == LISTED}


def old_page(
    db: Connection, batch: int, head: SheetHead, lines: Sequence[OldLine], first: int
) -> list[Checked]:
    """Some lines of an edition, numbered from `first`, held to their events; raises RowsDoNotMatch."""
    asked = LEAVES_NAMED.format(keys=listed(line.leaf for line in lines))
    events = {key: (raw, body) for key, raw, body in db.execute(asked)}
    try:
        return [
            _believed(db, line_key(batch, number), line, events[line.leaf], head.batch)
            for number, line in enumerate(lines, first)
        ]
    except REASONS as e:
        raise RowsDoNotMatch(village=head.village.name, batch=head.batch) from e


def _believed(db: Connection, key: int, line: OldLine, event: Event, batch: str) -> Checked:
    """One line; of one that was withdrawn or erased since, its number and amount alone."""
    raw, body = event
    if leaf_hash(raw) != line.hash:
        raise Mismatch
    if line.hangs and body is not None:
        return checked(db, (key, line.leaf, line.was, 0, LISTED, line.seq, 0, raw, body), batch)
    amount = event_head(raw).amount_fen or 0
    return Checked(line_of(key), 0, amount, ERASED if body is None else WITHDRAWN, raw, None)


def list_of_code(db: Connection, code: str) -> TakenDown | None:
    """The list a printed code named, that hangs no more; None where no list ever had it."""
    return _taken_down(db, db.execute(SHEET_BY_CODE, (code,)).fetchone())


def list_of_name(db: Connection, log: int, batch: str) -> TakenDown | None:
    """The list of this name in a log, that hangs no more; None where it never hung."""
    return _taken_down(db, db.execute(NEWEST_OF_LIST, (*batch_span(log), batch)).fetchone())


def _taken_down(db: Connection, found: tuple[bytes, int, str] | None) -> TakenDown | None:
    if found is None:
        return None
    raw, batch, state = found
    head = decoded_head(raw)
    day, reason = _withdrawal(db, batch) if state == _TAKEN_BACK else (None, "")
    return TakenDown(village=head.village.code, title=head.title, day=day, reason=reason)


def _withdrawal(db: Connection, batch: int) -> tuple[date | None, str]:
    """Day and reason of the event that took a whole list back."""
    shelf = LandShelf(db=db, log=log_of_batch(batch))
    closes = {rec for (rec,) in db.execute(CLOSES_OF_BATCH, (batch,))}
    keys = taken_back(shelf, closes).values()
    event, body = event_at(shelf, min(keys, default=0))
    return (_issued_on(event), reason_of(body)) if event else (None, "")


def _issued_on(event: EventHead) -> date:
    """The county's day: whoever asks by a number has its paper before him (settled §46)."""
    return civil_day(datetime.fromisoformat(event.issued))


def notice_of_code(db: Connection, code: str) -> TakenDown | None:
    """The land notice a printed code named, that was taken back; None where it hangs or never did."""
    found = db.execute(NOTICE_TAKEN_DOWN, (code,)).fetchone()
    if found is None:
        return None if db.execute(NOTICE_WITH_CODE, (code,)).fetchone() else _erased_notice(db, code)
    village, key, withdrawn = found
    shelf = LandShelf(db=db, log=log_of(key))
    (_, body), (down, why) = event_at(shelf, key), event_at(shelf, withdrawn)
    title = f"{body.notice.project}{body.notice.title}" if body else ""
    day = _issued_on(down) if down else None
    return TakenDown(village=village, title=title, day=day, reason=reason_of(why), notice=True)


def _erased_notice(db: Connection, code: str) -> TakenDown | None:
    """A notice whose text the county had erased: its number comes of its head, which stays (settled §46)."""
    for key, raw, origin, village in db.execute(BODILESS).fetchall():
        event = event_head(raw)
        if event.kind == NOTICE and short_code(notice_digest(raw, event.rec, origin)) == code:
            day = _erased_on(LandShelf(db=db, log=log_of(key)), key)
            return TakenDown(village=village, title="", day=day, notice=True)
    return None


def _erased_on(shelf: LandShelf, leaf: int) -> date | None:
    """Day of the event that erased a body."""
    for key, raw in shelf.db.execute(HEADS, (leaf, log_span(shelf.log)[1])).fetchall():
        event, body = event_at(shelf, key) if b'"erase"' in raw else (None, None)
        if event and event.kind == ERASE and body and number_of(leaf) in body.indexes:
            return _issued_on(event)
    return None
