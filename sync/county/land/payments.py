"""Checks of compensation: basis, sums, what was promised and what was paid (domain §2.3)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, grave, note, warning
from boards.model.land.areas import LEAST_TOLERANCE_MU, half_unit
from boards.model.land.compensation import (
    CompensationRow,
    Payment,
    agrees_with_basis,
    basis_of,
    payment_of,
    total_due,
    total_paid,
)
from boards.model.land.kinds import NoticeKind
from boards.model.money import yuan
from boards.model.place import short_name
from sync.county.land.stages import Stage, Whole, compensation_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.land.case_file import StageFile


def compensation_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Everything about the money of one notice."""
    rows = compensation_rows(stage.file)
    if rows:
        yield from _own_findings(stage, rows, whole)
    if rows and stage.kind is NoticeKind.PAY:
        yield from _against_the_plan(stage, rows, whole)


def _own_findings(stage: Stage, rows: tuple[CompensationRow, ...], whole: Whole) -> Iterator[Finding]:
    """What the rows, totals and areas of one notice say against each other."""
    for row in rows:
        yield from _row_findings(row)
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        key = (short_name(row.village), row.item, row.basis, row.amount)
        if key in seen:
            yield warning("COMPENSATION_ROW_TWICE", f"{row.village}{row.item}{_yuan(row.amount)}列了两次。")
        seen.add(key)
    stated, due = stage.file.compensation_total_fen, total_due(rows)
    if stated is None:
        yield note("COMPENSATION_TOTAL_MISSING", f"没有写明补偿费用合计，各行相加为{_yuan(due)}。")
    elif stated != due:
        yield error("COMPENSATION_TOTAL_MISMATCH", f"各行相加{_yuan(due)}，合计写的是{_yuan(stated)}。")
    if stage.kind is NoticeKind.PAY:
        yield from _paid_findings(stage.file, rows)
    yield from _land_findings(stage, rows, whole)


def _row_findings(row: CompensationRow) -> Iterator[Finding]:
    where = f"{row.village}{row.item}"
    if row.amount is None:
        yield error("COMPENSATION_AMOUNT_MISSING", f"{where}没有金额。")
    elif row.amount < 0:
        yield error("COMPENSATION_AMOUNT_NEGATIVE", f"{where}的金额是负数。")
    elif not agrees_with_basis(row):
        basis = basis_of(row.basis)
        right = yuan(basis.amount()) if basis else ""
        yield error("COMPENSATION_NOT_BASIS", f"{where}{row.basis}应为{right}元，写的是{_yuan(row.amount)}。")


def _paid_findings(stage: StageFile, rows: tuple[CompensationRow, ...]) -> Iterator[Finding]:
    for row in rows:
        if row.paid is None:
            yield error("PAID_AMOUNT_MISSING", f"{row.village}{row.item}没有写明已付金额。")
        elif row.paid < 0:
            yield error("PAID_AMOUNT_NEGATIVE", f"{row.village}{row.item}的已付金额是负数。")
        elif payment_of(row) is Payment.OVER:
            yield error(
                "OVERPAID", f"{row.village}{row.item}应付{_yuan(row.amount)}，已付{_yuan(row.paid)}，多付了。"
            )
    stated, paid = stage.paid_total_fen, total_paid(rows)
    if stated is None:
        yield note("PAID_TOTAL_MISSING", f"没有写明已付合计，各行相加为{_yuan(paid)}。")
    elif stated != paid:
        yield error("PAID_TOTAL_MISMATCH", f"已付各行相加{_yuan(paid)}，合计写的是{_yuan(stated)}。")
    due = stage.compensation_total_fen
    if stated is not None and due is not None and stated > due:
        yield error("OVERPAID_TOTAL", f"已付合计{_yuan(stated)}大于应付合计{_yuan(due)}。")


def _land_findings(stage: Stage, rows: tuple[CompensationRow, ...], whole: Whole) -> Iterator[Finding]:
    """Land that is compensated by area is the land that is taken, village by village."""
    taken: dict[str, list[Decimal]] = defaultdict(list)
    for area in stage.file.areas or ():
        if area.mu is not None:
            taken[whole.village(area.village)].append(area.mu)
    paid_for: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        basis = basis_of(row.basis)
        if basis and basis.unit == "亩" and "区片" in row.item:
            paid_for[whole.village(row.village)].append(basis.quantity)
    compensated = {whole.village(row.village) for row in rows}
    for village, parts in taken.items():
        units = [half_unit(figure) for figure in (*parts, *paid_for[village])]
        slack = max(sum(units, Decimal(0)), LEAST_TOLERANCE_MU)
        land, by_area = sum(parts, Decimal(0)), sum(paid_for[village], Decimal(0))
        if village not in compensated:
            yield warning("VILLAGE_NOT_COMPENSATED", f"{village}有被征土地，没有列补偿。")
        elif paid_for[village] and abs(land - by_area) > slack:
            yield warning(
                "COMPENSATED_AREA_DIFFERS",
                f"{village}征收{land}亩，按面积补偿的是{by_area}亩。",
            )
    for village in sorted(compensated - taken.keys()) if taken else ():
        yield warning("COMPENSATED_VILLAGE_NOT_TAKEN", f"{village}列了补偿，面积表里没有这个村。")


def _against_the_plan(stage: Stage, rows: tuple[CompensationRow, ...], whole: Whole) -> Iterator[Finding]:
    """What is due is what the plan promised; a plan that contradicts itself proves nothing."""
    plan = whole.newest(NoticeKind.PLAN, stage.posted_on)
    if plan is None or not plan.file.compensation:
        return
    told = compensation_rows(plan.file)
    if any(map(grave, _own_findings(plan, told, whole))):
        return
    promised, due = by_item(told, whole), by_item(rows, whole)
    for key in sorted(promised.keys() | due.keys()):
        name, was, now = "".join(key), promised.get(key), due.get(key)
        if was is None:
            yield warning("PAYMENT_NOT_IN_PLAN", f"{name}不在补偿安置公告中。")
        elif now is None:
            yield warning("PAYMENT_LEFT_OUT", f"补偿安置公告中的{name}（{_yuan(was)}）没有列出。")
        elif was != now:
            yield error("PAYMENT_NOT_AS_PLANNED", f"{name}公告补偿{_yuan(was)}，支付公示应付{_yuan(now)}。")


def by_item(rows: tuple[CompensationRow, ...], whole: Whole) -> dict[tuple[str, str], int]:
    """What is due, by village and item."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        sums[whole.village(row.village), row.item] += row.amount or 0
    return dict(sums)


def _yuan(fen: int | None) -> str:
    return "（空）" if fen is None else f"{yuan(fen)}元"
