"""Which line each record of a list stands on, read from the heads of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kiosk_server.archive.event_heads import event_head
from kiosk_server.archive.keys import line_span
from kiosk_server.archive.statements import HEADS_OF_LINES, WITHDRAWN

if TYPE_CHECKING:
    from kiosk_server.archive.engines.connection import Connection


class Standing(NamedTuple):
    """Where a record stands: the key of its line, and its newest revision."""

    line: int
    rev: int


class Records:
    """The records of one list at a time, decoded once while a fold needs them; withdrawn ones are gone."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._batch = 0
        self._known: dict[str, Standing] = {}

    def of(self, batch: int) -> dict[str, Standing]:
        """The records of a batch; whoever changes a line changes it here too, or forgets all."""
        if batch != self._batch:
            self._batch, self._known = batch, {}
            for line, standing, head in self._db.execute(HEADS_OF_LINES, line_span(batch)):
                if standing != WITHDRAWN:
                    event = event_head(head)
                    self._known.setdefault(event.rec, Standing(line, event.rev))
        return self._known

    def forget(self) -> None:
        """Lines came, went or moved."""
        self._batch = 0
