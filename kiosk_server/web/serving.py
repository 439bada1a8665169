"""Uvicorn around the application: quiet, without trusting any forwarded header, and quick to stop."""

from __future__ import annotations

import socket

import uvicorn

from kiosk_server.web.front import FrontDoor


def server(app: FrontDoor, *, graceful_shutdown_s: int) -> uvicorn.Server:
    """One server for both doors; call `serve(sockets=…)` or `run(sockets=…)` on it."""
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


def run(app: FrontDoor, sockets: list[socket.socket], *, graceful_shutdown_s: int) -> None:
    """Serve until the process is told to stop."""
    server(app, graceful_shutdown_s=graceful_shutdown_s).run(sockets=sockets)
