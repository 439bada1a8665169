"""The child that reads one roster: bytes on standard input, one reading or refusal on standard output."""

from __future__ import annotations

import gc
import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.county.intake.question import Asked
    from sync.county.reading import Reading


def main(memory_mb: str, cpu_s: str) -> None:
    """Take the limits first, then read; memory that runs out ends in an exit code, never in a swap storm."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ^C ends parent and child alike, without a trace
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_mb) << 20, int(memory_mb) << 20))
    from sync.county.intake.process import NO_MEMORY  # noqa: PLC0415 - after the limits

    try:
        _answer()
    except MemoryError:
        os._exit(NO_MEMORY)


def _answer() -> None:
    import msgspec  # noqa: PLC0415

    from sync.county.formats.errors import RosterRefused  # noqa: PLC0415
    from sync.county.intake import question  # noqa: PLC0415

    (size,) = struct.unpack(">Q", sys.stdin.buffer.read(8))
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(size), type=question.Asked)
    data = sys.stdin.buffer.read()
    gc.disable()  # the reading is one big tree that lives to the end
    try:
        _say(b"R", msgspec.msgpack.encode(_reading(asked, data)))
    except RosterRefused as refusal:
        facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in refusal.facts.items()}
        _say(b"X", msgspec.msgpack.encode(question.Refused(code=refusal.code, facts=facts)))


def _reading(asked: Asked, data: bytes) -> Reading:
    from sync.county.intake.check import read_roster  # noqa: PLC0415

    return read_roster(
        asked.name,
        data,
        asked.villages or None,
        today=asked.today,
        columns=asked.columns,
        layouts=asked.layouts,
        terms=asked.terms,
        programmes=asked.programmes,
        progress=lambda done, of: _say(b"P", struct.pack(">QQ", done, of)),
    )


def _say(kind: bytes, body: bytes) -> None:
    from sync.county.intake.process import HEAD  # noqa: PLC0415

    sys.stdout.buffer.write(HEAD.pack(kind, len(body)))
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
