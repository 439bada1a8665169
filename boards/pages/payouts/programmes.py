"""补贴发放: every list of a year."""

from __future__ import annotations

from typing import Any

from boards.model.money import in_words, yuan
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.payouts.lists import entries
from boards.pages.payouts.year import years_to_choose
from boards.sheets.views import Frame, ProgrammesView


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
        "year_link": link(under(frame.village_code, "year", str(view.year))),
    }
