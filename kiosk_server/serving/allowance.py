"""What one client may have in a time: how fast it may ask, and how many different things it may see.

Pure rules with a bounded memory. The time is an argument, in seconds of a clock that only goes forward; a
client is any name (`kiosk_server.serving.clients`). Whoever was not seen for longest is forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST_CLIENTS: Final = 1024
SHORTEST_S: Final = 0.001


class Rate:
    """So many a second, and at once as many as were saved up: each grant moves a point in time on (GCRA)."""

    def __init__(self, per_s: float, burst: int, most_clients: int = MOST_CLIENTS) -> None:
        """`burst` can be had at once by a client that has asked for nothing lately."""
        self._every, self._burst, self._most = 1 / per_s, burst, most_clients
        self._due: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._due)

    def wait(self, client: str, now: float) -> float:
        """0 where it is granted; else the seconds until it would be, and nothing is taken."""
        due = max(self._due.get(client, now), now)
        ahead = due - now - (self._burst - 1) * self._every
        if ahead > SHORTEST_S * self._every:  # less is rounding
            return ahead
        self._due[client] = due + self._every
        self._due.move_to_end(client)
        if len(self._due) > self._most:
            self._due.popitem(last=False)
        return 0.0


class Distinct:
    """At most so many different things within a time; the same one again is free."""

    def __init__(self, most: int, within_s: float, most_clients: int = MOST_CLIENTS) -> None:
        """Nobody has seen anything yet."""
        self._most, self._within, self._most_clients = most, within_s, most_clients
        self._seen: OrderedDict[str, dict[object, float]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._seen.values()))

    def wait(self, client: str, thing: object, now: float) -> float:
        """0 where the client may see the thing; else the seconds until the first one it saw is forgotten."""
        self._forget(now - self._within)
        seen = self._seen.setdefault(client, {})
        self._seen.move_to_end(client)
        if thing in seen:
            return 0.0
        if len(seen) >= self._most:
            return max(next(iter(seen.values())) + self._within - now, SHORTEST_S)
        seen[thing] = now
        if len(self._seen) > self._most_clients:
            self._seen.popitem(last=False)
        return 0.0

    def _forget(self, before: float) -> None:
        """Nothing is remembered for longer than it counts."""
        for client, seen in list(self._seen.items()):
            for thing, at in list(seen.items()):
                if at > before:
                    break
                del seen[thing]
            if not seen:
                del self._seen[client]
