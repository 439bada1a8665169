"""Home, programmes, one programme's guide, the village's year: pages that lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from boards.model.money import in_words, yuan
from boards.pages.frame.phrases import phrased
from boards.pages.frame.wording import link, paragraphs, plain, under
from boards.pages.land.cases import case_row
from boards.pages.payouts.lists import entries, entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from boards.pages.frame.tongue import Tongue
    from boards.sheets.land.case_line import CaseStanding
    from boards.sheets.views import (
        Frame,
        HomeView,
        ProgrammesView,
        ProgrammeView,
        YearView,
    )

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


def _next_end(case: CaseStanding, today: date) -> date | None:
    """Nearest last day of a case: of its posting period or of something to do; None where nothing runs."""
    ends = [one.until.day for one in case.acts]
    if case.until is not None:
        ends.append(case.until.day)
    return min((day for day in ends if day >= today), default=None)


def _years(years: Iterable[int], now: int, address: str) -> list[tuple[int, str, bool]]:
    """Year, address, and whether it is the one shown."""
    return [(year, link(address.format(year=year)), year == now) for year in years]


def programmes_variables(view: ProgrammesView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Every list of a year, with the village's sum."""
    made = entries(view.posted, frame, tongue)
    return {
        **made,
        "year": view.year,
        "years": _years(view.years, view.year, under(frame.village_code, "programmes") + "?year={year}"),
        "sum": yuan(view.sum_fen),
        "in_words": in_words(view.sum_fen),
        "kinds": len({row["label"] for row in made["paid"]}),
        "year_link": link(under(frame.village_code, "year", str(view.year))),
    }


def programme_variables(view: ProgrammeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Who may have it, how much, how, with what papers, where, until when, by which rule."""
    guide, _ = view.programme.guide, tongue.say
    told = (
        (_("谁可以领"), guide.who),
        (_("补多少"), guide.standard),
        (_("怎么办"), guide.how),
        (_("要带什么"), guide.materials),
        (_("什么时候办"), guide.deadline),
        (_("到哪里办"), guide.office),
        (_("咨询电话"), guide.phone),
        (_("政策依据"), guide.basis),
    )
    return {
        "title": view.programme.name,
        "heading": phrased(view.programme.name),
        "department": view.programme.department,
        "guide": [(name, paragraphs(text)) for name, text in told if text],
        **entries(view.posted, frame, tongue, dated=True),
    }


def year_variables(view: YearView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Village's year so far (年度汇总): sums only, never a name."""
    return {
        "year": view.year,
        "heading": phrased(tongue.say("{year}年全村补贴汇总").format(year=view.year)),
        "years": _years(view.years, view.year, under(frame.village_code, "year") + "/{year}"),
        "rows": [
            (
                row.programme_name,
                link(under(frame.village_code, "programmes", row.programme)),
                row.department,
                row.rate_text,
                f"{row.households:,}",
                f"{plain(row.quantity)}{row.unit}" if row.quantity is not None else "",
                yuan(row.sum_fen) if row.sum_fen else "",
                tongue.day(row.last_paid_on, frame.today) if row.last_paid_on else "",
            )
            for row in view.rows
        ],
        "sum": yuan(view.sum_fen),
        "in_words": in_words(view.sum_fen),
        "as_of": tongue.day(view.as_of, frame.today),
        "kinds": len(view.rows),
    }
