"""Reading verbs for land cases: every notice is decoded from its own leaf, after its digest was checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from boards.sheets.land.views import HungNotice
from kiosk_server.archive.event_heads import EventHead, body_of, event_head
from kiosk_server.archive.keys import log_of, log_span
from kiosk_server.archive.statements import (
    CASE_IDS,
    ENCLOSURES,
    ENCLOSURES_EVER,
    NOTICE,
    NOTICE_BY_CODE,
    NOTICES_OF_CASE,
    NOTICES_OF_LOG,
    OF_NOTICE,
)
from sync.wire import body_digest

if TYPE_CHECKING:
    from boards.model.land.notice import Attachment
    from kiosk_server.archive.engines.connection import Connection


class NoticeDoesNotMatch(Refusal):
    """A stored notice is not the one that was signed."""

    code = "notice-does-not-match"
    fault = Fault.MACHINE
    sentence = "本机保存的一份征地公告与县里签名的不一致，没有显示。"
    advice = "请以张贴的纸质公告为准，并请管理员运行 kiosk rebuild；若仍如此，请通知县里。"


class LandShelf(NamedTuple):
    """Where a village's notices stand; use it inside the snapshot it was made in."""

    db: Connection
    log: int


def cases(shelf: LandShelf) -> tuple[tuple[HungNotice, ...], ...]:
    """Notices of every case in the order of the postings, the case that moved last first."""
    found: dict[str, list[HungNotice]] = {}
    for one in _notices(shelf, NOTICES_OF_LOG, log_span(shelf.log)):
        found.setdefault(one.notice.case_id, []).append(one)
    grouped = [tuple(sorted(case, key=_order)) for case in found.values()]
    grouped.sort(key=lambda case: (_order(case[-1]), case[0].notice.case_id), reverse=True)
    return tuple(grouped)


def case(shelf: LandShelf, case_id: str) -> tuple[HungNotice, ...]:
    """Notices of one case in the order of the postings; () where there is none."""
    return tuple(sorted(_notices(shelf, NOTICES_OF_CASE, (case_id, *log_span(shelf.log))), key=_order))


def case_ids(shelf: LandShelf) -> frozenset[str]:
    """Cases that hang in a village, by their ids alone."""
    found = shelf.db.execute(CASE_IDS, log_span(shelf.log))
    return frozenset(case_id for (case_id,) in found)


def by_code(db: Connection, code: str) -> tuple[str, HungNotice] | None:
    """Village and notice a printed code names; None where no notice that hangs has it."""
    row = db.execute(NOTICE_BY_CODE, (code,)).fetchone()
    if row is None:
        return None
    found = _notices(LandShelf(db, log_of(row[1])), NOTICE, (row[1],))
    return (row[0], found[0]) if found else None


def enclosures(shelf: LandShelf, rec: str) -> tuple[Attachment, ...]:
    """Files of one notice, as the county described them."""
    rows = shelf.db.execute(ENCLOSURES.format(of_notice=OF_NOTICE), (*log_span(shelf.log), rec))
    return tuple(_checked(head, body)[1].attachment for head, body in rows if body is not None)


def all_enclosures(shelf: LandShelf, *, ever: bool = False) -> tuple[Attachment, ...]:
    """Files of every notice that hangs (or `ever` hung), each once: what the vault must hold."""
    asked = ENCLOSURES_EVER if ever else ENCLOSURES.format(of_notice="")
    rows = shelf.db.execute(asked, log_span(shelf.log))
    found = (_checked(head, body)[1].attachment for head, body in rows if body is not None)
    return tuple({one.sha256: one for one in found}.values())


def _notices(shelf: LandShelf, statement: str, asked: tuple[object, ...]) -> list[HungNotice]:
    found = []
    for _, rec, code, digest, day, head, body in shelf.db.execute(statement, asked):
        if body is not None:
            event, signed = _checked(head, body)
            about = {"rec": rec, "code": code, "digest": digest, "imported_on": date.fromisoformat(day)}
            found.append(HungNotice(notice=signed.notice, issued=event.issued, **about))
    return found


def _checked(head: bytes, body: bytes) -> tuple[EventHead, Any]:
    """Head and body of an event whose signed head commits to the body's bytes; raises NoticeDoesNotMatch."""
    try:
        event = event_head(head)
        if event.body != body_digest(body):
            raise NoticeDoesNotMatch
        return event, body_of(event.kind, body)
    except (msgspec.MsgspecError, TypeError) as e:  # TypeError: text where bytes belong
        raise NoticeDoesNotMatch from e


def _order(one: HungNotice) -> tuple[date, int]:
    return one.notice.posted_on, one.notice.number
