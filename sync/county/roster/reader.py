"""A book read: which sheets list payees, and every line of them in order. It judges nothing over rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import islice, product

import msgspec

from boards.model.findings import CellFinding, Level
from boards.model.privacy.withheld import shown
from sync.county.formats.cells import squeezed
from sync.county.formats.grid import Book, Grid, Value, column_letter
from sync.county.formats.merges import Spans
from sync.county.gazetteer import Gazetteer
from sync.county.roster.columns.clerk import Given, by_index, fingerprint, said_of
from sync.county.roster.columns.column import Sample
from sync.county.roster.columns.judge import among_others, doubts, units_disagree
from sync.county.roster.columns.mended import mended
from sync.county.roster.columns.thresholds import SAMPLE_ROWS, SUMMED, SUMMED_UNDER_A_NAME
from sync.county.roster.columns.words import What, spoken
from sync.county.roster.entries import (
    FIRST_LINE,
    HEADING,
    Around,
    Entry,
    Layouts,
    Note,
    SummaryLine,
    TableFacts,
    Total,
    Unseen,
)
from sync.county.roster.layout.blocks import Block, Shape, shape_of
from sync.county.roster.layout.titles import (
    is_title,
    kind_of,
    lines_above,
    lines_over,
    sealed,
    settings_of,
    title_rates,
    titles_above,
    units_around,
)
from sync.county.roster.rows.kinds import Kind
from sync.county.roster.rows.pay_status import excluded_by
from sync.county.roster.rows.payees import RowReader
from sync.county.roster.rows.places import Setting, names_a_village, statements
from sync.county.roster.rows.summaries import summary_lines
from sync.county.roster.rows.table import Table, figure_at
from sync.county.roster.rows.totals import (
    places_of_sums,
    stated_above,
    stated_beside,
    total_of,
    under_all,
    without_value,
)
from sync.county.roster.sheets import current_year, goes_on, lists_payees, lists_somebody, reason_skipped
from sync.seams import Progress

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
    unseen: list[Unseen] = []  # payees whose row is hidden or struck out
    counts_hidden: bool = True  # False: these are not among the entries
    layouts: dict[str, dict[str, str]] = {}  # of the sheets that list payees: corrections in force
    title: str = ""
    notes: list[Note] = []  # sentences that exclude somebody
    around: list[Around] = []  # what stands around the lists
    headers_seen: bool = False
    summaries_seen: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the book: the file's bare name, the county, the day, the clerk's word."""

    name: str = ""
    gazetteer: Gazetteer | None = None
    programmes: tuple[str, ...] = ()  # names of the county's
    today: date | None = None
    columns: Mapping[str, str] = {}
    layouts: Layouts = {}
    progress: Progress | None = None

    def columns_of(self, grid: Grid) -> dict[str, str]:
        """Corrections for one sheet: those given now, over those remembered for its layout."""
        remembered = self.layouts.get(fingerprint(grid), {}) if self.layouts else {}
        return said_of(grid.name, self.columns, remembered)

    def given(self, grid: Grid) -> Given:
        """What the clerk says of the columns of one sheet."""
        return by_index(self.columns_of(grid))


def read(book: Book, known: Known, *, counts_hidden: bool = True) -> Roster:
    """Read all sheets, those that list payees as they come; summaries only for comparison."""
    return _Walk(book, known, counts_hidden=counts_hidden).walked()


