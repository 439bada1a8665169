"""R4: the beneficiary is in the county's registry with the same name and village."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from sync.county.checks.registries import Registered, not_checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boards.model.payouts import Payout


def r4_registered(
    payouts: Iterable[Payout], village: str, registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R4: beneficiaries are in the registry (by keyed hash), with the same name and village."""
    if registry is None:
        return (not_checked("R4", "没有提供补贴对象库，姓名和村未核对。"),)
    found = []
    for payout in payouts:
        known = registry.get(payout.household)
        name = payout.beneficiary or payout.holder
        if known is None:
            found.append(Discrepancy(rule="R4", message="不在补贴对象库中。", rows=(payout.seq,)))
        elif (known.name, known.village) != (name, village):
            found.append(Discrepancy(rule="R4", message="姓名或村与补贴对象库不一致。", rows=(payout.seq,)))
    return tuple(found)
