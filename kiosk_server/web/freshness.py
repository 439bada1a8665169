"""When to look again at the archive and the clock: a kept answer holds while neither has moved."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk_server.web.visit import Moment

LOOK_AGAIN_S = 0.02
"""Under load the archive is asked at most fifty times a second; an import shows within that time."""


class Moments:
    """Reads the archive and the clock, and keeps the reading for 20 ms."""

    def __init__(self, read: Callable[[], Moment], ticks: Callable[[], float] = time.monotonic) -> None:
        """`read` asks archive and clock; `ticks` is a monotonic second count."""
        self._read = read
        self._ticks = ticks
        self._until = float("-inf")
        self._last: Moment | None = None

    def now(self) -> Moment:
        """The present moment, at most LOOK_AGAIN_S old; raises whatever `read` raises.

        While nothing moves it is the same object: what was kept of it holds.
        """
        at = self._ticks()
        if self._last is None or at >= self._until:
            before, self._last = self._last, None
            read = self._read()
            self._last = before if before is not None and read == before else read
            self._until = at + LOOK_AGAIN_S
        return self._last
