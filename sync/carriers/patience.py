"""How long, and how much, a kiosk listens to a server: every byte counts from the first header on.

A timeout of a socket only bounds the silence between two bytes. Here the whole answer is held to a least
speed and a greatest length, and everything that is asked for to one end: headers that drip, `100 Continue`
without end, chunks and trailers that never stop.
"""

from __future__ import annotations

import io
import time
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from sync.carriers.road import TooLarge, TooSlow

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

HEAD_BYTES: Final = 32 << 10
"""All that may stand before a body: status, headers, interim answers."""

SHORTEST_S: Final = 0.001


class Patience:
    """What is granted to the answer that is read now, and the end of it all."""

    def __init__(
        self, timeout_s: float, minimum_bytes_per_s: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is read yet, and there is no end."""
        self.timeout_s, self.minimum_bytes_per_s, self.clock = timeout_s, minimum_bytes_per_s, clock
        self.until = float("inf")
        self.begin("")

    def begin(self, name: str) -> None:
        """Another file is asked for; until its headers are here it may bring nothing else."""
        self.name, self.limit, self.most = name, 0, HEAD_BYTES
        self.began, self.read = self.clock(), 0

    def body(self, limit: int) -> None:
        """The headers are here: so many bytes may follow, and no more frame around them than themselves."""
        self.limit, self.most = limit, HEAD_BYTES + 2 * limit

    def left(self) -> float:
        """Seconds the next byte may take; raises TooSlow."""
        now = self.clock()
        waited = now - self.began
        if self.over or (waited > self.timeout_s and self.read < waited * self.minimum_bytes_per_s):
            raise TooSlow(name=self.name)
        return min(self.timeout_s, max(self.until - now, SHORTEST_S))

    @property
    def over(self) -> bool:
        """Whether the end of it all has come."""
        return self.clock() >= self.until

    def took(self, count: int) -> None:
        """So many bytes came; raises TooLarge."""
        self.read += count
        if self.read > self.most:
            raise TooLarge(name=self.name, limit=self.limit or HEAD_BYTES)


class _Heard(io.RawIOBase):
    """What comes from a socket, byte for byte under a patience."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock, self._raw, self._patience = sock, sock.makefile("rb", buffering=0), patience

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:  # noqa: ANN401 - a buffer of any kind
        self._sock.settimeout(self._patience.left())
        count = self._raw.readinto(into)
        self._patience.took(count or 0)
        return int(count or 0)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Listening:
    """A socket as `http.client` reads an answer from it: it asks for a file and nothing else."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock, self._patience = sock, patience

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Heard(self._sock, self._patience))


def _answer(patience: Patience, sock: socket.socket, **how: Any) -> HTTPResponse:  # noqa: ANN401
    return HTTPResponse(_Listening(sock, patience), **how)  # type: ignore[arg-type]


def pool(patience: Patience) -> urllib3.PoolManager:
    """Connections whose answers are read under this patience, encrypted or not."""
    heard = {"response_class": partial(_answer, patience)}
    plain, safe = (type(kind.__name__, (kind,), heard) for kind in (HTTPConnection, HTTPSConnection))
    made = urllib3.PoolManager(timeout=urllib3.Timeout(patience.timeout_s), retries=False)
    made.pool_classes_by_scheme = {
        "http": type("HTTPPool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("HTTPSPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": safe}),
    }
    return made
