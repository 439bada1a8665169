"""R7: the area paid for is not larger than the registered contract area (确权承包面积)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed, in_mu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Publication


def areas_are_contracted(publication: Publication) -> Iterator[CellFinding]:
    """No line in mu is for more than its household has; one without a contract is not judged here."""
    contracts = publication.registries.contracts or {}
    for at, household, mu in in_mu(publication.payouts):
        if household in contracts and mu > contracts[household]:
            yield at_listed(publication, "R7", "面积大于确权承包面积", at)
