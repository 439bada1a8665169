"""Doors as sockets, opened by us: a port in use is reported before anything else starts."""

from __future__ import annotations

import errno
import socket

from boards.model.errors import Fault, Refusal
from kiosk_server.settings import KIOSK_HOST, Web

BACKLOG = 32
"""Who is not let in yet waits in the kernel, each door's visitors in a queue of their own."""


class PortInUse(Refusal):
    """Another program, most often another kiosk, has the port."""

    code = "port-in-use"
    fault = Fault.MACHINE
    sentence = "端口 {host}:{port} 已被别的程序占用。"
    advice = "请先停掉占用它的程序（可能是已经在运行的一体机），或换一个端口（[web]、--bind、--port）。"


class DoorNotOpened(Refusal):
    """The address is not this machine's, or may not be used."""

    code = "door-not-opened"
    fault = Fault.PERSON
    sentence = "不能在 {host}:{port} 上开门（{why}）。"
    advice = "请检查地址和端口（kiosk.toml 的 [web]，或 --bind）；1024 以下的端口需要管理员权限。"


def open_doors(web: Web) -> list[socket.socket]:
    """The kiosk's socket, and the LAN's where there is one; raises PortInUse with all closed again."""
    opened: list[socket.socket] = []
    try:
        opened.append(listening(KIOSK_HOST, web.kiosk_port))
        if web.lan_host:
            opened.append(listening(web.lan_host, web.lan_port))
    except Refusal:
        for one in opened:
            one.close()
        raise
    return opened


def listening(host: str, port: int) -> socket.socket:
    """A socket on the address; port 0 takes a free one. Raises PortInUse or DoorNotOpened."""
    try:
        # in bytes: of a text Python loads the tables of all scripts to write it as a foreign domain
        named = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = named[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as e:  # a name that no table of hosts can hold
        raise DoorNotOpened(host=host, port=port, why=getattr(e, "strerror", "") or str(e)) from e
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as e:
        made.close()
        if e.errno == errno.EADDRINUSE:
            raise PortInUse(host=host, port=port) from e
        raise DoorNotOpened(host=host, port=port, why=e.strerror or str(e)) from e
    return made
