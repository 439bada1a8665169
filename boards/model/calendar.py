"""Working days: weekends, and the State Council's exceptions to them as the county pack carries them.

Nothing here is known by the program itself: a year without a table is judged by weekends only and
called provisional, never guessed (DOMAIN §0.3).
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """How a day differs from what its weekday says."""

    HOLIDAY = "holiday"  # 法定节假日
    MAKEUP_WORKDAY = "makeup_workday"  # 调休上班


class DayException(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the yearly notice on holidays (国务院办公厅关于节假日安排的通知)."""

    day: date
    kind: DayKind


class Workdays:
    """Which days are working days, by the tables of some years."""

    def __init__(self, exceptions: tuple[DayException, ...] = (), years: tuple[int, ...] = ()) -> None:
        """Keep the exceptions by day; `years` are those a table exists for."""
        self._kinds = {exception.day: exception.kind for exception in exceptions}
        self._years = frozenset(years)

    def __call__(self, day: date) -> bool:
        """Whether people work on this day."""
        kind = self._kinds.get(day)
        return kind is DayKind.MAKEUP_WORKDAY if kind else day.weekday() < 5

    def provisional(self, day: date) -> bool:
        """Whether the year of this day has no table yet, so that holidays are not known."""
        return day.year not in self._years


def working_days_after(start: date, days: int, is_workday: Callable[[date], bool]) -> date:
    """Last of `days` working days, counted from the day after `start`."""
    day = start
    while days > 0:
        day += ONE_DAY
        days -= is_workday(day)
    return day
