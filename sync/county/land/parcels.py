"""The same land in the notices of a case: which row is which, and what most notices say of it.

Notices of one era judge each other: what follows a correction of survey or plan says nothing against
what was lawful before it (G8). Where they are even, the whole case decides, and then the plan.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from boards.model.land.areas import (
    MU_PER_HA,
    Agreement,
    Area,
    ha_and_mu_agree,
    same_land,
    sum_agreement,
)
from boards.model.land.kinds import KINDS, NoticeKind
from sync.county.land.case_file import AreaFile, TotalsFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.county.land.stages import Stage, Whole

FOLLOWING = frozenset(
    kind for kind, row in KINDS.items() if row.rests_on and row.step
)  # all but first and stop
_SAME_SUM_MU = Decimal("0.01")
_GIVING = {NoticeKind.SURVEY, NoticeKind.PLAN}  # what the others go by


class Listed:
    """The land one notice lists, found by village and class."""

    def __init__(self, stage: Stage, whole: Whole) -> None:
        self.stage, self._whole = stage, whole
        self.rows = stage.file.areas or ()
        self._found: dict[tuple[str | None, str], list[AreaFile]] = defaultdict(list)
        for row in self.rows:
            for village in self._villages(row):
                self._found[row.land_type, village].append(row)

    def same(self, row: AreaFile) -> list[AreaFile]:
        """Rows of the same class and village, by its code, else by its name: a slip is found elsewhere."""
        for village in self._villages(row):
            here = self._found.get((row.land_type, village), ())
            if found := [one for one in here if not self._namesakes(row, one)]:
                return found
        return []

    def words(self, row: AreaFile) -> list[Area | None]:
        """What the notice says of a row's land: its area, that it is not listed (None), or nothing at all."""
        found = self.same(row)
        if len(found) == 1:
            area = found[0].area
            return [area] if ha_and_mu_agree(area) else []
        return [None] if not found and self._exhaustive(row) else []

    def same_sum(self, row: AreaFile, other: Listed) -> bool:
        """Whether two notices give a row's village as much land, in whatever classes."""
        mine, theirs = self._village_sum(row), other._village_sum(row)
        return mine is not None and theirs is not None and abs(mine - theirs) <= _SAME_SUM_MU

    def _exhaustive(self, row: AreaFile) -> bool:
        """Whether land that is not here is not meant: a correction may say only what changes."""
        strange = {name for name, meant in self._whole.slips.items() if name == meant} | {""}
        if any(one.land_type == row.land_type and self._name(one) in strange for one in self.rows):
            return False
        if not self.rows or not self.stage.correction:
            return bool(self.rows)
        total = self.stage.file.totals or TotalsFile()
        figures = ((total.ha, [one.ha for one in self.rows]), (total.mu, [one.mu for one in self.rows]))
        return any(
            stated is not None
            and sum_agreement([part for part in parts if part is not None], stated) is not Agreement.DIFFERENT
            for stated, parts in figures
        )

    def _village_sum(self, row: AreaFile) -> Decimal | None:
        """All land of a row's village in mu; None where the notice has none."""
        villages = set(self._villages(row))
        here = [one for one in self.rows if villages.intersection(self._villages(one))]
        figures = [one.mu if one.mu is not None else (one.ha or Decimal(0)) * MU_PER_HA for one in here]
        return sum(figures, Decimal(0)) if here else None

    def _villages(self, row: AreaFile) -> tuple[str, ...]:
        return (row.village_code, self._name(row)) if row.village_code else (self._name(row),)

    def _name(self, row: AreaFile) -> str:
        return self._whole.village(row.village)

    def _namesakes(self, one: AreaFile, other: AreaFile) -> bool:
        """Two villages of one name, each under its own code."""
        known = self._whole.villages.by_code if self._whole.villages else {}
        listed = [known.get(row.village_code or "") for row in (one, other)]
        sound = [
            village for village in listed if village and village.name == self._name(one) == self._name(other)
        ]
        return len(sound) == 2 and sound[0] is not sound[1]


class Usual(NamedTuple):
    """What a row's land should be: its area, or not listed at all (None), and a notice that says so."""

    area: Area | None
    listed: Listed


def parcels(own: Listed, others: Iterable[Listed]) -> Iterator[AreaFile]:
    """Every piece of land a notice lists, and those it does not and others do, each once."""
    seen: set[tuple[str | None, str | None, str | None]] = set()
    for listed in (own, *others):
        for row in listed.rows:
            key = (row.land_type, row.village_code, row.village)
            if key not in seen and (listed is own or not own.same(row)):
                seen.add(key)
                yield row


def usual_for(row: AreaFile, stage: Stage, lands: Mapping[int, Listed], whole: Whole) -> Usual | None:
    """What most notices of its era say of a row's land; after a corrected plan, that plan's word alone."""
    plan = None if stage.kind is NoticeKind.SURVEY else whole.newest(NoticeKind.PLAN, stage.posted_on)
    if plan is not None and plan.correction:
        for area in lands[plan.index].words(row):
            return Usual(area, lands[plan.index])
    others = [one for one in lands.values() if not one.stage.correction]
    others.sort(key=lambda one: one.stage.kind is not NoticeKind.PLAN)
    told = [Usual(area, other) for other in others for area in other.words(row)]
    era = _era(stage, whole)
    peers = [one for one in told if _era(one.listed.stage, whole) == era]
    best = max(peers, key=lambda one: (_agreeing(one, peers), _agreeing(one, told)), default=None)
    return best if len(peers) > 1 else None


def _agreeing(one: Usual, others: Iterable[Usual]) -> int:
    return sum(
        same_land(one.area, other.area) if one.area and other.area else one.area is other.area
        for other in others
    )


def _era(stage: Stage, whole: Whole) -> int:
    """How often survey or plan had been corrected when a notice was posted."""
    era = 0
    for one in (one for one in whole.stages if one.correction and one.kind in _GIVING):
        if one is stage:
            era += 1
        elif one.posted_on and stage.posted_on:
            first_edition = stage.kind is one.kind and not stage.correction
            era += (stage.posted_on, not first_edition) >= (one.posted_on, True)
    return era
