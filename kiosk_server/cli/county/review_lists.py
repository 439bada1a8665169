"""What `county review ID` shows besides figures: every line, what changes, and the sheets as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.codes import grouped
from boards.sheets.sheet import Sheet
from boards.sheets.year import YearSheet
from kiosk_server.county_office.differences import differences, summed_up
from kiosk_server.county_office.list_table import list_table
from kiosk_server.county_office.on_wall import SUFFIXES, files_of, on_wall
from kiosk_server.county_office.sample import fonts_cut, sample_pdf
from kiosk_server.desk.print_sheets import file_name, year_name
from printouts.errors import GlyphMissing
from sync.county.publish.proposals import checked_file
from sync.county.publish.review_text import WORDED
from sync.durable import durable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from boards.sheets.land.notice_sheet import NoticeSheet
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal


def whole_lists(county: County, found: Proposal) -> Iterator[str]:
    """Village by village what is new, gone or changed, then the whole list; cells stand apart by tabs."""
    for part in () if found.kind in WORDED else found.parts:
        wall = on_wall(county, found, part)
        yield ""
        changed = differences(wall)
        yield f"{wall.village.town}{wall.village.name}  {summed_up(wall, changed)}"
        for one in changed:
            yield f"  {one.what}\t{one.name}\t{one.before}\t→\t{one.after}"
        if wall.after:
            table = list_table(wall.after.sheet)
            yield f"第 {part.edition} 版  {part.count} 行  短码 {grouped(wall.after.head.code)}"
            yield "\t".join(table.head)
            yield from ("\t".join(row) for row in table.rows)
    for file in files_of(county, found):
        yield f"附件 {file.name}  {file.media_type}  SHA-256 {file.sha256}"


def samples(county: County, found: Proposal, into: Path) -> Iterator[str]:
    """Lay the sheets and a notice's files into a folder; where each lies, or why it cannot be drawn."""
    sheets = [sheet for part in found.parts if (sheet := on_wall(county, found, part).sheet)]
    fonts_cut(sheets)
    for sheet in sheets:
        path = into / _named(sheet)
        try:
            durable(path, sample_pdf(county.pack, sheet), private=True)
        except GlyphMissing as missing:
            yield f"! {path.stem}：{missing}"
        else:
            yield f"样张：{path}"
    for number, one in enumerate(files_of(county, found), start=1):
        path = into / f"附件{number}.{SUFFIXES.get(one.media_type, 'pdf')}"
        durable(path, checked_file(county, found.id, one.name, one.sha256), private=True)
        yield f"附件：{path}"


def _named(sheet: Sheet | NoticeSheet | YearSheet) -> str:
    if isinstance(sheet, YearSheet):
        return file_name(year_name(sheet), sheet.code)
    if isinstance(sheet, Sheet):
        return file_name(sheet.head.title, sheet.head.code)
    return file_name(f"{sheet.village.name}{sheet.title}", sheet.code)
