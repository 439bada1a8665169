"""Two statements of one fact that disagree are told, with both texts: never “the nearest wins” (settled §39).

What the file's name, the title, the sheet's name and the village's seal say of village, town, year and
programme is held against each other, the village of every row against it, and what the header of the
amounts says of the programme.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.payouts import PayeeKind
from boards.model.privacy.withheld import shown
from boards.model.programmes import programme_said
from sync.county.checks.place import at_row
from sync.county.checks.r10_fiscal_year import CARRIED_OVER
from sync.county.formats.cells import squeezed, text_of
from sync.county.formats.grid import column_letter, column_number
from sync.county.roster.entries import FIRST_LINE, HEADING, Around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.checks.whole import Whole
    from sync.county.formats.grid import Grid
    from sync.county.roster.entries import Entry, Said

_YEAR_COLUMN = re.compile(r"(?:补贴|发放|所属)?年[度份]?")
_A_YEAR = re.compile(r"(20\d\d)(?:\.0)?年?度?")
_FACTS = {"village": "村", "town": "乡镇", "year": "年度", "programme": "补贴项目"}


def statements_agree(whole: Whole) -> Iterator[CellFinding]:
    """Nothing that stands around a list contradicts another, or a row."""
    stops = [*(one.start for one in whole.around[1:]), len(whole.entries)]
    for around, stop in zip(whole.around, stops, strict=False):
        told = [one for fact, word in _FACTS.items() for one in _disagree(around, fact, word)]
        yield from told
        yield from _of_headers(whole, around, range(around.start, stop))
        entries = whole.entries[around.start : stop]
        of_all = [said for said in around.said if said.source != HEADING]
        yield from _of_rows(whole, of_all, [one for one in entries if one.place_column])
        plain = [said for said in of_all if said.source != FIRST_LINE]
        yield from _of_rows(whole, plain, () if told else _headed(entries))
    yield from _years_of_titles(whole)
    yield from _years_of_rows(whole)
    yield from _nobody_of_the_files_name(whole)


def units_agree(whole: Whole) -> Iterator[CellFinding]:
    """A number format shows what is stored, or what the header says, of all rows alike (settled §39)."""
    scaled = {grid.name: grid.scaled for grid in whole.book.sheets if grid.scaled}
    for table in whole.tables if scaled else ():
        at, formats = column_number(table.amount), scaled.get(table.sheet, {})
        rows = (entry.row.row - 1 for entry in whole.entries[slice(*table.extent)])
        others = (code for row in rows if (code := formats.get((row, at), "")) != table.shown_as)
        told = next(others, None)
        if told is not None:
            message = (
                f"列{table.amount}的数字格式“{told or table.shown_as}”显示的不是单元格里存的数，"
                f"表头写的是“{shown(table.amount_header)}”：请确认单位，改成普通数字格式再提交。"
            )
            yield CellFinding(
                level=Level.WARNING,
                code="UNITS_DISAGREE",
                sheet=table.sheet,
                column=table.amount,
                message=message,
            )


def _disagree(around: Around, fact: str, word: str) -> Iterator[CellFinding]:
    first: dict[str, Said] = {}
    for said in around.said:
        if value := getattr(said, fact):
            first.setdefault(value, said)
    if len(first) > 1:
        one, other, *_ = first.values()
        yield _told(around.sheet, _both(one, other.source, other.text, word))


def _both(one: Said, source: str, text: str, word: str) -> str:
    return (
        f"{one.source}“{shown(one.text)}”与{source}“{shown(text)}”写的{word}不一样，"
        "请确认哪个对，改正另一个。"
    )


def _of_headers(whole: Whole, around: Around, entries: range) -> Iterator[CellFinding]:
    """The amounts are of the programme the list is about; where a row holds several, nobody says of which."""
    said = next((one for one in around.said if one.programme), None)
    for table in whole.tables if said else ():
        named = programme_said(table.amount_header, whole.programmes)
        several = any(whole.entries[at].row.shares for at in range(*table.extent)[:1])
        if said and named and named != said.programme and table.extent[0] in entries and not several:
            header = f"表头“{shown(table.amount_header)}”"
            message = (
                f"{said.source}“{shown(said.text)}”与{header}写的补贴项目不一样，请确认哪个对，改正另一个。"
            )
            yield _told(table.sheet, message)


def _years_of_titles(whole: Whole) -> Iterator[CellFinding]:
    """Titles over lists below each other on one sheet are of one year."""
    sheets: dict[str | None, list[Said]] = {}
    for around in whole.around:
        sheets.setdefault(around.sheet, []).extend(said for said in around.said if said.source == "标题")
    for sheet, titles in sheets.items():
        yield from _disagree(Around(sheet=sheet, start=0, said=tuple(titles)), "year", "年度")


def _years_of_rows(whole: Whole) -> Iterator[CellFinding]:
    """A row under 年度 is of the year of the others, or says that it comes late; they are of the title's."""
    for grid, shape in whole.shapes:
        columns = {one.index: one for block in shape.blocks for band in block.bands for one in band.columns}
        for at, column in columns.items():
            if _YEAR_COLUMN.fullmatch(squeezed(column.header)):
                yield from _of_years(whole, grid, column.header, at)


