"""The child of the fuzzing: reads file after file with the limits a county's own child has, and says how each went."""

from __future__ import annotations

import resource
import struct
import sys
import traceback

from sync.county.formats.errors import RosterRefused
from sync.county.intake.check import read_roster
from tests.roster.county_files import VILLAGES

MEMORY_MB = 1024


def main() -> None:
    """Each question is a length and the bytes of a file; each answer is one line."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    while head := sys.stdin.buffer.read(8):
        data = sys.stdin.buffer.read(struct.unpack(">Q", head)[0])
        sys.stdout.write(answer(data) + "\n")
        sys.stdout.flush()


def answer(data: bytes) -> str:
    """`read`, `refused CODE`, `memory`, or `wrong` with the place of an error that is our own."""
    try:
        return f"read {len(read_roster('名册.xls', data, VILLAGES).rows)}"
    except RosterRefused as refusal:
        sentence, _ = refusal.told()
        return f"refused {refusal.code}" if sentence.count("。") == 1 else f"wrong {sentence!r}"
    except MemoryError:
        return "memory"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"wrong {type(error).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}"


if __name__ == "__main__":
    main()
