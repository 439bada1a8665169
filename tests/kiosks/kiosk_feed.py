"""A county's feed over real HTTP, by a clock that a test turns."""

from __future__ import annotations

import contextlib
import threading

import urllib3

from kiosk_server.county_office.feed import feed_app
from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening


@contextlib.contextmanager
def served(where, clock, **options):
    """The address of the feed while it is served."""
    door = listening("127.0.0.1", 0)
    serving = server(feed_app(where.feed, clock=clock, **options))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        serving.should_exit = True
        thread.join(10)
        door.close()


def asked(address, token="", method="GET", body=None):
    """An answer of the feed."""
    pool = urllib3.PoolManager(retries=False)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        return pool.request(method, address, headers=headers, body=body)
    finally:
        pool.clear()