def _of_years(whole: Whole, grid: Grid, header: str, at: int) -> Iterator[CellFinding]:
    cells = {grid.line(index): row[at] for index, row in enumerate(grid.rows) if at < len(row)}
    entries = [one for one in whole.entries if one.row.sheet == grid.name]
    found = [(one, _A_YEAR.fullmatch(squeezed(text_of(cells.get(one.row.row, ""))))) for one in entries]
    rows = [(one, year[1]) for one, year in found if year]
    if not rows:
        return
    (usual, _), *_ = Counter(year for _, year in rows).most_common(1)
    titles = [said for one in whole.around if one.sheet == grid.name for said in one.said]
    said = {year: one for one in titles for year in re.findall(r"20\d\d", one.text)}
    late = any(CARRIED_OVER.search(one.text) for one in titles)
    if said and usual not in said and not late:
        one = next(iter(said.values()))
        yield _told(grid.name, _both(one, f"列{column_letter(at)}", f"{header} {usual}", "年度"))
    for entry, year in rows:
        words = f"{entry.row.payout.remark}{entry.row.payout.item}{entry.row.status_text}"
        if year not in {usual, *said} and not CARRIED_OVER.search(words):
            message = f"这一行写的是{year}年度，别的行是{usual}年度，请确认。"
            yield at_row(entry.row, Level.WARNING, "STATEMENTS_DISAGREE", message, column_letter(at))


def _nobody_of_the_files_name(whole: Whole) -> Iterator[CellFinding]:
    """A file called after two villages lists somebody of each."""
    listed = {entry.row.village for entry in whole.entries}
    names = [said for one in whole.around[:1] for said in one.said if said.source == "文件名"]
    for said in names if listed else ():
        absent = [whole.villages[code].name for code in said.named if code not in listed]
        if absent and len(said.named) > 1:
            message = f"{said.source}“{shown(said.text)}”写有{'、'.join(absent)}，名单里没有，请确认。"
            yield _told(whole.around[0].sheet, message)


def _told(sheet: str | None, message: str) -> CellFinding:
    return CellFinding(level=Level.WARNING, code="STATEMENTS_DISAGREE", sheet=sheet, message=message)


def _headed(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The first household under each heading, which speaks for the others; no row with a place of its own."""
    last = ""
    for entry in entries:
        begins = entry.row.village != last and not entry.place_column
        if begins and entry.row.payout.kind is PayeeKind.HOUSEHOLD:
            yield entry
        last = entry.row.village


def _of_rows(whole: Whole, around: Sequence[Said], entries: Iterable[Entry]) -> Iterator[CellFinding]:
    """A row of another village than its list is about, or of a village of another town."""
    village = next((said for said in around if said.village in whole.villages), None)
    town = next((said for said in around if said.town), None)
    for entry in entries if village or town else ():
        own = whole.villages.get(entry.row.village)
        if own and town and own.town and own.town != town.town:
            message = f"{own.name}是{own.town}的，{town.source}“{shown(town.text)}”是{town.town}的名单。"
            yield at_row(entry.row, Level.ERROR, "VILLAGE_OF_ANOTHER_TOWN", message, entry.place_column)
        elif own and village and own.code != village.village:
            message = f"这一行是{own.name}的，{village.source}是“{shown(village.text)}”。"
            yield at_row(entry.row, Level.WARNING, "VILLAGE_NOT_AS_TITLE", message, entry.place_column)
