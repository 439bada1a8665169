"""How the last pull went: until when the county vouches for what is here, and what was refused.

A pull that brings nothing writes nothing into the archive, and still everything on the board is as
new as the heartbeat it brought (settled 55). So this stands beside the archive, not in it: a line with that
instant, "" before the first, and a line for each alarm of the last pull about keys and pack.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boards.model.errors import Refusal

FILE = "heard"


class Alarm(NamedTuple):
    """Something about keys or pack that an official should see to: its stable code, and its sentence."""

    code: str
    sentence: str


def note_heard(folder: Path, now: datetime) -> None:
    """Every village's log is the county's newest as of now. A full disk costs the note, never the pull."""
    _write(folder, now.astimezone(UTC).isoformat(timespec="seconds"), _lines(folder)[1:])


def note_alarms(folder: Path, refusals: Iterable[Refusal]) -> None:
    """What the pull that ends now refused of keys and pack."""
    told = [f"{one.code} {' '.join(str(one).split())}" for one in refusals]
    _write(folder, (_lines(folder) or [""])[0], told)


def _lines(folder: Path) -> list[str]:
    try:
        return (folder / FILE).read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return []


def _write(folder: Path, instant: str, alarms: Iterable[str]) -> None:
    half = folder / f".{FILE}.{os.getpid()}"
    try:
        half.write_text("\n".join((instant, *alarms)), "utf-8")
        half.replace(folder / FILE)
    except OSError:
        half.unlink(missing_ok=True)


class Heard:
    """Reads the note, anew only when the file has changed."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._folder = folder
        self._changed_at = -1
        self._instant: datetime | None = None
        self._alarms: tuple[Alarm, ...] = ()

    def at(self) -> datetime | None:
        """When the last pull succeeded; None when there was none, or the note cannot be read."""
        self._look()
        return self._instant

    def alarms(self) -> tuple[Alarm, ...]:
        """What the last pull refused of keys and pack."""
        self._look()
        return self._alarms

    def _look(self) -> None:
        try:
            changed_at = (self._folder / FILE).stat().st_mtime_ns
        except OSError:
            self._instant, self._alarms, self._changed_at = None, (), -1
            return
        if changed_at != self._changed_at:
            first, *alarms = _lines(self._folder) or [""]
            self._alarms = tuple(Alarm(*line.split(" ", 1)) for line in alarms if " " in line)
            try:
                self._instant = datetime.fromisoformat(first).astimezone(UTC)
            except ValueError:
                self._instant = None
            self._changed_at = changed_at
