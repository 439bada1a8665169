"""Uvicorn around an application: quiet, without trusting any forwarded header, and quick to stop."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket

    from litestar.types import ASGIApp

MOST_YOUNG = 10_000
STOPS_WITHIN_S = 3


def server(app: ASGIApp, *, graceful_shutdown_s: int = STOPS_WITHIN_S) -> uvicorn.Server:
    """One server for all its sockets; call `serve(sockets=…)` or `run(sockets=…)` on it."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=graceful_shutdown_s,
            timeout_keep_alive=15,
        )
    )


def run(app: ASGIApp, sockets: list[socket.socket], *, graceful_shutdown_s: int = STOPS_WITHIN_S) -> None:
    """Serve until the process is asked to stop; returns when all is closed.

    What is loaded now stays to the end: the collector need not look at it again, nor at the rows
    of a page, which hold no circles, every 700 of them.
    """
    gc.freeze()
    gc.set_threshold(MOST_YOUNG)
    # uvicorn raises its signal again after it has stopped: by then it has done what it asked for
    before = {one: signal.signal(one, lambda *_: None) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        server(app, graceful_shutdown_s=graceful_shutdown_s).run(sockets=sockets)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
