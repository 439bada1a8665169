"""The checks R1-R10 over what is about to be published: each names itself when it fails.

R1 must hold, or our own arithmetic is wrong. R3, R5, R6 and R10 wait for a person who says why they may
stand, by their names, as warnings do. R2 and P11 are asked of the roster, where the cells still are
(`county check`); R9 when the year is summed. R4, R7 and R8 need registries: without them they are told
as not checked (settled §31).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from boards.model.errors import Fault, Refusal
from boards.model.findings import CellFinding, Level
from sync.county.checks.r1_totals import Totals, r1_totals
from sync.county.checks.r3_duplicates import r3_no_duplicates
from sync.county.checks.r4_people import r4_registered
from sync.county.checks.r5_stopped import stopped_say_why
from sync.county.checks.r6_failed import r6_failed_rows
from sync.county.checks.r7_contract_area import r7_area_within_contract
from sync.county.checks.r8_excluded_land import r8_eligible_land
from sync.county.checks.r10_fiscal_year import batch_of_its_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.batch_close import Discrepancy
    from sync.county.publish.village_batches import Batch, VillageBatch
    from sync.county.reading import Reading, Row

CONFIRMABLE = ("R3", "R5", "R6", "R10")
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
    refuse_wrong_sums(batch, shares)
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


def _asked(batch: Batch, reading: Reading, share: VillageBatch, rows: Sequence[Row]) -> Iterator[Discrepancy]:
    payouts, village = share.payouts, share.village.code
    if not any(one.code == "DUPLICATE_ROW" for one in reading.findings):  # else they were confirmed as such
        yield from r3_no_duplicates(payouts)
    yield from r4_registered(payouts, village)
    yield from stopped_say_why(rows)
    yield from r6_failed_rows(payouts)
    yield from r7_area_within_contract(payouts)
    yield from r8_eligible_land(payouts)
    yield from batch_of_its_year(batch, reading, share)


def _finding(one: Discrepancy, village: str) -> CellFinding:
    listed = "、".join(map(str, one.rows[:_LISTED]))
    more = f"等{len(one.rows)}行" if len(one.rows) > _LISTED else "行"
    where = f"（第{listed}{more}）" if one.rows else ""
    message = f"{village}：{one.message.rstrip('。')}{where}。"
    return CellFinding(level=Level.WARNING, code=one.rule, message=message)


def refuse_wrong_sums(batch: Batch, shares: Sequence[tuple[VillageBatch, Sequence[Row]]]) -> None:
    """R1: rows = village total, and what is listed and left out = the roster's rows; raises NotReconciled."""
    for share, rows in shares:
        close = share.close
        stated = Totals(amount_fen=close.sum_fen, count=close.count)
        wrong = r1_totals(share.payouts, stated)
        source = 0 if batch.application else sum(row.amount_fen or 0 for row in rows)
        left = sum(part.count for part in close.left_out)
        whole = close.source_total_fen == source and close.count + left == len(rows)
        if wrong or not whole:
            raise NotReconciled(told=f"R1 {share.village.name}的行数、金额与合计不一致。")
