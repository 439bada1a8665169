"""The checks R1-R10 that must pass before a list is published, each a named pure function.

Every check answers with what does not agree; an empty answer means it holds. R4, R7 and R8 need a
registry the county may not have at hand: without one they answer with a `checked=False` remark,
which is not an error. Messages carry positions and sums, never a person's numbers.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.money import product_fen, yuan
from boards.model.payouts import BatchClose, Payout, PayStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROUNDING_FEN = 1  # R2: |rate × quantity - amount| may be one fen


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not agree. `rows` are numbers on the sheet (seq); empty: the whole list."""

    rule: str  # R1 … R10, close
    message: str
    rows: tuple[int, ...] = ()
    checked: bool = True  # False: there was no registry to check against


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of itself, where it does (the 合计 line). None: not stated."""

    amount_fen: int | None = None
    quantity: Decimal | None = None
    count: int | None = None


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A household in the county's registry of beneficiaries (补贴对象库)."""

    name: str
    village: str
    contract_mu: Decimal | None = None  # 确权承包面积
    ineligible_mu: Decimal = Decimal(0)  # land no subsidy is paid for (R8)
    ineligible_why: str = ""  # 设施农业用地, 抛荒 …


class AnnualFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One programme's line in the village's annual summary (年度汇总)."""

    programme: str
    sum_fen: int


def r1_totals(payouts: Sequence[Payout], stated: Totals) -> tuple[Discrepancy, ...]:
    """R1: the rows add up to the stated total, to the fen; area and people too."""
    amount = sum(payout.amount_fen for payout in payouts)
    quantity = sum((payout.quantity or Decimal(0) for payout in payouts), Decimal(0))
    found = []
    if stated.amount_fen is not None and stated.amount_fen != amount:
        found.append(f"金额合计应为{yuan(stated.amount_fen)}元，各行相加为{yuan(amount)}元。")
    if stated.quantity is not None and stated.quantity != quantity:
        found.append(f"数量合计应为{stated.quantity}，各行相加为{quantity}。")
    if stated.count is not None and stated.count != len(payouts):
        found.append(f"合计应为{stated.count}行，实际{len(payouts)}行。")
    return tuple(Discrepancy(rule="R1", message=message) for message in found)


def r2_amount_is_rate_times_quantity(payouts: Iterable[Payout]) -> tuple[Discrepancy, ...]:
    """R2: amount = rate × quantity, half up, within one fen, where a paid row carries both."""
    found = []
    for payout in payouts:
        if payout.quantity is None or payout.rate is None or payout.in_kind or not payout.amount_fen:
            continue
        expected = product_fen(payout.quantity, payout.rate)
        if abs(expected - payout.amount_fen) > ROUNDING_FEN:
            message = f"数量乘标准为{yuan(expected)}元，金额为{yuan(payout.amount_fen)}元。"
            found.append(Discrepancy(rule="R2", message=message, rows=(payout.seq,)))
    return tuple(found)


def r3_no_duplicates(payouts: Iterable[Payout]) -> tuple[Discrepancy, ...]:
    """R3: nobody stands twice on the list of one programme and period for the same thing.

    Joined by the county's keyed hash; without one by group, holder and beneficiary with the same
    quantity and amount. A retry or a second machine is not a duplicate.
    """
    rows: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for payout in payouts:
        who = (payout.household,) if payout.household else (payout.group, payout.holder)
        thing = (payout.beneficiary, payout.item, payout.in_kind, payout.retry_no, payout.correction_of)
        rows[(*who, *thing, payout.quantity, payout.amount_fen)].append(payout.seq)
    return tuple(
        Discrepancy(rule="R3", message=f"同一户同一项目重复{len(seqs)}行。", rows=tuple(seqs))
        for seqs in rows.values()
        if len(seqs) > 1
    )


def r4_registered(
    payouts: Iterable[Payout], village: str, registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R4: beneficiaries are in the registry (by keyed hash), with the same name and village."""
    if registry is None:
        return (_not_checked("R4", "没有提供补贴对象库，姓名和村未核对。"),)
    found = []
    for payout in payouts:
        known = registry.get(payout.household)
        name = payout.beneficiary or payout.holder
        if known is None:
            found.append(Discrepancy(rule="R4", message="不在补贴对象库中。", rows=(payout.seq,)))
        elif (known.name, known.village) != (name, village):
            found.append(Discrepancy(rule="R4", message="姓名或村与补贴对象库不一致。", rows=(payout.seq,)))
    return tuple(found)


