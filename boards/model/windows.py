"""Two times of a list: until when one may object, and how long the screen keeps its names.

公示期, the posting term, is the programme's rule; it runs on the wall and is the one deadline to object
(settled §36). While nobody has told of a posting, every door says its words (自张贴之日起N日), and the mark
正在公示 runs as long from the day of import. How long names stay on the screen (本机可查到) is the board's
window (settled §2). The day of posting is not counted.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from boards.model.calendar.workdays import LastDay, Term, Unit, WorkCalendar, months_after
from boards.model.calendar.years import shipped_calendar
from boards.model.pack import Pack, Windows
from boards.model.payouts import Phase, Terms

LONGEST_NAMED = 30  # days, of a sensitive programme (settled §37)
CALENDAR_DAYS = {"calendar", "calendar_inclusive"}


class Ends(StrEnum):
    """Which rule sets the last day."""

    DAYS = "days"  # the posting term of an application list, or of a sensitive programme's
    YEAR = "year"  # 31 December of the payment year
    NEXT_BATCH = "next-batch"  # the day before the programme's next batch
    LIMIT = "limit"  # the longest a payout list may hang


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The civil days a list may be read, first and last one included."""

    start: date
    until: LastDay
    ends: Ends


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The one deadline to object to a list (settled §36)."""

    term: Term  # from the posting on: what every door says
    until: LastDay  # last day of the mark 正在公示, as if it had been posted on the day of import


def posting_term(terms: Terms, windows: Windows) -> Term:
    """公示期 of a list by its programme's rule; of a sensitive one working days unless the pack counts else.

    `calendar_inclusive`, of older packs, means calendar days: the day of posting is never counted.
    """
    applied = terms.phase is Phase.APPLICATION
    count = windows.application_count if applied else windows.wall_count
    working = terms.sensitive if count is None else count == "working"
    days = windows.application_days if applied else windows.wall_days
    return Term(n=days, unit=Unit.WORKING_DAY if working else Unit.CALENDAR_DAY)


def deadline(terms: Terms, imported_on: date, windows: Windows, calendar: WorkCalendar) -> Deadline:
    """Until when one may object: working days by the county's calendar, provisional in a year it lacks."""
    term = posting_term(terms, windows)
    return Deadline(term=term, until=calendar.posting_end(imported_on, term))


def board_window(
    terms: Terms,
    imported_on: date,
    windows: Windows,
    calendar: WorkCalendar,
    next_batch_on: date | None = None,
) -> Window:
    """How long the screen keeps the names (本机可查到).

    Application list, and any list of a sensitive programme (settled §37): as long as the posting term,
    from the import. Other payout lists: from import until the later of 31 December of the payment year
    and the day before the programme's next batch (`next_batch_on`); while no next batch has come it stays;
    never longer than `payment_max_months` after the payment.
    """
    if terms.sensitive or terms.phase is Phase.APPLICATION:
        until = deadline(terms, imported_on, windows, calendar).until
        return Window(start=imported_on, until=until, ends=Ends.DAYS)
    paid_on = terms.paid_on or imported_on
    last, ends = months_after(paid_on, windows.payment_max_months), Ends.LIMIT
    if next_batch_on is not None:
        year_end, eve = date(paid_on.year, 12, 31), next_batch_on - timedelta(days=1)
        wanted = max(year_end, eve)
        if wanted <= last:
            last, ends = wanted, Ends.YEAR if year_end >= eve else Ends.NEXT_BATCH
    return Window(start=imported_on, until=LastDay(day=last), ends=ends)


def named_too_long(pack: Pack) -> tuple[str, ...]:
    """Sensitive programmes that keep names longer than thirty days, or 21 working days (settled §37)."""
    return tuple(one.name for one in pack.programmes if one.sensitive and keeps_names_long(one.windows))


def keeps_names_long(windows: Windows) -> bool:
    """Whether names stay longer than a sensitive programme may keep them (settled §37)."""
    counts = (windows.application_days, windows.application_count), (windows.wall_days, windows.wall_count)
    return any(
        days > (LONGEST_NAMED if count in CALENDAR_DAYS else LONGEST_NAMED * 5 // 7) for days, count in counts
    )


def workdays_of(pack: Pack) -> WorkCalendar:
    """Working days as the county knows them: the shipped tables, and the pack's years over them."""
    return shipped_calendar().extended(pack.calendar, pack.calendar_years)


def names_visible(window: Window, today: date) -> bool:
    """Whether names may be shown: until the last day has passed.

    The first day is not asked: what is here was imported, so a clock that reads earlier is wrong,
    and a wrong clock blanks no name (settled §3).
    """
    return today <= window.until.day


def days_left(window: Window, today: date) -> int:
    """Whole days after today; 0 on the last day, negative afterwards."""
    return (window.until.day - today).days


def year_before_visible(before: Terms, windows: Windows, opened: date, today: date, *, hangs: bool) -> bool:
    """Whether a household's own page may say what its list of the year before said (settled §2).

    While that list hangs itself (`hangs`); then for as many days as the pack says from the day the new list
    came (`opened`), but no longer than a payout list may hang at all; of a sensitive programme never.
    """
    if before.sensitive or before.paid_on is None:
        return False
    longest = months_after(before.paid_on, windows.payment_max_months)
    last = min(longest, opened + timedelta(days=windows.year_before_days))
    return hangs or (windows.year_before_days > 0 and today <= last)
