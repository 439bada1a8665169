"""R7: the area paid for is not larger than the registered contract area (确权承包面积)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed, in_mu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.registries import Registries
    from sync.county.checks.whole import Publication


def areas_are_contracted(publication: Publication) -> Iterator[CellFinding]:
    """No line in mu is for more than its household has; one without a contract is not judged here."""
    for at, payout in enumerate(publication.payouts):
        if wrong := uncontracted(payout, publication.village.code, publication.registries):
            yield at_listed(publication, "R7", wrong, at)


def uncontracted(payout: Payout, _village: str, registries: Registries) -> str:
    """What the contract of its household says against the area of one payout."""
    contracts, household, mu = registries.contracts or {}, payout.household, in_mu(payout)
    return "面积大于确权承包面积" if mu and household in contracts and mu > contracts[household] else ""
