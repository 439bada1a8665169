"""A moment that no setting of the clock moves: for how long this machine has run, and since which start."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Moment(NamedTuple):
    """Waits and sessions are measured by `up_s`; `at` is only written down, and read by one-time codes."""

    boot: str  # which start of the machine
    up_s: float  # seconds since then, asleep or awake
    at: datetime  # the wall clock, UTC

    @property
    def instant(self) -> str:
        """RFC 3339, as it is kept."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    def since(self, boot: str, up_s: float) -> float:
        """Seconds passed for certain since a kept moment; of an earlier start, those since this one."""
        return max(0.0, self.up_s - up_s) if boot == self.boot else self.up_s


def moment(clock: Callable[[], datetime]) -> Moment:
    """Now, by this machine's running and by `clock`."""
    return Moment(_BOOT.read_text().strip(), time.clock_gettime(time.CLOCK_BOOTTIME), clock())
