"""Notices of land cases as the projection keeps them: where each hangs, by which code it is found.

The body stays in its leaf and is read and re-hashed from there, so nothing of it is stored twice.
A notice that came again under the same record is not shown; withdrawn, it leaves the boards, and its
record is kept so that it cannot hang again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.land.kinds import NoticeKind
from kiosk_server.archive.event_heads import NOTICE, WITHDRAW, EventHead, body_of, notice_digest
from kiosk_server.archive.keys import log_span
from kiosk_server.archive.projection.batches import Place, free_code
from kiosk_server.archive.schema.ledger import Ledger
from sync.wire import AttachBody, NoticeBody

if TYPE_CHECKING:
    from datetime import date

    from kiosk_server.archive.engines.connection import Connection
    from sync.seams import Leaf

ATTACH = "attach"
LAND = "land-"  # how the batch of a case begins (protocol §5)
NEWER = "newer"  # a kind of notice this version does not know


class Notices:
    """Takes the events of notices, and leaves all others."""

    def __init__(self, db: Connection, place: Place) -> None:
        """Everything happens inside the caller's transaction."""
        self._db, self._ledger, self._place = db, Ledger(db), place
        self._span = log_span(place.log)

    @staticmethod
    def concern(event: EventHead) -> bool:
        """Whether an event is about a notice."""
        taken_down = event.kind == WITHDRAW and event.batch.startswith(LAND)
        return taken_down or event.kind in {NOTICE, ATTACH}

    def take(self, key: int, event: EventHead, leaf: Leaf, day: date) -> str:
        """Fold one event; what does not fit is named, "" where all is well."""
        if event.kind == WITHDRAW:
            return self._take_down(key, event)
        if leaf.trouble or leaf.body is None:  # withheld, or erased: there is nothing to show
            return leaf.trouble
        try:
            body = body_of(event.kind, leaf.body)
        except msgspec.MsgspecError:
            return NEWER if _newer(leaf.body) else "malformed"
        if isinstance(body, AttachBody):
            self._ledger.enclose(key, body.notice)
            return ""
        return self._hang(key, event, leaf, body, day)

    def _hang(self, key: int, event: EventHead, leaf: Leaf, body: NoticeBody, day: date) -> str:
        if event.rev != 1 or self._ledger.hangs(event.rec, self._span):
            return "revision"
        digest = notice_digest(leaf.head, event.rec, self._place.origin)
        self._ledger.hang(
            id=key,
            land_case=body.notice.case_id,
            rec=event.rec,
            number=body.notice.number,
            code=free_code(self._db, digest),
            digest=digest,
            day=day.isoformat(),
        )
        return ""

    def _take_down(self, key: int, event: EventHead) -> str:
        """A notice is taken down once, whatever its withdrawal says: the head is signed (line §3)."""
        if event.rev != 2:
            return "revision"
        return "" if self._ledger.take_down(event.rec, key, self._span) else "revision"


class _Kind(msgspec.Struct, frozen=True):
    kind: str


class _Kinded(msgspec.Struct, frozen=True):
    notice: _Kind


def _newer(body: bytes) -> bool:
    """Whether a notice is well formed, but of a kind that came after this version."""
    try:
        kind = msgspec.json.decode(body, type=_Kinded).notice.kind
    except msgspec.MsgspecError:
        return False
    return kind not in set(NoticeKind)
