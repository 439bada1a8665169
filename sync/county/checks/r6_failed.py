"""R6: a failed payment never counts as paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from boards.model.payouts import Payout, PayStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


def r6_failed_rows(payouts: Iterable[Payout]) -> tuple[Discrepancy, ...]:
    """R6: a failed payout stays open or is made good by a later one; it never counts as paid."""
    return tuple(
        Discrepancy(rule="R6", message="支付失败或退回的行写了发放日期。", rows=(payout.seq,))
        for payout in payouts
        if payout.status in {PayStatus.FAILED, PayStatus.RETURNED} and payout.paid_on
    )
