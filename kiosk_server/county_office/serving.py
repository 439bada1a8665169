"""Running a county door on one address."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from litestar.types import ASGIApp


class AddressNotFree(Refusal):
    """Somebody listens there already, or it is not this machine's address."""

    code = "address-not-free"
    fault = Fault.MACHINE
    sentence = "{host}:{port} 无法使用（{why}）。"
    advice = "请换一个端口（--bind 地址:端口），或先停掉占用它的程序。"


def bound(host: str, port: int) -> socket.socket:
    """A socket on the address, or a refusal; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(128)  # from now on callers wait instead of being turned away
    except OSError as e:
        door.close()
        raise AddressNotFree(host=host, port=port, why=e.strerror) from e
    return door


def server(app: ASGIApp) -> uvicorn.Server:
    """A server that stops within three seconds; `serve(sockets=[…])` or `run(sockets=[…])`."""
    return uvicorn.Server(
        uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, server_header=False)
    )
