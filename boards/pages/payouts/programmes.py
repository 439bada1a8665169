"""补贴发放: every list of a year, and every programme of the county with how it stands today."""

from __future__ import annotations

from typing import Any, Final

from boards.model.money import in_words, yuan
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called, link, under
from boards.pages.payouts.lists import entries
from boards.pages.payouts.programme import standing
from boards.pages.payouts.year import years_to_choose
from boards.sheets.views import Frame, ProgrammesView

STATES: Final = ("can", "now", "done", "")
"""The classes of how a programme stands, in the order of the page."""


def programmes_variables(view: ProgrammesView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Every list of a year, with the village's sum."""
    made = entries(view.posted, frame, tongue)
    return {
        **made,
        "year": view.year,
        "years": years_to_choose(
            view.years, view.year, under(frame.village_code, "programmes") + "?year={year}"
        ),
        "sum": yuan(view.sum_fen),
        "in_words": in_words(view.sum_fen),
        "kinds": len({row["label"] for row in made["paid"]}),
        "every": _every(view, frame, tongue),
        "year_link": link(under(frame.village_code, "year", str(view.year))),
    }


def _every(view: ProgrammesView, frame: Frame, tongue: Tongue) -> list[dict[str, Any]]:
    """Every programme, those first for which people can do something now."""
    rows = [(standing(one, frame, tongue), one.programme) for one in view.every]
    rows.sort(key=lambda row: STATES.index(row[0][0]))
    return [
        {
            "name": phrased(called(frame, programme.code, programme.name)),
            "foreign": programme.code in frame.names,
            "department": programme.department,
            "href": link(under(frame.village_code, "programmes", programme.code)),
            "standing": stands,
        }
        for stands, programme in rows
    ]
