"""Who asks, as far as an address says: one machine, or all that stand behind one router."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network


@lru_cache(maxsize=512)
def client_of(host: str) -> str:
    """The IPv4 address, or the /64 network of an IPv6 one: a machine takes any address of its network.

    An IPv4 address in IPv6 clothes is the same client; what is no address is a client by its name.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), 64), strict=False))
