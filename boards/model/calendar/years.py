"""Tables of days off and days worked, as files: our CSV, and the year files of holiday-cn.

CSV:         date,kind,festival            2026-02-14,makeup_workday,Spring Festival
holiday-cn:  {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}

What the State Council has announced for 2004 to 2026 is shipped beside this module: it is law and the
same everywhere. A county pack adds the years to come and may replace a year (`WorkCalendar.extended`).
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib import resources
from io import StringIO

import msgspec

from boards.model.calendar.workdays import DayException, DayKind, WorkCalendar
from boards.model.errors import Fault
from boards.model.line_faults import FaultsInFile, LineFault

_SHIPPED = "calendar_2004_2026.csv"
_COLUMNS = ("date", "kind")


class CalendarUnreadable(FaultsInFile):
    """A calendar table is not what it should be; every line that is wrong is named."""

    code = "calendar-unreadable"
    fault = Fault.COUNTY
    sentence = "节假日表有无法读取的地方：{told}\n共 {count} 处。"
    advice = "请核对该行：日期写成 2027-01-01，类别写 holiday 或 makeup_workday，同一天只写一行。"


class _HolidayCnDay(msgspec.Struct, frozen=True):
    name: str
    date: date
    isOffDay: bool  # noqa: N815 - the name in their files


class _HolidayCnYear(msgspec.Struct, frozen=True):
    year: int
    days: tuple[_HolidayCnDay, ...]


def calendar_from(csv_text: str) -> WorkCalendar:
    """Calendar of a whole CSV table; a year with at least one line counts as announced."""
    exceptions = exceptions_from(csv_text)
    return WorkCalendar(exceptions, {one.day.year for one in exceptions})


def exceptions_from(csv_text: str) -> tuple[DayException, ...]:
    """Read a CSV table; the festival column may be missing. CalendarUnreadable names every wrong line."""
    rows = csv.reader(StringIO(csv_text.removeprefix("\ufeff")))
    if tuple(column.strip() for column in next(rows, [])[:2]) != _COLUMNS:
        raise CalendarUnreadable([LineFault(1, "", "表头应为 date,kind,festival")])
    found: dict[date, tuple[int, DayException]] = {}
    faults: list[LineFault] = []
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            read = _exception(number, [*(cell.strip() for cell in row), "", ""])
            if isinstance(read, DayException) and read.day in found:
                read = [LineFault(number, "date", f"这一天第 {found[read.day][0]} 行已经写过")]
            if isinstance(read, DayException):
                found[read.day] = number, read
            else:
                faults += read
    if faults:
        raise CalendarUnreadable(faults)
    return tuple(exception for _, exception in found.values())


def _exception(line: int, cells: list[str]) -> DayException | list[LineFault]:
    """One line of the table, or what is wrong with it."""
    faults, day = [], None
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        faults.append(LineFault(line, "date", "应是日期，例如 2027-01-01"))
    if cells[1] not in set(DayKind):
        faults.append(LineFault(line, "kind", f"只能是 {'、'.join(DayKind)} 之一"))
    return faults if faults or not day else DayException(day=day, kind=DayKind(cells[1]), festival=cells[2])


def exceptions_from_holiday_cn(raw: bytes) -> tuple[int, tuple[DayException, ...]]:
    """Read a holiday-cn year file: the year it announces, and its days (some may lie in December before)."""
    try:
        read = msgspec.json.decode(raw, type=_HolidayCnYear)
    except msgspec.DecodeError as e:
        raise CalendarUnreadable([LineFault(1, "", "不是 holiday-cn 的年度文件")]) from e
    days = tuple(
        DayException(
            day=one.date,
            kind=DayKind.HOLIDAY if one.isOffDay else DayKind.MAKEUP_WORKDAY,
            festival=one.name,
        )
        for one in read.days
    )
    return read.year, days


@cache
def shipped_calendar() -> WorkCalendar:
    """Return the calendar this program was released with: 2004 to 2026."""
    return calendar_from(resources.files("boards.model.calendar").joinpath(_SHIPPED).read_text("utf-8"))
