"""Fetch the files of notices after a pull: maps and scans, each by the digest its signed event names.

What fails is reported and tried again at the next pull; the notice hangs without it meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Refusal
from boards.model.land.notice import FILE_LIMIT_BYTES
from kiosk_server.archive import land_board
from sync.carriers.road import shared_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk_server.archive.board import Board
    from kiosk_server.archive.kept.vault import Vault
    from sync.seams import Files


class Fetched(NamedTuple):
    """What came, and the first thing that did not."""

    files: int
    missing: int
    refusal: Refusal | None


async def fetch_enclosures(
    source: Files,
    vault: Vault,
    board: Board,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Fetched:
    """Bring every file that hangs and is not here, within these seconds; what hangs no more stays kept."""
    with board.snapshot():
        wanted = {village: land_board.all_enclosures(board.land(village)) for village in board.villages()}
    came, missing, first = 0, 0, None
    for village in shared_out(source, seconds, tuple(wanted), clock):
        for one in wanted[village]:
            if vault.has(one.sha256):
                continue
            limit = min(one.size_bytes, FILE_LIMIT_BYTES)  # whatever the county says of it
            try:
                data = await asyncio.to_thread(source.blob, village, one.sha256, limit)
                vault.keep(one.sha256, one.name, data)
                came += 1
            except Refusal as refusal:
                missing, first = missing + 1, first or refusal
    return Fetched(came, missing, first)
