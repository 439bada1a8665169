"""Draw the sheets of a village into a folder, ready for the printer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kiosk_server.archive.board import Board
    from kiosk_server.press.worker import Press


async def print_sheets(
    board: Board, press: Press, village: str, into: Path, printed_at: datetime
) -> tuple[Path, ...]:
    """One PDF for each newest sheet, named by title and short code; what is there already stays.

    Each batch is re-hashed before it is drawn (DECISIONS 12); raises RowsDoNotMatch, GlyphMissing.
    """
    paths = []
    for head in board.sheets(village):
        path = into / f"{head.title}_{head.code}.pdf"
        sheet = None if path.exists() else board.whole(village, head.batch)
        if sheet is not None:
            _put(await press.payout_pdf(sheet, printed_at), path)
        paths.append(path)
    return tuple(paths)


def _put(finished: Path, path: Path) -> None:
    """Copy under another name first: a half-written PDF must never look finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    shutil.copyfile(finished, half)
    half.replace(path)
