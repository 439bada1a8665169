"""Draw the sheets and notices of a village into a folder, ready for the printer."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from boards.model.windows import names_visible, workdays_of
from kiosk_server.desk.hanging_notices import notices_to_hang
from kiosk_server.desk.list_windows import window_on
from printouts.errors import GlyphMissing
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet, SheetHead
    from kiosk_server.archive.board import Board
    from kiosk_server.press.worker import Press


LONGEST_TITLE = 70  # characters: three bytes each, and a file name holds 255


async def print_sheets(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board,
    press: Press,
    village: str,
    into: Path,
    printed_at: datetime,
    hangs: Callable[[SheetHead], bool] = bool,
    progress: Progress = silent,
) -> tuple[Path, ...]:
    """One PDF for each newest sheet, named by title and short code; what is there already stays.

    Each batch is re-hashed before it is drawn (settled §12); raises RowsDoNotMatch, and GlyphMissing
    once everything else is drawn. `hangs` leaves out what may not be shown any more.
    """
    heads = [head for head in board.sheets(village) if hangs(head)]
    paths = [into / file_name(head.title, head.code) for head in heads]
    asked = [(path, head.batch) for path, head in zip(paths, heads, strict=True) if not path.exists()]
    missing = {path: sheet for path, batch in asked if (sheet := board.whole(village, batch)) is not None}
    await _drawn(press, missing, printed_at, progress)
    return tuple(paths)


async def print_notices(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board,
    press: Press,
    village: Village,
    calendar: WorkCalendar,
    into: Path,
    printed_at: datetime,
    progress: Progress = silent,
) -> tuple[Path, ...]:
    """One PDF for each notice of the village's land cases that no later one corrects; what is there stays.

    Raises NoticeDoesNotMatch, and GlyphMissing once everything else is drawn.
    """
    sheets = notices_to_hang(board, village, calendar)
    paths = [into / file_name(f"{sheet.project}{sheet.title}", sheet.code) for sheet in sheets]
    missing = {path: sheet for path, sheet in zip(paths, sheets, strict=True) if not path.exists()}
    await _drawn(press, missing, printed_at, progress)
    return tuple(paths)


def may_hang(board: Board, pack: Pack, today: date) -> Callable[[SheetHead], bool]:
    """Whether the names of a list may be shown on a day (settled §2); what may not is not printed."""
    programmes, calendar = {one.code: one for one in pack.programmes}, workdays_of(pack)
    return lambda head: names_visible(window_on(board, programmes, calendar, head, today), today)


def file_name(title: str, code: str) -> str:
    """A printed sheet's file: its title as far as a file may be named so, and its short code."""
    plain = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', " ", title).strip(" .")
    return f"{plain[:LONGEST_TITLE]}_{code}.pdf"


async def _drawn(
    press: Press, missing: Mapping[Path, Sheet | NoticeSheet], printed_at: datetime, progress: Progress
) -> None:
    """Draw what can be drawn, then say what cannot: one rare character holds up no other sheet."""
    if len(missing) > 1:  # a cut of the fonts for each would take several times as long
        await press.warm(tuple(missing.values()))
    refused = None
    for number, (path, sheet) in enumerate(missing.items()):
        progress(number, len(missing))
        try:
            finished = await press.pdf(sheet, printed_at)
        except GlyphMissing as refusal:
            refused = refused or refusal
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")  # a half-written PDF must never look finished
        shutil.copyfile(finished, half)
        half.replace(path)
    if refused:
        raise refused
