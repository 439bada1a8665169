"""The village's year so far: one row a programme, exactly the sum of its lists (R9, domain §1.5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from boards.sheets.sheet import SheetHead
from boards.sheets.views import YearRow


def year_rows(
    heads: Iterable[SheetHead], households: Callable[[tuple[SheetHead, ...]], int]
) -> tuple[YearRow, ...]:
    """Rows in order of programme code; `households` counts different households over several lists.

    The department is the county pack's to say and stays "" here.
    """
    by_programme: dict[str, list[SheetHead]] = {}
    for head in heads:
        by_programme.setdefault(head.terms.programme, []).append(head)
    return tuple(_row(tuple(by_programme[code]), households) for code in sorted(by_programme))


def _row(heads: tuple[SheetHead, ...], households: Callable[[tuple[SheetHead, ...]], int]) -> YearRow:
    terms = heads[0].terms
    units = {head.unit for head in heads}
    rates = {head.terms.rate_text for head in heads}
    quantities = [head.quantity for head in heads if head.quantity is not None]
    one_unit = len(units) == 1 and len(quantities) == len(heads)
    return YearRow(
        programme=terms.programme,
        programme_name=terms.programme_name,
        department="",
        rate_text=rates.pop() if len(rates) == 1 else "",
        households=households(heads),
        quantity=sum(quantities, Decimal(0)) if one_unit else None,
        unit=units.pop() if one_unit else "",
        sum_fen=sum(head.sum_fen for head in heads),
        last_paid_on=max((h.terms.paid_on for h in heads if h.terms.paid_on is not None), default=None),
    )
