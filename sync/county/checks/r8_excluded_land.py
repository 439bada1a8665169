"""R8: nothing is paid for excluded land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from sync.county.checks.registries import Registered, area_rows, not_checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boards.model.payouts import Payout


def r8_eligible_land(
    payouts: Iterable[Payout], registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R8: nothing is paid for land turned to other use, facility farming, left fallow, or balance land."""
    if registry is None:
        return (not_checked("R8", "没有提供不予补贴地块，未核对。"),)
    return tuple(
        Discrepancy(rule="R8", message=f"含不予补贴面积（{known.ineligible_why}）。", rows=(payout.seq,))
        for payout, known in area_rows(payouts, registry)
        if known.contract_mu is not None
        and known.ineligible_mu > 0
        and (payout.quantity or 0) > known.contract_mu - known.ineligible_mu
    )
