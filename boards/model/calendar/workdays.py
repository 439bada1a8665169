"""Working days, periods and deadlines (民法典 §201 to §203, 全国年节及纪念日放假办法).

A period is counted from the day after the posting (民法典 §201). A *posting period* is a minimum length:
it ends on its last day, whatever day that is. A *deadline for people* that falls on a day off ends
on the first working day after it (民法典 §203). Every answer says how certain it is: which days are off
is fixed each year by a notice of the State Council, so a year without a table is judged by what the
law itself fixes and by weekends, and what rests on that is provisional (暂定), never a silent guess.

The table of a year is taken as final for all its days. The notice of the following year may still
change its last days of December: the tables say so only once that notice is in them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec

from boards.model.errors import Fault, Refusal

ONE_DAY = timedelta(days=1)
LONGEST_TERM_DAYS = 3660  # ten years: no notice hangs longer, and a slip of the pen must not cost minutes


class DayKind(StrEnum):
    """How a day differs from what its weekday says."""

    HOLIDAY = "holiday"  # 法定节假日
    MAKEUP_WORKDAY = "makeup_workday"  # 调休上班


class DayException(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One day of the yearly notice on holidays (国务院办公厅关于节假日安排的通知)."""

    day: date
    kind: DayKind
    festival: str = ""


class Certainty(StrEnum):
    """What an answer about working days rests on, most certain first."""

    OFFICIAL = "official"  # the table of that year
    STATUTORY = "statutory"  # a date the law itself fixes (元旦, 劳动节, 国庆); what surrounds it is open
    WEEKEND_RULE = "weekend_rule"  # no table: Monday to Friday, lunar festivals unknown


class Unit(StrEnum):
    """What a term counts; statutes differ, so every term says it."""

    WORKING_DAY = "working_day"  # 工作日
    CALENDAR_DAY = "calendar_day"  # 日


class Term(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A length of time as a rule or a notice states it: 10个工作日, 30日."""

    n: int
    unit: Unit

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.n}个工作日" if self.unit is Unit.WORKING_DAY else f"{self.n}日"


class LastDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The last day of a period, and the weakest certainty of the days that were judged for it."""

    day: date
    certainty: Certainty = Certainty.OFFICIAL

    @property
    def provisional(self) -> bool:
        """Whether a table still to come may move it (暂定)."""
        return self.certainty is not Certainty.OFFICIAL


class TermNotPossible(Refusal):
    """A term is shorter than a day, longer than ten years, or runs past the end of the calendar."""

    code = "term-not-possible"
    fault = Fault.COUNTY
    sentence = "期限写成了{term}，无法计算。"
    advice = "请核对期限的天数和起算日期。"


_FIXED_SINCE = 2025  # 放假办法 §2 (2024 revision, in force 2025-01-01)
_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_ORDER = {certainty: place for place, certainty in enumerate(Certainty)}
MOST_ENDS = 1024  # last days kept


class WorkCalendar:
    """Which days are working days, by the tables of some years."""

    def __init__(self, exceptions: Iterable[DayException] = (), years: Iterable[int] = ()) -> None:
        """Keep the exceptions by day; `years` are those a table exists for."""
        self._exceptions = {exception.day: exception for exception in exceptions}
        self._working = {day: one.kind is DayKind.MAKEUP_WORKDAY for day, one in self._exceptions.items()}
        self.years = frozenset(years)
        # A case asks for the same few days a dozen times.
        self.posting_end = lru_cache(maxsize=MOST_ENDS)(self._posting_end)
        self.rolled = lru_cache(maxsize=MOST_ENDS)(self._rolled)

    def is_workday(self, day: date) -> tuple[bool, Certainty]:
        """Whether people work on this day, and what that rests on."""
        known = self._working.get(day)
        if day.year in self.years:
            return (day.weekday() < 5 if known is None else known), Certainty.OFFICIAL
        if known is not None:  # the notice of a neighbouring year named this day
            return known, Certainty.OFFICIAL
        if day.year >= _FIXED_SINCE and (day.month, day.day) in _FIXED:
            return False, Certainty.STATUTORY
        return day.weekday() < 5, Certainty.WEEKEND_RULE

    def exceptions(self) -> tuple[DayException, ...]:
        """Every day that is not as its weekday says, in order."""
        return tuple(self._exceptions[day] for day in sorted(self._exceptions))

    def extended(self, exceptions: Iterable[DayException], years: Iterable[int]) -> WorkCalendar:
        """Return this calendar with the tables of some years added; a year known already is replaced."""
        new_years = frozenset(years)
        kept = [one for one in self._exceptions.values() if one.day.year not in new_years]
        return WorkCalendar((*kept, *exceptions), self.years | new_years)

    def _posting_end(self, posted_on: date, term: Term) -> LastDay:
        """Last day a notice must hang: counted from the day after posting, not moved by holidays."""
        _possible(posted_on, term)
        if term.unit is Unit.CALENDAR_DAY:
            return LastDay(day=posted_on + timedelta(days=term.n))
        return self.working_day(posted_on, term.n)

    def deadline(self, since: date, term: Term) -> LastDay:
        """Last day a person may act, from the day after `since`; a day off moves it on (民法典 §203)."""
        end = self.posting_end(since, term)
        return end if term.unit is Unit.WORKING_DAY else self.rolled(end.day)

    def _rolled(self, day: date) -> LastDay:
        """Move a last day that is off to the first working day after it (民法典 §203)."""
        weakest = Certainty.OFFICIAL
        while True:
            works, certainty = self.is_workday(day)
            weakest = max(weakest, certainty, key=_ORDER.__getitem__)
            if works:
                return LastDay(day=day, certainty=weakest)
            day += ONE_DAY

    def earliest_end(self, posted_on: date, term: Term) -> date:
        """Earliest last day any table still to come could give: its weekends may all be made workdays."""
        if term.unit is Unit.CALENDAR_DAY:
            return self.posting_end(posted_on, term).day
        _possible(posted_on, term)
        return self.working_day(posted_on, term.n, open_days_count=True).day

    def working_day(self, since: date, n: int, *, open_days_count: bool = False) -> LastDay:
        """The n-th working day after a day, before it where n is negative. All counting is done here.

        `open_days_count` takes every day that neither a table nor the law fixes for a working day.
        """
        working, years, weakest, day = self._working, self.years, Certainty.OFFICIAL, since
        step, left = (ONE_DAY, n) if n > 0 else (-ONE_DAY, -n)
        while left > 0:
            day += step
            known = working.get(day)
            if known is None and day.year not in years:
                known, certainty = self.is_workday(day)
                known = known or (open_days_count and certainty is Certainty.WEEKEND_RULE)
                weakest = max(weakest, certainty, key=_ORDER.__getitem__)
            # The usual day is judged here, not in is_workday: a call a day would cost half the speed.
            left -= day.weekday() < 5 if known is None else known
        return LastDay(day=day, certainty=weakest)


def _possible(since: date, term: Term) -> None:
    if not 1 <= term.n <= LONGEST_TERM_DAYS or since.year > date.max.year - 30:
        raise TermNotPossible(term=term)


def months_after(day: date, months: int) -> date:
    """Day of the same number some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
