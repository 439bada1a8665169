"""SIGTERM ends a command as Ctrl+C does: what it began is put away, and its children end with it."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ended(KeyboardInterrupt):
    """Asked to end by SIGTERM."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Where Python could only die, SIGTERM raises Ended; whoever waits for it alone may still do so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(*_: object) -> None:
    raise Ended
