"""What hangs today, kept between pages: a page asks for all lists of a programme, and a case costs much."""

from __future__ import annotations

from datetime import date
from typing import Self

from boards.sheets.found import Text
from boards.sheets.land.case_line import CaseLine
from boards.sheets.views import Posted


class HangingToday:
    """Lists with their windows and land cases as they stand, of one state of the archive and one day."""

    __slots__ = ("_of", "cases", "lists", "open_in", "texts")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._of: tuple[int, date, date] | None = None
        self.lists: dict[str, Posted] = {}  # by short code
        self.open_in: dict[str, frozenset[str]] = {}  # by village: batches whose names may be shown
        self.cases: dict[str, tuple[CaseLine, ...]] = {}  # by village: a kilobyte a case
        self.texts: dict[str, tuple[Text, ...]] = {}  # by village: what the search reads

    def at(self, state_version: int, day: date, names_day: date = date.min) -> Self:
        """What is known of this moment; what was known of another is forgotten."""
        if self._of != (now := (state_version, day, names_day)):
            self._of, self.lists, self.open_in = now, {}, {}
            self.cases, self.texts = {}, {}
        return self
