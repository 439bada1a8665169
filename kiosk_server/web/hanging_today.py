"""What hangs today, kept between pages: a page asks for all lists of a programme, and a case costs much."""

from __future__ import annotations

from typing import Final, Self

from boards.sheets.found import Text
from boards.sheets.land.case_line import CaseLine
from boards.sheets.views import Posted
from kiosk_server.archive.snapshot import Kept
from kiosk_server.web.visit import Moment

MOST_OPENED: Final = 128
MOST_FRAMES: Final = 1_024  # a county's machine shows three hundred villages; a kilobyte each


class HangingToday:
    """Lists with their windows and land cases as they stand, of one state of the archive and one moment."""

    __slots__ = ("_moment", "_state", "cases", "frames", "lists", "open_in", "opened", "texts")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._state = -1
        self._moment: Moment | None = None
        self._forget()

    def _forget(self) -> None:
        self.lists: dict[str, Posted] = {}  # by short code
        self.open_in: dict[str, frozenset[str]] = {}  # by village: batches whose names may be shown
        self.cases: dict[str, tuple[CaseLine, ...]] = {}  # by village: a kilobyte a case
        self.texts: dict[str, tuple[Text, ...]] = {}  # by village: what the search reads
        self.frames = Kept(MOST_FRAMES)  # by village and look: what the frames of its pages have in common
        self.opened = Kept(MOST_OPENED)  # by list and look: some ten kilobytes each

    def at(self, state_version: int, moment: Moment) -> Self:
        """What is known of this moment; what was known of another is forgotten."""
        if moment is not self._moment or state_version != self._state:
            self._state, self._moment = state_version, moment
            self._forget()
        return self
