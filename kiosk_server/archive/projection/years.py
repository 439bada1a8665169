"""Years that the county has closed, as the projection keeps them: a row an edition, its figures in its leaf.

The head alone gives number and digest, so that a code that was printed is found for good: also where the
body was withheld, erased, or cannot be read. Its figures are held against the lists when somebody asks
(`past/closed_years.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.event_heads import YEAR, EventHead, body_of, year_digest
from kiosk_server.archive.keys import log_span
from kiosk_server.archive.projection.batches import Place, free_code
from kiosk_server.archive.schema.ledger import Ledger

if TYPE_CHECKING:
    from datetime import date

    from kiosk_server.archive.engines.connection import Connection
    from sync.seams import Leaf
    from sync.wire import YearBody

_YEAR = re.compile(r"[0-9]{6}-year-([0-9]{4})", re.ASCII)  # how the batch of a year is called (protocol §5)


class Years:
    """Takes the events of closed years, and leaves all others."""

    def __init__(self, db: Connection, place: Place) -> None:
        """Everything happens inside the caller's transaction."""
        self._db, self._ledger, self._place = db, Ledger(db), place

    def take(self, key: int, event: EventHead, leaf: Leaf, day: date) -> str:
        """Fold one edition; what does not fit is named, "" where all is well."""
        named = _YEAR.fullmatch(event.batch)
        if named is None or event.rec != event.batch:
            return "malformed"
        year = int(named[1])
        if event.rev != self._ledger.year_editions(year, log_span(self._place.log)) + 1:
            return "revision"
        digest = year_digest(leaf.head, event, self._place.origin)
        self._ledger.close_year(
            id=key,
            year=year,
            edition=event.rev,
            code=free_code(self._db, digest),
            digest=digest,
            day=day.isoformat(),
        )
        return leaf.trouble or ("" if leaf.body is None else self._unfit(leaf.body, event.rev, year))

    def _unfit(self, body: bytes, edition: int, year: int) -> str:
        try:
            said: YearBody = body_of(YEAR, body)
        except msgspec.MsgspecError:
            return "malformed"
        annual = said.annual
        ours = (annual.village, annual.year, annual.edition) == (self._place.village.code, year, edition)
        return "" if ours else "malformed"
