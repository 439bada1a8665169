"""R8: nothing is paid for land turned to other use, facility farming, left fallow, or balance land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed, in_mu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Publication


def land_is_eligible(publication: Publication) -> Iterator[CellFinding]:
    """What is paid for fits into a household's contract area less what is excluded of it."""
    contracts = publication.registries.contracts or {}
    excluded = publication.registries.excluded_land or {}
    for at, household, mu in in_mu(publication.payouts):
        if household in contracts and household in excluded:
            off = excluded[household]
            if off.mu > 0 and mu > contracts[household] - off.mu:
                yield at_listed(publication, "R8", f"含不予补贴面积（{off.why}）", at)
