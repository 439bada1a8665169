"""Draw the sheets and notices of a village into a folder, ready for the printer."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

from boards.model.windows import names_visible, workdays_of
from kiosk_server.desk.hanging_notices import notices_to_hang
from kiosk_server.desk.list_windows import window_on
from printouts.errors import GlyphMissing
from printouts.size import Paper
from sync.seams import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet, SheetHead
    from boards.sheets.year import YearSheet
    from kiosk_server.archive.board import Board
    from kiosk_server.desk.keeping import Keeping
    from kiosk_server.press.worker import Press


LONGEST_TITLE, LONGEST_NAME = 50, 74  # characters: three bytes each, and a file name holds 255


class Job(NamedTuple):
    """Where to and how: the world of one print."""

    into: Path
    printed_at: datetime
    paper: Paper = Paper.A4
    progress: Progress = silent
    keeping: Keeping | None = None  # where what is drawn for a wall is kept and written down


async def print_sheets(
    board: Board, press: Press, village: str, job: Job, hangs: Callable[[SheetHead], bool] = bool
) -> dict[str, Path]:
    """One PDF by short code for each newest sheet that hangs; what is there already stays.

    Each batch is re-hashed before it is drawn (settled §12); raises RowsDoNotMatch, DiskFull before anything
    lies there that is not kept, and GlyphMissing once everything else is drawn.
    """
    heads = {head.code: head for head in board.sheets(village) if hangs(head)}
    paths = {code: _path(job, list_name(head), code) for code, head in heads.items()}
    asked = [(path, heads[code].batch) for code, path in paths.items() if not path.exists()]
    missing = {path: sheet for path, batch in asked if (sheet := board.whole(village, batch)) is not None}
    await _drawn(press, missing, job)
    return paths


async def print_notices(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board,
    press: Press,
    village: Village,
    calendar: WorkCalendar,
    job: Job,
    hangs: Callable[[NoticeSheet], bool] = bool,
) -> dict[str, Path]:
    """One PDF by short code for each notice of the village that no later one corrects; what is there stays.

    Raises NoticeDoesNotMatch, and GlyphMissing once everything else is drawn.
    """
    sheets = {sheet.code: sheet for sheet in notices_to_hang(board, village, calendar) if hangs(sheet)}
    paths = {code: _path(job, notice_name(sheet), code) for code, sheet in sheets.items()}
    missing = {paths[code]: sheet for code, sheet in sheets.items() if not paths[code].exists()}
    await _drawn(press, missing, job)
    return paths


async def print_years(press: Press, sheets: Iterable[YearSheet], job: Job) -> dict[str, Path]:
    """One PDF by stamp for each year; what says the same already stays, of whatever day it is.

    Raises GlyphMissing once everything else is drawn.
    """
    paths = {sheet.stamp: (_path(job, year_name(sheet), sheet.stamp), sheet) for sheet in sheets}
    await _drawn(press, {path: sheet for path, sheet in paths.values() if not path.exists()}, job)
    return {stamp: path for stamp, (path, _) in paths.items()}


def may_hang(board: Board, pack: Pack, today: date) -> Callable[[SheetHead], bool]:
    """Whether the names of a list may be shown on a day (settled §2); what may not is not printed."""
    programmes, calendar = {one.code: one for one in pack.programmes}, workdays_of(pack)
    return lambda head: names_visible(window_on(board, programmes, calendar, head, today), today)


def list_name(head: SheetHead) -> str:
    """A list by title, period and edition."""
    return f"{head.title[:LONGEST_TITLE]}_{head.terms.period_no}期_第{head.edition}版"


def notice_name(sheet: NoticeSheet) -> str:
    """A notice by project, title and the day it was posted."""
    return f"{f'{sheet.project}{sheet.title}'[:LONGEST_TITLE]}_{sheet.posted_on}张贴"


def year_name(sheet: YearSheet) -> str:
    """A year by town and title, and its edition or the day until which it was summed."""
    return f"{year_begins(sheet)}_{f'第{sheet.edition}版' if sheet.holds else f'截至{sheet.as_of}'}"


def year_begins(sheet: YearSheet) -> str:
    """How the names of a year's papers begin: two towns may each have a village of this name."""
    return f"{sheet.village.town}{sheet.title}"[:LONGEST_TITLE]


def _path(job: Job, name: str, code: str) -> Path:
    """A file that is there already for this code and paper, whatever it is called, else where it goes."""
    a3 = f"_{job.paper.upper()}" if job.paper is not Paper.A4 else ""
    there = sorted(job.into.glob(f"*{a3}_{code}.pdf"))
    there = [path for path in there if a3 or not path.stem.endswith(f"_A3_{code}")]
    return next(iter(there), job.into / file_name(name + a3, code))


def file_name(name: str, code: str) -> str:
    """A printed sheet's file: what it is as far as a file may be named so, and its short code."""
    plain = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', " ", name).strip(" .")
    return f"{plain[:LONGEST_NAME]}_{code}.pdf"


async def _drawn(press: Press, missing: Mapping[Path, Sheet | NoticeSheet | YearSheet], job: Job) -> None:
    """Draw what can be drawn, then say what cannot: one rare character holds up no other sheet."""
    if len(missing) > 1:  # a cut of the fonts for each would take several times as long
        await press.warm(tuple(missing.values()))
    refused = None
    for number, (path, sheet) in enumerate(missing.items()):
        job.progress(number, len(missing))
        try:
            finished = await press.pdf(sheet, job.printed_at, job.paper)
        except GlyphMissing as refusal:
            refused = refused or refusal
            continue
        if job.keeping:
            job.keeping.printed(finished, sheet, path.name, job.printed_at)
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")  # a half-written PDF must never look finished
        shutil.copyfile(finished, half)
        with half.open("rb") as file:  # nor after a power cut
            os.fsync(file.fileno())
        os.utime(half, (job.printed_at.timestamp(),) * 2)  # the day it hangs from, as this kiosk reckons
        half.replace(path)
    if refused:
        raise refused
