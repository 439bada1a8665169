"""Whom a visitor called: the Host header, taken apart and judged (a rebinding attack names somebody else)."""

from __future__ import annotations

import re
from ipaddress import ip_address

_BRACKETS = re.compile(r"\[([0-9a-f:.]*:[0-9a-f:.]*)\](?::(\d*))?")


def host_and_port(host: str) -> tuple[str, str]:
    """Name and port of a Host header, lower case; the port is "" where none is said.

    Only an IPv6 address stands in brackets (RFC 3986 §3.2.2); anything else in them is no name of ours.
    """
    found = _BRACKETS.fullmatch(host.lower())
    if found:
        return found[1], found[2] or ""
    name, _, port = host.lower().partition(":")
    return (name, port) if host.count(":") == 1 else (host.lower(), "")


def is_address(name: str) -> bool:
    """Whether a name is an address: nobody can make a name of their own point here by it."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_this_machine(name: str) -> bool:
    """Whether a name can only mean the machine it is said on."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)
