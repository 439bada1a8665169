"""Home: what ends soonest, then the ways in. Also what a board shows while nobody is there."""

from __future__ import annotations

from typing import Any, Final

from boards.model.money import yuan
from boards.pages.frame.tongue import Tongue
from boards.pages.land.cases import case_row
from boards.pages.payouts.lists import entry
from boards.sheets.views import Frame, HomeView

MOST_HEROES: Final = 5


def home_variables(view: HomeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Attract screen: the list that ends soonest, then the ways in."""
    updated = view.updated_at or frame.updated_at
    return {
        "heroes": _heroes(view, frame, tongue),
        "year": view.year,
        "this_year": view.year == frame.today.year,
        "programmes": view.programmes,
        "applications": view.applications,
        "has_records": bool(
            view.programmes or view.applications or any(posted.open for posted in view.showing)
        ),
        "cases": len(view.cases),
        "going": sum(case.going for case in view.cases),
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
    for case in view.cases:
        ends = [until.day for until in (case.until, *(one.until for one in case.acts)) if until is not None]
        if coming := [day for day in ends if day >= frame.today]:
            made.append((min(coming), {"land": True, **case_row(case, frame, tongue)}))
    made.sort(key=lambda pair: pair[0])
    return [hero for _, hero in made[:MOST_HEROES]]
