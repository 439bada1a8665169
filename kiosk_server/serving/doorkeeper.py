"""How many may stand at one door, and for how long: a pure rule, the time is an argument.

Each door has a keeper of its own, so a crowd at one is never in the way at the other. Where there is no room
the newcomer gets the place of whoever has waited longest without asking for anything; of a full door, of the
client who takes the most places. Who is being answered is never sent away for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from kiosk_server.serving.allowance import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one door grants."""

    connections: int  # in all
    each: int  # of one client
    opened_per_s: float = 20.0  # new ones of one client
    opened_burst: int = 200
    head_bytes: int = 16 << 10  # of one request
    head_s: float = 10.0  # until a request is whole, from its first byte or from the opening on
    idle_s: float = 15.0  # between two requests
    answer_s: float = 180.0  # while we work
    taking_s: float = 180.0  # until an answer is taken off our hands
    unsent_bytes: int = 24 << 20  # answers nobody takes, in all


class Doing(IntEnum):
    """What a connection is about."""

    OPENED = 0  # nothing was ever asked
    IDLE = 1
    TAKING = 2  # answered, and not all of it is out of our hands
    ASKING = 3
    ANSWERED = 4


GIVES_WAY: Final = (Doing.ASKING, Doing.OPENED, Doing.IDLE, Doing.TAKING)
"""Who goes first where there is no room; a head comes in one piece, so one that takes long is none."""

LONG_ASKING_S: Final = 1.0


@dataclass(eq=False, slots=True)
class Place:
    """One connection, as its door knows it."""

    client: str
    since: float
    end: Callable[[], None]
    unsent: Callable[[], int]  # bytes of answers that are not out of our hands
    doing: Doing = Doing.OPENED


class Doorkeeper:
    """The places of one door."""

    def __init__(self, limits: Limits) -> None:
        """Nobody is here."""
        self.limits = limits
        self.watched = False  # whether somebody looks for those who overstay
        self._places: dict[str, dict[Place, None]] = {}
        self._opened = Rate(limits.opened_per_s, limits.opened_burst)
        self._clogged: dict[Place, None] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def lets_in(self, client: str, now: float) -> bool:
        """Whether another connection is made for this client at all."""
        return not self._opened.wait(client, now)

    def enter(
        self, client: str, now: float, end: Callable[[], None], unsent: Callable[[], int]
    ) -> Place | None:
        """A place for a newcomer, whoever gives way for it is ended; None where nobody can."""
        crowd = self._crowd(client)
        if crowd is not None:
            away = _first_to_go(crowd, now)
            if away is None:
                return None
            self.leave(away)
            away.end()
        place = Place(client, now, end, unsent)
        self._places.setdefault(client, {})[place] = None
        self._count += 1
        return place

    def leave(self, place: Place) -> None:
        """A place is free again; saying it twice does no harm."""
        mine = self._places.get(place.client, {})
        self._clogged.pop(place, None)
        if place in mine:
            del mine[place]
            self._count -= 1
        if not mine:
            self._places.pop(place.client, None)

    def clogged(self, place: Place) -> None:
        """Its answer is not taken; together such answers stay within a bound: the oldest are ended."""
        self._clogged[place] = None
        unsent = sum(one.unsent() for one in self._clogged)
        for one in list(self._clogged)[:-1]:
            if unsent > self.limits.unsent_bytes:
                unsent -= one.unsent()
                self.leave(one)
                one.end()

    def flows(self, place: Place) -> None:
        """It is taken again."""
        self._clogged.pop(place, None)

    def overdue(self, now: float) -> list[Place]:
        """Those who have overstayed."""
        return [place for place in self._everybody() if now - place.since > self._patience(place.doing)]

    def _crowd(self, client: str) -> dict[Place, None] | None:
        """Of whom one must go for a newcomer; None where there is room."""
        mine = self._places.get(client, {})
        if len(mine) >= self.limits.each:
            return mine
        if self._count >= self.limits.connections:
            return max(self._places.values(), key=len)
        return None

    def _everybody(self) -> Iterator[Place]:
        for some in self._places.values():
            yield from some

    def _patience(self, doing: Doing) -> float:
        limits = self.limits
        if doing in {Doing.OPENED, Doing.ASKING}:
            return limits.head_s
        if doing is Doing.IDLE:
            return limits.idle_s
        return limits.taking_s if doing is Doing.TAKING else limits.answer_s


def _first_to_go(crowd: Iterable[Place], now: float) -> Place | None:
    waits = (
        place
        for place in crowd
        if place.doing in GIVES_WAY and (place.doing is not Doing.ASKING or now - place.since > LONG_ASKING_S)
    )
    return min(waits, key=lambda place: (GIVES_WAY.index(place.doing), place.since), default=None)
