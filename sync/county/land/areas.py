"""Checks of areas: hectares against mu, rows against totals, later notices against the plan (DOMAIN §2.4)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boards.model.land import NoticeKind
from boards.model.land_areas import Agreement, Area, ha_and_mu_agree, same_land, sum_agreement
from sync.county.land.findings import LandFinding, error, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from sync.county.land.case_file import AreaFile, TotalsFile
    from sync.county.land.stages import Stage, Whole

_FOLLOWING = {NoticeKind.SURVEY, NoticeKind.PLAN, NoticeKind.REGISTER, NoticeKind.FINAL, NoticeKind.PAY}
_GIVING = {NoticeKind.SURVEY, NoticeKind.PLAN}  # what the others go by


def area_findings(stage: Stage, whole: Whole) -> Iterator[LandFinding]:
    """Everything about the areas of one notice."""
    rows = stage.file.areas or ()
    for row in rows:
        yield from _row_findings(row)
    if stage.file.totals is not None and rows:
        yield from _total_findings(rows, stage.file.totals)
    elif rows:
        yield note("AREA_TOTAL_MISSING", "没有写明面积合计。")
    counted = Counter((row.village_code or row.village, row.land_type) for row in rows)
    for (_, land_class), times in counted.items():
        if times > 1:
            yield note("AREA_ROW_TWICE", f"同一村的{land_class or '土地'}列了{times}行，请确认不是重复。")
    yield from _against_the_plan(stage, whole)


def _row_findings(row: AreaFile) -> Iterator[LandFinding]:
    where = _named(row)
    if row.ha is None and row.mu is None:
        yield error("AREA_MISSING", f"{where}没有面积。")
    if any(figure is not None and figure <= 0 for figure in (row.ha, row.mu)):
        yield error("AREA_NOT_POSITIVE", f"{where}的面积不是正数。")
    if not ha_and_mu_agree(area_of(row)):
        yield error("HA_MU_MISMATCH", f"{where}{row.ha}公顷与{row.mu}亩对不上（1公顷=15亩）。")


def _total_findings(rows: tuple[AreaFile, ...], totals: TotalsFile) -> Iterator[LandFinding]:
    sums = (
        ("公顷", [row.ha for row in rows], totals.ha),
        ("亩", [row.mu for row in rows], totals.mu),
    )
    for unit, figures, total in sums:
        parts = [figure for figure in figures if figure is not None]
        if total is not None and len(parts) == len(rows):
            yield from _sum_findings(unit, parts, total)
    if not ha_and_mu_agree(area_of(totals)):
        yield error("HA_MU_MISMATCH", f"合计{totals.ha}公顷与{totals.mu}亩对不上（1公顷=15亩）。")


def _sum_findings(unit: str, parts: list[Decimal], total: Decimal) -> Iterator[LandFinding]:
    agreement = sum_agreement(parts, total)
    if agreement is Agreement.ROUNDING:
        yield note("AREA_TOTAL_ROUNDED", f"各行相加{sum(parts)}{unit}，合计{total}{unit}，差在四舍五入之内。")
    elif agreement is Agreement.DIFFERENT:
        yield error("AREA_TOTAL_MISMATCH", f"各行相加{sum(parts)}{unit}，合计写的是{total}{unit}。")


def _against_the_plan(stage: Stage, whole: Whole) -> Iterator[LandFinding]:
    """Survey, plan and what follows speak of the same land; which notice strays, most of the others say."""
    if stage.kind not in _FOLLOWING:
        return
    rows = stage.file.areas or ()
    for row in rows:
        usual = _usual(row, stage, whole) if twin_of(row, stage, whole) is row else None
        if usual is not None and not same_land(area_of(row), usual):
            yield _strays(stage, row, usual)
    plan = _plan_for(stage, whole)
    if stage.kind is NoticeKind.FINAL and plan is not None and rows and plan.file.areas:
        for row in rows:
            if not any(same_parcel(row, other, whole) for other in plan.file.areas):
                yield error("AREA_NOT_IN_PLAN", f"{_named(row)}没有在补偿安置公告中出现。")
        for row in plan.file.areas:
            if not any(same_parcel(row, other, whole) for other in rows):
                yield warning("AREA_LEFT_OUT", f"补偿安置公告中的{_named(row)}没有出现在本公告中。")


def _strays(stage: Stage, row: AreaFile, usual: Area) -> LandFinding:
    figures = f"{_named(row)}{row.ha}公顷（{row.mu}亩），其他公告是{usual.ha}公顷（{usual.mu}亩）"
    if stage.correction:
        return note("AREA_CHANGED", f"更正后的面积：{figures}。")
    return error("AREA_NOT_AS_PLANNED", f"面积前后不一致：{figures}。")


def _usual(row: AreaFile, stage: Stage, whole: Whole) -> Area | None:
    """The area most notices give for a row's land; after a corrected plan, that plan's alone.

    Notices of one era judge each other: what follows a correction says nothing against what was
    lawful before it. Where they are even, the whole case decides, and then the plan.
    """
    plan = _plan_for(stage, whole)
    if plan is not None and plan.correction:
        twin = twin_of(row, plan, whole)
        return area_of(twin) if twin else None
    others = [one for one in whole.stages if one.kind in _FOLLOWING and not one.correction]
    others.sort(key=lambda one: one.kind is not NoticeKind.PLAN)
    told = [(other, area_of(twin)) for other in others if (twin := twin_of(row, other, whole))]
    told = [(other, area) for other, area in told if ha_and_mu_agree(area)]
    every = [area for _, area in told]
    peers = [area for other, area in told if _era(other, whole) == _era(stage, whole)]
    if len(peers) < 2:
        return None
    return max(peers, key=lambda area: (_agreeing(area, peers), _agreeing(area, every)))


def _agreeing(area: Area, others: Iterable[Area]) -> int:
    return sum(same_land(area, other) for other in others)


def _era(stage: Stage, whole: Whole) -> int:
    """How often survey or plan had been corrected when a notice was posted; the law lets it change (G8)."""
    corrections = (one for one in whole.stages if one.correction and one.kind in _GIVING)
    return sum(one is stage or _after(stage, one) for one in corrections)


def _after(stage: Stage, correction: Stage) -> bool:
    if stage.posted_on is None or correction.posted_on is None:
        return False
    first_edition = stage.kind is correction.kind and not stage.correction
    return (stage.posted_on, not first_edition) >= (correction.posted_on, True)


def _plan_for(stage: Stage, whole: Whole) -> Stage | None:
    return None if stage.kind is NoticeKind.SURVEY else whole.newest(NoticeKind.PLAN, stage.posted_on)


def twin_of(row: AreaFile, stage: Stage, whole: Whole) -> AreaFile | None:
    """The one row of a notice that speaks of the same land; None where none does, or several."""
    rows = [other for other in stage.file.areas or () if same_parcel(row, other, whole)]
    if len(rows) > 1:  # namesakes in two towns
        rows = [other for other in rows if other.village_code == row.village_code]
    return rows[0] if len(rows) == 1 else None


def same_parcel(one: AreaFile, other: AreaFile, whole: Whole) -> bool:
    """Same class of land, and the same village by code or by name: a slip in either is found elsewhere."""
    if one.land_type != other.land_type:
        return False
    coded = one.village_code is not None and one.village_code == other.village_code
    return coded or whole.village(one.village) == whole.village(other.village)


def _named(row: AreaFile) -> str:
    return f"{row.village or row.village_code or ''}{row.land_type or ''}"


def area_of(figures: AreaFile | TotalsFile) -> Area:
    """Both printed figures of a row or a total."""
    return Area(ha=figures.ha, mu=figures.mu)
