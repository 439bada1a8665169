"""The walk over a book: which sheets list payees, and every line of them in order."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from sync.county.reading import Finding, Level
from sync.county.roster.cells import figure, squeezed
from sync.county.roster.choice import SAMPLE_ROWS, Chosen, chosen
from sync.county.roster.entry import Entry, SummaryLine, Total
from sync.county.roster.formats.grid import column_letter
from sync.county.roster.layout import Band, Block, Column, Shape, Spans, shape_of
from sync.county.roster.lines import Kind, Sorter, total_rank, written_out
from sync.county.roster.meaning import What
from sync.county.roster.places import Places, Setting
from sync.county.roster.private import shown
from sync.county.roster.rows import RowReader
from sync.county.roster.units import stated_units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sync.county.roster.formats.grid import Book, Grid, Value
    from sync.county.roster.village import Gazetteer

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)\s*年?")
_TITLE_RATE = re.compile(r"(?:标准|每亩|单价)[^\d]{0,8}(\d+(?:\.\d+)?)元")
TOTAL_LIMIT = 10**12
_APPLIED = re.compile(r"申报|申请|公示|核实|核查|登记|面积")
_PUBLIC = re.compile(r"公示|公布|公开|张榜")


class Walked(msgspec.Struct):
    """Everything a file said, in its own order."""

    entries: list[Entry] = []
    totals: list[Total] = []
    summaries: list[SummaryLine] = []
    findings: list[Finding] = []
    sheet_stops: list[int] = []  # entries after each detail sheet
    title: str = ""
    headers_seen: bool = False
    summaries_seen: bool = False


class Walk:
    """Reads one book. The gazetteer, the file's name and the day come from outside."""

    def __init__(self, book: Book, name: str, gazetteer: Gazetteer | None, today: date | None) -> None:
        self.book, self.name, self.gazetteer, self.today = book, name, gazetteer, today
        self.said = Walked()
        self._tell = self.said.findings.append
        self._told_columns: set[tuple[str | None, str, str]] = set()

    def walked(self) -> Walked:
        """Walk all sheets, the detail ones first as they come; summaries only for comparison."""
        laid = [(grid, spans, shape_of(grid, spans)) for grid in self.book.sheets for spans in [Spans(grid)]]
        current = self._current_year([(grid, shape) for grid, _, shape in laid])
        for grid, spans, shape in laid:
            if shape.blocks and not self._set_aside(grid, shape, current):
                self._sheet(grid, spans, shape)
        return self.said

    def _current_year(self, laid: list[tuple[Grid, Shape]]) -> str:
        """Year the file is about: its newest title, where sheets carry several."""
        years = [
            _year_of(grid, shape)
            for grid, shape in laid
            if grid.visible and any(_kind(block) == "detail" for block in shape.blocks)
        ]
        return max(years, default="")

    def _set_aside(self, grid: Grid, shape: Shape, current: str) -> bool:
        year = _year_of(grid, shape)
        if not grid.visible:
            self._sheet_note(grid, "HIDDEN_SHEET_SKIPPED", "隐藏的工作表没有读取。")
            return True
        if year and current and year < current:
            self._sheet_note(grid, "OLD_YEAR_SHEET_SKIPPED", f"这是{year}年的工作表，没有读取。")
            return True
        return False

    def _sheet_note(self, grid: Grid, code: str, message: str) -> None:
        self._tell(Finding(level=Level.NOTE, code=code, sheet=grid.name, message=message))

    def _sheet(self, grid: Grid, spans: Spans, shape: Shape) -> None:
        kinds = [_kind(block) for block in shape.blocks]
        opened = len(self.said.entries)
        setting = Setting(self.gazetteer, (self.name, *_settings(shape, grid)))
        for block, kind in zip(shape.blocks, kinds, strict=True):
            units = stated_units("　".join((*shape.preface, *_between(grid, block))))
            bands = tuple(_with_units(band, *units) for band in block.bands)
            if kind == "summary":
                self._summary(grid, spans, block, bands[0], setting)
            elif kind == "detail":
                for band in bands:
                    self._band(grid, spans, block, band, setting, opened, shape)
        if "detail" in kinds:
            self.said.headers_seen = True
            self.said.title = self.said.title or next(iter(shape.preface), "")
            self.said.sheet_stops.append(len(self.said.entries))
            self._unmasked(grid, shape)
        elif "summary" in kinds:
            self.said.summaries_seen = True
            self._sheet_note(grid, "SUMMARY_SHEET", "汇总表，只用来核对，不算补贴户。")

    def _band(  # noqa: PLR0913, PLR0917 - one band with all that surrounds it
        self, grid: Grid, spans: Spans, block: Block, band: Band, setting: Setting, opened: int, shape: Shape
    ) -> None:
        sorter = Sorter(band, spans)
        kinds = [sorter.kind(index, grid.rows[index]) for index in range(block.start, block.stop)]
        payees = (grid.rows[block.start + at] for at, kind in enumerate(kinds) if kind is Kind.PAYEE)
        picked = chosen(band, [row for row, _ in zip(payees, range(SAMPLE_ROWS), strict=False)])
        self._explain(grid, band, picked)
        if not picked.money:
            self._without_amounts(grid, band, shape)
        reader = RowReader(
            sheet=grid.name,
            band=band,
            chosen=picked,
            spans=spans,
            places=Places(band, spans, grid.rows, setting),
            rows=grid.rows,
            line=grid.line,
            say=self._tell,
            today=self.today,
            title_rate=_title_rate(shape),
        )
        start = len(self.said.entries)
        for index, kind in zip(range(block.start, block.stop), kinds, strict=True):
            if kind is Kind.PAYEE and self._sums_without_a_word(sorter, picked, grid.rows[index], start):
                self._total(grid, index, sorter, picked, start, opened)
            elif kind is Kind.PAYEE:
                self.said.entries.append(reader.entry(index, grid.rows[index]))
            elif kind is Kind.HEADING:
                setting.enter(" ".join(sorter.texts(grid.rows[index]).values()))
            elif kind in {Kind.TOTAL, Kind.WORDS}:
                self._total(grid, index, sorter, picked, start, opened)

    def _sums_without_a_word(self, sorter: Sorter, picked: Chosen, cells: list[Value], start: int) -> bool:
        """A line without name, number or ID whose amount is the sum above it: a total nobody labelled."""
        if sorter.names_somebody(cells) or len(self.said.entries) - start < 2:
            return False
        above = self.said.entries[start:]
        amounts = [amount for column in picked.money if (amount := _figure_at(cells, column)) is not None]
        return bool(amounts) and sum(amounts) == sum(entry.amount or 0 for entry in above)

    def _without_amounts(self, grid: Grid, band: Band, shape: Shape) -> None:
        """No amounts: an application list or goods in kind; anything else a person must confirm."""
        expected = band.of(What.IN_KIND) or _APPLIED.search("　".join((self.name, *shape.preface)))
        level = Level.NOTE if expected else Level.WARNING
        message = "没有金额一列，按申报公示（只有面积或数量）读取。"
        self._tell(Finding(level=level, code="NO_AMOUNT_COLUMN", sheet=grid.name, message=message))

    def _total(self, grid: Grid, index: int, sorter: Sorter, picked: Chosen, start: int, opened: int) -> None:  # noqa: PLR0913, PLR0917
        cells = grid.rows[index]
        texts = sorter.texts(cells)
        label = "".join(texts.values())
        amounts = [_figure_at(cells, column) for column in picked.money]
        known = [amount for amount in amounts if amount is not None]
        amount = sum(known, Decimal(0)) if known else _stated_in(label)
        words = next((found for text in texts.values() if (found := written_out(text))), "")
        if amount is None and not words:
            return
        self.said.totals.append(
            Total(
                sheet=grid.name,
                row=grid.line(index),
                column=column_letter(picked.money[0].index) if picked.money else "",
                rank=total_rank(label),
                at=len(self.said.entries),
                start=start,
                opened=opened,
                amount=amount,
                quantity=_figure_at(cells, picked.quantity) if picked.quantity else None,
                words=words,
            )
        )

    def _summary(self, grid: Grid, spans: Spans, block: Block, band: Band, setting: Setting) -> None:  # noqa: PLR0913, PLR0917
        picked = chosen(band, grid.rows[block.start : block.start + SAMPLE_ROWS])
        if picked.amount is None or not band.of(What.VILLAGE):
            return
        places = Places(band, spans, grid.rows, setting)
        groups = band.of(What.GROUP)
        sorter = Sorter(band, spans)
        for index in range(block.start, block.stop):
            cells = grid.rows[index]
            amount = _figure_at(cells, picked.amount)
            if amount is None or sorter.kind(index, cells) in {Kind.TOTAL, Kind.WORDS, Kind.BLANK}:
                continue
            village, group = places.of(index, cells, _unheard)
            own = squeezed(cells[groups[0].index]) if groups and groups[0].index < len(cells) else ""
            self.said.summaries.append(
                SummaryLine(
                    sheet=grid.name,
                    row=grid.line(index),
                    column=column_letter(picked.amount.index),
                    village=village,
                    group=(own or group) if groups else "",
                    amount=amount,
                )
            )

    def _explain(self, grid: Grid, band: Band, picked: Chosen) -> None:
        """Say once per sheet what every column was taken for."""
        used = {column.index for column in (*picked.money, picked.quantity, picked.rate) if column}
        for column in band.columns:
            letter, header = column_letter(column.index), shown(column.meaning.header)
            if (grid.name, letter, header) in self._told_columns:
                continue
            self._told_columns.add((grid.name, letter, header))
            meaning = column.meaning.spoken
            if column.meaning.what in {What.AMOUNT, What.AREA, What.RATE} and column.index not in used:
                meaning = f"其他{meaning}（不计入）"
            message = f"列 {letter} “{header}” → {meaning}"
            self._tell(
                Finding(
                    level=Level.NOTE, code="COLUMN_MEANING", sheet=grid.name, column=letter, message=message
                )
            )

    def _unmasked(self, grid: Grid, shape: Shape) -> None:
        """A list that calls itself public must not carry whole IDs, accounts or phones."""
        if not _PUBLIC.search("　".join((self.name, grid.name or "", *shape.preface))):
            return
        told: set[int] = set()
        for block in shape.blocks:
            for band in block.bands if _kind(block) == "detail" else ():
                for what, code, message, digits in _UNMASKED:
                    for column in band.of(what):
                        if column.index not in told and _carries(grid, block, column, digits):
                            told.add(column.index)
                            letter = column_letter(column.index)
                            self._tell(
                                Finding(
                                    level=Level.WARNING,
                                    code=code,
                                    sheet=grid.name,
                                    column=letter,
                                    message=message,
                                )
                            )


