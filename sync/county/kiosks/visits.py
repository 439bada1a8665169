"""Who fetches, and how: by token, or still without one (`<county>/visits.json`).

Kept are a kiosk's name or a village's code, the last day and how often. No address of anybody, no time of
day: the report needs neither, and who has no token is named by the village that is asked for. What fetched
without a token and has not come for 90 days is forgotten (pairing §5).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from sync.durable import NotWritten, durable

_FILE = "visits.json"
_KEPT = timedelta(days=90)
_EVERY_S = 60.0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Last when, and how often."""

    last: date
    times: int


class Visits(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of who fetched."""

    format: Literal["county-visits/1"] = "county-visits/1"
    tokens: dict[str, Seen] = {}  # by the kiosk's name
    without: dict[str, Seen] = {}  # by the village's code

    def after(self, name: str, village: str, day: date) -> Visits:
        """One more visit, by the kiosk of a token or ("") without one."""
        key, table = (name, self.tokens) if name else (village, self.without)
        seen = Seen(last=day, times=(table[key].times if key in table else 0) + 1)
        without = {code: one for code, one in self.without.items() if one.last > day - _KEPT}
        if name:
            return msgspec.structs.replace(self, tokens={**self.tokens, name: seen}, without=without)
        return msgspec.structs.replace(self, without={**without, village: seen})


def visits(folder: Path) -> Visits:
    """What was written down; nothing where it cannot be read, since it decides nothing."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Visits)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Visits()


class VisitBook:
    """The book of a running server: a first visit of a day is on disk at once, the rest within a minute."""

    def __init__(self, folder: Path, seconds: Callable[[], float]) -> None:
        """`seconds` only ever goes forward."""
        self._folder, self._seconds = folder, seconds
        self._told, self._written = visits(folder), seconds()
        self._lock = threading.Lock()

    def came(self, name: str, village: str, day: date) -> None:
        """Write a visit down; a disk that is full keeps nobody from fetching."""
        with self._lock:
            before = self._told.tokens.get(name) or self._told.without.get("" if name else village)
            self._told = self._told.after(name, village, day)
            if before is None or before.last != day or self._seconds() - self._written >= _EVERY_S:
                self._keep()

    def keep(self) -> None:
        """All of it on disk, before the server ends."""
        with self._lock:
            self._keep()

    def _keep(self) -> None:
        self._written = self._seconds()
        with contextlib.suppress(NotWritten):
            durable(self._folder / _FILE, msgspec.json.encode(self._told, order="sorted"), private=True)
