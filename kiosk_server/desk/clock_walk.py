"""How far this machine's clock has come day by day: one line in a file, written once a day (line §4).

A county may publish nothing for years, and what it signed last then lies far behind a clock that is right.
The running board looks at its clock all the time; where the clock goes on from where it was, it is
believed. In one run it gains no more than the time the board has been up and one dark month: whoever sets
it forward again and again comes no further, and whoever starts the board again each time may as well edit
this file. It never raises the floor, and a clock behind it is judged by the floor alone.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import DARK, civil_day, walked_on

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "walked"


def seconds_up() -> float:
    """Seconds this machine has been up, asleep or not: nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockWalk:
    """The running board's look at its clock."""

    def __init__(self, folder: Path, ticks: Callable[[], float] = seconds_up) -> None:
        """Goes on from what an earlier run noted."""
        self._folder, self._ticks = folder, ticks
        self._begun, self._at = ticks(), walked(folder)
        self._first: datetime | None = None  # where the first look found it

    def seen(self, now: datetime, floor: datetime) -> datetime:
        """Look at the clock; how far it has come. A disk that cannot be written to costs the note."""
        up = timedelta(seconds=self._ticks() - self._begun)
        on = walked_on(self._at, now, floor, max(self._first or self._at, floor) + DARK + up)
        self._first = self._first or on
        if civil_day(on) != civil_day(self._at):
            _note(self._folder, on)
        self._at = on
        return on


def walked(folder: Path) -> datetime:
    """How far the clock had come when the board last saw it; 1970 where nothing is noted."""
    try:
        return datetime.fromisoformat((folder / FILE).read_text("utf-8")).astimezone(UTC)
    except (OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _note(folder: Path, instant: datetime) -> None:
    half = folder / f".{FILE}.{os.getpid()}"
    try:
        half.write_text(instant.astimezone(UTC).isoformat(timespec="seconds"), "utf-8")
        half.replace(folder / FILE)
    except OSError:
        pass
