"""What the arrival book says, as it stands in the database: read it there, put it back there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk_server.archive.arrival_book import Believed, Came, Entry, Forked, LogSaid, Said, Trusted
from kiosk_server.archive.engines.connection import as_bytes
from kiosk_server.archive.keys import OF_LOGS, in_log, log_span, number_of
from kiosk_server.archive.schema.ledger import Ledger
from kiosk_server.archive.statements import ADMISSIONS, EMPTY, FORKS, STATE, STRAY, WITHHELD, listed
from kiosk_server.archive.statements import LEAVES as LEAVES_OF_LOG
from kiosk_server.archive.trust_files import digest_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.engines.connection import Connection

_AT_ONCE = 2_000
LEAVES = "leaf"
BOOK = "book"  # the arrival book cannot be read
ARRIVALS = "arrivals"  # the database says otherwise than the book
SCHEMA = "schema"
TRUST = "trust"  # the files of trust are not those that came


def said_here(db: Connection) -> Said:
    """What the database says."""
    state = db.execute(STATE).fetchone()
    said = Said(floor=state[1] if state else "", trusted=digest_of(rows_of(db)))
    for log, origin, village, instant, seen, other, note in db.execute(FORKS).fetchall():
        span = log_span(log)
        said.logs[origin] = LogSaid(
            log=log,
            origin=origin,
            village=village,
            admitted={number_of(key): (day, at) for key, day, at in db.execute(ADMISSIONS, span)},
            withheld={number_of(key): why for key, why in db.execute(WITHHELD, span)},
            forked=Forked(str(origin), str(instant), as_bytes(seen), as_bytes(other)) if instant else None,
            note=as_bytes(note),
        )
    return said


def entries(said: Said) -> Iterator[Entry]:
    """A book that says just this: for an archive that is older than its book, or whose book was lost."""
    for log in said.logs.values():
        before, last = 0, max(log.admitted, default=0)
        for size, (day, instant) in sorted(log.admitted.items()):
            withheld = log.withheld if size == last else {}
            note = log.note if size == last else b""
            yield Came(log.log, log.origin, log.village, 0, before, size, day, instant, withheld, note)
            before = size
        if log.forked:
            yield log.forked
    if said.floor:
        yield Believed(said.floor)
    if said.trusted:
        yield Trusted(said.trusted)


def put_back(db: Connection, said: Said, version: int) -> None:
    """Write into the database what the book says; a log that was lost is begun, and has no leaf yet.

    `version` is the machine's count of writes where that was lost too: higher than it can have been.
    """
    ledger = Ledger(db)
    ledger.begin_machine(version)
    ledger.raise_floor(said.floor)
    ledger.have_logs((log.log, log.origin, log.village) for log in said.logs.values())
    known = listed(log.log for log in said.logs.values())
    for table, bits in OF_LOGS.items():
        db.execute(STRAY.format(table=table, bits=bits, logs=known))
    for log in said.logs.values():
        db.execute(EMPTY.format(table="admission"), log_span(log.log))
        for size, (day, instant) in log.admitted.items():
            ledger.admit(in_log(log.log, size), day, instant)
        fork = log.forked or Forked(log.origin, "", b"", b"")
        ledger.put_fork(log.log, fork.instant, fork.seen or None, fork.other or None)
        if log.note:
            ledger.put_note(log.log, log.note)


def copy_leaves(db: Connection, into: Connection, span: tuple[int, int]) -> None:
    """A log's leaves, from one database into another."""
    asked, names = db.execute(LEAVES_OF_LOG, span), ("id", "head", "body", "trouble")
    while rows := asked.fetchmany(_AT_ONCE):
        into.append(LEAVES, dict(zip(names, zip(*rows, strict=True), strict=True)))
