"""Which lists hang today and until when, kept between pages: each asks for all lists of its programme."""

from __future__ import annotations

from datetime import date

from boards.sheets.views import Posted


class PostedToday:
    """Lists with their windows, by short code, of one state of the archive and one day."""

    __slots__ = ("_kept", "_of")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._of: tuple[int, date] | None = None
        self._kept: dict[str, Posted] = {}

    def of(self, state_version: int, day: date) -> dict[str, Posted]:
        """What is known of this moment; what was known of another is forgotten."""
        if self._of != (state_version, day):
            self._of, self._kept = (state_version, day), {}
        return self._kept
