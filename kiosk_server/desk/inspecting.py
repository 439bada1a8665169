"""The inspection: everything that is kept is read again, held against the rest, set right where it can be.

Logs and tables are held as every night (night_check); bundles of events against the log that holds; the
register against its lines in the database; every file against its digest, and against whoever names it
(keeping §6). What is found is told record by record.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Refusal
from boards.model.kept.register import Act, Entry, stamped
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.kept.events import CHECKPOINT, logs_kept
from kiosk_server.archive.kept.vault import Amiss, digest_of, named
from kiosk_server.archive.land_board import all_enclosures
from kiosk_server.desk.enclosures import fetch_enclosures
from kiosk_server.desk.keeping import stone_of, went
from kiosk_server.desk.night_check import Looked, looked_after
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from boards.model.land.notice import Attachment
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.kept.events import KeptEvents
    from kiosk_server.archive.kept.vault import Vault
    from kiosk_server.desk.catch_up import Road
    from kiosk_server.desk.keeping import Keeping

Where = Literal["archive", "register", "copy", "events", "print", "attachment", "tombstone", "file", "folder"]
Outcome = Literal["well", "healed", "damaged"]
_NAMING = {Act.PRINT, Act.BACKFILL, Act.APPRAISE, Act.CONSULT}  # acts whose file lies in the vault
_ILL = {"damaged", "forked"}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was not as it must be."""

    what: Amiss
    where: Where
    village: str = ""
    record: str = ""  # batch, notice
    title: str = ""  # of the sheet, or the file's name
    count: int = 1
    healed: bool


@dataclass(kw_only=True, slots=True)
class Inspection:
    """What became of everything."""

    looked: tuple[Looked, ...] = ()
    found: list[Found] = field(default_factory=list)
    files: int = 0
    octets: int = 0

    def outcome(self, village: str = "") -> Outcome:
        """How it ended for a village, what is nobody's with it; for all of them."""
        looked = [one.outcome for one in self.looked if not village or one.found.village in {"", village}]
        found = [one for one in self.found if not village or one.village in {"", village}]
        if _ILL & {*looked} or not all(one.healed for one in found):
            return "damaged"
        return "healed" if found or {*looked} - {"well"} else "well"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspector:
    """What an inspection needs of this machine."""

    road: Road
    archive: Archive
    keeping: Keeping
    events: KeptEvents
    printed: Iterable[Path]  # folders that sheets were printed into

    async def inspected(
        self,
        board: Board,
        now: datetime,
        progress: Progress = silent,
        *,
        deep: bool = False,
        anew: bool = False,
    ) -> Inspection:
        """Read everything again, set right what can be, and write down what came of it. Safe to repeat.

        `deep` also reads what lies in the folders for the printer; `anew`: the archive was made anew.
        """
        done = Inspection()
        done.found += [Found(what="changed", where="archive", healed=True)] if anew else []
        done.found += self._register()
        self.keeping.sweep()
        walk = asyncio.create_task(asyncio.to_thread(_walked, self.keeping.vault))
        done.looked = await looked_after(self.road, self.archive, self.archive.database, now, progress)
        done.found += [*self._events(done.looked), *await self._trust()]
        walked = await walk
        done.files, done.octets = len(walked.whole), walked.octets
        done.found += [*self._taken_away(board), *self._prints(walked)]
        done.found += await self._attachments(board, walked)
        done.found += self._nobodys(board, walked)
        done.found += self._hung() if deep else ()
        self._written_down(done, now)
        return done

    def _register(self) -> Iterator[Found]:
        settled = self.keeping.register.settled()
        if settled is None:
            yield Found(what="changed", where="register", healed=False)
        sides: tuple[Where, Where] = ("register", "copy")
        for where, lines in zip(sides, settled or (0, 0), strict=True):
            if lines:
                yield Found(what="changed", where=where, count=lines, healed=True)

    def _events(self, looked: tuple[Looked, ...]) -> Iterator[Found]:
        """Bundles are held against logs that hold; one inspected for the first time has none yet."""
        before = {one.village for one in self.keeping.register.told() if one.act is Act.INSPECT}
        holds = {one.found.village for one in looked if one.outcome not in _ILL}
        with closing(reader(self.archive.database)) as db:
            logs = logs_kept(db)
            for village, log in logs.items():
                if village in holds and log.signed:
                    faults = self.events.set_right(db, log)
                    anew = village not in before and faults.get(CHECKPOINT) == "missing"
                    for name, what in faults.items() if not anew else ():
                        yield Found(what=what, where="events", village=village, title=name, healed=True)
        for path in self.events.strange(logs):
            title = _readable(path.relative_to(self.events.folder))
            yield Found(what="extra", where="events", title=title, healed=False)

    async def _trust(self) -> list[Found]:
        """Keys, pack and register beside the events, held against what is trusted, where that holds."""
        if not await self.archive.trust_holds():
            return []
        files, kept = await self.archive.trusted(), self.events.trust
        amiss = kept.keep(files)
        if (now := await self.archive.trusted()) != files:  # a pull came in between, and had written it down
            kept.keep(files := now)
            amiss = {}
        found = [
            Found(what=what, where="events", title=f"{kept.folder.name}/{name}", healed=True)
            for name, what in amiss.items()
        ]
        for path in kept.strange(files):
            title = _readable(path.relative_to(self.events.folder))
            found.append(Found(what="extra", where="events", title=title, healed=False))
        return found

    def _taken_away(self, board: Board) -> Iterator[Found]:
        """A tombstone for each file that went, and the file nowhere, unless a notice brought it again."""
        vault, named = self.keeping.vault, _named(board)
        for sha256, one in went(self.keeping.register.told()).items():
            stone, here = vault.stone(sha256), vault.has(sha256) and sha256 not in named
            if stone != stone_of(one) or here:
                vault.bury(stone_of(one))
                what: Amiss = "extra" if here else "changed" if stone else "missing"
                yield _about(one, what, "tombstone", healed=True)

    def _prints(self, walked: Walked) -> Iterator[Found]:
        """Every file the register speaks of; one that is gone may still lie where it was printed to."""
        told = list(self.keeping.register.told())
        gone = went(told)
        for one in {one.sha256: one for one in told if one.act in _NAMING and one.sha256}.values():
            if one.sha256 in gone.keys() | walked.whole.keys():
                continue
            if one.sha256 and not self.keeping.vault.whole(one.sha256):  # not printed only just now
                what: Amiss = "changed" if one.sha256 in walked.bent else "missing"
                yield _about(one, what, "print", healed=self._brought_back(one))

    def _brought_back(self, entry: Entry) -> bool:
        bent = self.keeping.vault.bent(str(entry.sha256))  # its disk gives it again
        for path in (bent, *(folder / entry.name for folder in self.printed)):
            if digest_of(path) == entry.sha256:
                with suppress(Refusal), self.keeping.vault.laying(path):
                    return True
        return False

    async def _attachments(self, board: Board, walked: Walked) -> list[Found]:
        """Files of notices that hang; one that is gone or changed is fetched again."""
        gone = [one for one in _hanging(board).items() if one[0] not in walked.whole]
        if gone:
            await fetch_enclosures(self.road.source, self.keeping.vault, board, self.road.pull_s)
        return [
            Found(
                what="changed" if sha256 in walked.bent else "missing",
                where="attachment",
                village=village,
                title=one.name,
                healed=self.keeping.vault.has(sha256),
            )
            for sha256, (village, one) in gone
        ]

    def _nobodys(self, board: Board, walked: Walked) -> Iterator[Found]:
        """Files that neither the register nor a notice names, and whatever else lies there."""
        told, files = {one.sha256 for one in self.keeping.register.told()}, _named(board)
        strange = [path for sha256, path in walked.whole.items() if sha256 not in told | files]
        beside = [path for path in walked.beside if path.stem not in told | files or not _ours(path)]
        self.keeping.sweep()  # waits for a file that somebody lays down just now
        for path in filter(os.path.lexists, sorted((*strange, *beside))):
            title = _readable(path.relative_to(self.keeping.vault.folder))
            yield Found(what="extra", where="file", title=title, healed=False)

    def _hung(self) -> Iterator[Found]:
        """What lies in the folders for the printer is what was kept."""
        kept: dict[str, list[Entry]] = {}
        for one in self.keeping.prints():
            kept.setdefault(one.name, []).append(one)
        for path in (folder / name for name in kept for folder in self.printed):
            if path.is_file() and digest_of(path) not in {one.sha256 for one in kept[path.name]}:
                yield _about(kept[path.name][-1], "changed", "folder", healed=False)

    def _written_down(self, done: Inspection, now: datetime) -> None:
        at = stamped(now)
        entry = Entry(at=at, suspect=self.keeping.suspect, act=Act.INSPECT, village="")
        villages = {*self.road.villages, *(one.found.village for one in done.looked)} - {""}
        ended = ((village, done.outcome(village)) for village in sorted(villages))
        lines = [
            msgspec.structs.replace(entry, village=village, outcome=outcome) for village, outcome in ended
        ]
        self.keeping.register.write(*lines)


