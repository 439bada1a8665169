"""One moment of an archive, read and proven, from which a village's year is handed out.

Read once, before the first byte is written; what is written afterwards depends on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from kiosk_server.archive.past.kept_log import log_kept
from kiosk_server.desk.annual import year_on
from kiosk_server.dossier.backfill import backfilled
from kiosk_server.dossier.items import Paper, Papers, Year, canonical
from kiosk_server.dossier.year_log import checkpoint_root, proofs_of, year_log
from sync.log.note import parse
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from boards.model.kept.register import Entry
    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.year import YearSheet
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.archive.past.kept_log import LogKept
    from kiosk_server.dossier.year_log import YearLog
    from kiosk_server.press.worker import Press
    from sync.log.checkpoint import Checkpoint
    from sync.log.keys import VerifierKey
    from sync.trust.seats import Seats


class VillageNotHeld(Refusal):
    """No log of this village is here."""

    code = "village-not-held"
    fault = Fault.PERSON
    sentence = "这里没有 {village} 的记录，没有导出。"
    advice = "请核对 12 位村代码；一体机只能导出它自己展示的村，县里可以导出任何村。"


class YearEmpty(Refusal):
    """The village has nothing of this year."""

    code = "year-empty"
    fault = Fault.PERSON
    sentence = "{village} {year} 年没有任何公开记录，没有导出。"
    advice = "请核对年份；名单按它的年度算，公告按发布的年份算。"


class AsOfUnknown(Refusal):
    """The moment asked for lies before the newest events came, or has not come yet."""

    code = "export-as-of"
    fault = Fault.PERSON
    sentence = "--as-of 应在最后一次收到记录的时间（{came}）和现在之间，别的时间本机说不出是什么样子。"
    advice = "请写这之间的时间，或不写 --as-of。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Who hands a year out: what a kiosk, or the county, stands on."""

    board: Board
    pack: Pack
    press: Press
    trust: Seats
    register: Register
    files: Callable[[str], bytes | None]  # by digest: the vault's, or the feed's


class Asked(NamedTuple):
    """What is to be handed out, where to, and as of which moment."""

    village: Village
    year: int
    into: Path
    as_of: datetime  # whole seconds
    now: datetime
    suspect: bool = False  # the clock is not to be believed
    progress: Progress = silent

    @property
    def instant(self) -> str:
        """The moment as text."""
        return f"{self.as_of:%Y-%m-%dT%H:%M:%SZ}"


class Moment(NamedTuple):
    """What was read."""

    kept: LogKept
    signed: Checkpoint
    keys: tuple[VerifierKey, VerifierKey]  # publisher and reviewer who signed it
    log: YearLog
    papers: list[Paper]
    year: YearSheet
    register: tuple[Entry, ...]  # what was done before the moment
    backfilled: tuple[Entry, ...]  # what was taken in later, of an older year

    @property
    def root(self) -> str:
        """The tree's root as the note writes it."""
        return checkpoint_root(self.signed)


def moment(holder: Holder, asked: Asked) -> Moment:
    """Read all that is needed of the archive, in one snapshot, and prove it.

    Raises VillageNotHeld, YearEmpty, AsOfUnknown, LogNotWhole, LogNotAsSigned, RowsDoNotMatch,
    YearDoesNotMatch, RegisterBent, WrongKey.
    """
    village, board = asked.village, holder.board
    with board.snapshot():
        kept = log_kept(board.land(village.code))
        if kept is None or not kept.note:
            raise VillageNotHeld(village=village.code)
        _require_known(kept, asked)
        signed = holder.trust.verified(village.code, kept.note)
        log = year_log(board.land(village.code), kept, signed, village.name, asked.year)
        done = _done_before(holder, asked)
        older = backfilled(holder.register, village.code, asked.year)
        older = tuple(one for one in older if one in done)
        if not (log.events or older):
            raise YearEmpty(village=village.name, year=asked.year)
        papers = Papers(Year(board, holder.pack, village, asked.year, log, kept.origin))
        figures = year_on(board, holder.pack, village, asked.year, civil_day(asked.as_of))
        found, keys = [*papers.lists(), *papers.notices()], _signers(holder, kept)
        return Moment(kept, signed, keys, log, found, figures, done, older)


def came(board: Board, village: str) -> datetime:
    """When the newest events of a village came here; raises VillageNotHeld."""
    kept = log_kept(board.land(village))
    if kept is None:
        raise VillageNotHeld(village=village)
    return kept.came


def _require_known(kept: LogKept, asked: Asked) -> None:
    """What came since cannot be taken out again, nor what is still to come be told.

    While the clock is suspect nobody knows when anything came.
    """
    if not (kept.came <= asked.as_of <= asked.now or asked.suspect):
        raise AsOfUnknown(came=kept.came_at)


def _signers(holder: Holder, kept: LogKept) -> tuple[VerifierKey, VerifierKey]:
    """The two keys behind a note that was verified."""
    made = parse(kept.note).signatures
    roles = holder.trust.publishers, holder.trust.reviewers
    publisher, reviewer = (next(key for key in keys if any(map(key.made, made))) for keys in roles)
    return publisher, reviewer


def _done_before(holder: Holder, asked: Asked) -> tuple[Entry, ...]:
    """The register's lines of the village; a line of the same second comes after the moment."""
    lines = holder.register.entries(asked.village.code)
    return tuple(one for one in lines if datetime.fromisoformat(one.at) < asked.as_of)


def feed_files(asked: Asked, read: Moment) -> Iterator[tuple[str, bytes]]:
    """The slice of the feed, and what proves it."""
    about = {
        "format": "village-feed/1",
        "origin": read.signed.origin,
        "village": asked.village.code,
        "year": asked.year,
        "size": read.signed.size,
        "root": read.root,
        "as_of": asked.instant,
        **({"withheld": read.log.withheld} if read.log.withheld else {}),
    }
    yield "data/feed/feed.json", canonical(about)
    yield "data/feed/checkpoint", read.kept.note
    for role, key in zip(("publisher", "reviewer"), read.keys, strict=True):
        yield f"data/feed/keys/{role}.pem", key.pem()
    yield "data/feed/keys/keys.txt", "".join(f"{key}\n" for key in read.keys).encode()
    yield "data/feed/heads.ndjson", read.log.all_heads()
    yield "data/feed/rows.ndjson", read.log.rows()
    proofs = {"format": "village-proofs/1", "proofs": list(proofs_of(read.log))}
    yield "data/feed/proofs.json", canonical(proofs)
