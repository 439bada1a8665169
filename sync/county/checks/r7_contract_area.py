"""R7: the area paid for is not larger than the registered contract area (确权承包面积)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from sync.county.checks.registries import Registered, area_rows, not_checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boards.model.payouts import Payout


def r7_area_within_contract(
    payouts: Iterable[Payout], registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R7: the area paid for is not larger than the registered contract area (确权承包面积)."""
    if registry is None:
        return (not_checked("R7", "没有提供确权面积，面积上限未核对。"),)
    return tuple(
        Discrepancy(rule="R7", message="面积大于确权承包面积。", rows=(payout.seq,))
        for payout, known in area_rows(payouts, registry)
        if known.contract_mu is not None and (payout.quantity or 0) > known.contract_mu
    )
