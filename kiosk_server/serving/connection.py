"""Uvicorn's connection with a keeper at its door: bounded heads, bounded waiting, bounded answers.

Uvicorn alone waits for ever for a request that does not come, reads a head of any length, and closes nothing
that is merely slow. What is over a limit is closed; a head that is too long is told so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boards.model.errors import Fault, Refusal
from kiosk_server.serving.clients import client_of
from kiosk_server.serving.doorkeeper import Doing, Doorkeeper, Place

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

KeeperOf: TypeAlias = "Callable[[tuple[str, int | None] | None], Doorkeeper]"
"""The keeper of the door whose socket accepted a connection."""

_ASKING, _ANSWERED, _IDLE, _TAKING = Doing.ASKING, Doing.ANSWERED, Doing.IDLE, Doing.TAKING
# an enum's member costs ten times a name, and these are asked for with every request
LOOKS_EVERY_S: Final = 1.0
MOST_PIPELINED: Final = 4


class HeadTooLong(Refusal):
    """More address and headers than any page of ours needs."""

    code = "head-too-long"
    fault = Fault.PERSON
    sentence = "这个请求太长，没有处理。"
    advice = "请回到首页重新打开，或清除浏览器里本网站的数据。"


class Connection(HttpToolsProtocol):
    """One connection of one door."""

    def __init__(self, keeper_of: KeeperOf, **uvicorns: Any) -> None:  # noqa: ANN401
        """`keeper_of` knows the keeper by the address of the socket that accepted the connection."""
        super().__init__(**uvicorns)
        self._keeper_of = keeper_of
        self._keeper: Doorkeeper
        self._place: Place | None = None
        self._head, self._longest, self._time = 0, 0, self.loop.time

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, or go."""
        super().connection_made(transport)
        self._keeper = self._keeper_of(self.server)
        self._longest = self._keeper.limits.head_bytes
        client = client_of(self.client[0]) if self.client else ""
        self._place = self._keeper.enter(
            client, self.loop.time(), transport.abort, transport.get_write_buffer_size
        )
        if self._place is None:
            transport.abort()
        if not self._keeper.watched:
            self._keeper.watched = True
            self.loop.call_later(LOOKS_EVERY_S, _look, self._keeper, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        super().connection_lost(exc)
        if self._place:
            self._keeper.leave(self._place)

    def data_received(self, data: bytes) -> None:
        """No request of ours is longer than a head may be, whatever it brings."""
        if self._place is None or self.transport.is_closing():
            return
        self._head += len(data)
        if self._head > self._longest:
            self._refuse()
            return
        HttpToolsProtocol.data_received(self, data)  # super() costs a call: thrice a request

    def on_message_begin(self) -> None:
        """The first byte of a request: from now on it must come to its end."""
        HttpToolsProtocol.on_message_begin(self)
        place = self._place
        if place and place.doing is not _ANSWERED:
            place.doing, place.since = _ASKING, self._time()

    def on_headers_complete(self) -> None:
        """It is whole: we work, however long a body it would like to send."""
        self._head = 0
        if len(self.pipeline) >= MOST_PIPELINED:
            self.transport.abort()
        place = self._place
        if place and not self.transport.is_closing():
            place.doing, place.since = _ANSWERED, self._time()
            HttpToolsProtocol.on_headers_complete(self)

    def on_response_complete(self) -> None:
        """Answered: what follows has the time of its kind."""
        HttpToolsProtocol.on_response_complete(self)
        place = self._place
        if place and self.cycle.response_complete:
            waits = self.transport.get_write_buffer_size() > 0
            place.doing, place.since = _TAKING if waits else _IDLE, self._time()

    def pause_writing(self) -> None:
        """The other side does not take what it asked for."""
        super().pause_writing()
        if self._place:
            self._keeper.clogged(self._place)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        if self._place:
            self._keeper.flows(self._place)

    def _refuse(self) -> None:
        """Say that the head is too long, where nothing else is being said, and go."""
        if self.cycle is None or self.cycle.response_complete:
            body = str(HeadTooLong()).encode()
            head = (
                "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
            )
            head += (
                f"content-length: {len(body)}\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
            self.transport.close()
        else:
            self.transport.abort()


def _look(keeper: Doorkeeper, loop: asyncio.AbstractEventLoop) -> None:
    """End those who overstay, and look again as long as anybody is here."""
    for place in keeper.overdue(loop.time()):
        keeper.leave(place)
        place.end()
    keeper.watched = len(keeper) > 0
    if keeper.watched:
        loop.call_later(LOOKS_EVERY_S, _look, keeper, loop)
