"""10,000 deadlines in working days against plain `date + timedelta` with a set lookup per day.

Run: make bench ARGS=bench_land. Ours also says how certain each answer is, rolls deadlines over days
off, and knows the days that are worked at weekends; plain only skips Saturdays, Sundays and a set of holidays.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

from boards.model.calendar.workdays import DayKind, Term, Unit
from boards.model.calendar.years import shipped_calendar
from tests.bench.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator


DEADLINES, ROUNDS, TARGET = 10_000, 5, 0.2
ONE_DAY = timedelta(days=1)


def plain(starts: list[tuple[date, int]], holidays: set[date]) -> list[date]:
    """The loop anybody would write."""
    ends = []
    for start, days in starts:
        day, left = start, days
        while left > 0:
            day += ONE_DAY
            if day.weekday() < 5 and day not in holidays:
                left -= 1
        ends.append(day)
    return ends


def figures() -> Iterator[Figure]:
    """Rate of our deadlines against a plain count of weekdays."""
    calendar = shipped_calendar()
    chance = random.Random(4)
    starts = [
        (date(2024, 1, 1) + timedelta(days=chance.randrange(1000)), chance.choice((7, 10, 15, 20)))
        for _ in range(DEADLINES)
    ]
    terms = {n: Term(n=n, unit=Unit.WORKING_DAY) for n in (7, 10, 15, 20)}
    holidays = {one.day for one in calendar.exceptions() if one.kind is DayKind.HOLIDAY}
    ours, bare = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        plain(starts, holidays)
        bare.append(time.process_time() - began)
        began = time.process_time()
        for day, n in starts:
            calendar.deadline(day, terms[n])
        ours.append(time.process_time() - began)
    said = f"{min(bare) * 1e3:.0f} ÷ {min(ours) * 1e3:.0f} ms"
    yield Figure(
        f"{DEADLINES:,} deadlines ÷ a plain count", min(bare) / min(ours), TARGET, at_least=True, said=said
    )
