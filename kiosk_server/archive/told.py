"""What the archive needs of an event's bytes, decoded as little as possible: there may be a hundred thousand.

`sync.wire` describes events; the importer has verified them. A head is read for these fields
only, a body by the decoder of its kind.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sync.wire import BODIES, PublishBody

PUBLISH, CORRECT, WITHDRAW, ERASE, CLOSE = "publish", "correct", "withdraw", "erase", "batch.close"
# plain texts: to ask an enum for a member costs more than to decode a head; a test holds them to wire.Kind


class Told(msgspec.Struct, frozen=True, gc=False):
    """What a head says, as far as the boards need it."""

    kind: str
    rec: str
    rev: int
    batch: str
    body: str
    issued: str = ""
    amount_fen: int | None = None
    crit: bool = False


told = msgspec.json.Decoder(Told).decode
publish_body = msgspec.json.Decoder(PublishBody).decode
_BODY = {str(kind): msgspec.json.Decoder(type_).decode for kind, type_ in BODIES.items()}


def known(kind: str) -> bool:
    """Whether this version understands the kind."""
    return kind in _BODY


def body_of(kind: str, raw: bytes) -> Any:  # noqa: ANN401 - one of wire.BODIES
    """Decode the body of a known kind; raises msgspec.MsgspecError."""
    return _BODY[kind](raw)