class _Walk:
    """Reads one book. What is known beside it comes from outside."""

    def __init__(self, book: Book, known: Known, *, counts_hidden: bool) -> None:
        self.book, self.known = book, known
        self.said = Roster(counts_hidden=counts_hidden)
        self._explained: set[tuple[str | None, int, tuple[str, ...]]] = set()
        self._setting = Setting(known.gazetteer, (known.name,))
        self._opened = 0  # entries before the sheet, and before the sheets it goes on
        self._last: Shape | None = None  # the detail sheet before, whose header the next may go on under

    def walked(self) -> Roster:
        """Walk all sheets, the detail ones first as they come; summaries only for comparison."""
        laid = [
            (grid, spans, shape_of(grid, spans, self.known.given(grid)))
            for grid in self.book.sheets
            for spans in [Spans(grid)]
        ]
        current = current_year([(grid, shape) for grid, _, shape in laid])
        for at, (grid, spans, shape) in enumerate(laid):
            others = any(lists_payees(other) for number, (_, _, other) in enumerate(laid) if number != at)
            if reason := reason_skipped(grid, shape, current, others=others):
                self._last = None
                if shape.blocks or lists_somebody(grid, self.known.gazetteer):
                    self._say(Level.NOTE, grid, *reason)
            elif any(kind_of(block) != "other" for block in shape.blocks):
                self._sheet(grid, spans, shape)
                self._above_the_header(grid, shape)
            elif self._last and (under := goes_on(grid, spans, self._last, self.known.given(grid))):
                self._sheet(grid, spans, under, goes_on=True)
                self._say(Level.NOTE, grid, "SHEET_GOES_ON", "没有表头，按上一张工作表的表头接着读取。")
            elif lists_somebody(grid, self.known.gazetteer):  # people are never dropped without a word
                self._say(
                    Level.ERROR,
                    grid,
                    "SHEET_NOT_READ",
                    "这张工作表列有人名和数字，但没有认出表头，没有读取。请补上表头；不需要的请删去或隐藏。",
                )
        return self.said

    def _above_the_header(self, grid: Grid, shape: Shape) -> None:
        """People above the first header of a sheet are on no list: somebody has to move or delete them."""
        above = msgspec.structs.replace(grid, rows=grid.rows[: shape.blocks[0].header_top])
        if lists_somebody(above, self.known.gazetteer):
            self._say(
                Level.ERROR,
                grid,
                "SHEET_NOT_READ",
                "表头上面还列有人名和数字，没有读取。请把表头移到最上面；不需要的行请删去。",
            )

    def _say(  # noqa: PLR0913 - what a finding has
        self,
        level: Level,
        grid: Grid,
        code: str,
        message: str,
        column: str | None = None,
        *,
        row: int | None = None,
    ) -> None:
        self.said.findings.append(
            CellFinding(level=level, code=code, sheet=grid.name, row=row, column=column, message=message)
        )

    def _sheet(self, grid: Grid, spans: Spans, shape: Shape, *, goes_on: bool = False) -> None:
        """Read a sheet block by block; one that goes on belongs to the sheet before, with its sums."""
        said, kinds = self.said, [kind_of(block) for block in shape.blocks]
        if goes_on:
            said.stops.pop()
            for text in (grid.name or "", *shape.preface):
                self._setting.enter(text)
        else:
            texts = (self.known.name, *settings_of(shape, grid))
            self._setting, self._opened = Setting(self.known.gazetteer, texts), len(said.entries)
        summed = len(said.totals)
        if "detail" in kinds:
            titles = [("标题", line) for line in shape.preface if is_title(line)]
            titles = titles or [(FIRST_LINE, line) for line in shape.preface[:1]]
            titles += [(HEADING, line) for line in shape.preface[1:] if names_a_village(line)]
            self._around(grid, titles, [*sealed(grid)])
        for block, kind in zip(shape.blocks, kinds, strict=True):
            tables = self._tables(grid, spans, shape, block)
            if kind == "summary":
                said.summaries += summary_lines(tables[0], self._setting)
            elif kind == "detail":
                self._block(tables, shape)
        if "detail" in kinds:
            self._last, said.headers_seen = shape, True
            if not goes_on:
                said.totals[summed:summed] = stated_above(
                    grid, shape, len(said.entries) - self._opened, self._opened
                )
                said.layouts[fingerprint(grid)] = self.known.columns_of(grid)
            said.title = said.title or next(iter(shape.preface), "")
            said.stops.append(len(said.entries))
            said.shapes.append((grid, shape))
        elif "summary" in kinds:
            said.summaries_seen = True
            self._say(Level.NOTE, grid, "SUMMARY_SHEET", "汇总表，只用来核对，不算补贴户。")

    def _around(self, grid: Grid, titles: list[tuple[str, str]], seals: list[str]) -> None:
        """Keep what stands around the rows that follow, to be held against each other (settled §39)."""
        texts = [("文件名", self.known.name), *titles]
        texts += [("工作表名", grid.name or ""), *(("落款", seal) for seal in seals)]
        around = tuple(statements(texts, self.known.gazetteer, self.known.programmes))
        self.said.around.append(Around(sheet=grid.name, start=len(self.said.entries), said=around))

    def _tables(self, grid: Grid, spans: Spans, shape: Shape, block: Block) -> list[Table]:
        """The tables beside each other in one block, each with its lines sorted and its columns chosen."""
        units, hidden = units_around(grid, shape, block), grid.hidden_columns
        under = (row for row in grid.rows[block.start : block.stop] if len(row) > 1)
        rows = list(islice(under, SAMPLE_ROWS))
        formats = _formats(grid, block)
        samples = (
            Sample(columns=band.columns, rows=rows, hidden=hidden, units=units, formats=formats)
            for band in block.bands
        )
        tables = [Table(grid, spans, block, among_others(sample)) for sample in samples]
        for table in tables:
            alike = [other for other in tables if other.band.lists_payees is table.band.lists_payees]
            table.share_lines([other for other in alike if other is not table])
            self._explain(table)
            if table.band.lists_payees:
                self.said.findings += units_disagree(grid.name, table.picked, units)
        return tables

    def _block(self, tables: list[Table], shape: Shape) -> None:
        """Read the tables of one block from left to right; each begins at the place the block began."""
        said, setting = self.said, self._setting
        block, grid = tables[0].block, tables[0].grid
        if block is not shape.blocks[0] and (titles := [*titles_above(grid, block)]):
            self._around(grid, [("标题", title) for title in titles], [])
            above = [*lines_above(grid, block)]
            for line in above[above.index(titles[0]) :]:  # and the village's own line under its title
                setting.enter(line)
        for table in tables:
            if table.band.sums_places and not table.band.lists_payees:
                said.summaries += summary_lines(table, setting)
        began = ended = setting.state
        first, summed = len(said.entries), len(said.totals)
        listing = tables if len(tables) == 1 else [table for table in tables if table.band.lists_payees]
        for table in listing:
            setting.state = began
            for words in lines_over(grid, block, table.band):
                setting.enter(words)
            start = len(said.entries)
            reader = self._table(table, title_rates(shape))
            extent, preface = (start, len(said.entries)), "　".join(shape.preface)
            said.tables.append(reader.facts(extent, preface, beside=table is not listing[0]))
            ended = setting.state if setting.state != began else ended
        setting.state = ended
        if len(tables) > 1:
            said.totals[summed:] = under_all(said.totals[summed:], (first, len(said.entries)))

    def _table(self, table: Table, rates: tuple[Decimal, ...]) -> RowReader:
        """Read the lines of one table."""
        said, setting, rows = self.said, self._setting, table.grid.rows  # with plots joined
        reader = RowReader(table, setting, said.findings.append, self.known.today, rates)
        unseen, progress, start = _unseen(table), self.known.progress, len(said.entries)
        began, ahead = setting.state, places_of_sums(table, setting)
        for index, kind in table.lines():
            if index in ahead:
                setting.state = began
                setting.enter(ahead[index])
            if progress and index % PROGRESS_LINES == 0:
                progress(index, len(rows))
            if index in unseen and kind is Kind.PAYEE:
                said.unseen.append(Unseen(table.grid.name, table.grid.line(index), unseen[index]))
                if not said.counts_hidden:
                    continue
            if kind is Kind.PAYEE and not self._sums_without_a_word(table, index, start):
                said.entries.append(reader.entry(index, rows[index]))
            else:
                self._other_line(table, index, kind, start)
        picked = table.picked
        payees = [rows[index] for index, kind in table.lines() if kind is Kind.PAYEE]
        said.findings += mended(table.grid, (*picked.money, picked.quantity, picked.rate), payees)
        if ahead:
            setting.state = began  # what a sum below its rows names holds for them only
        return reader

    def _other_line(self, table: Table, index: int, kind: Kind, start: int) -> None:
        """A line that is nobody's: a heading, a sum, or both: a sum above its rows names their place."""
        if index in table.headings and (unknown := self._setting.enter_heading(table.headings[index])):
            self._say_unknown(table, index, unknown)
        at, opened = len(self.said.entries), self._opened
        if kind is Kind.REMARK and excluded_by(words := squeezed(table.words(index))):
            self.said.notes.append(Note(table.grid.name, table.grid.line(index), words))
        if kind in {Kind.REMARK, Kind.HEADING}:
            self.said.totals += stated_beside(table.grid, index, at - opened, opened, at=at)
        if kind in {Kind.PAYEE, Kind.TOTAL, Kind.WORDS}:
            if total := total_of(table, index, at=at, start=start, opened=opened):
                self.said.totals.append(total)
            else:
                self.said.findings += without_value(table, index)

    def _say_unknown(self, table: Table, index: int, name: str) -> None:
        """A heading like a village's that is none: its rows belong to nobody until it is mended."""
        gazetteer = self.known.gazetteer
        nearest = gazetteer.nearest(name, self._setting.town) if gazetteer else ""
        advice = f"，是不是“{nearest}”？" if nearest else "。"
        message = f"村名单里没有“{shown(name)}”{advice}它下面的各行没有归到别的村。"
        self._say(Level.ERROR, table.grid, "VILLAGE_UNKNOWN", message, row=table.grid.line(index))

    def _sums_without_a_word(self, table: Table, index: int, start: int) -> bool:
        """A line nobody labelled whose amount is the sum above: without a name, or last without a number."""
        cells, few = table.grid.rows[index], SUMMED
        if table.sorter.names_somebody(cells):
            if index != table.last:
                return False
            if not (table.sorter.unnumbered(cells) or self._sums_areas(table, cells, start)):
                return False
            few = SUMMED_UNDER_A_NAME
        if len(self.said.entries) - start < few:
            return False
        amounts = [one for column in table.picked.money if (one := figure_at(cells, column)) is not None]
        since = self.said.totals[-1].at if self.said.totals else start
        above = (self.said.entries[start:], self.said.entries[max(start, since) :])
        return bool(amounts) and any(
            sum(amounts) == sum(entry.amount or 0 for entry in entries)
            for entries in above
            if len(entries) >= few
        )

    def _sums_areas(self, table: Table, cells: list[Value], start: int) -> bool:
        """Whether a line of a list without numbers sums all areas too: 合计 misspelt is nobody's name."""
        quantity, above = table.picked.quantity, self.said.entries[start:]
        if quantity is None or table.sorter.numbers_lines or table.sorter.identifies(cells):
            return False
        areas = [entry.row.payout.quantity or Decimal(0) for entry in above]
        return figure_at(cells, quantity) == sum(areas, Decimal(0))

    def _explain(self, table: Table) -> None:
        """Say once per sheet what every column was taken for and why, and of which that is in doubt."""
        grid, picked = table.grid, table.picked
        told = [one for one in picked.columns if (grid.name, one.index, one.path) not in self._explained]
        self._explained |= {(grid.name, one.index, one.path) for one in told}
        for column in told:
            meaning = spoken(column.meaning.what, column.meaning.role)
            if column.meaning.what in _COUNTED and column.index not in picked.used:
                meaning = f"其他{meaning}（不计入）"
            message = f"列{column.letter}是{meaning}：{column.why}"
            self._say(Level.NOTE, grid, "COLUMN_MEANING", message, column.letter)
        self.said.findings += doubts(grid.name, told)


def _formats(grid: Grid, block: Block) -> dict[int, str]:
    """Number formats that show another figure, of columns of a block that have but one."""
    found: dict[int, set[str]] = {}
    rows = range(block.start, min(block.stop, block.start + SAMPLE_ROWS))
    for row, band in product(rows if grid.scaled else (), block.bands):
        for column in band.columns:
            if code := grid.scaled.get((row, column.index)):
                found.setdefault(column.index, set()).add(code)
    return {at: codes.pop() for at, codes in found.items() if len(codes) == 1}


def _unseen(table: Table) -> dict[int, str]:
    """Lines nobody sees or that are struck out, with the column of what is; "" for a hidden one."""
    grid = table.grid
    lined = {row: column_letter(at) for row, at in sorted(grid.struck, reverse=True) if at in table.counted}
    return dict.fromkeys(grid.hidden_rows, "") | lined
