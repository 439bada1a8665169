"""How browsers reach the desk: on this machine as it is, from other machines encrypted, or not at all."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kiosk_server.county_office.errors import TlsNeeded
from kiosk_server.people.guard import Door
from kiosk_server.serving.hosts import is_this_machine

_ADDRESS = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


class Tls(NamedTuple):
    """Files of a certificate, and the names it is for."""

    cert: Path
    key: Path
    names: tuple[str, ...]


def tls_of(cert: Path | None, key: Path | None) -> Tls | None:
    """The certificate, if one is given; raises TlsNeeded for files that cannot serve."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise TlsNeeded(why="--cert 和 --key 要一起写")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: "")
        names = _names(x509.load_pem_x509_certificate(cert.read_bytes()))
    except (OSError, ValueError) as e:
        raise TlsNeeded(why="证书或私钥读不出来") from e
    if not names:
        raise TlsNeeded(why="证书里没有写它是哪个名称的")
    return Tls(cert, key, names)


def door_of(host: str, port: int, tls: Tls | None, behind: str) -> Door:
    """The door for a socket at `host`; raises TlsNeeded where a password would travel in the clear."""
    if tls:
        tail = "" if port == 443 else f":{port}"
        return Door(frozenset(f"https://{name}{tail}" for name in tls.names), "desk")
    if not is_this_machine(host):
        raise TlsNeeded(why=f"{host} 不是本机地址")
    if behind:
        if not _ADDRESS.fullmatch(behind):
            raise TlsNeeded(why="--behind-tls 要写 https://名称")
        return Door(frozenset({behind}), "desk", behind=True)
    return loopback(port)


def loopback(port: int) -> Door:
    """The door of browsers on this machine. Cookies know no ports: they are named by it."""
    tail = "" if port == 80 else f":{port}"
    names = ("127.0.0.1", "localhost", "[::1]")
    return Door(frozenset(f"http://{name}{tail}" for name in names), f"desk_{port}")


def _names(cert: x509.Certificate) -> tuple[str, ...]:
    try:
        found = cert.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    if not isinstance(found, x509.SubjectAlternativeName):
        return ()
    addresses = found.get_values_for_type(x509.IPAddress)
    said = [f"[{one}]" if one.version == 6 else str(one) for one in addresses]
    return (*(name.lower() for name in found.get_values_for_type(x509.DNSName) if "*" not in name), *said)
