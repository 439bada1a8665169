"""Whether what arrived is what the county's close says, and how it tells whom it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from boards.model.payouts import BatchClose, WhyLeftOut

FEWEST: Final = 3
"""Households a reason is told of (settled §4): of fewer, the neighbours would know who is meant."""


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not agree."""

    message: str


def close_agrees(
    close: BatchClose, *, count: int, households: int, sum_fen: int, by_programme: Mapping[str, int]
) -> tuple[Discrepancy, ...]:
    """Whether what arrived is what the county's close says; rows are visible only then (settled §4).

    Count, households, sum and sums by programme equal, and `source_total = sum + Σ left_out`.
    """
    left_out = sum(part.sum_fen for part in close.left_out)
    pairs = (
        ("行数", close.count, count),
        ("户数", close.households, households),
        ("金额（分）", close.sum_fen, sum_fen),
        ("发放总额（分）", close.source_total_fen, close.sum_fen + left_out),
    )
    found = [
        Discrepancy(message=f"{what}：县里写{stated}，收到{here}。")
        for what, stated, here in pairs
        if stated != here
    ]
    if dict(by_programme) != close.by_programme:
        found.append(Discrepancy(message="分项目金额与县里写的不一致。"))
    return tuple(found)


def merged(told: Iterable[WhyLeftOut]) -> tuple[WhyLeftOut, ...]:
    """The same households by reason, most first; reasons of too few are one, without words, at the end."""
    by_why: Counter[str] = Counter()
    for one in told:
        by_why[one.why] += one.households
    for why in [why for why, households in by_why.items() if households < FEWEST and why]:
        by_why[""] += by_why.pop(why)
    order = sorted(by_why.items(), key=lambda one: (not one[0], -one[1], one[0]))
    return tuple(WhyLeftOut(why=why, households=households) for why, households in order)
