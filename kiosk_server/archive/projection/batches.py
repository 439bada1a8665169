"""The batches of one log while its events are being taken in."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import short_code
from boards.model.pack import Programme
from boards.model.place import Village
from kiosk_server.archive.keys import batch_key, batch_span
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.statements import BATCHES, CODE_TAKEN

if TYPE_CHECKING:
    from kiosk_server.archive.engines.connection import Connection

OPEN = "open"  # not closed: nobody sees it
WAITING = "waiting"  # closed, but a body is missing and the event that erased it is still to come
SHOWN = "shown"
HELD = "held"  # closed, but the sums do not agree: 核对不符
QUARANTINED = "quarantined"  # something in it must not be shown
WITHDRAWN = "withdrawn"  # the county took the whole list back


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a log belongs, and what the county pack says about its programmes."""

    log: int
    origin: str
    village: Village
    programmes: dict[str, Programme]


class BatchState(msgspec.Struct):
    """One row of the batch table, changeable until it is stored."""

    id: int
    name: str
    state: str = OPEN
    edition: int = 0
    last_line: int = 0
    in_order: int = 1
    first_household: int = 0
    why: str = ""


def free_code(db: Connection, digest: str) -> str:
    """The short code of a sheet or notice; one that another has already takes the next (settled §10)."""
    codes = (short_code(digest, attempt) for attempt in count())
    return next(code for code in codes if db.execute(CODE_TAKEN, (code, code, code)).fetchone() is None)


class Batches:
    """Finds batches by name, numbers new ones in order of first appearance."""

    def __init__(self, db: Connection, log: int) -> None:
        self._ledger, self._log = Ledger(db), log
        found = [BatchState(*row) for row in db.execute(BATCHES, batch_span(log))]
        self._by_name = {batch.name: batch for batch in found}
        self._stored = {batch.id: msgspec.structs.astuple(batch) for batch in found}

    def find(self, name: str) -> BatchState | None:
        """The batch, None when no event named it yet."""
        return self._by_name.get(name)

    def waiting(self) -> list[BatchState]:
        """The closed lists that cannot be shown yet."""
        return [batch for batch in self._by_name.values() if batch.state == WAITING]

    def begin(self, name: str, first_household: int) -> BatchState:
        """A batch named for the first time."""
        id_ = batch_key(self._log, len(self._by_name) + 1)
        batch = self._by_name[name] = BatchState(id_, name, first_household=first_household)
        return batch

    def store(self) -> None:
        """Write the new ones, and those that moved."""
        for batch in self._by_name.values():
            now, before = msgspec.structs.astuple(batch), self._stored.get(batch.id)
            if before is None:
                self._ledger.begin_batch(log=self._log, **msgspec.structs.asdict(batch))
            elif now != before:
                self._ledger.move_batch(batch.id, msgspec.structs.asdict(batch))
            self._stored[batch.id] = now
