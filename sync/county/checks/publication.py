"""The checks R1-R10 over what is about to be published: each names itself when it fails.

R1 must hold, or our own arithmetic is wrong. R3, R5, R6 and R10 wait for a person who says why they may
stand, by their names, as warnings do. R2 and P11 are asked of the roster, where the cells still are
(`county check`); R9 when the year is summed. R4, R7 and R8 need registries: without them they are told
as not checked (settled §31).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model import reconcile
from boards.model.errors import Fault, Refusal
from boards.model.findings import CellFinding, Level
from boards.model.payouts import PayStatus
from boards.model.reconcile import Totals
from sync.county.checks.r10_fiscal_year import CARRIED_OVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from boards.model.reconcile import Discrepancy
    from sync.county.publish.village_batches import Batch, VillageBatch
    from sync.county.reading import Reading, Row

CONFIRMABLE = ("R3", "R5", "R6", "R10")
_STATUS_WORDS = re.compile(
    r"已|停发|停止|暂停|终止|取消|注销|不予|暂缓|发放|支付|补[贴助]|[\s()（）:：,，.。-]"
)
_LISTED = 5


class NotReconciled(Refusal):
    """Rows and totals of what would be published do not agree."""

    code = "not-reconciled"
    fault = Fault.MACHINE
    sentence = "发布前核对没有通过：{told}"
    advice = "什么都没有提交；请把名册交给县里的技术人员查看。"


class ReconciliationNotConfirmed(Refusal):
    """A check of what would be published fails, and nobody said why it may."""

    code = "reconciliation-not-confirmed"
    fault = Fault.PERSON
    sentence = "发布前核对没有通过：{told}"
    advice = (
        "请改正名册或 batch.toml；核实无误的，"
        "在 [[confirmed]] 里按编号（如 R10）写明 code 和 reason 后再提交。"
    )

    def __init__(self, findings: Sequence[CellFinding]) -> None:
        """Keep what was found, for whoever asks for the reasons."""
        super().__init__(told=" ".join(f"{one.code} {one.message}" for one in findings[:_LISTED]))
        self.findings = tuple(findings)


def reconciled(
    batch: Batch, reading: Reading, shares: Sequence[tuple[VillageBatch, Sequence[Row]]]
) -> tuple[tuple[CellFinding, ...], tuple[str, ...]]:
    """What a person confirmed of R1-R10, and the rules nobody could check.

    Raises NotReconciled, ReconciliationNotConfirmed.
    """
    _refuse_wrong_sums(batch, shares)
    found: list[CellFinding] = []
    unchecked: set[str] = set()
    for share, rows in shares:
        for one in _asked(batch, reading, share, rows):
            if one.checked:
                found.append(_finding(one, share.village.name))
            else:
                unchecked.add(one.rule)
    confirmed = {one.code for one in batch.toml.confirmed}
    waiting = [one for one in found if one.code not in confirmed]
    if waiting:
        raise ReconciliationNotConfirmed(waiting)
    return tuple(found), tuple(sorted(unchecked))


def _refuse_wrong_sums(batch: Batch, shares: Sequence[tuple[VillageBatch, Sequence[Row]]]) -> None:
    """R1: rows = village total, and what is listed and left out = the roster's rows; raises NotReconciled."""
    for share, rows in shares:
        close = share.close
        stated = Totals(amount_fen=close.sum_fen, count=close.count)
        wrong = reconcile.r1_totals(share.payouts, stated)
        source = 0 if batch.application else sum(row.amount_fen or 0 for row in rows)
        left = sum(part.count for part in close.left_out)
        whole = close.source_total_fen == source and close.count + left == len(rows)
        if wrong or not whole:
            raise NotReconciled(told=f"R1 {share.village.name}的行数、金额与合计不一致。")


def _asked(batch: Batch, reading: Reading, share: VillageBatch, rows: Sequence[Row]) -> Iterator[Discrepancy]:
    payouts, village = share.payouts, share.village.code
    if not any(one.code == "DUPLICATE_ROW" for one in reading.findings):  # else they were confirmed as such
        yield from reconcile.r3_no_duplicates(payouts)
    yield from reconcile.r4_registered(payouts, village)
    yield from _stopped(rows)
    yield from reconcile.r6_failed_rows(payouts)
    yield from reconcile.r7_area_within_contract(payouts)
    yield from reconcile.r8_eligible_land(payouts)
    yield from _year(batch, reading, share)


def _stopped(rows: Iterable[Row]) -> Iterator[Discrepancy]:
    """R5 over the roster's rows, for who was stopped is never listed: a reason, and no day of payment."""
    stopped = [row for row in rows if row.status is PayStatus.STOPPED]
    silent = [row.row for row in stopped if not _says_why(row)]
    if silent:
        yield reconcile.Discrepancy(rule="R5", message="停发没有写原因", rows=tuple(silent))
    dated = [row.row for row in stopped if row.paid_on and row.amount_fen]
    if dated:
        yield reconcile.Discrepancy(rule="R5", message="停发的行写了金额和发放日期", rows=tuple(dated))


def _says_why(row: Row) -> bool:
    return bool(row.stop_reason or row.remark or _STATUS_WORDS.sub("", row.status_text))


def _year(batch: Batch, reading: Reading, share: VillageBatch) -> Iterator[Discrepancy]:
    """R10 for the batch's own day, then for the lines that carry another one."""
    if batch.application:
        return
    year = batch.toml.fiscal_year
    told = (reading.title, reading.file, batch.toml.funds, batch.toml.source, batch.toml.rate_text)
    carried = bool(CARRIED_OVER.search(" ".join(told)))
    if batch.paid_on and batch.paid_on.year != year and not carried:
        yield reconcile.Discrepancy(rule="R10", message=f"发放日期{batch.paid_on}不在{year}年度内。")
    own = [one for one in share.payouts if not CARRIED_OVER.search(one.remark)]
    late = reconcile.r10_paid_in_fiscal_year(own, year, carried_over=carried)
    if late:
        rows = tuple(seq for one in late for seq in one.rows)
        yield reconcile.Discrepancy(rule="R10", message=f"发放日期不在{year}年度内", rows=rows)


def _finding(one: Discrepancy, village: str) -> CellFinding:
    listed = "、".join(map(str, one.rows[:_LISTED]))
    more = f"等{len(one.rows)}行" if len(one.rows) > _LISTED else "行"
    where = f"（第{listed}{more}）" if one.rows else ""
    message = f"{village}：{one.message.rstrip('。')}{where}。"
    return CellFinding(level=Level.WARNING, code=one.rule, message=message)
