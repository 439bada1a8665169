"""What the archive needs of an event's bytes, decoded as little as possible: there may be a hundred thousand.

`sync.wire` describes events; the importer has verified them. A head is read for these fields
only, a body by the decoder of its kind.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from boards.model.codes import sheet_digest
from boards.model.payouts import Payout
from sync.log.tree import leaf_hash
from sync.wire import BODIES

T = TypeVar("T")

PUBLISH, CORRECT, WITHDRAW, ERASE, CLOSE = "publish", "correct", "withdraw", "erase", "batch.close"
NOTICE, YEAR = "notice", "year.close"
# plain texts: to ask an enum for a member costs more than to decode a head; a test holds them to wire.Kind


class EventHead(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a head says, as far as the boards need it; its fields in the order in which they come."""

    amount_fen: int | None = None
    batch: str
    body: str
    crit: bool = False
    issued: str = ""
    kind: str
    rec: str
    rev: int


class _Published(msgspec.Struct, frozen=True, gc=False):
    """A published or corrected line without its salt, which nobody here asks for."""

    payout: Payout


_NUL = rb"\u0000"
_event_head = msgspec.json.Decoder(EventHead).decode
_all_heads = msgspec.json.Decoder(EventHead).decode_lines
_all_published = msgspec.json.Decoder(_Published).decode_lines
_BODY = {str(kind): msgspec.json.Decoder(type_).decode for kind, type_ in BODIES.items()}


def event_head(raw: bytes) -> EventHead:
    """One head; raises msgspec.MsgspecError, also for a text with U+0000, which PostgreSQL cannot keep."""
    return _event_head(_without_nul(raw))


def all_heads(heads: list[bytes]) -> list[EventHead]:
    """Many heads at once, as `event_head` has each; each was read as one JSON value when it came."""
    return _as_many(_all_heads(_lines(heads)), heads)


def all_published(bodies: list[bytes]) -> list[Payout]:
    """The payouts of many lines as published or corrected; raises msgspec.MsgspecError."""
    return [one.payout for one in _as_many(_all_published(_lines(bodies)), bodies)]


def _lines(raw: list[bytes]) -> bytes:
    """One JSON object a line: where a line end stands elsewhere, or none between two, somebody was at it."""
    lines, ends = _without_nul(b"\n".join(raw)), max(0, len(raw) - 1)
    if lines.count(b"\n") != ends or lines.count(b"}\n{") != ends:
        raise msgspec.DecodeError
    return lines


def _as_many(found: list[T], raw: list[bytes]) -> list[T]:
    if len(found) != len(raw):
        raise msgspec.DecodeError
    return found


def _without_nul(raw: bytes) -> bytes:
    """The same JSON, looked through for the one way it can write U+0000; hardly any has a backslash."""
    if b"\\" in raw and _NUL in raw:
        raise msgspec.ValidationError
    return raw


def notice_digest(head: bytes, rec: str, origin: str) -> str:
    """The digest of a land notice: of its head alone, so that its number outlives its text."""
    return sheet_digest([leaf_hash(head)], origin=origin, batch=rec, edition=1, count=1, sum_fen=0)


def year_digest(head: bytes, event: EventHead, origin: str) -> str:
    """The digest of one edition of a closed year: of its head alone, as a notice's."""
    return sheet_digest(
        [leaf_hash(head)], origin=origin, batch=event.rec, edition=event.rev, count=1, sum_fen=0
    )


def known(kind: str) -> bool:
    """Whether this version understands the kind."""
    return kind in _BODY


def body_of(kind: str, raw: bytes) -> Any:  # noqa: ANN401 - one of wire.BODIES
    """Decode the body of a known kind; raises msgspec.MsgspecError."""
    return _BODY[kind](_without_nul(raw))
