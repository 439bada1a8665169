"""No event passes with the number of a person in it: asked where events are written and where read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from boards.model.money import LIMIT_FEN
from boards.model.privacy.numbers import numbers_in, plainly_clean, suspicious
from boards.model.privacy.public_fields import own_phones
from sync import wire


class PrivacyGate:
    """Looks for numbers of persons in every event: many clean ones at a glance, any doubt closely.

    A batch's name, once seen to be clean, is left out of the glance at the heads: together with
    a record's number it is a long run of digits in every one of them.
    """

    def __init__(self) -> None:
        """Nothing is known to be clean yet."""
        self._clean: list[bytes] = []  # names of batches, the newest last

    def holds_back(self, head: bytes, body: bytes | None) -> bool:
        """True when the event must not be shown or stored."""
        text = wire.without_digests(head)
        self._learn(text)
        text = self._without_names(text)
        return suspicious(text + body if body else text) and private(head, body)

    def _learn(self, head: bytes) -> None:
        """Ask once whether the name of a head's batch is clean."""
        if not any(name in head for name in self._clean):
            name = wire.commitment(head).batch
            self._clean = self._clean[-1:] if numbers_in(name) else [*self._clean[-1:], name.encode()]

    def _without_names(self, text: bytes) -> bytes:
        for name in self._clean:
            text = text.replace(name, b'"') if name else text
        return text

    def held_back(self, heads: list[bytes], bodies: list[bytes | None]) -> set[int]:
        """Which of these events must not be shown or stored, by position."""
        ends = (*heads[:1], *heads[-1:])  # a bundle holds one batch, or the end of one and another
        for head in ends:
            self._learn(head)
        self._clean = [name for name in self._clean if any(name in head for head in ends)]
        doubtful = {*_doubtful(heads, self._clean_heads), *_doubtful(bodies, plainly_clean)}
        return {at for at in doubtful if self.holds_back(heads[at], bodies[at])}

    def _clean_heads(self, heads: bytes) -> bool:
        return plainly_clean(self._without_names(wire.without_digests(heads)))


_GLANCES = wire.BUNDLE_LINES, 16  # texts


def _doubtful(
    texts: Sequence[bytes | None],
    clean: Callable[[bytes], bool],
    first: int = 0,
    glances: tuple[int, ...] = _GLANCES,
) -> Iterator[int]:
    """Positions of the texts that are not plainly clean: many at a glance, then fewer."""
    if not glances:
        yield from range(first, first + len(texts))
        return
    for at in range(0, len(texts), glances[0]):
        some = texts[at : at + glances[0]]
        if not clean(b"".join(filter(None, some))):
            yield from _doubtful(some, clean, first + at, glances[1:])


def private(head: bytes, body: bytes | None) -> bool:
    """True when a text or number of the event, money apart, reads as an ID, card or private phone number."""
    texts = list(_texts(_decoded(wire.without_digests(head))))
    shown = _decoded(body) if body else None
    allowed = own_phones(*_phones_to_call(shown))
    return any(numbers_in(text, allowed=allowed) for text in [*texts, *_texts(shown)])


def _decoded(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON may hold
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return raw.decode("utf-8", "replace")


def _phones_to_call(shown: Any) -> list[object]:  # noqa: ANN401
    """The supervision phone of a batch.close or a year, and those of the offices that a notice names."""
    phones: list[object] = []
    with suppress(KeyError, TypeError, IndexError):
        phones.append(shown["close"]["terms"]["phone"])
    with suppress(KeyError, TypeError, IndexError):
        phones.append(shown["annual"]["phone"])
    with suppress(KeyError, TypeError, AttributeError):
        notice = shown["notice"]
        offices = [one["phone"] for one in notice["contacts"]]
        phones += [*offices, (notice["registration"] or {}).get("phone", "")]
    return phones


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Every text and number in a JSON value, keys too, but neither the SHA-256 of a file nor money."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            if key == "by_programme" and isinstance(inner, dict):
                yield from _texts({name: {"fen": fen} for name, fen in inner.items()})
            elif not (_is_digest(key, inner) or _is_money(key, inner)):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | int | float):
        yield str(value)


def _is_digest(key: str, value: Any) -> bool:  # noqa: ANN401
    return key in {"source_sha256", "sha256"} and isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def _is_money(key: str, value: Any) -> bool:  # noqa: ANN401
    """130,000,000.00 yuan and more, in fen, has as many digits as a mobile number (settled §42)."""
    return bool(_MONEY.fullmatch(key)) and isinstance(value, int) and abs(value) < LIMIT_FEN


_DIGEST = re.compile(r"[0-9a-f]{64}")
_MONEY = re.compile(r"(?:.+_)?fen|amount|paid")  # of payouts, closes, notices and their rows
