"""No event passes with the number of a person in it: asked where events are written and where read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.privacy.numbers import numbers_in, plainly_clean, suspicious
from sync import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


class PrivacyGate:
    """Looks for numbers of persons in every event: many clean ones at a glance, any doubt closely.

    A batch's name, once seen to be clean, is left out of the glance at the heads: together with
    a record's number it is a long run of digits in every one of them.
    """

    def __init__(self) -> None:
        """Nothing is known to be clean yet."""
        self.batch = b""

    def holds_back(self, head: bytes, body: bytes | None) -> bool:
        """True when the event must not be shown or stored."""
        text = wire.without_digests(head)
        if not self.batch or self.batch not in text:
            self.batch = _clean_batch(text)
        if self.batch:
            text = text.replace(self.batch, b'"')
        return suspicious(text + body if body else text) and private(head, body)

    def held_back(self, heads: list[bytes], bodies: list[bytes | None]) -> set[int]:
        """Which of these events must not be shown or stored, by position."""
        doubtful = self._doubtful(0, heads, bodies, _GLANCES)
        return {at for at in doubtful if self.holds_back(heads[at], bodies[at])}

    def _doubtful(
        self, first: int, heads: list[bytes], bodies: list[bytes | None], glances: tuple[int, ...]
    ) -> Iterator[int]:
        """Positions of the events that are not plainly clean: many at a glance, then fewer."""
        if not glances:
            yield from range(first, first + len(heads))
            return
        for at in range(0, len(heads), glances[0]):
            some = heads[at : at + glances[0]], bodies[at : at + glances[0]]
            if not self._clean_at_a_glance(*some):
                yield from self._doubtful(first + at, *some, glances[1:])

    def _clean_at_a_glance(self, heads: list[bytes], bodies: list[bytes | None]) -> bool:
        text = wire.without_digests(b"".join(heads))
        if self.batch:
            text = text.replace(self.batch, b'"')
        return plainly_clean(text) and plainly_clean(b"".join(filter(None, bodies)))


_GLANCES = wire.BUNDLE_LINES, 16  # events


def _clean_batch(head: bytes) -> bytes:
    name = wire.commitment(head).batch
    return b"" if numbers_in(name) else name.encode()


def private(head: bytes, body: bytes | None) -> bool:
    """True when any text or number of the event reads as an ID, card or private phone number."""
    texts = list(_texts(_decoded(wire.without_digests(head))))
    shown = _decoded(body) if body else None
    allowed = frozenset(filter(None, [_public_phone(shown), *_notice_phones(shown)]))
    return any(numbers_in(text, allowed=allowed) for text in [*texts, *_texts(shown)])


def _decoded(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON may hold
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return raw.decode("utf-8", "replace")


def _public_phone(shown: Any) -> str | None:  # noqa: ANN401
    """The supervision phone of a batch.close is there to be called."""
    try:
        return "".join(filter(str.isdecimal, str(shown["close"]["terms"]["phone"])))
    except (KeyError, TypeError, IndexError):
        return None


def _notice_phones(shown: Any) -> Iterator[str]:  # noqa: ANN401
    """The offices a notice names are there to be called, too."""
    try:
        notice = shown["notice"]
        told = [one["phone"] for one in notice["contacts"]]
        told.append((notice["registration"] or {}).get("phone", ""))
    except (KeyError, TypeError, AttributeError):
        return
    yield from ("".join(filter(str.isdecimal, str(phone))) for phone in told)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Every text and number in a JSON value, keys too, but not the digest of the source file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            if key not in {"source_sha256", "sha256"} or not _is_digest(inner):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | int | float):
        yield str(value)


def _is_digest(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
