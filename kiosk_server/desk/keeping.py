"""What is drawn for a wall is kept, and written down, before it lies where it can be printed (keeping §2)."""

from __future__ import annotations

import re
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Refusal
from boards.model.kept.register import Act, Entry, stamped
from boards.model.kept.retention import ArchiveKind
from boards.model.payouts import Phase
from boards.sheets.sheet import Sheet
from boards.sheets.year import YearSheet
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.kept.events import logs_kept
from kiosk_server.archive.kept.vault import Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from boards.sheets.land.notice_sheet import NoticeSheet
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.kept.events import KeptEvents
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.archive.kept.vault import Vault

TAKEN_AWAY = {Act.ERASE, Act.DESTROY}
_TAKEN_IN = {Act.PRINT, Act.BACKFILL}
_PAGE = re.compile(rb"/Type\s*/Page\b")
_KINDS = {Phase.PAYMENT: ArchiveKind.LIST, Phase.APPLICATION: ArchiveKind.APPLICATION}


class Keeping(NamedTuple):
    """Where this machine keeps what it prints, and what it did."""

    vault: Vault
    register: Register
    suspect: bool = False  # the clock is not to be believed

    def begin(self) -> None:
        """End what a power cut left, before anything new is kept or taken away."""
        self.sweep()
        for digest, one in went(self.register.told()).items():
            if not self.vault.stone(digest):
                self.vault.bury(stone_of(one))

    def sweep(self) -> None:
        """A file that the register speaks of comes into its place, any other half goes."""
        self.vault.sweep({one.sha256 for one in self.register.told() if one.sha256})

    def take_away(self, entry: Entry) -> None:
        """Write down that a file goes, and let a tombstone take its place: from the register on, it goes."""
        self.register.write(msgspec.structs.replace(entry, suspect=self.suspect))
        self.vault.bury(stone_of(entry))

    def keep(self, source: Path | bytes, entry: Entry) -> str:
        """Keep a file and write down the act that names it; its digest. Raises DiskFull."""
        with self.vault.laying(source) as digest:
            self.register.write(msgspec.structs.replace(entry, sha256=digest, suspect=self.suspect))
        return digest

    def printed(self, pdf: Path, sheet: Sheet | NoticeSheet | YearSheet, name: str, now: datetime) -> None:
        """A sheet, notice or year as drawn for a wall; the same file again adds nothing. Raises DiskFull."""
        drawn = pdf.read_bytes()
        if sha256(drawn).hexdigest() not in {one.sha256 for one in self.prints()}:
            self.keep(drawn, _print_of(sheet, drawn, name, now))
        elif not self.vault.stone(sha256(drawn).hexdigest()):  # a lost one is here again
            with self.vault.laying(drawn):
                pass

    def prints(self) -> Iterator[Entry]:
        """Every print that was written down."""
        return (one for one in self.register.told() if one.act is Act.PRINT)


async def keep_source(events: KeptEvents, archive: Archive) -> Refusal | None:
    """Write down once more what came of the county: events, keys, pack; why not, which undoes nothing."""
    try:
        with closing(reader(archive.database)) as db:
            for log in logs_kept(db).values():
                events.keep(db, log)
        if await archive.trust_holds():
            events.trust.keep(await archive.trusted())
    except Refusal as refusal:
        return refusal
    return None


def went(told: Iterable[Entry]) -> dict[str, Entry]:
    """By digest, the last line about each file that went; what was destroyed and taken in again is here."""
    gone: dict[str, Entry] = {}
    for one in told:
        if one.sha256 and one.act in TAKEN_AWAY:
            gone[one.sha256] = one
        elif one.sha256 in gone and one.act in _TAKEN_IN and gone[one.sha256].act is Act.DESTROY:
            del gone[one.sha256]
    return gone


def stone_of(entry: Entry) -> Tombstone:
    """The tombstone that a line of the register stands for."""
    assert entry.sha256, "a line about a file that went names it"
    return Tombstone(at=entry.at, by=entry.by, event=entry.reason, sha256=entry.sha256)


def _print_of(sheet: Sheet | NoticeSheet | YearSheet, pdf: bytes, name: str, now: datetime) -> Entry:
    """The line of the register about a print."""
    if isinstance(sheet, YearSheet):
        about = _year(sheet)
    else:
        about = _list(sheet) if isinstance(sheet, Sheet) else _notice(sheet)
    at = stamped(now)
    pages, size = pages_of(pdf), len(pdf)
    return msgspec.structs.replace(about, at=at, pages=pages, size_bytes=size, name=name)


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF that this program drew."""
    return len(_PAGE.findall(pdf))


def _list(sheet: Sheet) -> Entry:
    head = sheet.head
    return Entry(
        at="",
        act=Act.PRINT,
        village=head.village.code,
        year=head.terms.fiscal_year,
        record=head.batch,
        edition=head.edition,
        code=head.code,
        title=head.title,
        kind=_KINDS[head.terms.phase],
        digest=head.digest,
    )


def _year(sheet: YearSheet) -> Entry:
    """Of a year nobody settled the edition is 0, and it has no short code."""
    return Entry(
        at="",
        act=Act.PRINT,
        village=sheet.village.code,
        year=sheet.year,
        record=sheet.record,
        edition=sheet.edition,
        code=sheet.code,
        title=sheet.title,
        kind=ArchiveKind.ANNUAL,
        digest=sheet.digest,
    )


def _notice(sheet: NoticeSheet) -> Entry:
    return Entry(
        at="",
        act=Act.PRINT,
        village=sheet.village.code,
        year=sheet.posted_on.year,
        record=sheet.rec,
        edition=1,
        code=sheet.code,
        title=f"{sheet.project}{sheet.title}",
        kind=ArchiveKind.NOTICE,
        digest=sheet.digest,
    )
