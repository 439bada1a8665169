"""R2: an amount is quantity × rate, rounded half up, within one fen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.batch_close import Discrepancy
from boards.model.findings import CellFinding, Level
from boards.model.money import product_fen, rounded_fen, yuan
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.payouts import Payout
    from sync.county.checks.whole import Whole


ROUNDING_FEN = 1  # R2: |rate × quantity - amount| may be one fen


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


def amounts_follow_rates(whole: Whole) -> Iterator[CellFinding]:
    """R2: amount = area × rate within one fen, in tables whose rows are made that way."""
    for entry in whole.entries:
        fen, product = entry.row.amount_fen, entry.product
        if fen is None or product is None or fen <= 0 or entry.amount == product:
            continue
        expected = rounded_fen(product)
        if abs(expected - fen) > ROUNDING_FEN:
            message = f"面积（数量）乘标准应为{yuan(expected)}元，表上是{yuan(fen)}元。"
            yield at_row(entry.row, Level.WARNING, "AMOUNT_NOT_AREA_TIMES_RATE", message, entry.amount_column)
