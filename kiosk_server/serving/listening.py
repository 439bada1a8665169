"""One door's socket: a few are let in each turn of the loop, and who comes too often costs next to nothing.

The loop's own servers take in everybody who waits before anything else gets its turn, and make a connection
with a parser for each. Here the keeper is asked first.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kiosk_server.serving.clients import client_of
from kiosk_server.serving.sockets import BACKLOG

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kiosk_server.serving.doorkeeper import Doorkeeper

AT_ONCE: Final = 4
PAUSE_S: Final = 0.2


class Listener(asyncio.AbstractServer):
    """Listens until it is closed; to uvicorn it is a server like the loop's."""

    def __init__(self, door: socket.socket, keeper: Doorkeeper, make: Callable[[], asyncio.Protocol]) -> None:
        """Begin at once, in the loop that runs."""
        self._door, self._keeper, self._make = door, keeper, make
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[object]] = set()
        door.settimeout(0)
        door.listen(BACKLOG)
        self._again()

    def close(self) -> None:
        """Let in nobody more; the socket is closed by whoever opened it."""
        self._loop.remove_reader(self._door)

    async def wait_closed(self) -> None:
        """There is nothing to wait for."""

    def _again(self) -> None:
        if self._door.fileno() >= 0:
            self._loop.add_reader(self._door, self._ready)

    def _ready(self) -> None:
        for _ in range(AT_ONCE):
            try:
                one, address = self._door.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no more files: those who are here go on, and leave theirs
                self._loop.remove_reader(self._door)
                self._loop.call_later(PAUSE_S, self._again)
                return
            self._enters(one, client_of(address[0]))

    def _enters(self, one: socket.socket, client: str) -> None:
        if not self._keeper.lets_in(client, self._loop.time()):
            one.close()
            return
        one.settimeout(0)
        task: asyncio.Task[object] = self._loop.create_task(
            self._loop.connect_accepted_socket(self._make, one)
        )
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)
