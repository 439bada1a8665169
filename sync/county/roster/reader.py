"""A book read: which sheets list payees, and every line of them in order. It judges nothing over rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import CellFinding, Level
from boards.model.privacy.withheld import shown
from sync.county.formats.grid import Grid, column_letter
from sync.county.formats.merges import Spans
from sync.county.gazetteer import Gazetteer
from sync.county.roster.columns.clerk import by_index, fingerprint, said_of
from sync.county.roster.columns.meaning import What
from sync.county.roster.columns.recognised import recognised
from sync.county.roster.columns.units import stated_units
from sync.county.roster.continuation import goes_on, lists_somebody
from sync.county.roster.entries import Entry, Layouts, Progress, SummaryLine, TableFacts, Total
from sync.county.roster.layout.titles import (
    kind_of,
    lines_above,
    lines_below,
    lines_over,
    settings_of,
    title_rates,
    titles_above,
    with_units,
)
from sync.county.roster.layout.zones import Block, Shape, shape_of
from sync.county.roster.rows.kinds import Kind
from sync.county.roster.rows.payees import RowReader
from sync.county.roster.rows.places import Places, Setting
from sync.county.roster.rows.summaries import summary_lines
from sync.county.roster.rows.table import Table, figure_at
from sync.county.roster.rows.totals import (
    Counted,
    places_of_sums,
    stated_above,
    total_of,
    under_all,
    without_value,
)
from sync.county.roster.skipped_sheets import current_year, lists_payees, reason_aside

if TYPE_CHECKING:
    from decimal import Decimal

    from sync.county.formats.grid import Book

PROGRESS_LINES = 2000
_COUNTED = frozenset({What.AMOUNT, What.AREA, What.RATE})


class Roster(msgspec.Struct):
    """Everything a file said, in its own order."""

    entries: list[Entry] = []
    totals: list[Total] = []
    summaries: list[SummaryLine] = []
    findings: list[CellFinding] = []
    stops: list[int] = []  # entries after each detail sheet
    shapes: list[tuple[Grid, Shape]] = []  # of these sheets
    tables: list[TableFacts] = []  # that were read, in order
    hidden: list[tuple[str | None, int]] = []  # sheet and line of payees whose row is hidden
    counts_hidden: bool = True  # False: these are not among the entries
    layouts: dict[str, dict[str, str]] = {}  # of the sheets that list payees: corrections in force
    title: str = ""
    headers_seen: bool = False
    summaries_seen: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the book: the file's bare name, the county, the day, the clerk's word."""

    name: str = ""
    gazetteer: Gazetteer | None = None
    today: date | None = None
    columns: Mapping[str, str] = {}
    layouts: Layouts = {}
    progress: Progress | None = None

    def columns_of(self, grid: Grid) -> dict[str, str]:
        """Corrections for one sheet: those given now, over those remembered for its layout."""
        remembered = self.layouts.get(fingerprint(grid), {}) if self.layouts else {}
        return said_of(grid.name, self.columns, remembered)


def read(book: Book, known: Known, *, counts_hidden: bool = True) -> Roster:
    """Read all sheets, those that list payees as they come; summaries only for comparison."""
    return _Walk(book, known, counts_hidden=counts_hidden).walked()


