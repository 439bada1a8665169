"""R4: the beneficiary is in the county's registry with the same name and village, and not gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.registries import Registries
    from sync.county.checks.whole import Publication


def people_are_registered(publication: Publication) -> Iterator[CellFinding]:
    """Every household that is listed is known, under a name of its row, in this village."""
    for at, payout in enumerate(publication.payouts):
        if wrong := unregistered(payout, publication.village.code, publication.registries):
            yield at_listed(publication, "R4", wrong, at)


def unregistered(payout: Payout, village: str, registries: Registries) -> str:
    """What the registry says against one payout. The ID of a row may be that of any person it names."""
    if not payout.household:
        return "没有证件号码，无从与补贴对象库核对"
    person = (registries.people or {}).get(payout.household)
    if person is None:
        return "不在补贴对象库中"
    if person.gone:
        return "在补贴对象库中已注销"
    named = person.name in {payout.holder, payout.payee, payout.beneficiary}
    return "" if named and person.village == village else "姓名或村与补贴对象库不一致"
