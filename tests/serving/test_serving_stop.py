"""A server that is asked to stop stops, whenever it is asked."""

import signal
import threading

import pytest

from kiosk_server.serving.server import server
from kiosk_server.serving.sockets import listening

pytestmark = pytest.mark.thorough


def test_a_server_asked_to_stop_while_it_starts_stops_in_good_order():
    """Between its first line and its listening: the signal is not lost, and what it has begun is ended."""
    told = []

    async def application(scope, receive, send):
        for name in ("startup", "shutdown"):
            await receive()
            told.append(name)
            await send({"type": f"lifespan.{name}.complete"})

    made = server(application, stopping=lambda: told.append("stopping"))
    made.asked(signal.SIGTERM, None)
    with listening("127.0.0.1", 0) as door:
        running = threading.Thread(target=made.run, kwargs={"sockets": [door]}, daemon=True)
        running.start()
        running.join(10)
        stopped, made.should_exit = not running.is_alive(), True
        running.join(10)
    assert stopped
    assert told == ["startup", "stopping", "shutdown"]
