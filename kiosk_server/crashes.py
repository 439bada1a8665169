"""Reports of what nobody foresaw, in the data folder: the last twenty, for whoever maintains the program.

A report has the release, what was being done, the kinds of the errors and their places in the code. It has no
message, no value, no address and no word that was typed: any of them might be a name or a number. What goes
wrong while it is written is left aside, so that it never hides what it was to report.
"""

from __future__ import annotations

import hashlib
import platform
import re
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kiosk_server.release import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

DISTRIBUTION: Final = "village-kiosk"
FOLDER: Final = "crashes"
MOST: Final = 20
_NAME = re.compile(r"(\d{6})-([0-9a-f]{8})\.txt")
_LINKS: Final = 8  # of a chain of errors


def report(error: BaseException, doing: str, at: datetime) -> str:
    """What is written. `doing` is a command or a route's pattern, without what was typed."""
    lines = [f"{DISTRIBUTION} {VERSION}: {doing}"]
    lines += [
        f"{at:%Y-%m-%dT%H:%M:%SZ}  {platform.platform()}  Python {platform.python_version()}",
        "",
    ]
    return "\n".join([*lines, *_places(error), ""])


def kept(folder: Path, error: BaseException, doing: str, at: datetime) -> Path | None:
    """Write a report, the oldest leaves; the same mistake of a day is written once. None: it cannot be."""
    with suppress(OSError, ValueError):
        folder.mkdir(exist_ok=True)
        there = reports(folder)
        same = "\n".join((VERSION, f"{at:%Y-%m-%d}", doing, *_places(error)))
        digest = hashlib.sha256(same.encode()).hexdigest()[:8]
        for one in there:
            if digest in one.name:
                return one
        number = int(there[-1].name[:6]) + 1 if there else 1
        made = folder / f"{number:06}-{digest}.txt"
        made.write_text(report(error, doing, at), "utf-8")
        for one in there[: max(len(there) + 1 - MOST, 0)]:
            one.unlink()
        return made
    return None


def reports(folder: Path) -> list[Path]:
    """The reports there are, the oldest first; they are numbered, because a clock may be wrong."""
    with suppress(OSError):
        return sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name))
    return []


def _places(error: BaseException) -> Iterator[str]:
    """The kinds of an error and of those behind it, each with its places; no path above the packages."""
    behind: BaseException | None = error
    for _ in range(_LINKS):
        if behind is None:
            return
        yield f"{type(behind).__module__}.{type(behind).__qualname__}"
        for frame in traceback.extract_tb(behind.__traceback__):
            yield f"  {'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"
        behind = behind.__cause__ or behind.__context__
