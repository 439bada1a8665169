"""Checks of areas: hectares against mu, rows against totals, later notices against the plan (domain §2.4)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import Agreement, ha_and_mu_agree, same_land, sum_agreement
from boards.model.land.kinds import NoticeKind
from sync.county.land.parcels import FOLLOWING, Listed, Usual, parcels, usual_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.land.case_file import AreaFile, TotalsFile
    from sync.county.land.stages import Stage, Whole


def area_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
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
    yield from _against_the_others(stage, whole)


def _row_findings(row: AreaFile) -> Iterator[Finding]:
    where = _named(row)
    if row.ha is None and row.mu is None:
        yield error("AREA_MISSING", f"{where}没有面积。")
    if any(figure is not None and figure <= 0 for figure in (row.ha, row.mu)):
        yield error("AREA_NOT_POSITIVE", f"{where}的面积不是正数。")
    if not ha_and_mu_agree(row.area):
        yield error("HA_MU_MISMATCH", f"{where}{row.ha}公顷与{row.mu}亩对不上（1公顷=15亩）。")


def _total_findings(rows: tuple[AreaFile, ...], totals: TotalsFile) -> Iterator[Finding]:
    for unit, figures, total in (
        ("公顷", [row.ha for row in rows], totals.ha),
        ("亩", [row.mu for row in rows], totals.mu),
    ):
        parts = [figure for figure in figures if figure is not None]
        if total is None or len(parts) < len(rows):
            continue
        agreement = sum_agreement(parts, total)
        if agreement is Agreement.ROUNDING:
            yield note(
                "AREA_TOTAL_ROUNDED", f"各行相加{sum(parts)}{unit}，合计{total}{unit}，差在四舍五入之内。"
            )
        elif agreement is Agreement.DIFFERENT:
            yield error("AREA_TOTAL_MISMATCH", f"各行相加{sum(parts)}{unit}，合计写的是{total}{unit}。")
    if not ha_and_mu_agree(totals.area):
        yield error("HA_MU_MISMATCH", f"合计{totals.ha}公顷与{totals.mu}亩对不上（1公顷=15亩）。")


def _against_the_others(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Survey, plan and what follows speak of the same land; which notice strays, most of the others say."""
    if stage.kind not in FOLLOWING or not stage.file.areas:
        return
    lands = {one.index: Listed(one, whole) for one in whole.stages if one.kind in FOLLOWING}
    own = lands[stage.index]
    for row in parcels(own, lands.values()):
        usual, twins = usual_for(row, stage, lands, whole), own.same(row)
        if usual is None or len(twins) > 1:
            continue
        if twins and usual.area and not same_land(twins[0].area, usual.area):
            here, there = twins[0], usual.area
            figures = f"{_named(here)}{here.ha}公顷（{here.mu}亩），其他公告是{there.ha}公顷（{there.mu}亩）"
            if stage.correction:
                yield note("AREA_CHANGED", f"更正后的面积：{figures}。")
            else:
                yield error("AREA_NOT_AS_PLANNED", f"面积前后不一致：{figures}。")
        elif bool(twins) != bool(usual.area) and (twins or own.words(row)):
            yield from _listed_otherwise(stage, row, own, usual)


def _listed_otherwise(stage: Stage, row: AreaFile, own: Listed, usual: Usual) -> Iterator[Finding]:
    """Land that only this notice lists, or only the others do; equal sums are only classed another way."""
    if stage.correction or (stage.kind is not NoticeKind.FINAL and own.same_sum(row, usual.listed)):
        return
    others = "补偿安置公告" if usual.listed.stage.kind is NoticeKind.PLAN else "其他公告"
    if usual.area is None:
        yield error("AREA_NOT_IN_PLAN", f"{_named(row)}没有在{others}中出现。")
    else:
        yield warning("AREA_LEFT_OUT", f"{others}中的{_named(row)}没有出现在本公告中。")


def _named(row: AreaFile) -> str:
    return f"{row.village or row.village_code or ''}{row.land_type or ''}"
