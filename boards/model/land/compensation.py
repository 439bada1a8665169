"""Compensation for land: what a plan promises, and what the payment publicity says was paid (domain §2.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from boards.model.money import Fen, product_fen

_NUMBER = r"([0-9]{1,10}(?:\.[0-9]{1,8})?)"
_BASIS = re.compile(rf"\s*{_NUMBER}\s*(亩|公顷|平方米|㎡)\s*[×xX*]\s*{_NUMBER}\s*元\s*/\s*\2\s*", re.ASCII)


class CompensationRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One item for one village: 区片综合补偿, 青苗和地上附着物."""

    village: str  # as written
    item: str
    basis: str = ""  # as written: 24.669亩×58000元/亩, 按清点登记表
    amount: Fen | None = None  # 应付
    paid: Fen | None = None  # 已付; None before the payment publicity


class Basis(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A basis that can be computed: so much land at such a rate."""

    quantity: Decimal
    unit: str  # 亩, 公顷, 平方米
    rate: Decimal  # yuan per unit

    def amount(self) -> Fen:
        """Quantity × rate, rounded to fen once."""
        return product_fen(self.quantity, self.rate)


class Payment(StrEnum):
    """How what was paid stands to what is due."""

    OPEN = "open"  # nothing said yet
    PART = "part"
    FULL = "full"
    OVER = "over"


def basis_of(text: str) -> Basis | None:
    """Read 24.669亩×58000元/亩; None for a basis in words (按清点登记表)."""
    match = _BASIS.fullmatch(text.replace(",", "").replace("，", ""))
    if match is None:
        return None
    return Basis(quantity=Decimal(match[1]), unit=match[2], rate=Decimal(match[3]))


def agrees_with_basis(row: CompensationRow) -> bool:
    """Whether the amount is the basis multiplied out, to one fen; true where the basis cannot be computed."""
    basis = basis_of(row.basis)
    return basis is None or row.amount is None or abs(basis.amount() - row.amount) <= 1


def total_due(rows: Sequence[CompensationRow]) -> Fen:
    """Sum of what is due; rows without a readable amount add nothing and are reported elsewhere."""
    return Fen(sum(row.amount or 0 for row in rows))


def total_paid(rows: Sequence[CompensationRow]) -> Fen:
    """Sum of what was paid."""
    return Fen(sum(row.paid or 0 for row in rows))


def payment_of(row: CompensationRow) -> Payment:
    """Judge one row: more than due is never right, less may still come."""
    if row.paid is None:
        return Payment.OPEN
    due = row.amount or 0
    if row.paid > due:
        return Payment.OVER
    return Payment.FULL if row.paid == due else Payment.PART


def paid_in_full(rows: Sequence[CompensationRow]) -> bool:
    """Whether every row that is due has been paid, exactly."""
    return bool(rows) and all(payment_of(row) is Payment.FULL for row in rows)