@dataclass(kw_only=True, slots=True)
class Walked:
    """The vault's files as they were read."""

    whole: dict[str, Path] = field(default_factory=dict)  # by digest
    bent: set[str] = field(default_factory=set)  # digests whose file had changed
    beside: list[Path] = field(default_factory=list)  # tombstones, evidence, what nobody put there
    octets: int = 0


def _walked(vault: Vault) -> Walked:
    """Read every file; one that is not what it is called is put aside."""
    walked = Walked()
    for path in vault.files():
        sha256 = named(path)
        if not sha256:
            walked.beside.append(path)
            if path.suffix == ".bent":
                walked.bent.add(path.stem)
        elif digest_of(path) == sha256:
            walked.whole[sha256] = path
            with suppress(FileNotFoundError):  # it was taken away meanwhile
                walked.octets += path.stat().st_size
        else:
            vault.put_aside(sha256)
            walked.bent.add(sha256)
    return walked


def _ours(path: Path) -> bool:
    """Tombstones and evidence, in their place."""
    return path.suffix in {".gone", ".bent"} and bool(named(path.with_suffix("")))


def _readable(path: Path) -> str:
    """A name as it can be said, whatever bytes it has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _named(board: Board) -> set[str]:
    """Digests of the files of all notices that hang, or ever hung."""
    with board.snapshot():
        shelves = [board.land(village) for village in board.villages()]
        return {one.sha256 for shelf in shelves for one in all_enclosures(shelf, ever=True)}


def _hanging(board: Board) -> dict[str, tuple[str, Attachment]]:
    with board.snapshot():
        return {
            one.sha256: (village, one)
            for village in board.villages()
            for one in all_enclosures(board.land(village))
        }


def _about(entry: Entry, what: Amiss, where: Where, *, healed: bool) -> Found:
    title = entry.title or entry.name
    return Found(
        what=what, where=where, village=entry.village, record=entry.record, title=title, healed=healed
    )
