"""Room on the disk: how much an import needs, and 64 MB put by for the day there is none (line §6).

The reserve is given up so that the board can still be read.

A full disk is seldom the kiosk's own doing. SQLite needs a little room even to read a database
that somebody writes (its shared index, 32 KiB) and to take back what it could not finish.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from boards.model.errors import Fault, Refusal
from sync.durable import NotWritten

RESERVE_BYTES = 64 << 20
_NAME = "reserve"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class DiskFull(Refusal):
    """There is no room to take anything in; the board stays readable."""

    code = "disk-full"
    fault = Fault.MACHINE
    sentence = "磁盘空间不足（剩余 {free_mb} MB，至少需要 {needed_mb} MB），没有导入新内容。"
    advice = "已公开的内容不受影响；请清理磁盘后重试。"


class DiskNotWritable(Refusal):
    """The disk is read-only or fails; what is on it may still be read (settled §49)."""

    code = "disk-not-writable"
    fault = Fault.MACHINE
    sentence = "存储盘用不了（{why}），没有导入新内容。"
    advice = "已公开的内容照常显示；请检查存储卡或硬盘是否写保护、损坏或权限不对，换好后再运行 kiosk sync。"


def not_taken(error: OSError | NotWritten, folder: Path) -> Refusal:
    """What a disk said of a write: it has no room, or cannot be written to."""
    said = error.__cause__ if isinstance(error, NotWritten) else error
    if isinstance(said, OSError) and said.errno not in _FULL:
        return DiskNotWritable(why=said.strerror or "读写出错")
    return DiskFull(free_mb=free_mb(folder), needed_mb=1)


def free_mb(folder: Path) -> int:
    """What is left on the disk of a folder."""
    return shutil.disk_usage(folder).free >> 20


def require_room(folder: Path, minimum_free_mb: int) -> None:
    """Refuse to begin what may not fit; raises DiskFull."""
    if (free := free_mb(folder)) < minimum_free_mb:
        raise DiskFull(free_mb=free, needed_mb=minimum_free_mb)


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
