"""R8: nothing is paid for land turned to other use, facility farming, left fallow, or balance land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed, in_mu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.registries import Registries
    from sync.county.checks.whole import Publication


def land_is_eligible(publication: Publication) -> Iterator[CellFinding]:
    """What is paid for fits into a household's contract area less what is excluded of it."""
    for at, payout in enumerate(publication.payouts):
        if wrong := ineligible(payout, publication.village.code, publication.registries):
            yield at_listed(publication, "R8", wrong, at)


def ineligible(payout: Payout, _village: str, registries: Registries) -> str:
    """What is excluded of the land of one payout's household, where that leaves less than is paid for."""
    contracts, excluded = registries.contracts or {}, registries.excluded_land or {}
    household, mu = payout.household, in_mu(payout)
    if not mu or household not in contracts or household not in excluded:
        return ""
    off = excluded[household]
    return f"含不予补贴面积（{off.why}）" if off.mu > 0 and mu > contracts[household] - off.mu else ""
