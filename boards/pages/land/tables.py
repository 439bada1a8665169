"""Areas and compensation of a case: own village first, then the whole, every figure as it was printed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from boards.model.land.areas import LandParcel
from boards.model.land.compensation import total_due, total_paid
from boards.model.money import in_words, yuan
from boards.pages.frame.tongue import Tongue
from boards.pages.land.words import figure
from boards.sheets.land.views import CaseView

_in_words: Final = lru_cache(maxsize=256)(in_words)  # a case's sum is written out once


def area_variables(view: CaseView) -> dict[str, Any]:
    """Land by class, own village's and the others', with the sums; all as printed."""
    return {
        "own_ha": figure(view.own_total.ha),
        "own_mu": figure(view.own_total.mu),
        "whole_ha": figure(view.total.ha),
        "whole_mu": figure(view.total.mu),
        "own_rows": _parcels(view.own),
        "other_rows": _parcels(view.others),
    }


def _parcels(parcels: Iterable[LandParcel]) -> list[tuple[str, str, str, str]]:
    return [(one.village, one.land_class, figure(one.area.ha), figure(one.area.mu)) for one in parcels]


def money_variables(view: CaseView, tongue: Tongue) -> dict[str, Any]:
    """Compensation by item, own village first; what was paid where that has been published."""
    rows = view.compensation
    own = [row for row in rows if row.village in view.own_names]
    mixed = bool(own) and len(own) < len(rows)
    due = view.due_fen if view.due_fen is not None else total_due(rows)
    people = next((one.notice.resettled for one in reversed(view.hung) if one.notice.resettled), None)
    return {
        "has_basis": any(row.basis for row in rows),
        "has_paid": any(row.paid is not None for row in rows),
        "own_due": yuan(total_due(own)) if mixed else "",
        "own_paid": yuan(total_paid(own)) if mixed else "",
        "due": yuan(due) if rows else "",
        "due_in_words": _in_words(due) if rows else "",
        "paid": yuan(view.paid_fen if view.paid_fen is not None else total_paid(rows)) if rows else "",
        "resettled": tongue.say("安置对象{count}人").format(count=people) if people else "",
        "money_rows": [
            (
                row.village,
                row.village in view.own_names,
                row.item,
                row.basis,
                "" if row.amount is None else yuan(row.amount),
                "" if row.paid is None else yuan(row.paid),
            )
            for row in rows
        ],
    }
