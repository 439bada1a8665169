"""The nightly check: every log is folded again beside the archive, and every table compared.

What holds what (line §6): the leaves are held by the tree that both keys signed; the tables by the leaves,
row for row; and what no log yields, the days of arrival, the floor, what was withheld, a fork, by the
arrival book. The fold goes to a database that lies in no folder: nothing of it is left when it ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing, contextmanager
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk_server.archive.arrival_book import ArrivalBook, Said
from kiosk_server.archive.arrivals import (
    ARRIVALS,
    BOOK,
    LEAVES,
    SCHEMA,
    TRUST,
    copy_leaves,
    said_here,
)
from kiosk_server.archive.engines.sqlite import scratch
from kiosk_server.archive.keys import OF_LOGS, batch_span, in_log, log_span
from kiosk_server.archive.projection.name_letters import write_readings
from kiosk_server.archive.projection.rebuild import folded_again
from kiosk_server.archive.schema.migrate import run_migrations
from kiosk_server.archive.statements import (
    BATCHES_SHOWN,
    LOGS_FOLDED,
    LOGS_TO_VERIFY,
    MACHINES,
    WHOLE_TABLE,
)
from kiosk_server.archive.verify import whole_log
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.projection.batches import Place

    PlaceOf = Callable[[int, str, str], Place]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of one village's log found; of the machine as a whole, where `village` is empty."""

    village: str = ""
    origin: str = ""
    log: int = 0
    leaves: int = 0
    batches: int = 0  # lists that are shown
    log_holds: bool = True
    forked: bool = False
    wrong: dict[str, int] = {}  # what differs, and in how many rows

    @property
    def tables_hold(self) -> bool:
        """Whether what is projected is what the log makes of it, and came when the book says."""
        return not self.wrong

    @property
    def well(self) -> bool:
        """Whether everything is as it came."""
        return self.log_holds and self.tables_hold


def verified(
    db: Connection, book: ArrivalBook, place_of: PlaceOf, progress: Progress = silent
) -> tuple[Verified, ...]:
    """Check every log, every table and the book against each other, at one moment; the machine comes last."""
    with _moment(db):
        logs = db.execute(LOGS_TO_VERIFY).fetchall()
        here, said = said_here(db), book.readable()  # of this moment: what comes while we look is in neither
        sound = [log for log in logs if whole_log(db, log[0])]
        if said and not said.covers({(log[0], log[2]): log[3] for log in sound}):
            said = None
        wrong: defaultdict[int, Counter[str]] = defaultdict(Counter)
        with closing(_aside(db, sound, place_of, said or here, progress)) as aside:
            damaged = {log[0] for log in logs} - {log[0] for log in sound}
            for log, what, rows in _unlike(db, aside):
                if log not in damaged:  # a log that is damaged says nothing of its tables
                    wrong[log][what] += rows
        for log, what in _apart(here, said):
            wrong[log][what] += 1
        if db.execute(MACHINES).fetchone() != (1, 1):
            wrong[0][ARRIVALS] += 1
        found = [
            Verified(
                village=village or origin,
                origin=origin,
                log=log,
                leaves=size,
                batches=db.execute(BATCHES_SHOWN, batch_span(log)).fetchone()[0],
                log_holds=log not in damaged and LEAVES not in wrong[log],
                forked=bool(forked),
                wrong=dict(wrong.pop(log, {})),
            )
            for log, village, origin, size, forked in logs
        ]
        return (*found, Verified(wrong=dict(sum(wrong.values(), Counter()))))


@contextmanager
def _moment(db: Connection) -> Iterator[None]:
    db.begin_snapshot()
    try:
        yield
    finally:
        db.end_snapshot()


def _aside(db: Connection, logs: list[Any], place_of: PlaceOf, said: Said, progress: Progress) -> Connection:
    """The logs that hold, folded from the first leaf on, as if they had come on the days that are said."""
    aside = scratch()
    run_migrations(aside, lambda: None)
    with aside.writing():
        for log, village, origin, *_ in logs:
            row = {"id": log, "origin": origin, "village": village, "frontier": b"", "note": b""}
            aside.append("log", {name: [value] for name, value in row.items()})
            copy_leaves(db, aside, log_span(log))
            admitted = said.logs[origin].admitted if origin in said.logs else {}
            for size, (day, instant) in admitted.items():
                row = {"id": in_log(log, size), "day": day, "instant": instant}
                aside.append("admission", {name: [value] for name, value in row.items()})
            folded_again(aside, place_of(log, origin, village), progress)
            write_readings(aside, log)
    return aside


def _unlike(db: Connection, aside: Connection) -> Iterator[tuple[int, str, int]]:
    """Which rows differ, counted by log and table; 0 stands for no log."""
    for table, bits in OF_LOGS.items():
        asked = WHOLE_TABLE.format(table=table)
        both = merge(db.execute(asked), aside.execute(asked), key=itemgetter(0))
        differ = (key >> bits for key, rows in groupby(both, itemgetter(0)) if not _twice(*rows))
        yield from ((log, table, rows) for log, rows in Counter(differ).items())
    folded = {row[0]: row for row in aside.execute(LOGS_FOLDED)}
    for row in db.execute(LOGS_FOLDED):
        if row != folded.get(row[0]):
            yield row[0], "log", 1
    if db.schema() != (aside.schema() if db.engine_type == aside.engine_type else []):
        yield 0, SCHEMA, 1


def _twice(*rows: object) -> bool:
    one, *others = rows
    return others == [one]


def _text(note: bytes) -> bytes:
    """What stands above the signatures, which `signed` holds to the county's keys."""
    return note.partition(b"\n\n")[0]


def _apart(here: Said, said: Said | None) -> Iterator[tuple[int, str]]:
    """Where the database says otherwise than the book; a log that only one of them knows."""
    if said is None:
        if here != Said():  # a machine that took nothing in has no book yet
            yield 0, BOOK
        return
    for origin in sorted(said.logs.keys() | here.logs.keys()):
        ours, theirs = here.logs.get(origin), said.logs.get(origin)
        if ours and theirs and ours.withheld != theirs.withheld:
            yield ours.log, LEAVES
            ours.withheld = theirs.withheld
        if ours and theirs and _text(theirs.note) in {b"", _text(ours.note)}:
            theirs.note = ours.note  # signed again since, by others or at another time (settled 54, 55)
        if ours != theirs:
            yield ours.log if ours else 0, ARRIVALS
    if here.floor != said.floor:
        yield 0, ARRIVALS
    if here.trusted != said.trusted:
        yield 0, TRUST
