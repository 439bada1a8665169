"""Uvicorn around an application: quiet, without trusting any forwarded header, and quick to stop."""

from __future__ import annotations

import gc
import signal
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from kiosk_server.serving.connection import Connection
from kiosk_server.serving.listening import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from litestar.types import ASGIApp

    from kiosk_server.serving.connection import KeeperOf

MOST_YOUNG = 10_000
STOPS_WITHIN_S = 3


class _Server(uvicorn.Server):
    """Uvicorn's, that tells when it is asked to stop: before it waits for what is being answered."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None], keeper: KeeperOf | None) -> None:
        super().__init__(config)
        self._stopping, self._keeper = stopping, keeper
        self._asked = False  # to stop, before we listened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it; doors that have a keeper are opened by us."""
        if self._keeper is None or sockets is None:
            await super().startup(sockets)
            return
        await super().startup([])
        make = partial(
            Connection,
            self._keeper,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        self.servers = [
            Listener(door, self._keeper(door.getsockname()[:2]), make)  # type: ignore[abstract,misc]
            for door in sockets
        ]

    async def main_loop(self) -> None:
        """As uvicorn does it; whoever was asked to stop while it started stops now, in good order."""
        if self._asked:
            self.handle_exit(signal.SIGTERM, None)
        await super().main_loop()

    def asked(self, _sig: int, _frame: FrameType | None) -> None:
        """Hear a signal before uvicorn hears any, and the one that it raises again after it has stopped."""
        self._asked = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn does it; what would hold up its end is ended."""
        super().handle_exit(sig, frame)
        self._stopping()


def server(
    app: ASGIApp,
    *,
    graceful_shutdown_s: int = STOPS_WITHIN_S,
    stopping: Callable[[], None] = lambda: None,
    keeper: KeeperOf | None = None,
    tls: tuple[Path, Path] | None = None,
) -> _Server:
    """One server for all its sockets; call `serve(sockets=…)` or `run(sockets=…)` on it.

    `keeper` gives the keeper of a door by the address of its socket; without it no door has limits. `tls` are
    the files of a certificate and its key.
    """
    return _Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="error",  # a warning is what a stranger sent: a line each would fill the disk
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=graceful_shutdown_s,
            timeout_keep_alive=15,
            ssl_certfile=tls and tls[0],
            ssl_keyfile=tls and str(tls[1]),
        ),
        stopping,
        keeper,
    )


def run(  # noqa: PLR0913 - what `server` is told
    app: ASGIApp,
    sockets: list[socket.socket],
    *,
    graceful_shutdown_s: int = STOPS_WITHIN_S,
    stopping: Callable[[], None] = lambda: None,
    keeper: KeeperOf | None = None,
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve until the process is asked to stop (`stopping` hears it first); returns when all is closed.

    What is loaded now stays to the end: the collector need not look at it again, nor at the rows
    of a page, which hold no circles, every 700 of them.
    """
    gc.freeze()
    gc.set_threshold(MOST_YOUNG)
    made = server(app, graceful_shutdown_s=graceful_shutdown_s, stopping=stopping, keeper=keeper, tls=tls)
    before = {one: signal.signal(one, made.asked) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        made.run(sockets=sockets)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
