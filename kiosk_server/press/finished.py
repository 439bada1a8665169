"""The bounded shelves of finished things: sheets as PDF, public speech as mp3."""

from __future__ import annotations

from pathlib import Path

KEPT_BYTES = 64 << 20
KEPT_FILES = 400


def emptied(folder: Path) -> None:
    """Remove all that is kept in a folder and below it, unfinished files too."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.unlink(missing_ok=True)


def sweep(folder: Path, kept_bytes: int = KEPT_BYTES, kept_files: int = KEPT_FILES) -> None:
    """Remove what was not asked for longest, down to the limits; the newest stays, unfinished files too."""
    files = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    total = 0
    for place, path in enumerate(files):
        total += path.stat().st_size
        if place and (place >= kept_files or total > kept_bytes):
            path.unlink(missing_ok=True)
