"""A village's year, programme by programme, computed from its log, to be held to typed figures (R9, R10).

Sums, lists and what was left out are those of the closes; households, people, quantity and what was paid
late are counted from the lines that stand.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from boards.model.kept.annual import AnnualRow, unmeasured
from boards.model.kept.summed import Summed, summed
from boards.sheets.year import people_named
from sync import wire
from sync.county.publish.published.years import year_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from boards.model.kept.summed import YearList
    from boards.model.pack import Pack
    from boards.model.payouts import Payout

_SAYS = {wire.Kind.PUBLISH, wire.Kind.CORRECT}


class VillageYear(NamedTuple):
    """The rows of a year as they are published, and by programme what only the county's books are held to."""

    rows: tuple[AnnualRow, ...]
    beyond: dict[str, int]  # by how much more was paid again than had ever failed
    quantities: dict[str, Decimal | None]  # of sensitive programmes too, whose rows have none


def village_year(
    lines: Sequence[bytes], year: int, pack: Pack, makes_good: frozenset[str] = frozenset()
) -> VillageYear:
    """What the lists of a log come to in a fiscal year."""
    lists = {one.batch: one for one in year_lists(lines)}
    found = summed(lists.values(), year, makes_good)
    paid = _paid(lines, {one.batch for row in found.values() for one in row.batches})
    rows = tuple(_row(code, found[code], lists, paid, pack) for code in found)
    sensitive = {one.code for one in pack.programmes if one.sensitive}
    sensitive |= {one.terms.programme for one in lists.values() if one.terms.sensitive}
    return VillageYear(
        tuple(unmeasured(row) if row.programme in sensitive else row for row in rows),
        {code: row.made_good_fen for code, row in found.items() if row.made_good_fen},
        {row.programme: row.quantity for row in rows},
    )


def _paid(lines: Iterable[bytes], batches: set[str]) -> dict[str, list[Payout]]:
    """The payouts that stand, by list; of all other lines only the head is read."""
    found: defaultdict[str, dict[str, Payout]] = defaultdict(dict)
    for line in lines:
        raw, body = wire.framed(line)
        head = wire.head_of(raw)
        if head.batch in batches:
            found[head.batch].pop(head.rec, None)
            if head.kind in _SAYS and body:
                said = cast("wire.PublishBody | wire.CorrectBody", wire.body_of(head.kind, body))
                found[head.batch][head.rec] = said.payout
    return {batch: [*records.values()] for batch, records in found.items()}


def _row(
    code: str, of: Summed, lists: Mapping[str, YearList], paid: Mapping[str, list[Payout]], pack: Pack
) -> AnnualRow:
    programme = {one.code: one for one in pack.programmes}.get(code)
    terms = [lists[one.batch].terms for one in of.batches]
    rates = {one.rate_text for one in terms}
    payouts = [payout for one in of.batches for payout in paid.get(one.batch, ())]
    late = sum(_carried(lists[one.batch], paid.get(one.batch, ())) for one in of.batches)
    quantity, unit = _measured(payouts)
    return AnnualRow(
        programme=code,
        programme_name=terms[-1].programme_name,
        department=programme.department if programme else "",
        rate_text=rates.pop() if len(rates) == 1 else "",
        households=_households(payouts),
        people=people_named(payouts) if programme and programme.kind == "person" else None,
        quantity=quantity,
        unit=unit,
        sum_fen=of.sum_fen,
        carried_fen=late,
        batches=of.batches,
        left_out=of.left_out,
    )


def _carried(one: YearList, payouts: Iterable[Payout]) -> int:
    """What was paid after 31 December of the fiscal year (结转, R10)."""
    days = ((payout.paid_on or one.terms.paid_on, payout.amount_fen) for payout in payouts)
    return sum(fen for day, fen in days if day and day.year > one.terms.fiscal_year)


def _measured(payouts: Sequence[Payout]) -> tuple[Decimal | None, str]:
    """What was paid for in one unit; (None, "") where a line has none, or several are mixed."""
    units = {payout.unit for payout in payouts}
    quantities = [payout.quantity for payout in payouts if payout.quantity is not None]
    if len(units) != 1 or len(quantities) != len(payouts):
        return None, ""
    total = sum(quantities, Decimal(0))
    return Decimal(f"{total.normalize():f}"), units.pop()


def _households(payouts: Sequence[Payout]) -> int:
    """Different ones over all lists: by the county's key, else by group and name, where one key fits."""
    keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for payout in payouts:
        if payout.household:
            keys[payout.group, payout.holder].add(payout.household)
    return len({_household(payout, keys) for payout in payouts})


def _household(payout: Payout, keys: Mapping[tuple[str, str], set[str]]) -> str | tuple[str, str]:
    named = payout.group, payout.holder
    if payout.household:
        return payout.household
    known = keys.get(named, set())
    return next(iter(known)) if len(known) == 1 else named
