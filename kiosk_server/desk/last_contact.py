"""Until when the county vouches for what is here: one line in a file, for 数据截至 and the stale banner.

A pull that brings nothing writes nothing into the archive, and still everything on the board is as
new as the heartbeat it brought (settled 55). So the instant stands beside the archive, not in it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

FILE = "heard"


def note_heard(folder: Path, now: datetime) -> None:
    """Every village's log is the county's newest as of now. A full disk costs the note, never the pull."""
    half = folder / f".{FILE}.{os.getpid()}"
    try:
        half.write_text(now.astimezone(UTC).isoformat(timespec="seconds"), "utf-8")
        half.replace(folder / FILE)
    except OSError:
        half.unlink(missing_ok=True)


class Heard:
    """Reads the note, anew only when the file has changed."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._path = folder / FILE
        self._changed_at = -1
        self._instant: datetime | None = None

    def at(self) -> datetime | None:
        """When the last pull succeeded; None when there was none, or the note cannot be read."""
        try:
            changed_at = self._path.stat().st_mtime_ns
            if changed_at != self._changed_at:
                self._instant = datetime.fromisoformat(self._path.read_text("utf-8")).astimezone(UTC)
                self._changed_at = changed_at
        except (OSError, ValueError):
            self._instant, self._changed_at = None, -1
        return self._instant
