"""What the two doors grant, and why (screens §8). The touchscreen's door knows no pace: one screen is there.

Behind one address there may be one phone, or all of a village: a hotspot, a router, the operator's NAT.
So what a client may do is measured for thirty phones tapped in earnest: each opens up to six connections and
lets go of them, asks for eight files with its first page and for one or two with each further one, and nobody
reads a page in less than three seconds. That is ten composed pages a second, 240 requests within the first
moments, and some sixty connections in use at once, since those that wait give way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from math import ceil
from typing import TYPE_CHECKING, Final

from boards.model.errors import Fault, Refusal
from kiosk_server.serving.allowance import Distinct, Rate
from kiosk_server.serving.doorkeeper import Limits
from kiosk_server.web.guard import Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOUCHSCREEN: Final = Limits(connections=64, each=64, opened_per_s=200)
PHONES: Final = Limits(connections=256, each=64)

HOUSEHOLDS: Final = 30
HOUSEHOLDS_WITHIN_S: Final = 600.0
EVERYBODY: Final = ""


class TooFast(Refusal):
    """One client asks for more than thirty phones would."""

    code = "too-fast"
    fault = Fault.PERSON
    sentence = "点得太快了，请稍等。"
    advice = "请等 {seconds} 秒再点；急用请到触摸屏上看，或到村委会询问。"


class BoardBusy(Refusal):
    """All phones together ask for more than this machine does beside the touchscreen."""

    code = "board-busy"
    fault = Fault.MACHINE
    sentence = "现在看的人太多，请稍等。"
    advice = "请等 {seconds} 秒再点；急用请到触摸屏上看，或到村委会询问。"


class Pace:
    """What the phones may ask for, client by client; bounded by the clients it remembers."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._asks, self._composes = Rate(50, 300), Rate(10, 60)
        self._all = Rate(40, 120, 1)
        self._households = Distinct(HOUSEHOLDS, HOUSEHOLDS_WITHIN_S)

    def asks(self, client: str, now: float) -> Refusal | None:
        """Anything at all, also what is answered from memory."""
        return _told(TooFast, self._asks.wait(client, now))

    def composes(self, client: str, now: float) -> Refusal | None:
        """A page that must be made: a search, a person, what is not in memory."""
        return _told(TooFast, self._composes.wait(client, now)) or _told(
            BoardBusy, self._all.wait(EVERYBODY, now)
        )

    def household(self, client: str, household: tuple[str, int], now: float) -> float:
        """One household's page or speech: seconds to wait, or 0."""
        return self._households.wait(client, household, now)


def _told(kind: type[Refusal], seconds: float) -> Refusal | None:
    return kind(seconds=ceil(seconds)) if seconds else None


class PressQueue:
    """Sheets and speech for phones: one at a time and few that wait, so the touchscreen's is always next."""

    def __init__(self, most: int = 8, each: int = 4) -> None:
        """`most` may wait or be served, `each` of one client."""
        self._most, self._each = most, each
        self._here: Counter[str] = Counter()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, door: Door, client: str) -> AsyncIterator[None]:
        """Wait for one's turn; raises BoardBusy. Whoever stands at the touchscreen has it at once."""
        if door is Door.KIOSK:
            yield
            return
        if self._here[client] >= self._each or self._here.total() >= self._most:
            raise BoardBusy(seconds=10)
        self._here[client] += 1
        try:
            async with self._turn:
                yield
        finally:
            self._here[client] -= 1
            self._here += Counter()  # clients that wait for nothing are forgotten


class Turnstile:
    """Lets one visitor through each turn of the event loop: whoever comes by the other door is next."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._lock = asyncio.Lock()

    async def passed(self) -> None:
        """Wait for one's turn."""
        async with self._lock:
            await asyncio.sleep(0)
