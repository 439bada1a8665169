"""The press: one niced process that draws PDFs and speaks, and the shelf of finished ones.

Drawing 1,000 rows takes a tenth of a second of pure CPU; in the server's own process or in a
thread of it every page would wait. The process is a forkserver child, so it shares neither the
server's memory nor its sockets, and reportlab, fontTools and pypinyin are loaded only there.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.errors import Refusal
from boards.model.pack import Pack, Windows
from kiosk_server.press.errors import PressBroken, PressShelfFull, Refused
from kiosk_server.press.finished import emptied, sweep
from kiosk_server.press.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from boards.model.speech.spoken import Speech
    from boards.sheets.dossier import Dossier
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet
    from boards.sheets.year import YearSheet

ROOMS = {  # by name: importing them here would load reportlab and pypinyin into the server
    "draw": "kiosk_server.press.drawing",
    "warm": "kiosk_server.press.drawing",
    "dossier": "kiosk_server.press.drawing",
    "dossier_cover": "kiosk_server.press.drawing",
    "dossier_steps": "kiosk_server.press.drawing",
    "say": "kiosk_server.press.speech",
    "rare_font": "kiosk_server.press.web_font",
}
USUAL = Windows()
FORM = 7  # raise it when the layout of printed sheets changes: kept PDFs are then drawn anew
NICENESS = 10


class Press:
    """Sheets in, PDF files out; words in, mp3 out."""

    def __init__(
        self,
        cache_dir: Path,
        fonts_dir: Path | None,
        base_url: str,
        voice_dir: Path | None = None,
        windows: Mapping[str, Windows] | None = None,
    ) -> None:
        """Start nothing yet: the process begins with the first sheet or speech.

        `windows` say by programme how long a list hangs for which the county planned no dates.
        """
        self._windows, self._pack = windows or {}, ""
        self.voice = Voice(cache_dir / "speech", voice_dir, self._done)
        self.can_speak = self.voice.can_speak  # known from the start
        self._finished = cache_dir / "pdf"
        self._shelves = cache_dir
        self.rare_folder = cache_dir / "rare"
        self._folders = (str(cache_dir), str(fonts_dir or ""))
        self._base_url = base_url
        self._pool: ProcessPoolExecutor | None = None
        self._drawing: dict[Path, asyncio.Task[None]] = {}

    def live_by(self, pack: Pack) -> None:
        """Draw by the county's pack from now on; its version stands at the foot."""
        self._windows = {one.code: one.windows for one in pack.programmes}
        self._pack = pack.version

    async def pdf(
        self, sheet: Sheet | NoticeSheet | YearSheet, printed_at: datetime, paper: str = "a4"
    ) -> Path:
        """PDF of a sheet, land notice or year; drawn once for one paper, minute of print and base address.

        Raises GlyphMissing, FontMissing, PressShelfFull, PressBroken.
        """
        head = getattr(sheet, "head", None)  # a notice and a year have none and say their own period
        windows = self._windows.get(head.terms.programme, USUAL) if head else USUAL
        asked = FORM, paper, self._base_url, self._pack
        drawn_from = (*asked, printed_at.replace(second=0, microsecond=0), windows, sheet)
        digest = hashlib.sha256(msgspec.json.encode(drawn_from)).hexdigest()
        path = self._finished / f"{digest[:40]}.pdf"
        with suppress(OSError):  # not there yet; drawing reports what is wrong with the folder
            os.utime(path)
            return path
        if path not in self._drawing:
            matter = (self._folders, sheet, printed_at, self._base_url, windows, str(path), paper, self._pack)
            self._drawing[path] = asyncio.create_task(self._draw(path, matter))
        await asyncio.shield(self._drawing[path])  # a visitor who leaves does not stop it for others
        return path

    async def dossier(self, dossier: Dossier) -> dict[str, bytes]:
        """Contents and register of a village's year as PDF, by path below data/ (目录.pdf, 登记簿.pdf).

        Raises GlyphMissing, FontMissing, PressShelfFull, PressBroken.
        """
        drawn = await self._done("dossier", self._folders, _without_lines(dossier))
        return msgspec.convert(drawn, dict[str, bytes])

    async def cover(self, dossier: Dossier, files: int, octets: int) -> bytes:
        """Its cover (案卷封面.pdf), with the count of all other files of the payload and of their bytes.

        Raises GlyphMissing, FontMissing, PressShelfFull, PressBroken.
        """
        drawn = await self._done("dossier_cover", self._folders, _without_lines(dossier), files, octets)
        return msgspec.convert(drawn, bytes)

    async def five_steps(self, dossier: Dossier, files: int, octets: int, tools: Mapping[str, str]) -> bytes:
        """How to check it (核对五步_….pdf): counts of the whole payload, digests of the `tools` by name.

        Raises GlyphMissing, FontMissing, PressShelfFull, PressBroken.
        """
        matter = _without_lines(dossier), files, octets, dict(tools)
        return msgspec.convert(await self._done("dossier_steps", self._folders, *matter), bytes)

    async def warm(self, sheets: Sequence[Sheet | NoticeSheet | YearSheet]) -> None:
        """Cut the fonts for these sheets now, e.g. after an import, so that printing is instant later."""
        await self._done("warm", self._folders, sheets)

    async def rare_font(self, village: str, chars: str) -> None:
        """Make the web font of a village's rare characters; none, and an older one goes.

        Raises FontMissing, FontUnreadable, PressShelfFull, PressBroken.
        """
        if chars or (self.rare_folder / f"{village}.css").exists():
            await self._done("rare_font", self._folders, village, chars, str(self.rare_folder))

    async def say(self, speech: Speech, *, personal: bool = False) -> bytes:
        """Give a speech as mp3; a personal one touches no disk.

        Raises SpeechMissing, SpeechBroken, SpeechBusy, PressBroken.
        """
        return await self.voice.say(speech, personal=personal)

    def forget(self) -> None:
        """Empty every shelf: what was drawn, said or cut may show what is erased. Raises PressShelfFull."""
        try:
            emptied(self._shelves)
        except OSError as error:
            raise PressShelfFull(reason=error.strerror or "OSError") from error

    def close(self) -> None:
        """Let the process finish what it draws and end it."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    async def _draw(self, path: Path, matter: tuple[object, ...]) -> None:
        try:
            await self._done("draw", *matter)
        finally:
            del self._drawing[path]
        sweep(self._finished)

    async def _done(self, verb: str, *matter: object) -> object:
        """Have it done and give what it gave; a process that died is started once more."""
        for _ in range(2):
            if self._pool is None:
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            pool = self._pool
            try:
                done = await asyncio.get_running_loop().run_in_executor(pool, perform, verb, *matter)
            except BrokenProcessPool:
                if self._pool is pool:  # another waiter may have started the next one already
                    self._pool = None
                    pool.shutdown(wait=False)
                continue
            if isinstance(done, tuple):
                kind, facts = done
                raise kind(**facts)
            return done
        raise PressBroken


def _without_lines(dossier: Dossier) -> Dossier:
    """What the press needs of it: thousands of lines need not travel to be left undrawn."""
    return msgspec.structs.replace(dossier, sheets=())


def perform(verb: str, *matter: object) -> Refused | bytes | dict[str, bytes] | None:
    """Run one verb of the press process: a refusal, what was made, or nothing."""
    from printouts.errors import GlyphMissing  # noqa: PLC0415 - like the rooms: not in the server

    room = importlib.import_module(ROOMS[verb])
    try:
        return cast("bytes | dict[str, bytes] | None", getattr(room, verb)(*matter))
    except GlyphMissing as missing:
        return type(missing), {**missing.facts, "text": missing.text}
    except Refusal as refusal:
        return type(refusal), refusal.facts


def _begin() -> None:
    """Step behind the pages in the CPU's queue, and never outlive the server."""
    os.nice(NICENESS)
    server = multiprocessing.parent_process()

    def end_with_server() -> None:
        if server is not None:
            connection.wait([server.sentinel])
            os._exit(0)  # the server was killed: a pool worker would wait for work for ever

    threading.Thread(target=end_with_server, daemon=True).start()
