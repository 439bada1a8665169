"""How long names may hang: the board's window and the wall's (settled §1 to §3, domain §1.2).

The board (screen) window opens on the civil day of import. The wall window opens on the day a
posting is recorded. The day of posting is not counted.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from boards.model.calendar.workdays import LastDay, Term, Unit, WorkCalendar, months_after
from boards.model.calendar.years import shipped_calendar
from boards.model.pack import Pack, Windows
from boards.model.payouts import Phase, Terms


class Ends(StrEnum):
    """Which rule sets the last day."""

    DAYS = "days"  # the posting period of an application list, or of a wall
    YEAR = "year"  # 31 December of the payment year
    NEXT_BATCH = "next-batch"  # the day before the programme's next batch
    LIMIT = "limit"  # the longest a payout list may hang


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The civil days a list may be read, first and last one included."""

    start: date
    until: LastDay
    ends: Ends


def board_window(
    terms: Terms,
    imported_on: date,
    windows: Windows,
    calendar: WorkCalendar,
    next_batch_on: date | None = None,
) -> Window:
    """Window on the screen.

    Application list: N days by the programme's count basis, working days by the county's calendar
    (provisional where that has no table for the year). Payout list: from import until the
    later of 31 December of the payment year and the day before the programme's next batch
    (`next_batch_on`); while no next batch has come it stays; never longer than
    `payment_max_months` after the payment.
    """
    if terms.phase is Phase.APPLICATION:
        if windows.application_count == "calendar_inclusive":
            until = LastDay(day=imported_on + timedelta(days=windows.application_days - 1))
        else:
            until = calendar.posting_end(imported_on, wall_term(terms.phase, windows))
        return Window(start=imported_on, until=until, ends=Ends.DAYS)
    paid_on = terms.paid_on or imported_on
    last, ends = months_after(paid_on, windows.payment_max_months), Ends.LIMIT
    if next_batch_on is not None:
        year_end, eve = date(paid_on.year, 12, 31), next_batch_on - timedelta(days=1)
        wanted = max(year_end, eve)
        if wanted <= last:
            last, ends = wanted, Ends.YEAR if year_end >= eve else Ends.NEXT_BATCH
    return Window(start=imported_on, until=LastDay(day=last), ends=ends)


def workdays_of(pack: Pack) -> WorkCalendar:
    """Working days as the county knows them: the shipped tables, and the pack's years over them."""
    return shipped_calendar().extended(pack.calendar, pack.calendar_years)


def wall_term(phase: Phase, windows: Windows) -> Term:
    """How long a printed list hangs where the county planned no dates: 自张贴之日起N日 (settled §2)."""
    if phase is not Phase.APPLICATION:
        return Term(n=windows.wall_days, unit=Unit.CALENDAR_DAY)
    working = windows.application_count == "working"
    return Term(n=windows.application_days, unit=Unit.WORKING_DAY if working else Unit.CALENDAR_DAY)


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
