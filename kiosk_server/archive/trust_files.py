"""What this machine trusts, as it stands in the archive (line §8): signatures, and what they are for.

The files of `sync.trust_layout`, the root this machine was paired with, and the villages that a newer pack
does not name while their lists hang here. A digest over all of them stands in the arrival book.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.engines.connection import as_bytes
from kiosk_server.archive.statements import TRUST_FILES
from sync.durable import NotWritten, durable
from sync.trust_layout import PACK, STATEMENT, target_at

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk_server.archive.engines.connection import Connection

PAIRED = "paired/root.json"
DROPPED = "dropped.json"
PACK_FILES = (target_at(PACK), DROPPED)
LIVED_BY = (*PACK_FILES, target_at(STATEMENT))
"""Where one of these is another, readers of the archive hear of it."""

Rows = list[tuple[int, str, bytes]]


def rows_of(db: Connection) -> Rows:
    """As they are stored; none in an archive that has no such table yet."""
    rows = db.execute(TRUST_FILES) if db.has_table("trust_file") else ()
    return [(number, str(name), as_bytes(content)) for number, name, content in rows]


def files_of(db: Connection) -> dict[str, bytes]:
    """By name."""
    return {name: content for _, name, content in rows_of(db)}


def digest_of(rows: Rows) -> str:
    """SHA-256 over all of them; "" for none."""
    lines = (f"{number} {hashlib.sha256(content).hexdigest()} {name}\n" for number, name, content in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest() if rows else ""


def keep_rows(copy: Path, rows: Rows) -> None:
    """Once more beside the archive: one that is made anew where the county is not reached has them of it."""
    with suppress(NotWritten):
        durable(copy, msgspec.json.encode(rows))


def kept_rows(copy: Path) -> Rows:
    """What was kept so; the arrival book says whether to believe it."""
    try:
        return msgspec.json.decode(copy.read_bytes(), type=Rows)
    except (OSError, msgspec.MsgspecError):
        return []