class _Walk:
    """Reads one book. What is known beside it comes from outside."""

    def __init__(self, book: Book, known: Known, *, counts_hidden: bool = True) -> None:
        self.book, self.known = book, known
        self.name, self.gazetteer = known.name, known.gazetteer
        self.said = Roster(counts_hidden=counts_hidden)
        self._tell = self.said.findings.append
        self._told_columns: set[tuple[str | None, str, str]] = set()
        self._setting = Setting(self.gazetteer, (self.name,))
        self._opened = 0  # entries before the sheet, and before the sheets it goes on
        self._last: Shape | None = None  # the detail sheet before, whose header the next may go on under

    def walked(self) -> Roster:
        """Walk all sheets, the detail ones first as they come; summaries only for comparison."""
        laid = [
            (grid, spans, shape_of(grid, spans, by_index(self.known.columns_of(grid))))
            for grid in self.book.sheets
            for spans in [Spans(grid)]
        ]
        current = current_year([(grid, shape) for grid, _, shape in laid])
        for at, (grid, spans, shape) in enumerate(laid):
            others = any(lists_payees(other) for number, (_, _, other) in enumerate(laid) if number != at)
            if aside := reason_aside(grid, shape, current, others=others):
                self._last = None
                if shape.blocks or lists_somebody(grid, self.gazetteer):
                    self._sheet_note(grid, *aside)
            elif any(kind_of(block) != "other" for block in shape.blocks):
                self._sheet(grid, spans, shape)
            else:
                self._without_header(grid, spans)
        return self.said

    def _without_header(self, grid: Grid, spans: Spans) -> None:
        """The next page of the sheet before, or something nobody reads; people in it are never dropped."""
        if self._last and (shape := goes_on(grid, spans, self._last)):
            self._sheet(grid, spans, shape, goes_on=True)
            message = "没有表头，按上一张工作表的表头接着读取。"
            self._sheet_note(grid, "SHEET_GOES_ON", message)
        elif lists_somebody(grid, self.gazetteer):
            message = "这张工作表列有人名和数字，但没有认出表头，没有读取。请补上表头；不需要的请删去或隐藏。"
            self._tell(
                CellFinding(level=Level.ERROR, code="SHEET_NOT_READ", sheet=grid.name, message=message)
            )

    def _sheet_note(self, grid: Grid, code: str, message: str) -> None:
        self._tell(CellFinding(level=Level.NOTE, code=code, sheet=grid.name, message=message))

    def _sheet(self, grid: Grid, spans: Spans, shape: Shape, *, goes_on: bool = False) -> None:
        kinds = [kind_of(block) for block in shape.blocks]
        if goes_on:
            for text in (grid.name or "", *shape.preface):
                self._setting.enter(text)
        else:
            self._setting = Setting(self.gazetteer, (self.name, *settings_of(shape, grid)))
            self._opened = len(self.said.entries)
        setting, opened, summed = self._setting, self._opened, len(self.said.totals)
        for block, kind in zip(shape.blocks, kinds, strict=True):
            tables = self._tables(grid, spans, shape, block)
            if kind == "summary":
                self.said.summaries += summary_lines(tables[0], setting)
            elif kind == "detail":
                for title in titles_above(grid, block) if block is not shape.blocks[0] else ():
                    setting.enter(title)
                self._beside(tables, setting)
                self._block(tables, setting, opened, shape)
        if "detail" in kinds:
            self.said.headers_seen = True
            self._last = shape
            if goes_on:
                self.said.stops.pop()  # its sums are those of the sheet it goes on
            else:
                above = stated_above(grid, shape, len(self.said.entries) - opened, opened)
                self.said.totals[summed:summed] = above
                self.said.layouts[fingerprint(grid)] = self.known.columns_of(grid)
            self.said.title = self.said.title or next(iter(shape.preface), "")
            self.said.stops.append(len(self.said.entries))
            self.said.shapes.append((grid, shape))
        elif "summary" in kinds:
            self.said.summaries_seen = True
            self._sheet_note(grid, "SUMMARY_SHEET", "汇总表，只用来核对，不算补贴户。")

    def _tables(self, grid: Grid, spans: Spans, shape: Shape, block: Block) -> list[Table]:
        """The tables beside each other in one block, each with its lines sorted and its columns chosen."""
        units = stated_units("　".join((*lines_above(grid, block), *shape.preface, *lines_below(grid))))
        under = grid.rows[block.start : block.stop]
        bands = [recognised(with_units(band, units), under) for band in block.bands]
        tables = [Table(grid, spans, block, band) for band in bands]
        for table in tables:
            alike = [other for other in tables if other.band.lists_payees is table.band.lists_payees]
            table.share_lines([other for other in alike if other is not table])
            self._explain(table)
        return tables

    def _beside(self, tables: list[Table], setting: Setting) -> None:
        for table in tables:
            if not table.band.lists_payees and table.band.sums_places:
                self.said.summaries += summary_lines(table, setting)

    def _block(self, tables: list[Table], setting: Setting, opened: int, shape: Shape) -> None:
        """Read the tables of one block from left to right; each begins at the place the block began."""
        began = setting.state
        ended = began
        first, summed = len(self.said.entries), len(self.said.totals)
        listing = tables if len(tables) == 1 else [table for table in tables if table.band.lists_payees]
        for table in listing:
            setting.state = began
            for words in lines_over(table.grid, table.block, table.band):
                setting.enter(words)
            start = len(self.said.entries)
            reader = self._table(table, setting, opened, title_rates(shape))
            extent, preface = (start, len(self.said.entries)), "　".join(shape.preface)
            facts = reader.facts(extent, preface, beside=table is not listing[0])
            self.said.tables.append(facts)
            ended = setting.state if setting.state != began else ended
        setting.state = ended
        if len(tables) > 1:
            totals = self.said.totals
            totals[summed:] = under_all(totals[summed:], (first, len(self.said.entries)))

    def _table(self, table: Table, setting: Setting, opened: int, rates: tuple[Decimal, ...]) -> RowReader:
        """Read the lines of one table."""
        rows, start = table.grid.rows, len(self.said.entries)
        places = Places(table.band, table.spans, rows, setting)
        reader = RowReader(
            table=table,
            places=places,
            say=self._tell,
            today=self.known.today,
            title_rates=rates,
        )
        hidden, progress = table.grid.hidden_rows, self.known.progress
        began, ahead = setting.state, places_of_sums(table, setting)
        for index, kind in table.lines():
            if index in ahead:
                setting.state = began
                setting.enter(ahead[index])
            if progress and index % PROGRESS_LINES == 0:
                progress(index, len(rows))
            if index in hidden and kind is Kind.PAYEE:
                self.said.hidden.append((table.grid.name, table.grid.line(index)))
                if not self.said.counts_hidden:
                    continue
            if kind is Kind.PAYEE and not self._sums_without_a_word(table, index, start):
                self.said.entries.append(reader.entry(index, rows[index]))
            else:
                self._other_line(table, index, kind, setting, Counted(len(self.said.entries), start, opened))
        if ahead:
            setting.state = began  # what a sum below its rows names holds for them only
        return reader

    def _other_line(self, table: Table, index: int, kind: Kind, setting: Setting, before: Counted) -> None:
        """A line that is nobody's: a heading, a sum, or both: a sum above its rows names their place."""
        if index in table.headings:
            setting.enter(table.headings[index])
        if kind in {Kind.PAYEE, Kind.TOTAL, Kind.WORDS}:
            if total := total_of(table, index, before):
                self.said.totals.append(total)
            else:
                self.said.findings += without_value(table, index)

    def _sums_without_a_word(self, table: Table, index: int, start: int) -> bool:
        """A line nobody labelled whose amount is the sum above: without a name, or last without a number."""
        cells, few = table.grid.rows[index], 2
        if table.sorter.names_somebody(cells):
            if index != table.last or not table.sorter.unnumbered(cells):
                return False
            few = 3  # two payees and a third with their sum may be so
        if len(self.said.entries) - start < few:
            return False
        amounts = [
            amount for column in table.picked.money if (amount := figure_at(cells, column)) is not None
        ]
        since = max((total.at for total in self.said.totals[-1:]), default=start)
        above = (self.said.entries[start:], self.said.entries[max(start, since) :])
        return bool(amounts) and any(
            sum(amounts) == sum(entry.amount or 0 for entry in entries)
            for entries in above
            if len(entries) >= few
        )

    def _explain(self, table: Table) -> None:
        """Say once per sheet what every column was taken for."""
        sheet, used = table.grid.name, table.picked.used
        for column in table.band.columns:
            letter, header = column_letter(column.index), shown(column.meaning.header)
            if (sheet, letter, header) in self._told_columns:
                continue
            self._told_columns.add((sheet, letter, header))
            meaning = column.meaning.spoken
            if column.meaning.what in _COUNTED and column.index not in used:
                meaning = f"其他{meaning}（不计入）"
            message = f"列 {letter} “{header}” → {meaning}"
            self._tell(
                CellFinding(
                    level=Level.NOTE, code="COLUMN_MEANING", sheet=sheet, column=letter, message=message
                )
            )
