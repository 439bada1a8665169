"""The press: one niced process that draws PDFs, and the shelf of finished ones.

Drawing 1,000 rows takes a tenth of a second of pure CPU; in the server's own process or in a
thread of it every page would wait. The process is a forkserver child, so it shares neither the
server's memory nor its sockets, and reportlab and fontTools are loaded only there.
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

from kiosk_server.press.errors import PressBroken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from boards.model.errors import Refusal
    from boards.sheets.sheet import Sheet

    Refused = tuple[type[Refusal], dict[str, object]]

DRAWING = "kiosk_server.press.drawing"  # by name: importing it here would load reportlab into the server
FORM = 1  # raise it when the layout of printed sheets changes: kept PDFs are then drawn anew
NICENESS = 10
KEPT_BYTES = 64 << 20
KEPT_FILES = 400


class Press:
    """Sheets in, PDF files out."""

    def __init__(self, cache_dir: Path, fonts_dir: Path | None, base_url: str) -> None:
        """Start nothing yet: the process begins with the first sheet."""
        self._finished = cache_dir / "pdf"
        self._folders = (str(cache_dir), str(fonts_dir or ""))
        self._base_url = base_url
        self._pool: ProcessPoolExecutor | None = None
        self._drawing: dict[Path, asyncio.Task[None]] = {}

    async def payout_pdf(self, sheet: Sheet, printed_at: datetime) -> Path:
        """Give the PDF of a sheet; drawn once for one sheet, minute of print and base address.

        Raises GlyphMissing, FontMissing, PressShelfFull, PressBroken.
        """
        path = self._finished / f"{self._key(sheet, printed_at)}.pdf"
        with suppress(OSError):  # not there yet; what is wrong with the folder is told by the draw
            os.utime(path)
            return path
        if path not in self._drawing:
            self._drawing[path] = asyncio.create_task(self._draw(sheet, printed_at, path))
        await asyncio.shield(self._drawing[path])  # a visitor who leaves stops nobody else's sheet
        return path

    async def warm(self, sheets: Sequence[Sheet]) -> None:
        """Cut the fonts for these sheets now, e.g. after an import, so that printing is instant later."""
        await self._done("warm", self._folders, sheets)

    def close(self) -> None:
        """Let the process finish what it draws and end it."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _key(self, sheet: Sheet, printed_at: datetime) -> str:
        said = (FORM, self._base_url, printed_at.replace(second=0, microsecond=0), sheet)
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:40]

    async def _draw(self, sheet: Sheet, printed_at: datetime, path: Path) -> None:
        try:
            await self._done("draw", self._folders, sheet, printed_at, self._base_url, str(path))
        finally:
            del self._drawing[path]
        sweep(self._finished)

    async def _done(self, verb: str, *matter: object) -> None:
        """Have it done; a process that died is started once more."""
        loop = asyncio.get_running_loop()
        for _ in range(2):
            pool = self._pool = self._pool or _started()
            try:
                refused = await loop.run_in_executor(pool, perform, verb, *matter)
            except BrokenProcessPool:
                self._forget(pool)
                continue
            if refused:
                kind, facts = refused
                raise kind(**facts)
            return
        raise PressBroken

    def _forget(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:  # another waiter may have started the next one already
            self._pool = None
            pool.shutdown(wait=False)


def perform(verb: str, *matter: object) -> Refused | None:
    """Run one of the drawing room's verbs, in the press process."""
    room = importlib.import_module(DRAWING)
    return cast("Refused | None", getattr(room, verb)(*matter))


def sweep(folder: Path, kept_bytes: int = KEPT_BYTES, kept_files: int = KEPT_FILES) -> None:
    """Remove the PDFs that were not asked for longest, down to the limits."""
    files = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    total = 0
    for place, path in enumerate(files):
        total += path.stat().st_size
        if place and (place >= kept_files or total > kept_bytes):
            path.unlink(missing_ok=True)


def _started() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Step behind the pages in the CPU's queue, and never outlive the server."""
    os.nice(NICENESS)
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        connection.wait([server.sentinel])
        os._exit(0)  # the server was killed: a pool worker would wait for work for ever
