"""Style, script and pictures in memory, under names that change with their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Protocol

from kiosk_server.serving.conditional import compressible, squeezed, tag
from kiosk_server.web.cache import Kept
from kiosk_server.web.headers import FOR_EVER, SECURITY

PREFIX = "/static/"
KINDS = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
    "woff": b"font/woff",
}
"""What our files are: the tables of the machine differ, and are long."""

_URL = re.compile(rb"url\(\s*[\"']?([^\"')]+?)[\"']?\s*\)")


class Later(Protocol):
    """A table of files that are made while the server runs."""

    def get(self, path: str, *, gzipped: bool) -> Kept | None:
        """The file of this address, or None."""


class StaticTable:
    """Every static file in both encodings. Only names in the table exist: nothing is looked up on disk."""

    def __init__(self, files: Mapping[str, bytes], later: Later | None = None) -> None:
        """`files` maps logical names (kiosk.css, icons/a.svg) to bytes; `later` has what is made later."""
        self._later = later
        self.urls: dict[str, str] = {}
        self._table: dict[tuple[str, bool], Kept] = {}
        for name in sorted(files, key=lambda name: (name.endswith(".css"), name)):
            body = _linked(files[name], self.urls) if name.endswith(".css") else files[name]
            url = self.urls[name] = PREFIX + hashed_name(name, body)
            for gzipped in (False, True):
                self._table[url, gzipped] = kept(name, body, gzipped=gzipped)

    def get(self, path: str, *, gzipped: bool) -> Kept | None:
        """The file of this address, or None."""
        found = self._table.get((path, gzipped))
        return found or (self._later.get(path, gzipped=gzipped) if self._later else None)


def hashed_name(name: str, body: bytes) -> str:
    """kiosk.css → kiosk.1a2b3c4d5e6f.css."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}{dot}{suffix}"


def _linked(css: bytes, urls: Mapping[str, str]) -> bytes:
    """The style with its `url(icons/x.svg)` pointing at the hashed addresses."""

    def replaced(found: re.Match[bytes]) -> bytes:
        url = urls.get(found[1].decode().removeprefix("./"))
        return b'url("' + url.encode() + b'")' if url else found[0]

    return _URL.sub(replaced, css)


def kept(name: str, body: bytes, *, gzipped: bool) -> Kept:
    """One file as a finished answer that may be kept for ever."""
    kind = KINDS.get(name.rpartition(".")[2], b"application/octet-stream")
    squeeze = gzipped and compressible(kind, len(body))
    sent = squeezed(body) if squeeze else body
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(sent)).encode()),
        (b"cache-control", FOR_EVER),
        (b"vary", b"accept-encoding"),
        *([(b"content-encoding", b"gzip")] if squeeze else []),
        *SECURITY,
    ]
    return Kept(200, headers, sent, tag(body, gzipped=squeeze))
