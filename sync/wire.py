r"""The only description of the bytes of an event (frozen in sync/PROTOCOL.md).

A line of a row bundle is `{"h":<head>,"b":<body>}\n`. The head's exact bytes are the leaf of
the tree; the head commits to the body's exact bytes by `body` = sha256. The publisher emits
RFC 8785 canonical JSON (keys sorted, integers only, decimals as text); the reader verifies
raw bytes and never re-serialises.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import Annotated, TypeVar

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.annual import Annual
from boards.model.land.notice import Attachment, LandNotice
from boards.model.payouts import BatchClose, Payout

ENTRY_LIMIT_BYTES = 65_535
BUNDLE_LINES = 256
BUNDLE_LIMIT_BYTES = 2 << 20  # inflated
VERSION = 1


class Kind(StrEnum):
    """What an event does. Unknown kinds are kept, and stop the projection only when `crit`."""

    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    CLOSE = "batch.close"
    NOTICE = "notice"
    ATTACH = "attach"
    YEAR = "year.close"


class MalformedEvent(Refusal):
    """A line, head or body is not what PROTOCOL.md says."""

    code = "malformed-event"
    fault = Fault.COUNTY
    sentence = "县里发来的第 {index} 条记录格式不对（{why}）。"
    advice = "本村公开内容不变；请通知县里重新发布。"


Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The public, signed part of an event; unknown fields are ignored and kept in the raw bytes.

    `rec` names the record, `rev` counts its revisions from 1, `batch` the batch it belongs to.
    `amount_fen` stays readable after the body is erased (settled §15). `issued` is an RFC 3339
    UTC instant for people; order is the log index only.
    """

    v: int
    kind: str
    rec: str
    rev: int
    batch: str
    issued: str
    body: Hex64
    amount_fen: int | None = None
    crit: bool = False


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a record was corrected, withdrawn or erased."""

    code: str
    text: str
    basis: str = ""  # legal basis
    office: str = ""


class PublishBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payout or application row."""

    payout: Payout
    salt: str


class CorrectBody(msgspec.Struct, frozen=True, kw_only=True):
    """The new value of a record, with the reason."""

    payout: Payout
    reason: Reason
    salt: str


class WithdrawBody(msgspec.Struct, frozen=True, kw_only=True):
    """The record leaves the boards at once."""

    reason: Reason
    salt: str


class EraseBody(msgspec.Struct, frozen=True, kw_only=True):
    """The bodies of these log indexes are erased everywhere (`"b":null` from now on)."""

    indexes: tuple[int, ...]
    reason: Reason
    salt: str


class CloseBody(msgspec.Struct, frozen=True, kw_only=True):
    """The batch is whole."""

    close: BatchClose
    salt: str


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True):
    """One notice of a land case; `rev` of its head counts its revisions."""

    notice: LandNotice
    salt: str


class AttachBody(msgspec.Struct, frozen=True, kw_only=True):
    """A file that belongs to the notice `notice` (its record's name)."""

    notice: str
    attachment: Attachment
    salt: str


class YearBody(msgspec.Struct, frozen=True, kw_only=True):
    """The county's figures of one village's year."""

    annual: Annual
    salt: str


BODIES: dict[str, type[msgspec.Struct]] = {
    Kind.PUBLISH: PublishBody,
    Kind.CORRECT: CorrectBody,
    Kind.WITHDRAW: WithdrawBody,
    Kind.ERASE: EraseBody,
    Kind.CLOSE: CloseBody,
    Kind.NOTICE: NoticeBody,
    Kind.ATTACH: AttachBody,
    Kind.YEAR: YearBody,
}

_Known = TypeVar("_Known", bound=msgspec.Struct)
_HEAD = msgspec.json.Decoder(Head)
_BODY = {kind: msgspec.json.Decoder(type_) for kind, type_ in BODIES.items()}
_CANONICAL = msgspec.json.Encoder(order="sorted", decimal_format="string")


def canonical(value: object) -> bytes:
    """RFC 8785 bytes for our own types (integers, text, booleans, lists, objects)."""
    return _CANONICAL.encode(value)


def body_digest(body: bytes) -> str:
    """What the head's `body` must equal."""
    return hashlib.sha256(body).hexdigest()


def line(head: bytes, body: bytes | None) -> bytes:
    """One line of a row bundle."""
    return b'{"h":' + head + b',"b":' + (b"null" if body is None else body) + b"}\n"


_UNREADABLE = (msgspec.MsgspecError, RecursionError)  # nesting without end is no reason to fall over


class Commitment(msgspec.Struct, frozen=True, gc=False):
    """The fields of a head that verification needs, whatever its version."""

    kind: str
    body: str
    batch: str = ""


class _Body(msgspec.Struct, frozen=True, gc=False):
    b: msgspec.Raw


class _Line(msgspec.Struct, frozen=True, gc=False):
    h: msgspec.Raw
    b: msgspec.Raw


_COMMITMENT = msgspec.json.Decoder(Commitment)
_BODY_OF_LINE = msgspec.json.Decoder(_Body)
_LINE = msgspec.json.Decoder(_Line)
_HEAD_AT = len(b'{"h":')
_BODY_AFTER = len(b',"b":')
_LINE_AFTER = len(b"}\n")


