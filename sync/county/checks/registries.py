"""What the county knows of households beside the roster: without it R4, R7 and R8 are told as not checked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.batch_close import Discrepancy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boards.model.payouts import Payout


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A household in the county's registry of beneficiaries (补贴对象库)."""

    name: str
    village: str
    contract_mu: Decimal | None = None  # 确权承包面积
    ineligible_mu: Decimal = Decimal(0)  # land no subsidy is paid for (R8)
    ineligible_why: str = ""  # 设施农业用地, 抛荒 …


def not_checked(rule: str, message: str) -> Discrepancy:
    """What is said where there is no registry to check against."""
    return Discrepancy(rule=rule, message=message, checked=False)


def area_rows(
    payouts: Iterable[Payout], registry: Mapping[str, Registered]
) -> Iterable[tuple[Payout, Registered]]:
    """Rows in mu of households the registry knows."""
    return (
        (payout, registry[payout.household])
        for payout in payouts
        if payout.unit in {"", "亩"} and payout.household in registry
    )
