"""What came onto a wall since a list was proposed, and would be paid once more by it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.payouts import Phase
from sync import wire
from sync.county.checks.once import published_once
from sync.county.checks.whole import Earlier, Publication
from sync.county.publish.published.earlier import earlier_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.findings import CellFinding
    from boards.model.payouts import BatchClose, Payout
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.proposals import Part, Proposal


class PublishedMeanwhile(Refusal):
    """A list that came first pays the same; when this one was handed in there was nothing to ask about."""

    code = "published-meanwhile"
    fault = Fault.PERSON
    sentence = "批次 {id} 提交之后有了新的提醒，没有签名也没有发布：{told}"
    advice = (
        "请核实是不是同一笔钱：是的，取消这一件（county cancel）；不是的，也先取消，"
        "在 batch.toml 的 [[confirmed]] 里按 PUBLISHED_BEFORE 写明理由，重新提交。"
    )


def refuse_paid(  # noqa: PLR0913, PLR0917 - a village's list, and what was proposed beside it
    county: County,
    found: Proposal,
    part: Part,
    lines: Sequence[bytes],
    close: BatchClose,
    done: Sequence[Proposal],
) -> None:
    """What would be paid once more is what somebody said why of, however the other list stood then.

    Raises PublishedMeanwhile.
    """
    village = next(one for one in county.pack.villages if one.code == part.village)
    asked = _publication(found, village, lines, close)
    days = frozenset(filter(None, (asked.paid_on, *(one.paid_on for one in asked.payouts))))
    for one in earlier_lists(county, village.code, found.batch, done, days):
        now = [*_found(asked, one)]
        if now and not {*found.findings} & {*_ever(asked, one)}:
            raise PublishedMeanwhile(id=found.id, told=now[0].told)


def _ever(asked: Publication, one: Earlier) -> Iterator[CellFinding]:
    """What was found of a list, in the words of any of its standings."""
    for waits, withdrawn in product((True, False), repeat=2):
        yield from _found(asked, msgspec.structs.replace(one, waits=waits, withdrawn=withdrawn))


def _found(asked: Publication, one: Earlier) -> Iterator[CellFinding]:
    return published_once(msgspec.structs.replace(asked, earlier=(one,)))


def _publication(found: Proposal, village: Village, lines: Sequence[bytes], close: BatchClose) -> Publication:
    """As much of it as the rule asks for: the roster is no longer at hand, its lines are."""
    return Publication(
        village=village,
        payouts=tuple(_payouts(lines)),
        listed=(),
        rows=(),
        close=close,
        application=close.terms.phase is Phase.APPLICATION,
        paid_on=close.terms.paid_on,
        fiscal_year=close.terms.fiscal_year,
        said=(),
        reading_codes=frozenset(),
        share="*" if found.share is None else found.share,  # of an older version: it may be all of the roster
    )


def _payouts(lines: Sequence[bytes]) -> Iterator[Payout]:
    for raw, body in map(wire.framed, lines):
        head = wire.head_of(raw)
        if head.kind == wire.Kind.PUBLISH and body:
            yield cast("wire.PublishBody", wire.body_of(head.kind, body)).payout
