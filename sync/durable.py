"""A file is written whole and lasts, or is not written at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from boards.model.errors import Fault, Refusal


class NotWritten(Refusal):
    """The disk is full, or the folder is not ours to write."""

    code = "county-not-written"
    fault = Fault.MACHINE
    sentence = "无法写入县级发布目录（{why}）。"
    advice = "已发布的内容没有变；请检查磁盘空间和目录权限，再运行同一条命令，会接着做完。"


_HOW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
"""No link beside is written through, no pipe waited at: both are refused once, and go."""


def durable(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file whole: beside, to disk, in place, and its folder too. Raises NotWritten.

    What is `private` its owner alone may read: 0600, in a folder of 0700 where that is made with it.
    """
    placed(path, data, private=private)
    settled(path.parent)


def placed(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put a file in its place, its bytes on disk; see `settled`. Raises NotWritten."""
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)
        handle = os.open(fresh, _HOW, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as e:
        with contextlib.suppress(OSError):  # half a file takes room, and may name somebody
            fresh.unlink(missing_ok=True)
        raise NotWritten(why=e.strerror) from e


def settled(folder: Path) -> None:
    """A rename lasts only once its folder is on disk. Raises NotWritten."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as e:
        raise NotWritten(why=e.strerror) from e
    finally:
        os.close(handle)
