"""64 MB put by for the day the disk is full (line §6): given up so that the board can still be read.

A full disk is seldom the kiosk's own doing. SQLite needs a little room even to read a database
that somebody writes (its shared index, 32 KiB) and to take back what it could not finish.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RESERVE_BYTES = 64 << 20
_NAME = "reserve"


def put_by(folder: Path, minimum_free_mb: int) -> bool:
    """Keep the reserve where the disk has room for it and for the next import; True when it is there."""
    if held(folder):
        return True
    if shutil.disk_usage(folder).free < RESERVE_BYTES + (minimum_free_mb << 20):
        return False
    fresh = folder / f"{_NAME}.new"
    try:
        with fresh.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)  # real blocks: a hole keeps nothing free
        fresh.replace(folder / _NAME)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        return False
    return True


def held(folder: Path) -> bool:
    """Whether the whole reserve is there, in blocks and not in name only."""
    try:
        return (folder / _NAME).stat().st_blocks * 512 >= RESERVE_BYTES
    except OSError:
        return False


def given_up(folder: Path) -> bool:
    """Free the reserve; False when there was none."""
    try:
        (folder / _NAME).unlink()
    except OSError:
        return False
    return True
