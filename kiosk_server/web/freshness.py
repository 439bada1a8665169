"""When to look again at the archive and the clock: a kept answer holds while neither has moved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from kiosk_server.web.visit import Moment

LOOK_AGAIN_S = 0.02
"""Under load the archive is asked at most fifty times a second; an import shows within that time."""


class Held(Protocol):
    """What is read of stays as it is while it is held."""

    def hold(self) -> None:
        """Stay in this moment."""

    def let_go(self) -> None:
        """The moment is over; saying it twice does no harm."""


class Moments:
    """Reads the archive and the clock, and keeps the reading for 20 ms.

    All pages of a moment are of one snapshot of the archive: to begin one costs as much as two lines.
    """

    def __init__(
        self,
        read: Callable[[], Moment],
        ticks: Callable[[], float] = time.monotonic,
        board: Held | None = None,
    ) -> None:
        """`read` asks archive and clock; `ticks` is a monotonic second count; a moment holds `board`."""
        self._read, self._ticks, self._board = read, ticks, board
        self._until = float("-inf")
        self._last: Moment | None = None
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> Moment:
        """The present moment, at most LOOK_AGAIN_S old; raises whatever `read` raises.

        While nothing moves it is the same object: what was kept of it holds.
        """
        at = self._ticks()
        if self._last is None or at >= self._until:
            before, self._last = self._last, None
            if self._board:
                self._hold(self._board)
            read = self._read()
            self._last = before if before is not None and read == before else read
            self._until = at + LOOK_AGAIN_S
        return self._last

    def _hold(self, board: Held) -> None:
        """The next moment, which ends by itself when nobody asks any more."""
        if self._timer:
            self._timer.cancel()
        board.let_go()
        board.hold()
        self._timer = asyncio.get_running_loop().call_later(LOOK_AGAIN_S, board.let_go)
