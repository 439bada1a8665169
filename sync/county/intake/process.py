"""Reading in a process of its own, with limits of time and memory: one child for one file.

A workbook comes from anywhere, and what parses it is native code. Whatever happens to the child
(a zip bomb, seventeen billion cells, a crash inside the parser) the parent only sees that it
ended, and refuses the file in one sentence. The child gets the bytes and the list of villages;
it opens no file and reads nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import CellFinding, Level
from sync.county.formats.errors import ReadingTookTooLong, RosterRefused, WorkbookDamaged, refusals
from sync.county.intake.printable import names_are_drawn
from sync.county.intake.question import Asked, Refused
from sync.county.reading import Reading, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from boards.model.place import Village
    from sync.county.intake.printable import Drawn
    from sync.county.roster.entries import Layouts
    from sync.seams import Progress

HEAD = struct.Struct(">cQ")
"""Before every message of the child: its kind (P, R, X) and its length in bytes."""

ANSWER_MAX_BYTES = 1 << 30
_BLOCK_BYTES = 1 << 20
_LAST_BYTES = 1 << 20  # Python asks for memory by the megabyte: who has less left has none
_LOOK_S = 0.2
_KILLED_BY = {-6, -9, -24}  # SIGABRT (native code without memory), SIGKILL, SIGXCPU: a limit, not a crash
NO_MEMORY = 71
"""Exit code of a child that ran out of memory in Python code."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one child may take."""

    memory_mb: int = 2048  # address space, which is more than what is used
    cpu_s: int = 240
    wall_s: float = 300


LIMITS = Limits()


def read_roster(  # noqa: PLR0913 - the file, what is known of the county, and the limits
    path_or_name: str | PurePath,
    data: bytes,
    villages: tuple[Village, ...] | None = None,
    *,
    today: date | None = None,
    columns: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    terms: tuple[str, ...] = (),
    programmes: tuple[str, ...] = (),
    drawn: Drawn | None = None,
    limits: Limits = LIMITS,
    progress: Progress | None = None,
) -> Reading:
    """Read and check one roster in a child. A file that cannot be read raises a RosterRefused.

    The name is used for its words only (town, year, 公示); the content decides the format.
    `today` lets births in the future be found. `columns` are the clerk's corrections of this
    file (F → amount), `layouts` those remembered of earlier ones,
    `terms` the words the county does not use (P10), `programmes` the names of its own, `drawn` the
    characters fonts here draw (P16).
    """
    asked = Asked(
        name=PurePath(path_or_name).name,
        villages=villages or (),
        today=today,
        columns=dict(columns or {}),
        layouts={layout: dict(words) for layout, words in (layouts or {}).items()},
        terms=terms,
        programmes=programmes,
    )
    with _child(limits) as child:
        sender = threading.Thread(target=_send, args=(child, asked, data), daemon=True)
        sender.start()
        try:
            return _drawn(_answer(child, limits, progress), drawn)
        finally:
            child.kill()
            sender.join()


def _drawn(reading: Reading, drawn: Drawn | None) -> Reading:
    """With a note for each name that cannot be printed here: the child itself opens no font."""
    notes = tuple(names_are_drawn(reading.rows, drawn)) if drawn else ()
    return msgspec.structs.replace(reading, findings=(*reading.findings, *notes)) if notes else reading


_READING: set[subprocess.Popen[bytes]] = set()  # this process's own: whoever ends it ends them


@contextlib.contextmanager
def _child(limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-I", "-X", "utf8", "-m", "sync.county.intake.child"]
    child = subprocess.Popen(
        [*command, str(limits.memory_mb), str(limits.cpu_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's last words may hold what stood in a cell
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    )
    _READING.add(child)
    try:
        with child:
            yield child
    finally:
        _READING.discard(child)


def stop_reading() -> None:
    """End every child that reads now: the program is about to end, and nobody waits for their answers."""
    for child in tuple(_READING):
        child.kill()


def _send(child: subprocess.Popen[bytes], asked: Asked, data: bytes) -> None:
    """Write the question; a child that died meanwhile is noticed where the answer is awaited."""
    assert child.stdin is not None
    head = msgspec.msgpack.encode(asked)
    with contextlib.suppress(OSError), child.stdin as stream:
        stream.write(struct.pack(">Q", len(head)) + head)
        stream.write(data)


def _answer(child: subprocess.Popen[bytes], limits: Limits, progress: Progress | None) -> Reading:
    until = time.monotonic() + limits.wall_s
    while True:
        kind, size = HEAD.unpack(_exactly(child, HEAD.size, until, limits))
        if size > ANSWER_MAX_BYTES:
            raise ReadingTookTooLong
        body = _exactly(child, size, until, limits)
        if kind == b"R":
            return msgspec.msgpack.decode(body, type=Reading)
        if kind == b"X":
            told = msgspec.msgpack.decode(body, type=Refused)
            raise refusals().get(told.code, RosterRefused)(**told.facts)
        if progress:
            progress(*struct.unpack(">QQ", body))


def _exactly(child: subprocess.Popen[bytes], count: int, until: float, limits: Limits) -> bytes:
    """So many bytes of the answer; raises what the child's end means when it ends before."""
    assert child.stdout is not None
    handle, found = child.stdout.fileno(), bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(handle, selectors.EVENT_READ)
        while len(found) < count:
            left = until - time.monotonic()
            if not waiting.select(max(min(left, _LOOK_S), 0)):
                if left <= 0 or _out_of_memory(child, limits):
                    raise ReadingTookTooLong
                continue
            block = os.read(handle, min(count - len(found), _BLOCK_BYTES))
            if not block:
                raise _ended(child, until)
            found += block
    return bytes(found)


def _out_of_memory(child: subprocess.Popen[bytes], limits: Limits) -> bool:
    """Whether it has all it may take: Python may then spin for ever, for its own handlers need memory too."""
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{child.pid}/statm").read_text("ascii").split()[0])
        return pages * resource.getpagesize() > (limits.memory_mb << 20) - _LAST_BYTES
    return False


def _ended(child: subprocess.Popen[bytes], until: float) -> RosterRefused:
    """A limit that was met, or a file that broke the parser."""
    try:
        code = child.wait(max(until - time.monotonic(), 1))
    except subprocess.TimeoutExpired:
        return ReadingTookTooLong()
    return ReadingTookTooLong() if code in _KILLED_BY or code == NO_MEMORY else WorkbookDamaged()


def refused_reading(name: str, data: bytes, refusal: RosterRefused) -> Reading:
    """A refusal as a reading, for reports: no rows, one error."""
    sentence, advice = refusal.told()
    return Reading(
        file=PurePath(name).name,
        format="",
        verdict=Verdict.REFUSED,
        findings=(CellFinding(level=Level.ERROR, code=refusal.code, message=sentence + advice),),
        source_sha256=hashlib.sha256(data).hexdigest(),
    )
