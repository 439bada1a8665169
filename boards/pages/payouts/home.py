"""Home: what ends soonest, then the ways in. Also what a board shows while nobody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from boards.model.money import yuan
from boards.pages.land.cases import case_row
from boards.pages.payouts.lists import entry

if TYPE_CHECKING:
    from datetime import date

    from boards.pages.frame.tongue import Tongue
    from boards.sheets.land.case_line import CaseLine
    from boards.sheets.views import Frame, HomeView

MOST_HEROES: Final = 5


def home_variables(view: HomeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Attract screen: the list that ends soonest, then the ways in."""
    updated = view.updated_at or frame.updated_at
    shown = [posted for posted in view.showing if posted.open]
    going = sum(case.going for case in view.cases)
    return {
        "heroes": _heroes(view, frame, tongue),
        "year": view.year,
        "this_year": view.year == frame.today.year,
        "programmes": view.programmes,
        "applications": view.applications,
        "has_records": bool(shown or view.programmes or view.applications),
        "cases": len(view.cases),
        "going": going,
        "sum": yuan(view.sum_fen),
        "updated": tongue.moment(updated, frame.today) if updated else "",
        "county": frame.county,
    }


def _heroes(view: HomeView, frame: Frame, tongue: Tongue) -> list[dict[str, Any]]:
    """What ends soonest first: lists inside their window, land cases with a period or a right that runs."""
    made = [
        (posted.until.day, {"land": False, **entry(posted, frame, tongue)})
        for posted in view.showing
        if posted.open
    ]
    made += [
        (day, {"land": True, **case_row(case, frame, tongue)})
        for case in view.cases
        if (day := _next_end(case, frame.today)) is not None
    ]
    made.sort(key=lambda pair: pair[0])
    return [hero for _, hero in made[:MOST_HEROES]]


def _next_end(case: CaseLine, today: date) -> date | None:
    """Nearest last day of a case: of its posting period or of something to do; None where nothing runs."""
    ends = [one.until.day for one in case.acts]
    if case.until is not None:
        ends.append(case.until.day)
    return min((day for day in ends if day >= today), default=None)
