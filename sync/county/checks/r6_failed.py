"""R6: a failed payment never counts as paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.payouts import PayStatus
from sync.county.checks.place import of_village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Publication

_FAILED = {PayStatus.FAILED, PayStatus.RETURNED}


def failed_are_unpaid(publication: Publication) -> Iterator[CellFinding]:
    """What failed or came back stays open and has no day of payment."""
    for payout in publication.payouts:
        if payout.status in _FAILED and payout.paid_on:
            yield of_village(publication, "R6", "支付失败或退回的行写了发放日期", payout.seq)
