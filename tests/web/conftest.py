"""A real server on port 0, for as long as a test needs it."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import open_doors
from kiosk_server.settings import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Got(NamedTuple):
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Served:
    """Two doors of one running server: `kiosk` and `lan` are their ports."""

    def __init__(self, kiosk: int, lan: int) -> None:
        self.kiosk, self.lan = kiosk, lan

    def get(
        self, path: str, *, lan: bool = False, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Got:
        """Ask one thing on a connection of its own; `if_none_match=` becomes If-None-Match."""
        connection = HTTPConnection("127.0.0.1", self.lan if lan else self.kiosk, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def at_leisure() -> Callable[[], float]:
    """A second count by which ten minutes pass between two questions: whoever walks the whole board is one phone."""
    return count(0, 600).__next__


@contextmanager
def served(make: Callable[[int], object], *, kept: bool = False) -> Iterator[Served]:
    """Run `make(kiosk port)` behind both doors in a thread; with its keepers at the doors where it is `kept`.

    Tests come from one address and open a connection for each question: a keeper would send them away.
    """
    sockets = open_doors(Web(kiosk_port=0, lan_host="127.0.0.1", lan_port=0))
    ports = [one.getsockname()[1] for one in sockets]
    try:
        app = make(ports[0])
        running = server(app, graceful_shutdown_s=1, keeper=app.keeper if kept else None)
    except BaseException:
        for one in sockets:
            one.close()
        raise
    thread = threading.Thread(target=running.run, kwargs={"sockets": sockets})
    thread.start()
    try:
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        yield Served(*ports)
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        for one in sockets:
            one.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Served]]:
    """`serve(make)` starts a server that lives until the module's tests are done."""
    with ExitStack() as open_now:
        yield lambda make, **how: open_now.enter_context(served(make, **how))
