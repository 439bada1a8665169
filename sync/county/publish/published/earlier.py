"""The other lists of a village, published or waiting, as a new one is held against them (settled §43)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, cast

from boards.model.payouts import Phase
from sync import wire
from sync.county.checks.once import paid
from sync.county.checks.whole import Earlier
from sync.county.publish.proposals import checked_lines, stands
from sync.county.publish.published.lists import lists_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from sync.county.checks.whole import Paid
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.county.publish.published.lists import PublishedList

_SAYS = {wire.Kind.PUBLISH, wire.Kind.CORRECT}


def earlier_lists(
    county: County, village: str, batch: str, proposed: Sequence[Proposal], days: AbstractSet[date]
) -> tuple[Earlier, ...]:
    """Every other list of the village, with who was paid on one of these days; raises ProposalDamaged."""
    lines, own = list(county.log(village).lines()), [one for one in proposed if village in one.villages]
    waiting = [one for one in own if stands(county, one) != "published"]
    for one in waiting:
        lines += checked_lines(county, one.id, one.part(village))
    lists, shares = lists_in(lines), {one.batch: one.share for one in own if one.kind == "batch"}
    people = _paid(lines, lists, days)
    return tuple(
        Earlier(
            close=one.close,
            share=shares.get(one.batch),
            waits=any(one.batch == made.batch for made in waiting if made.kind == "batch"),
            withdrawn=one.withdrawn,
            paid=people.get(one.batch, {}),
        )
        for one in lists.values()
        if one.batch != batch
    )


def _paid(
    lines: Sequence[bytes], lists: Mapping[str, PublishedList], days: AbstractSet[date]
) -> dict[str, Counter[Paid]]:
    """Who was paid on one of these days, by list. Of all other lines only the head is read."""
    found: defaultdict[str, dict[str, Paid]] = defaultdict(dict)
    marks = [f'"paid_on":"{day}"'.encode() for day in days]
    for line in lines if lists else ():
        raw, body = wire.framed(line)
        head = wire.head_of(raw)
        one = lists.get(head.batch)
        if one is None or one.close.terms.phase is Phase.APPLICATION:
            continue
        found[head.batch].pop(head.rec, None)
        day = one.close.terms.paid_on
        if head.kind in _SAYS and body and (day in days or any(mark in body for mark in marks)):
            said = cast("wire.PublishBody | wire.CorrectBody", wire.body_of(head.kind, body))
            found[head.batch][head.rec] = paid(said.payout, day)
    return {batch: Counter(records.values()) for batch, records in found.items()}
