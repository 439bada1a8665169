"""全村年度汇总: the village's year so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from boards.model.money import in_words, yuan
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called, link, plain, under
from boards.sheets.views import Frame, YearView


def year_variables(view: YearView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Village's year so far (年度汇总): sums only, never a name."""
    return {
        "year": view.year,
        "heading": phrased(tongue.say("{year}年全村补贴汇总").format(year=view.year)),
        "years": years_to_choose(view.years, view.year, under(frame.village_code, "year") + "/{year}"),
        "rows": [
            (
                called(frame, row.programme, row.programme_name),
                row.programme in frame.names,
                link(under(frame.village_code, "programmes", row.programme)),
                row.department,
                tongue.rate(row.rate_text),
                f"{row.households:,}",
                tongue.measured(plain(row.quantity), row.unit) if row.quantity is not None else "",
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


def years_to_choose(years: Iterable[int], now: int, address: str) -> list[tuple[int, str, bool]]:
    """Year, address, and whether it is the one shown."""
    return [(year, link(address.format(year=year)), year == now) for year in years]
