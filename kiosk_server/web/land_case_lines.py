"""Land cases as they stand today, kept between pages: composing one costs more than drawing its row."""

from __future__ import annotations

from datetime import date

from boards.sheets.land.case_line import CaseLine


class LandCaseLines:
    """Land cases as they stand, by village, of one state of the archive and one day: a kilobyte a case."""

    __slots__ = ("_kept", "_of")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._of: tuple[int, date] | None = None
        self._kept: dict[str, tuple[CaseLine, ...]] = {}

    def of(self, state_version: int, day: date) -> dict[str, tuple[CaseLine, ...]]:
        """What is known of this moment; what was known of another is forgotten."""
        if self._of != (state_version, day):
            self._of, self._kept = (state_version, day), {}
        return self._kept