def committed(raw: bytes, index: int = -1) -> tuple[bytes, bytes | None, Commitment]:
    """Head and body of one line (without its newline), byte for byte; raises MalformedEvent.

    The line must be exactly `{"h":<head>,"b":<body>}`: no spaces between, no third member,
    no second `h`. So the signed head and the digest in it leave no byte of a line free.
    """
    try:
        body = bytes(_BODY_OF_LINE.decode(raw).b)
        tail = b',"b":' + body + b"}"
        head = raw[_HEAD_AT : -len(tail)]
        commits = _COMMITMENT.decode(head)  # one JSON object and nothing after it
    except _UNREADABLE as e:
        raise MalformedEvent(index=index, why="不是一条记录") from e
    if not raw.startswith(b'{"h":{') or not raw.endswith(tail) or head[-1:] != b"}":
        raise MalformedEvent(index=index, why="记录的框架不对")
    if len(head) > ENTRY_LIMIT_BYTES or len(body) > ENTRY_LIMIT_BYTES:
        raise MalformedEvent(index=index, why="记录过长")
    return head, None if body == b"null" else body, commits


Committed = tuple[list[bytes], Sequence[bytes | None], list[Commitment]]


def all_committed(lines: bytes, first: int = -1) -> Committed:
    """Heads, bodies and commitments of consecutive lines, as `committed` has them one by one.

    Lines in the one right form are read all at once. What is accepted so is what `committed`
    accepts: the lines must be, byte for byte, the frames around the heads and bodies found in
    them, and each of those was read as one JSON value. Anything else is read again line by line,
    which also tells where the fault is.
    """
    at_once = _committed_at_once(lines)
    if at_once is not None:
        return at_once
    some = [committed(line, index) for index, line in enumerate(lines.split(b"\n")[:-1], first)]
    return [one[0] for one in some], [one[1] for one in some], [one[2] for one in some]


def _committed_at_once(lines: bytes) -> Committed | None:
    try:
        parts = _LINE.decode_lines(lines)
        heads = [bytes(one.h) for one in parts]
        commitments = _COMMITMENT.decode_lines(b"\n".join(heads))
    except _UNREADABLE:
        return None
    bodies = [bytes(one.b) for one in parts]
    framed_all = b'}\n{"h":'.join(map(b',"b":'.join, zip(heads, bodies, strict=True)))
    in_frame = lines == b'{"h":%b}\n' % framed_all and lines.count(b"\n") == len(heads)
    # perhaps too long, perhaps erased: looked at line by line
    longest = max(map(len, chain(heads, bodies)), default=0)
    doubtful = longest > ENTRY_LIMIT_BYTES or b"null" in bodies
    return (heads, bodies, commitments) if in_frame and not doubtful else None


def framed(raw: bytes, index: int = -1) -> tuple[bytes, bytes | None]:
    """Head and body of a line; raises MalformedEvent."""
    return committed(raw, index)[:2]


def all_cut(
    lines: bytes, head_bytes: Sequence[int], body_bytes: Sequence[int]
) -> tuple[list[bytes], list[bytes | None]]:
    """Heads and bodies of lines that were accepted before, each with the lengths of its two."""
    at, heads, bodies = _HEAD_AT, list[bytes](), list[bytes | None]()
    for in_head, in_body in zip(head_bytes, body_bytes, strict=True):
        heads.append(lines[at : at + in_head])
        at += in_head + _BODY_AFTER
        bodies.append(lines[at : at + in_body])
        at += in_body + _LINE_AFTER + _HEAD_AT
    if b"null" in bodies:
        bodies = [None if body == b"null" else body for body in bodies]
    return heads, bodies


def commitment(head: bytes, index: int = -1) -> Commitment:
    """Kind and body digest of a head; raises MalformedEvent."""
    try:
        return _COMMITMENT.decode(head)
    except _UNREADABLE as e:
        raise MalformedEvent(index=index, why="记录头不对") from e


_DIGEST_FIELD = re.compile(rb'"body":"[0-9a-f]{64}"')
_BODY_IS, _BLANK = b'"body":"', b'"body":""'
_CLOSED_DIGEST = 64 + len(b'"')


def without_digests(lines: bytes) -> bytes:
    """Heads or whole lines with the digests blanked: hex digits may read like a number that is none.

    Where a digest follows wherever one may, they are cut out all at once, in two thirds of the time.
    """
    first, *others = lines.split(_BODY_IS)
    digests = b"".join([one[:_CLOSED_DIGEST] for one in others])
    quotes = digests[_CLOSED_DIGEST - 1 :: _CLOSED_DIGEST]
    if digests.translate(None, b"0123456789abcdef") == quotes == b'"' * len(others):
        return _BLANK.join([first, *[one[_CLOSED_DIGEST:] for one in others]])
    return _DIGEST_FIELD.sub(_BLANK, lines)


def head_of(raw: bytes, index: int = -1) -> Head:
    """Decode a head; raises MalformedEvent."""
    return _decoded(_HEAD, raw, index)


def issued_at(raw: bytes) -> datetime | None:
    """The instant a head names, None where it names none that can be read."""
    with suppress(ValueError, MalformedEvent):
        return datetime.fromisoformat(head_of(raw).issued).astimezone(UTC)
    return None


def body_of(kind: str, raw: bytes, index: int = -1) -> msgspec.Struct | None:
    """Decode the body of a known kind, None for an unknown one; raises MalformedEvent."""
    return _decoded(_BODY[kind], raw, index) if kind in _BODY else None


def _decoded(decoder: msgspec.json.Decoder[_Known], raw: bytes, index: int) -> _Known:
    try:
        return decoder.decode(raw)
    except _UNREADABLE as e:
        raise MalformedEvent(index=index, why=str(e)) from e
