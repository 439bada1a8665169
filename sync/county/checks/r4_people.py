"""R4: the beneficiary is in the county's registry with the same name and village, and not gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import at_listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.registries import Person
    from sync.county.checks.whole import Publication


def people_are_registered(publication: Publication) -> Iterator[CellFinding]:
    """Every household that is listed is known, under a name of its row, in this village."""
    people = publication.registries.people or {}
    for at, payout in enumerate(publication.payouts):
        person = people.get(payout.household) if payout.household else None
        if wrong := _wrong(payout, person, publication.village.code):
            yield at_listed(publication, "R4", wrong, at)


def _wrong(payout: Payout, person: Person | None, village: str) -> str:
    """The ID of a row may be that of any person it names."""
    if not payout.household:
        return "没有证件号码，无从与补贴对象库核对"
    if person is None:
        return "不在补贴对象库中"
    if person.gone:
        return "在补贴对象库中已注销"
    named = person.name in {payout.holder, payout.payee, payout.beneficiary}
    return "" if named and person.village == village else "姓名或村与补贴对象库不一致"
