"""Areas and compensation of a case: own village first, then the whole, every figure as it was printed."""

from __future__ import annotations

from typing import Any

from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import total_due, total_paid
from boards.model.money import in_words, yuan
from boards.pages.frame.tongue import Tongue
from boards.pages.land.words import figure
from boards.sheets.land.views import CaseView


def area_variables(view: CaseView) -> dict[str, Any]:
    """Own village's land by class with its sum, then the others', then the whole, all as printed."""
    return {
        "own_rows": [_parcel(one) for one in view.own],
        "own_sum": _figures(view.own_total),
        "other_rows": [_parcel(one) for one in view.others],
        "area_sum": _figures(view.total),
    }


def _parcel(one: LandParcel) -> tuple[str, str, str, str]:
    return one.village, one.land_class, *_figures(one.area)


def _figures(area: Area) -> tuple[str, str]:
    return figure(area.ha), figure(area.mu)


def money_variables(view: CaseView, tongue: Tongue) -> dict[str, Any]:
    """Compensation by item, own village first; what was paid where that has been published."""
    rows = view.compensation
    own = [row for row in rows if row.village in view.own_names]
    mixed = bool(own) and len(own) < len(rows)
    due = view.due_fen if view.due_fen is not None else total_due(rows)
    people = next((one.notice.resettled for one in reversed(view.hung) if one.notice.resettled), None)
    return {
        "money_rows": [
            (
                row.village,
                row.village in view.own_names,
                row.item,
                row.basis,
                *("" if fen is None else yuan(fen) for fen in (row.amount, row.paid)),
            )
            for row in rows
        ],
        "has_basis": any(row.basis for row in rows),
        "has_paid": any(row.paid is not None for row in rows),
        "own_due": yuan(total_due(own)) if mixed else "",
        "own_paid": yuan(total_paid(own)) if mixed else "",
        "due": yuan(due) if rows else "",
        "due_in_words": in_words(due) if rows else "",
        "paid": yuan(view.paid_fen if view.paid_fen is not None else total_paid(rows)) if rows else "",
        "resettled": tongue.say("安置对象{count}人").format(count=people) if people else "",
    }