_UNMASKED = (
    (What.ID, "PUBLISHED_FILE_HAS_UNMASKED_ID", "公示表里有完整的身份证号，公示前必须删去这一列。", 15),
    (
        What.ACCOUNT,
        "PUBLISHED_FILE_HAS_UNMASKED_ACCOUNT",
        "公示表里有完整的银行账号，公示前必须删去这一列。",
        12,
    ),
    (What.PHONE, "PUBLISHED_FILE_HAS_UNMASKED_PHONE", "公示表里有完整的电话号码，公示前必须删去这一列。", 7),
)


def _carries(grid: Grid, block: Block, column: Column, digits: int) -> bool:
    whole = re.compile(rf"^\d{{{digits},}}[\dXx]?$")
    return any(
        whole.match(squeezed(row[column.index]).replace("-", ""))
        for row in grid.rows[block.start : block.stop]
        if column.index < len(row) and row[column.index] not in {"", None}
    )


def _kind(block: Block) -> str:
    if any(band.lists_payees for band in block.bands):
        return "detail"
    return "summary" if any(band.sums_places for band in block.bands) else "other"


def _year_of(grid: Grid, shape: Shape) -> str:
    """Year of a sheet by its title, else by its name."""
    title = next(iter(shape.preface), "")
    found = _YEAR.search(title) or _YEAR.search(grid.name or "")
    return found[1] if found else ""


