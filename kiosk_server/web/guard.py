"""Which door a visitor came through, and whether the name they called us by is ours.

The door is known by the socket that accepted the connection, never by a header: the loopback
door is the touchscreen (kiosk mode), everything else is the LAN door with public pages only.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from boards.model.errors import Fault, Refusal
from kiosk_server.serving.hosts import host_and_port, is_address, is_this_machine


class Door(StrEnum):
    """Where a request came in."""

    KIOSK = "kiosk"
    LAN = "lan"


class HostRefused(Refusal):
    """The Host header names someone else: a rebinding attack, or a wrong bookmark."""

    code = "host-refused"
    fault = Fault.PERSON
    sentence = "这个网址不是本村公开栏的网址。"
    advice = "请扫描公示表上的二维码，或输入公开栏上写的网址。"


class Guard:
    """Judges the two doors of one kiosk."""

    def __init__(self, kiosk_port: int, public_host: str) -> None:
        """`kiosk_port` is the port the loopback socket really got; `public_host` the county's name."""
        self._kiosk_port = kiosk_port
        self._public_host = public_host.lower()
        self.door = lru_cache(maxsize=64)(self._door)
        self.knows = lru_cache(maxsize=64)(self._knows)

    def _door(self, server: tuple[str, int | None] | None) -> Door:
        """Kiosk only when the accepting socket is the loopback one."""
        if server is None or server[1] != self._kiosk_port:
            return Door.LAN
        return Door.KIOSK if is_this_machine(server[0]) else Door.LAN

    def _knows(self, host: bytes, door: Door) -> bool:
        """The kiosk answers to loopback names; the LAN door to addresses, *.local and the county's name."""
        name, _ = host_and_port(host.decode("latin-1"))
        if door is Door.KIOSK:
            return is_this_machine(name)
        return is_address(name) or name.endswith(".local") or name in {"localhost", self._public_host}
