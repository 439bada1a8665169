"""Draw the sheets and notices of a village into a folder, ready for the printer."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from kiosk_server.desk.notices import notices_to_hang

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from boards.model.calendar import WorkCalendar
    from boards.model.place import Village
    from boards.sheets.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet
    from kiosk_server.archive.board import Board
    from kiosk_server.press.worker import Press

LONGEST_TITLE = 70  # characters: three bytes each, and a file name holds 255


async def print_sheets(
    board: Board, press: Press, village: str, into: Path, printed_at: datetime
) -> tuple[Path, ...]:
    """One PDF for each newest sheet, named by title and short code; what is there already stays.

    Each batch is re-hashed before it is drawn (DECISIONS 12); raises RowsDoNotMatch, GlyphMissing.
    """
    heads = board.sheets(village)
    paths = [into / file_name(head.title, head.code) for head in heads]
    asked = [(path, head.batch) for path, head in zip(paths, heads, strict=True) if not path.exists()]
    missing = {path: sheet for path, batch in asked if (sheet := board.whole(village, batch)) is not None}
    await _warm(press, missing)
    for path, sheet in missing.items():
        _put(await press.payout_pdf(sheet, printed_at), path)
    return tuple(paths)


async def print_notices(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board, press: Press, village: Village, calendar: WorkCalendar, into: Path, printed_at: datetime
) -> tuple[Path, ...]:
    """One PDF for each notice of the village's land cases that no later one corrects; what is there stays.

    Raises NoticeDoesNotMatch, GlyphMissing.
    """
    sheets = notices_to_hang(board, village, calendar)
    paths = [into / file_name(f"{sheet.project}{sheet.title}", sheet.code) for sheet in sheets]
    missing = {path: sheet for path, sheet in zip(paths, sheets, strict=True) if not path.exists()}
    await _warm(press, missing)
    for path, sheet in missing.items():
        _put(await press.notice_pdf(sheet, printed_at), path)
    return tuple(paths)


def file_name(title: str, code: str) -> str:
    """A printed sheet's file: its title as far as a file may be named so, and its short code."""
    plain = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', " ", title).strip(" .")
    return f"{plain[:LONGEST_TITLE]}_{code}.pdf"


async def _warm(press: Press, missing: Mapping[Path, Sheet | NoticeSheet]) -> None:
    """Cut the fonts once for all that will be drawn: a cut for each would take several times as long."""
    if len(missing) > 1:
        await press.warm(tuple(missing.values()))


def _put(finished: Path, path: Path) -> None:
    """Copy under another name first: a half-written PDF must never look finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    shutil.copyfile(finished, half)
    half.replace(path)
