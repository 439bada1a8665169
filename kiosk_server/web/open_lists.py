"""Which lists hang today and until when, kept between pages: each asks for all lists of its programme."""

from __future__ import annotations

from datetime import date
from typing import Self

from boards.sheets.views import Posted


class PostedToday:
    """Lists with their windows, of one state of the archive and one day."""

    __slots__ = ("_of", "by_code", "open_in")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._of: tuple[int, date] | None = None
        self.by_code: dict[str, Posted] = {}
        self.open_in: dict[str, frozenset[str]] = {}  # by village: batches whose names may be shown

    def at(self, state_version: int, day: date) -> Self:
        """What is known of this moment; what was known of another is forgotten."""
        if self._of != (state_version, day):
            self._of, self.by_code, self.open_in = (state_version, day), {}, {}
        return self
