"""Names of a log's files (C2SP tlog-tiles): hash tiles, entries, and our bundles of rows. Pure.

A tile covers 256 entries of one level; the rightmost one may be partial and then carries its
width: `tile/0/x001/x234/067`, `tile/0/x001/x234/067.p/17`. Everything but `checkpoint` is
immutable under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

WIDTH = 256
ROWS_SUFFIX = ".ndjson.gz"
_ROWS = re.compile(r"tile/rows/(x[0-9]{3}/){0,3}[0-9]{3}(\.p/[1-9][0-9]{0,2})?")
_BLOB = re.compile(r"blob/sha256/[0-9a-f]{2}/[0-9a-f]{64}")
_FILE = re.compile(
    rf"checkpoint|{_ROWS.pattern}\.ndjson\.gz|{_BLOB.pattern}"
    r"|tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/){0,3}[0-9]{3}(\.p/[1-9][0-9]{0,2})?"
)
_VILLAGE = re.compile(r"[0-9]{12}")


def number(index: int) -> str:
    """1234067 → `x001/x234/067`: never more than a thousand names in one folder."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    return "/".join(parts)


def tile(kind: int | Literal["entries", "rows"], index: int, width: int = WIDTH) -> str:
    """Name of a tile of hashes (`kind` is its level), or of a bundle.

    "entries": leaves, each after its length in two bytes; "rows": our lines (`ROWS_SUFFIX` is added).
    """
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{kind}/{number(index)}{partial}"


def covering(start: int, stop: int) -> list[tuple[int, int]]:
    """Tiles (index, width) that hold the entries start..stop of a level with `stop` entries."""
    first, last = start // WIDTH, -(-stop // WIDTH)
    return [(n, min(WIDTH, stop - n * WIDTH)) for n in range(first, last)] if start < stop else []


def names(size: int) -> Iterator[str]:
    """Every tile and bundle of a log of so many leaves."""
    for kind in ("rows", "entries"):
        suffix = ROWS_SUFFIX if kind == "rows" else ""
        yield from (tile(kind, *one) + suffix for one in covering(0, size))
    level = 0
    while size:
        yield from (tile(level, *one) for one in covering(0, size))
        size, level = size // WIDTH, level + 1


def blob_name(sha256: str) -> str:
    """Name of a file of a notice, by its digest."""
    return f"blob/sha256/{sha256[:2]}/{sha256}"


def is_blob_name(name: str) -> bool:
    """True for the name of a notice's file."""
    return _BLOB.fullmatch(name) is not None


def is_rows_name(name: str) -> bool:
    """True for the name of a bundle of rows, without its suffix."""
    return _ROWS.fullmatch(name) is not None


def is_file_name(name: str) -> bool:
    """True for a file that may lie in a log's folder."""
    return _FILE.fullmatch(name) is not None


def is_village(code: str) -> bool:
    """True for a 12-digit code: the only folder names under `v/`."""
    return _VILLAGE.fullmatch(code) is not None
