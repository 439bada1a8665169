"""Who may fetch which files of the feed (line §5), and while it is being changed over, who still may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from boards.model.calendar.civil_day import civil_day
from sync.county.kiosks.passes import holder, passes
from sync.county.kiosks.visits import VisitBook

Verdict = Literal["welcome", "unknown", "elsewhere"]


class Door:
    """The feed's door. Whoever sends no token at all is let in up to `grace`, and written down."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], seconds: Callable[[], float], grace: date | None
    ) -> None:
        """`folder` is the county's; raises PassesUnreadable at each question, never at the start."""
        self.folder, self._clock, self._grace = folder, clock, grace
        self.book = VisitBook(folder, seconds)

    def verdict(self, authorization: str, village: str = "") -> Verdict:
        """Whether the sender may have this village's files; "" are those of all, for whoever has a token.

        "elsewhere": only other villages'. Raises PassesUnreadable.
        """
        known, now = passes(self.folder), self._clock()
        holds = holder(known or (), authorization, now)
        if holds:
            return "welcome" if not village or village in holds.villages else "elsewhere"
        return "welcome" if known is None or self._graced(authorization, now) else "unknown"

    def pulled(self, authorization: str, village: str) -> None:
        """Write down that a village's newest checkpoint was given out; raises PassesUnreadable."""
        now = self._clock()
        holds = holder(passes(self.folder) or (), authorization, now)
        self.book.came(holds.name if holds else "", village, civil_day(now))

    def _graced(self, authorization: str, now: datetime) -> bool:
        """Nobody's token is no token: one that was revoked is not let in."""
        return not authorization and self._grace is not None and civil_day(now) <= self._grace

    @property
    def closed(self) -> bool:
        """Whether the county gives tokens; raises PassesUnreadable."""
        return passes(self.folder) is not None
