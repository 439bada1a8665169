"""Home, programmes, one programme's guide, the village's year, finding: pages that lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from boards.model.money import in_words, yuan
from boards.pages.lists import entries, entry
from boards.pages.wording import link, paragraphs, plain, under

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boards.pages.tongue import Tongue
    from boards.sheets.views import (
        FindView,
        Frame,
        HomeView,
        Person,
        ProgrammesView,
        ProgrammeView,
        YearView,
    )


FEW_PEOPLE: Final = 12  # as many as a board shows at once


def home_variables(view: HomeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Attract screen: the list that ends soonest, then the ways in."""
    updated = view.updated_at or frame.updated_at
    shown = [posted for posted in view.showing if posted.open][:5]
    return {
        "heroes": [entry(posted, frame, tongue) for posted in shown],
        "year": view.year,
        "programmes": view.programmes,
        "applications": view.applications,
        "has_records": bool(shown or view.programmes or view.applications),
        "sum": yuan(view.sum_fen),
        "updated": tongue.moment(updated, frame.today) if updated else "",
        "county": frame.county,
    }


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
        "department": view.programme.department,
        "guide": [(name, paragraphs(text)) for name, text in told if text],
        **entries(view.posted, frame, tongue, dated=True),
    }


def year_variables(view: YearView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Village's year so far (年度汇总): sums only, never a name."""
    return {
        "year": view.year,
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


def _people(people: Iterable[Person], frame: Frame) -> list[tuple[str, str, str, int, str]]:
    """Name, group, household head, payouts, address. Two of one name differ by group and head only."""
    return [
        (
            person.name,
            person.group,
            "" if person.head_of_household == person.name else person.head_of_household,
            person.payouts,
            link(under(frame.village_code, "households", str(person.household))),
        )
        for person in people
    ]


def find_variables(view: FindView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Surname tiles; or, after one was touched, its people, by group where they are many."""
    del tongue
    many = len(view.people) > FEW_PEOPLE
    groups: dict[str, list[Person]] = {}
    for person in view.people:
        groups.setdefault(person.group if many else "", []).append(person)
    return {
        "surname": view.surname,
        "surnames": [
            (
                tile.surname,
                len(tile.surname) > 2,
                f"{tile.count:,}",
                link(under(frame.village_code, "find", tile.surname)),
            )
            for tile in view.surnames
        ],
        "groups": [(group, _people(people, frame)) for group, people in groups.items()],
        "found": len(view.people),
        "find": link(under(frame.village_code, "find")),
    }
