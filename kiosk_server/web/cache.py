"""Finished answers in memory, bounded by bytes, each under everything it depends on (settled §23)."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent

from kiosk_server.web.guard import Door
from kiosk_server.web.visit import Choice, Wish

OVERHEAD_BYTES = 2048  # headers, messages and key of one kept answer, roughly
_ABOUT_THE_BODY = {b"content-length", b"content-type", b"content-encoding"}


class Key(NamedTuple):
    """All that two equal answers have in common."""

    path: str
    wish: Wish
    state_version: int
    day: date
    choice: Choice
    door: Door
    gzipped: bool


class Kept:
    """One finished answer: the very messages to send, and the short one for 304. No tag, no 304."""

    __slots__ = ("_unchanged", "body", "etag", "start", "weight")

    def __init__(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes, etag: bytes = b""
    ) -> None:
        """`headers` are complete but for the ETag."""
        self.etag = etag
        tagged = [*headers, (b"etag", etag)] if etag else headers
        self.start = HTTPResponseStartEvent(type="http.response.start", status=status, headers=tagged)
        self._unchanged: HTTPResponseStartEvent | None = None
        self.body = HTTPResponseBodyEvent(type="http.response.body", body=body, more_body=False)
        self.weight = len(body) + OVERHEAD_BYTES

    @property
    def start_unchanged(self) -> HTTPResponseStartEvent:
        """The message for 304; many answers are never asked for again."""
        if self._unchanged is None:
            short = [pair for pair in self.start["headers"] if pair[0] not in _ABOUT_THE_BODY]
            self._unchanged = HTTPResponseStartEvent(type="http.response.start", status=304, headers=short)
        return self._unchanged


class PageCache:
    """The last used answers that fit into `bound_bytes`."""

    def __init__(self, bound_bytes: int) -> None:
        """Begin empty."""
        self._bound = bound_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        """Look up an answer, which becomes the last used one."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer; the least used ones leave when there is no room; a huge one is not kept."""
        if kept.weight > self._bound // 4:
            return
        before = self._kept.pop(key, None)
        self.weight += kept.weight - (before.weight if before else 0)
        self._kept[key] = kept
        while self.weight > self._bound:
            self.weight -= self._kept.popitem(last=False)[1].weight

    def clear(self) -> None:
        """Forget everything: the archive or the day has moved on."""
        self._kept.clear()
        self.weight = 0