def r5_stopped_rows(payouts: Iterable[Payout]) -> tuple[Discrepancy, ...]:
    """R5: a stopped row says why (remark) and carries no paid amount."""
    found = []
    for payout in payouts:
        if payout.status is PayStatus.STOPPED and not payout.remark:
            found.append(Discrepancy(rule="R5", message="停发没有写原因。", rows=(payout.seq,)))
        if payout.status is PayStatus.STOPPED and payout.amount_fen and payout.paid_on:
            found.append(Discrepancy(rule="R5", message="停发的行写了发放日期。", rows=(payout.seq,)))
    return tuple(found)


def r6_failed_rows(payouts: Iterable[Payout]) -> tuple[Discrepancy, ...]:
    """R6: a failed payout stays open or is made good by a later one; it never counts as paid."""
    return tuple(
        Discrepancy(rule="R6", message="支付失败或退回的行写了发放日期。", rows=(payout.seq,))
        for payout in payouts
        if payout.status in {PayStatus.FAILED, PayStatus.RETURNED} and payout.paid_on
    )


def r7_area_within_contract(
    payouts: Iterable[Payout], registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R7: the area paid for is not larger than the registered contract area (确权承包面积)."""
    if registry is None:
        return (_not_checked("R7", "没有提供确权面积，面积上限未核对。"),)
    return tuple(
        Discrepancy(rule="R7", message="面积大于确权承包面积。", rows=(payout.seq,))
        for payout, known in _area_rows(payouts, registry)
        if known.contract_mu is not None and (payout.quantity or 0) > known.contract_mu
    )


def r8_eligible_land(
    payouts: Iterable[Payout], registry: Mapping[str, Registered] | None = None
) -> tuple[Discrepancy, ...]:
    """R8: nothing is paid for land turned to other use, facility farming, left fallow, or balance land."""
    if registry is None:
        return (_not_checked("R8", "没有提供不予补贴地块，未核对。"),)
    return tuple(
        Discrepancy(rule="R8", message=f"含不予补贴面积（{known.ineligible_why}）。", rows=(payout.seq,))
        for payout, known in _area_rows(payouts, registry)
        if known.contract_mu is not None
        and known.ineligible_mu > 0
        and (payout.quantity or 0) > known.contract_mu - known.ineligible_mu
    )


def r9_annual_summary(
    figures: Iterable[AnnualFigure], closes: Iterable[BatchClose]
) -> tuple[Discrepancy, ...]:
    """R9: the village's annual summary equals the sum of the year's batches, programme by programme."""
    paid: dict[str, int] = defaultdict(int)
    stated: dict[str, int] = defaultdict(int)
    for close in closes:
        paid[close.terms.programme] += close.sum_fen
    for figure in figures:
        stated[figure.programme] += figure.sum_fen
    return tuple(
        Discrepancy(rule="R9", message=f"{code}：汇总{yuan(stated[code])}元，各批合计{yuan(paid[code])}元。")
        for code in sorted({*paid, *stated})
        if paid[code] != stated[code]
    )


def r10_paid_in_fiscal_year(
    payouts: Iterable[Payout], fiscal_year: int, *, carried_over: bool = False
) -> tuple[Discrepancy, ...]:
    """R10: a payout's day lies in the fiscal year, unless the batch is carried over (结转)."""
    if carried_over:
        return ()
    return tuple(
        Discrepancy(rule="R10", message=f"发放日期不在{fiscal_year}年度内。", rows=(payout.seq,))
        for payout in payouts
        if payout.paid_on is not None and payout.paid_on.year != fiscal_year
    )


def close_agrees(
    close: BatchClose, *, count: int, households: int, sum_fen: int, by_programme: Mapping[str, int]
) -> tuple[Discrepancy, ...]:
    """Whether what arrived is what the county's close says; rows are visible only then (settled §4).

    Count, households, sum and sums by programme equal, and `source_total = sum + Σ left_out`.
    """
    left_out = sum(part.sum_fen for part in close.left_out)
    pairs = (
        ("行数", close.count, count),
        ("户数", close.households, households),
        ("金额（分）", close.sum_fen, sum_fen),
        ("发放总额（分）", close.source_total_fen, close.sum_fen + left_out),
    )
    found = [
        Discrepancy(rule="close", message=f"{what}：县里写{stated}，收到{here}。")
        for what, stated, here in pairs
        if stated != here
    ]
    if dict(by_programme) != close.by_programme:
        found.append(Discrepancy(rule="close", message="分项目金额与县里写的不一致。"))
    return tuple(found)


def _not_checked(rule: str, message: str) -> Discrepancy:
    return Discrepancy(rule=rule, message=message, checked=False)


def _area_rows(
    payouts: Iterable[Payout], registry: Mapping[str, Registered]
) -> Iterable[tuple[Payout, Registered]]:
    """Rows in mu of households the registry knows."""
    return (
        (payout, registry[payout.household])
        for payout in payouts
        if payout.unit in {"", "亩"} and payout.household in registry
    )
