"""The signed log of a village, and what of it belongs to a year: taken as it came, and proven once more.

Everything a bag says is read off the log that both seats signed, so nothing is taken out that this
machine cannot prove now: heads make the signed root, bodies have the digests of their heads, and what
is missing was erased by an event of the same log (settled §15).
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.archive.event_heads import CLOSE, ERASE, NOTICE, EventHead, body_of, event_head
from kiosk_server.archive.past.kept_log import events
from sync.log.tree import inclusion_paths, leaf_hash, root_of
from sync.wire import Kind, body_digest, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.land_board import LandShelf
    from kiosk_server.archive.past.kept_log import Event, LogKept
    from sync.log.checkpoint import Checkpoint

YEAR_CLOSE = "year.close"
PROVEN = {CLOSE, YEAR_CLOSE, NOTICE}
_YEAR = re.compile(r"[0-9]{6}-year-([0-9]{4})", re.ASCII)
_LIST = re.compile(r"[0-9]{6}-[a-z0-9_]+-([0-9]{4})-.+", re.ASCII)


class LogNotWhole(Refusal):
    """The village's log is not all here."""

    code = "log-not-whole"
    fault = Fault.MACHINE
    sentence = "{village} 的记录还没有收齐（{here} / {size} 条），没有导出。"
    advice = "请先运行 kiosk sync，收齐后再导出。"


class LogNotAsSigned(Refusal):
    """What is kept of the log is not what was signed."""

    code = "log-not-as-signed"
    fault = Fault.MACHINE
    sentence = "本机保存的 {village} 的记录与县里签名的不一致，没有导出。"
    advice = "请先运行 kiosk verify 修复，再导出。"


class YearEvent(NamedTuple):
    """One event of the year, with what its head says."""

    number: int  # its place in the log
    head: bytes
    body: bytes | None
    about: EventHead


class YearLog(NamedTuple):
    """The whole log's heads, and the events of one year."""

    heads: list[bytes]
    events: tuple[YearEvent, ...]
    withheld: tuple[int, ...]  # events of the year whose text this machine keeps back (settled §4)
    proofs: dict[int, tuple[bytes, ...]]  # by index, of what is PROVEN
    hashes: dict[int, bytes]

    def rows(self) -> bytes:
        """The events as the feed has them, one line each."""
        return b"".join(line(one.head, one.body) for one in self.events)

    def all_heads(self) -> bytes:
        """Every head of the log, one line each."""
        return b"".join(head + b"\n" for head in self.heads)


def year_log(shelf: LandShelf, kept: LogKept, signed: Checkpoint, village: str, year: int) -> YearLog:
    """Read and prove it; raises LogNotWhole, LogNotAsSigned."""
    if kept.size != signed.size:
        raise LogNotWhole(village=village, here=kept.size, size=signed.size)
    read = _Reading(year)
    try:
        for one in events(shelf):
            read.take(one)
        wanted = read.belonging()
        mine = [one for one in events(shelf) if one.number in wanted]
        holds = root_of(read.hashes) == signed.root and all(map(read.explained, mine))
    except TypeError as e:  # text where bytes belong
        raise LogNotAsSigned(village=village) from e
    if not holds or len(read.hashes) != signed.size:
        raise LogNotAsSigned(village=village)
    found = tuple(YearEvent(one.number, one.head, one.body, wanted[one.number]) for one in mine)
    proven = [one.number for one in found if one.about.kind in PROVEN]
    return YearLog(
        heads=read.heads,
        events=found,
        withheld=tuple(one.number for one in mine if one.trouble),
        proofs=inclusion_paths(read.hashes, proven),
        hashes={number: read.hashes[number] for number in proven},
    )


class _Reading:
    """One walk through a log."""

    def __init__(self, year: int) -> None:
        self._year = year
        self.heads: list[bytes] = []
        self.hashes: list[bytes] = []
        self._known: dict[int, EventHead] = {}
        self._batches: set[str] = set()
        self._notices: set[str] = set()
        self._enclosed: dict[int, str] = {}
        self._erased: dict[int, tuple[int, ...]] = {}
        self._gone: set[int] = set()

    def take(self, one: Event) -> None:
        """Note what the next event is about; one of a form that nobody knows belongs to no year."""
        self.heads.append(one.head)
        self.hashes.append(leaf_hash(one.head))
        try:
            event = self._known[one.number] = event_head(one.head)
            self._note(one, event)
        except (msgspec.MsgspecError, ValueError):
            return

    def _note(self, one: Event, event: EventHead) -> None:
        if (year := _YEAR.fullmatch(event.batch)) and int(year[1]) == self._year:
            self._batches.add(event.batch)
        elif event.kind == NOTICE and _civil_year(event.issued) == self._year:
            self._notices.add(event.rec)
        elif event.kind == Kind.ATTACH:
            of = body_of(event.kind, one.body).notice if one.body else event.rec.rpartition("-")[0]
            self._enclosed[one.number] = of
        elif event.kind == CLOSE and _fiscal_year(event, one.body) == self._year:
            self._batches.add(event.batch)
        elif event.kind == ERASE and one.body:
            self._erased[one.number] = body_of(ERASE, one.body).indexes
            self._gone.update(self._erased[one.number])

    def belonging(self) -> dict[int, EventHead]:
        """Heads of the events that are the year's, by index."""
        mine = {at for at, event in self._known.items() if self._own(at, event)}
        mine |= {at for at, gone in self._erased.items() if not mine.isdisjoint(gone)}
        return {at: self._known[at] for at in sorted(mine)}

    def _own(self, at: int, event: EventHead) -> bool:
        of = self._enclosed.get(at, event.rec)
        return event.batch in self._batches or (event.kind != ERASE and of in self._notices)

    def explained(self, one: Event) -> bool:
        """Whether a body is the one its head commits to, or its absence has a reason."""
        if one.body is None:
            return bool(one.trouble) or one.number in self._gone
        return body_digest(one.body) == self._known[one.number].body


def _fiscal_year(event: EventHead, close: bytes | None) -> int:
    """Of a closed list: as its terms say; where their text is not here, as its name does."""
    if close:
        year: int = body_of(CLOSE, close).close.terms.fiscal_year
        return year
    named = _LIST.fullmatch(event.batch)
    return int(named[1]) if named else 0


def _civil_year(issued: str) -> int:
    return civil_day(datetime.fromisoformat(issued)).year


def checkpoint_root(signed: Checkpoint) -> str:
    """The root as the note writes it."""
    return base64.b64encode(signed.root).decode()


def proofs_of(log: YearLog) -> Iterator[dict[str, object]]:
    """Where each proven event stands in the tree (RFC 6962 §2.1.1)."""
    for index, path in log.proofs.items():
        yield {"index": index, "leaf": log.hashes[index].hex(), "path": [one.hex() for one in path]}
