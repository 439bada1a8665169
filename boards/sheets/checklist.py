"""The checklist of a village's year (年度清单, domain §1.10): what is done and what is left. Pure.

The county fills it from its logs, the village's machine from its board and its register; what neither
knows is None. Posting, photos and answers come with the village office and are None until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from boards.model.kept.annual import Annual, AnnualBatch
from boards.model.money import yuan
from boards.model.payouts import Control
from boards.model.place import Village
from boards.sheets.spreadsheet import Column, Table
from boards.sheets.year import days_left


class Colour(StrEnum):
    """In words: never by colour alone."""

    GREEN = "绿"  # all done
    AMBER = "黄"  # something is left, and there is time
    RED = "红"  # something is wrong, or its day is over


MEANING: Final = {Colour.GREEN: "齐全", Colour.AMBER: "待办", Colour.RED: "有误或逾期"}
COUNTYS: Final = "县里齐全"
"""Green of what the county knows: whether it was printed and kept only the village's machine can say."""
YEAR_ROW: Final = "年度汇总"
COLUMNS: Final = ("已公布", "金额核对", "已打印", "在年度汇总", "已存档", "已张贴", "有照片", "意见已答复")


class OfList(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody knows of one list of the year; without a batch it is expected and not there."""

    programme: str
    programme_name: str
    period_no: str
    batch: str = ""
    edition: int = 0
    sum_fen: int = 0
    reconciled: bool | None = None  # see `reconciled`
    printed: bool | None = None  # this edition, by the register; None: not known here
    archived: bool | None = None  # handed out since this edition came; None: not known here


class OfYear(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody knows of the county's figures of the year; without them the year is not closed."""

    year: int
    annual: Annual | None = None
    holds: bool = False  # neither overtaken nor another sum than its lists
    printed: bool | None = None
    archived: bool | None = None


class ChecklistRow(msgspec.Struct, frozen=True, kw_only=True):
    """One programme and period, or the year itself (programme ""). None: not known, or not to be asked."""

    programme: str
    programme_name: str
    period_no: str = ""
    published: bool
    reconciled: bool | None = None
    printed: bool | None = None
    in_year: bool | None = None
    archived: bool | None = None
    posted: bool | None = None
    photographed: bool | None = None
    answered: bool | None = None
    colour: Colour = Colour.GREEN
    left: tuple[str, ...] = ()  # what is left, and what to do now

    @property
    def marks(self) -> tuple[str, ...]:
        """是, 否 or — in the order of COLUMNS."""
        told = (self.published, self.reconciled, self.printed, self.in_year, self.archived)
        later = (self.posted, self.photographed, self.answered)
        return tuple("—" if one is None else "是" if one else "否" for one in (*told, *later))

    @property
    def meaning(self) -> str:
        """What the colour means; 齐全 only where all that can be known is."""
        green = self.colour is Colour.GREEN
        return COUNTYS if green and None in {self.printed, self.archived} else MEANING[self.colour]


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """A village's year on a day: the year's own row first, then programmes and periods."""

    year: int
    days_left: int  # to 31 December; below 0: late by so many
    rows: tuple[ChecklistRow, ...]

    @property
    def colour(self) -> Colour:
        """The worst of its rows."""
        found = {row.colour for row in self.rows}
        return next((one for one in (Colour.RED, Colour.AMBER) if one in found), Colour.GREEN)

    @property
    def words(self) -> str:
        """黄（待办）：3 项里 1 项齐全，离 12 月 31 日还有 31 天."""
        done = [row.meaning for row in self.rows if row.colour is Colour.GREEN]
        all_done = COUNTYS if COUNTYS in done else MEANING[Colour.GREEN]
        meaning = all_done if self.colour is Colour.GREEN else MEANING[self.colour]
        told = f"{self.colour}（{meaning}）：{len(self.rows)} 项里 {len(done)} 项{all_done}"
        return told if self.colour is Colour.GREEN else f"{told}，{days_told(self.days_left)}"


def days_told(days_left: int) -> str:
    """How long it is to the end of the year, or how late it is."""
    if days_left < 0:
        return f"已逾期 {-days_left} 天"
    return f"离 12 月 31 日还有 {days_left} 天" if days_left else "今天是 12 月 31 日，最后一天"


def reconciled(control: Control | None, village: str, source_total_fen: int, gone: int) -> bool | None:
    """Whether a list agrees with the county's own total; None where it has none to agree with (settled §40).

    `gone` lines were taken down since. A total of more villages was compared when the list was proposed.
    """
    if control is None or gone:
        return None
    return control.scope != village or control.fen == source_total_fen


def checklist(lists: Iterable[OfList], year: OfYear, today: date) -> Checklist:
    """Every list of the year, those the year's figures name and nobody has too."""
    known = tuple(lists)
    every = sorted((*known, *_missing(known, year.annual)), key=lambda one: (one.programme, one.period_no))
    late = days_left(year.year, today) < 0
    rows = (_year_row(year, late), *(_row(one, year.annual, late) for one in every))
    return Checklist(year=year.year, days_left=days_left(year.year, today), rows=rows)


def _missing(known: tuple[OfList, ...], annual: Annual | None) -> Iterator[OfList]:
    """Lists that the year's figures sum and that are not there."""
    here = {one.batch for one in known}
    for row in annual.rows if annual else ():
        for one in row.batches:
            if one.batch not in here:
                yield OfList(
                    programme=row.programme, programme_name=row.programme_name, period_no=one.period_no
                )


def _year_row(year: OfYear, late: bool) -> ChecklistRow:
    closed = year.annual is not None
    return _coloured(
        ChecklistRow(
            programme="",
            programme_name=YEAR_ROW,
            published=closed,
            reconciled=year.holds if closed else None,
            printed=year.printed if closed else None,
            archived=year.archived if closed else None,
        ),
        late,
        wrong="年度汇总之后又有名单来到或更正，或与名单合计不符：请县里核定新的一版",
        missing="县里还没有核定本年度汇总：请县里办理 county close-year",
    )


def _row(of: OfList, annual: Annual | None, late: bool) -> ChecklistRow:
    summed = {one.batch: one for row in annual.rows for one in row.batches} if annual else {}
    return _coloured(
        ChecklistRow(
            programme=of.programme,
            programme_name=of.programme_name,
            period_no=of.period_no,
            published=bool(of.batch),
            reconciled=of.reconciled,
            printed=of.printed,
            in_year=_in_year(of, summed.get(of.batch)) if annual and of.batch else None,
            archived=of.archived,
        ),
        late,
        wrong=f"本表合计{yuan(of.sum_fen)}元，与县级发放总额不一致：请县里核对",
        missing="没有发放名单：请县里公布，或说明为什么没有",
    )


def _in_year(of: OfList, summed: AnnualBatch | None) -> bool:
    """The same edition with the same sum."""
    return summed is not None and (summed.edition, summed.sum_fen) == (of.edition, of.sum_fen)


def _coloured(row: ChecklistRow, late: bool, *, wrong: str, missing: str) -> ChecklistRow:
    """What is wrong is red at once, what is left only when its day is over."""
    left = (
        (row.reconciled is False, wrong),
        (not row.published, missing),
        (row.in_year is False, "年度汇总里没有这一版：请县里核定新的一版"),
        (row.printed is False, "还没有打印：请运行 kiosk print 并张贴"),
        (row.archived is False, "还没有存档：请运行 kiosk export"),
    )
    told = tuple(what for holds, what in left if holds)
    red = row.reconciled is False or (late and bool(told))
    colour = Colour.RED if red else Colour.AMBER if told else Colour.GREEN
    return msgspec.structs.replace(row, colour=colour, left=told)


_PLACE: Final = ("县", "镇", "村", "村代码", "年度")
_HEADS: Final = (*_PLACE, "项目", "期号", *COLUMNS, "颜色", "含义", "还要做什么")


def checklist_table(found: Iterable[tuple[Village, Checklist]]) -> Table:
    """The rows of many villages as one table, the village on each."""
    rows = tuple(row for village, one in found for row in _table_rows(village, one))
    return Table(above=(), columns=tuple(map(Column, _HEADS)), rows=rows)


def _table_rows(village: Village, found: Checklist) -> Iterator[tuple[str, ...]]:
    place = village.county, village.town, village.name, village.code, str(found.year)
    for row in found.rows:
        what = row.programme_name, row.period_no
        yield *place, *what, *row.marks, row.colour.value, row.meaning, "；".join(row.left)
