"""What the archive needs of an event's bytes, decoded as little as possible: there may be a hundred thousand.

`sync.wire` describes events; the importer has verified them. A head is read for these fields
only, a body by the decoder of its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from sync.wire import BODIES, PublishBody

if TYPE_CHECKING:
    from boards.model.payouts import Payout

T = TypeVar("T")

PUBLISH, CORRECT, WITHDRAW, ERASE, CLOSE = "publish", "correct", "withdraw", "erase", "batch.close"
# plain texts: to ask an enum for a member costs more than to decode a head; a test holds them to wire.Kind


class EventHead(msgspec.Struct, frozen=True, gc=False):
    """What a head says, as far as the boards need it."""

    kind: str
    rec: str
    rev: int
    batch: str
    body: str
    issued: str = ""
    amount_fen: int | None = None
    crit: bool = False


event_head = msgspec.json.Decoder(EventHead).decode
publish_body = msgspec.json.Decoder(PublishBody).decode
_all_heads = msgspec.json.Decoder(list[EventHead]).decode
_all_published = msgspec.json.Decoder(list[PublishBody]).decode
_BODY = {str(kind): msgspec.json.Decoder(type_).decode for kind, type_ in BODIES.items()}


def all_heads(heads: list[bytes]) -> list[EventHead]:
    """Many heads as one list; raises msgspec.MsgspecError. Each was read as one JSON value when it came."""
    return _as_many(_all_heads(b"[%b]" % b",".join(heads)), heads)


def all_published(bodies: list[bytes]) -> list[Payout]:
    """The payouts of many published lines; raises msgspec.MsgspecError."""
    found = _as_many(_all_published(b"[%b]" % b",".join(bodies)), bodies)
    return [one.payout for one in found]


def _as_many(found: list[T], raw: list[bytes]) -> list[T]:
    if len(found) != len(raw):
        raise msgspec.DecodeError
    return found


def known(kind: str) -> bool:
    """Whether this version understands the kind."""
    return kind in _BODY


def body_of(kind: str, raw: bytes) -> Any:  # noqa: ANN401 - one of wire.BODIES
    """Decode the body of a known kind; raises msgspec.MsgspecError."""
    return _BODY[kind](raw)
