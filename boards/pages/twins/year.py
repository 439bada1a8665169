"""The village's year for programs, as JSON and as a table: the figures of page, paper and voice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from boards.model.kept.annual import AnnualBatch, AnnualRow
from boards.model.payouts import LeftOut
from boards.pages.frame.wording import under
from boards.sheets.spreadsheet import Cell, Column, Table, as_csv
from boards.sheets.views import YearView
from boards.sheets.year import YearSheet, state_told


class YearBatch(msgspec.Struct, frozen=True, kw_only=True):
    """One list that the year sums."""

    batch: str
    edition: int
    period_no: str
    sum_fen: int
    paid_on: date | None
    makes_good: bool  # it pays again what had failed on another list


class YearProgramme(msgspec.Struct, frozen=True, kw_only=True):
    """One programme of the year."""

    programme: str
    programme_name: str
    department: str
    rate_text: str
    households: int
    people: int | None  # None: the lists do not tell, or too few
    quantity: Decimal | None
    unit: str
    sum_fen: int
    carried_fen: int  # of it, paid after the year (结转)
    last_paid_on: date | None
    batches: tuple[YearBatch, ...]
    left_out: tuple[LeftOut, ...]
    note: str


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The newest decision of the county, whether its figures hold or not."""

    edition: int
    decided_on: date
    sum_fen: int
    digest: str
    code: str
    overtaken: bool  # a list came, or changed, behind it
    differs: bool  # it is not the sum of the lists it names


class YearSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """The village's year: exactly the sums of its lists (R9), or the county's figures while they hold."""

    page: str
    twin: str
    table: str  # address of the same as CSV
    village: str
    year: int
    years: tuple[int, ...]
    title: str
    settled: bool  # 已由县里核定: rows and sum are the county's
    as_of: date
    days_left: int | None  # to 31 December, from 1 December on and while it is not settled
    office: str
    phone: str  # whom to call: the county's of a settled year, else the supervision phone
    sum_fen: int
    listed_fen: int  # of the lists here
    digest: str
    code: str
    rows: tuple[YearProgramme, ...]
    decided: Decided | None


def year_so_far(village: str, view: YearView) -> YearSoFar:
    """The year's figures as the page has them."""
    sheet, year = view.sheet, str(view.sheet.year)
    return YearSoFar(
        page=under(village, "year", year),
        twin=under(village, "json", "year", year),
        table=under(village, "csv", "year", year),
        village=village,
        year=sheet.year,
        years=view.years,
        title=sheet.title,
        settled=sheet.holds,
        as_of=sheet.as_of,
        days_left=view.days_left,
        office=sheet.office,
        phone=sheet.phone,
        sum_fen=sheet.sum_fen,
        listed_fen=sheet.listed_fen,
        digest=sheet.digest,
        code=sheet.code,
        rows=tuple(map(_programme, sheet.rows)),
        decided=_decided(sheet),
    )


def _decided(sheet: YearSheet) -> Decided | None:
    if (of := sheet.settled) is None:
        return None
    return Decided(
        edition=of.annual.edition,
        decided_on=of.annual.decided_on,
        sum_fen=of.annual.sum_fen,
        digest=of.digest,
        code=of.code,
        overtaken=of.overtaken,
        differs=of.differs,
    )


def _programme(row: AnnualRow) -> YearProgramme:
    own = {name: getattr(row, name) for name in YearProgramme.__struct_fields__}
    return YearProgramme(**own | {"batches": tuple(map(_batch, row.batches))})


def _batch(one: AnnualBatch) -> YearBatch:
    return YearBatch(**{name: getattr(one, name) for name in YearBatch.__struct_fields__})


_PLACE: Final = ("年度", "村", "村代码", "状态")
_WHAT: Final = ("项目代码", "项目", "主管部门", "标准", "受益户数", "受益人数", "数量", "单位")
_PAID: Final = ("金额（元）", "其中次年发放（元）", "发放批次", "发放日期")
_HEADS: Final = (*_PLACE, *_WHAT, *_PAID, "未列入笔数", "未列入金额（元）", "备注")


def year_table(sheet: YearSheet) -> bytes:
    """The same as CSV, the sum in the last line."""
    place = str(sheet.year), sheet.village.name, sheet.village.code, state_told(sheet)
    rows = tuple((*place, *_cells(row)) for row in sheet.rows)
    total: tuple[Cell, ...] = (*place, "", "合计", *[""] * 6, sheet.sum_fen, *[""] * 6)
    return as_csv(Table(above=(), columns=tuple(map(Column, _HEADS)), rows=rows, total=total))


def _cells(row: AnnualRow) -> tuple[Cell, ...]:
    """Money as money, everything else as text."""
    days = sorted({one.paid_on for one in row.batches if one.paid_on is not None})
    return (
        *(row.programme, row.programme_name, row.department, row.rate_text, str(row.households)),
        "" if row.people is None else str(row.people),
        *("" if row.quantity is None else f"{row.quantity:f}", row.unit, row.sum_fen, row.carried_fen),
        *(" ".join(one.period_no for one in row.batches), " ".join(map(str, days))),
        str(sum(part.count for part in row.left_out)),
        *(sum(part.sum_fen for part in row.left_out), row.note),
    )
