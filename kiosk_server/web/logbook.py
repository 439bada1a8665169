"""What the server did, one JSON object a line, and nothing about who asked for whom.

A line names the route's pattern, never the address: `/v/{code}/find/{surname}` has no surname
in it. Answers from memory are counted, not listed: they would be most of the log.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from kiosk_server.crashes import kept

_encoded = msgspec.json.Encoder().encode


class Served(msgspec.Struct, frozen=True, gc=False):
    """The line of one answer that was composed."""

    at: datetime
    event: str
    route: str
    status: int
    ms: float
    door: str


class Logbook:
    """Writes the lines; a full or closed stream never stops the board."""

    def __init__(self, out: TextIO, clock: Callable[[], datetime], crashes: Path | None = None) -> None:
        """`clock` gives the instant of a line; `crashes` is where reports lie (kiosk_server/crashes.py)."""
        self._crashes = crashes
        self._out = out
        self._clock = clock
        self.counted: Counter[str] = Counter()

    def served(self, route: str, status: int, ms: float, door: str) -> None:
        """One answer that was composed."""
        self._write(Served(self._at(), "served", route, status, round(ms, 2), door))

    def refused(self, code: str, route: str) -> None:
        """Something went wrong that has a name."""
        self._line(event="refused", code=code, route=route)

    def broke(self, error: BaseException, route: str) -> None:
        """Something went wrong that has no name: the kind and the places in our code, never the values."""
        places = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)[-6:]
        ]
        made = kept(self._crashes, error, f"kiosk serve {route}", self._at()) if self._crashes else None
        report = {"report": str(made)} if made else {}
        self._line(event="broke", error=type(error).__name__, places=places, route=route, **report)

    def told(self, event: str, **facts: object) -> None:
        """Start, stop, and other things that concern no visitor."""
        self._line(event=event, **facts)

    def tally(self) -> None:
        """Write what was only counted since the last time."""
        if self.counted:
            self._line(event="from-memory", **dict(self.counted))
            self.counted.clear()

    def _line(self, **facts: object) -> None:
        self._write({"at": self._at(), **facts})

    def _write(self, line: object) -> None:
        try:
            self._out.write(_encoded(line).decode() + "\n")
            self._out.flush()
        except (OSError, ValueError):
            self.counted["lines-lost"] += 1

    def _at(self) -> datetime:
        return self._clock().astimezone(UTC)
