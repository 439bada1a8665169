"""What the county had erased, and on which printed editions it stood: told from heads, which always stay."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from boards.sheets.sheet import SheetHead
from kiosk_server.archive.event_heads import CLOSE, CORRECT, ERASE, PUBLISH, WITHDRAW, body_of, event_head
from kiosk_server.archive.keys import batch_span, in_log, log_span, number_of, sheet_span
from kiosk_server.archive.lines import decoded_head
from kiosk_server.archive.statements import EVENT, HEADS_SHOWN, LEAVES, LOGS_TO_VERIFY, SHEETS_OF_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.event_heads import EventHead

Records = dict[str, set[str]]
"""By list, the records of which a body was erased."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A printed edition that names somebody who was erased."""

    head: SheetHead
    lines: tuple[int, ...]  # where, by the numbers printed on it
    now: SheetHead | None  # what hangs in its place; None when the list is gone


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """One body that the county had erased, and by what: told from its head, which stays."""

    village: str
    index: int  # in the village's log
    kind: str
    batch: str
    rec: str
    by: str  # the office that erased
    event: str  # the erasure: its log and index


class Erasures(msgspec.Struct, frozen=True, kw_only=True):
    """What came from some places in the logs on."""

    villages: tuple[str, ...]  # where anything was erased
    papers: tuple[Paper, ...]
    bodies: tuple[Erased, ...] = ()
    reached: dict[str, int]  # by origin, how far each log was looked through


def erasures(db: Connection, looked: Mapping[str, int]) -> Erasures:
    """The erasures behind the places looked through before, by origin."""
    papers, bodies, reached = list[Paper](), list[Erased](), dict[str, int]()
    for log, village, origin, size, _ in db.execute(LOGS_TO_VERIFY).fetchall():
        reached[origin] = size
        if erased := list(_erased(db, log, (village, origin), looked.get(origin, 0))):
            bodies += erased
            papers += _papers(db, log, _records(erased))
    villages = tuple(dict.fromkeys(one.village for one in bodies))
    return Erasures(villages=villages, papers=tuple(papers), bodies=tuple(bodies), reached=reached)


def _erased(db: Connection, log: int, whose: tuple[str, str], since: int) -> Iterator[Erased]:
    village, origin = whose
    events = _events(db, log, since)
    said = [(number_of(key), body) for key, event, body in events if event.kind == ERASE and body is not None]
    for at, body in said:
        with suppress(msgspec.MsgspecError, ValueError):
            erase = body_of(ERASE, body)
            for index in erase.indexes:
                if found := db.execute(EVENT, (in_log(log, index),)).fetchone():
                    was = event_head(found[0])
                    about = {"kind": was.kind, "batch": was.batch, "rec": was.rec, "index": index}
                    by = erase.reason.office
                    yield Erased(village=village, by=by, event=f"{origin}#{at}", **about)


def _records(bodies: list[Erased]) -> Records:
    records: Records = defaultdict(set)
    for one in bodies:
        records[one.batch].add(one.rec)
    return records


def _papers(db: Connection, log: int, records: Records) -> Iterator[Paper]:
    """Every edition that was closed while one of these records stood on it."""
    editions = {leaf: decoded_head(head) for leaf, head in db.execute(SHEETS_OF_LOG, sheet_span(log))}
    shown = (decoded_head(head) for _, head in db.execute(HEADS_SHOWN, (*batch_span(log), *sheet_span(log))))
    now = {head.batch: head for head in shown}
    listed: dict[str, set[str]] = defaultdict(set)
    for key, event, _ in _events(db, log, 0):
        on, erased = listed[event.batch], records.get(event.batch, set())
        if event.kind in {PUBLISH, CORRECT}:
            on.add(event.rec)
        elif event.kind == WITHDRAW:
            on.discard(event.rec)
        elif event.kind == CLOSE and key in editions and on & erased:
            lines = [number for number, rec in enumerate(sorted(on, key=_place), 1) if rec in erased]
            yield Paper(head=editions[key], lines=tuple(lines), now=now.get(event.batch))


def _place(rec: str) -> tuple[int, str]:
    """A record's place on its list: the county's number at the end of its name (protocol §6)."""
    number = rec.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, rec)


def _events(db: Connection, log: int, since: int) -> Iterator[tuple[int, EventHead, bytes | None]]:
    for key, head, body, _ in db.execute(LEAVES, (in_log(log, since), log_span(log)[1])):
        with suppress(msgspec.MsgspecError, ValueError):
            yield key, event_head(head), body
