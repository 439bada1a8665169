"""A village's log as it is kept here, from its first event on, and the editions that were closed in it.

For whoever takes it away: heads and bodies as they came, the signed note over them, nothing composed anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from kiosk_server.archive.engines.connection import as_bytes
from kiosk_server.archive.keys import line_span, log_span, number_of, sheet_span
from kiosk_server.archive.lines import decoded_head
from kiosk_server.archive.past.old_sheets import old_lines
from kiosk_server.archive.statements import EDITIONS, EVERY_NOTICE, LEAVES, LEAVES_OF_LINES, LOG_KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.land_board import LandShelf


class LogKept(NamedTuple):
    """How far a log came, by whose signatures, and when; `forked` where two of them contradict each other."""

    origin: str
    size: int
    note: bytes  # the signed checkpoint, as received
    forked: bool
    came_at: str  # RFC 3339 UTC; "" where nobody noted it

    @property
    def came(self) -> datetime:
        """When its newest events came, in whole seconds; 1970 where nobody noted it."""
        return datetime.fromisoformat(self.came_at or "1970-01-01T00:00:00Z").replace(microsecond=0)


class Event(NamedTuple):
    """One event as it came."""

    number: int
    head: bytes
    body: bytes | None
    trouble: str


class Edition(NamedTuple):
    """A list as one `batch.close` closed it."""

    head: SheetHead
    batch: int  # its key
    close: int  # its place in the log
    standing: str  # of its list: shown, withdrawn, held, quarantined
    newest: bool


def log_kept(shelf: LandShelf) -> LogKept | None:
    """The log of a village; None where none ever came."""
    found = shelf.db.execute(LOG_KEPT, (*log_span(shelf.log), shelf.log)).fetchone()
    if found is None:
        return None
    origin, size, note, frozen, came_at = found
    return LogKept(origin, size, as_bytes(note), bool(frozen), came_at or "")


def events(shelf: LandShelf) -> Iterator[Event]:
    """Every event in the order of the log."""
    for key, head, body, trouble in shelf.db.execute(LEAVES, log_span(shelf.log)):
        yield Event(number_of(key), head, body, trouble)


def editions(shelf: LandShelf, year: int) -> list[Edition]:
    """Every edition of every list of a fiscal year, in the order in which the lists began."""
    rows = shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall()
    found = [
        Edition(decoded_head(head), batch, number_of(leaf), standing, bool(newest))
        for batch, leaf, _, head, standing, newest in rows
    ]
    return [one for one in found if one.head.terms.fiscal_year == year]


def lines_of(shelf: LandShelf, edition: Edition) -> tuple[int, ...]:
    """The events behind the lines of an edition, in the order of its sheet; raises RowsDoNotMatch."""
    if edition.newest and edition.standing == "shown":
        rows = shelf.db.execute(LEAVES_OF_LINES, line_span(edition.batch)).fetchall()
        return tuple(number_of(leaf) for (leaf,) in rows)
    return tuple(number_of(one.leaf) for one in old_lines(shelf.db, edition.batch, edition.head))


def notice_codes(shelf: LandShelf) -> dict[int, str]:
    """The short code of every notice that has its text, by its place in the log."""
    rows = shelf.db.execute(EVERY_NOTICE, log_span(shelf.log)).fetchall()
    return {number_of(key): code for key, code, *_ in rows}