def _settings(shape: Shape, grid: Grid) -> Iterator[str]:
    yield shape.preface[0] if shape.preface else ""
    yield grid.name or ""
    yield from shape.preface[1:]


def _between(grid: Grid, block: Block) -> Iterator[str]:
    """Lines just above a block's header, where a unit line of its own may stand."""
    for row in grid.rows[max(block.header_top - 2, 0) : block.header_top]:
        yield "　".join(cell for cell in row if isinstance(cell, str) and cell)


def _with_units(band: Band, money: tuple[str, Decimal] | None, area: tuple[str, Decimal] | None) -> Band:
    """Give columns without a unit of their own the one the unit line states."""

    def united(column: Column) -> Column:
        meaning = column.meaning
        if meaning.unit or (meaning.what is What.AREA and "面积" not in meaning.header):
            return column
        stated = money if meaning.what is What.AMOUNT else area if meaning.what in _AREAS else None
        if stated is None:
            return column
        return Column(column.index, msgspec.structs.replace(meaning, unit=stated[0], factor=stated[1]))

    return Band(columns=tuple(united(column) for column in band.columns))


_AREAS = {What.AREA, What.AREA_CONTRACT, What.AREA_EXCLUDED}


def _title_rate(shape: Shape) -> Decimal | None:
    found = _TITLE_RATE.search(squeezed("".join(shape.preface)))
    return Decimal(found[1]) if found else None


def _figure_at(cells: list[Value], column: Column) -> Decimal | None:
    value = figure(cells[column.index]).value if column.index < len(cells) else None
    return None if value is None or abs(value) >= TOTAL_LIMIT else value * column.meaning.factor


def _stated_in(label: str) -> Decimal | None:
    """An amount inside the label itself: “合计：12,345.67元”."""
    found = re.search(r"计[^\d]{0,6}([\d,]+(?:\.\d+)?)元", label)
    return figure(found[1]).value if found else None


def _unheard(level: Level, code: str, column: Column | None, message: str) -> None:
    """Findings about a summary's places are not told: it is compared, not published."""
