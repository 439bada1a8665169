"""Whom a visitor called: the Host header, taken apart and judged (a rebinding attack names somebody else)."""

from __future__ import annotations

from ipaddress import ip_address


def host_and_port(host: str) -> tuple[str, str]:
    """Name and port of a Host header, lower case; the port is "" where none is said."""
    host = host.lower()
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        return name, rest.removeprefix(":")
    name, _, port = host.partition(":")
    return (name, port) if host.count(":") == 1 else (host, "")


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
