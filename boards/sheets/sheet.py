"""The frozen Sheet: one head and its lines in order. Everything that is shown comes from here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from boards.model.masks import shown_name
from boards.model.pack import MaskPolicy
from boards.model.payouts import Control, Digest, LeftOut, PayeeKind, Payout, Terms, WhyLeftOut
from boards.model.place import Village

_PERSON = PayeeKind.HOUSEHOLD
WITHDRAWN_LINE = "（已撤下）"
ERASED_LINE = "（已删除）"
GONE_LINES = {WITHDRAWN_LINE, ERASED_LINE}


class Variant(StrEnum):
    """How the lines are laid out (paper §1, settled §13)."""

    AREA = "A"  # area, one rate in the head
    ITEM = "A2"  # beneficiary / item / rate / amount
    IN_KIND = "in_kind"  # things, with a signature column
    APPLICATION = "application"  # who applied for what area, no money


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line as shown: names already masked by the county's policy."""

    seq: int
    holder: str
    beneficiary: str = ""  # "" when the holder
    group: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None
    amount_fen: int = 0
    item: str = ""
    in_kind: str = ""
    remark: str = ""
    household: int = 0  # local number for the household page's address; 0: no page
    corrected_from_fen: int | None = None  # the struck-through old amount
    corrected_on: date | None = None
    corrected_why: str = ""

    @property
    def says_more(self) -> bool:
        """Whether it names somebody else, has a remark or was corrected: most lines do not."""
        return bool(self.beneficiary or self.remark) or self.corrected_from_fen is not None


class SheetHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of a sheet but its lines. Composed at import, stored, never recomputed.

    `digest` (校验码) is SHA-256 over origin, batch, edition, leaf hashes, count and sum
    (settled §9): never over rendered text. `code` is its 10-digit short code.
    """

    village: Village
    batch: str
    edition: int
    variant: Variant
    title: str  # 岭东村2025年耕地地力保护补贴发放公示表
    terms: Terms
    count: int
    households: int
    quantity: Decimal | None = None  # total, where one unit holds for all lines
    unit: str = ""
    sum_fen: int = 0
    left_out: tuple[LeftOut, ...] = ()
    source_total_fen: int = 0
    control: Control | None = None
    digest: Digest
    code: str
    mask_policy: str = ""
    imported_on: date | None = None  # civil day the board's window opens
    left_out_why: tuple[WhyLeftOut, ...] = ()

    @property
    def in_money(self) -> bool:
        """Whether the list is about money: not what was applied for, not things handed out."""
        return self.variant is not Variant.APPLICATION and (
            self.variant is not Variant.IN_KIND or self.sum_fen != 0
        )


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A whole sheet, as paper needs it."""

    head: SheetHead
    lines: tuple[Line, ...]


def line_of(payout: Payout, *, number: int, household: int, sensitive: bool, mask: MaskPolicy) -> Line:
    """One line as shown: masked, numbered by its place on the sheet.

    A beneficiary the same as the holder is left out; whose account it is (收款人) no layout shows (settled
    §13). A sensitive programme shows names and amounts only (domain §1.6). Organisations are not masked and
    have no household page.
    """
    kind, holder = payout.kind, payout.holder
    name = shown_name(holder, mask, kind)
    number_of_household = household if kind is _PERSON else 0
    other = payout.beneficiary if payout.beneficiary != holder else ""
    beneficiary = shown_name(other, mask) if other else ""
    if sensitive:
        return Line(
            seq=number,
            holder=name,
            beneficiary=beneficiary,
            amount_fen=payout.amount_fen,
            household=number_of_household,
        )
    return Line(
        seq=number,
        holder=name,
        beneficiary=beneficiary,
        group=payout.group,
        quantity=payout.quantity,
        unit=payout.unit,
        rate=payout.rate,
        amount_fen=payout.amount_fen,
        item=payout.item,
        in_kind=payout.in_kind,
        remark=payout.remark,
        household=number_of_household,
    )


def gone_line(*, number: int, amount_fen: int, erased: bool) -> Line:
    """What stays of a line taken down: its number and amount, so that the sheet still adds up."""
    return Line(seq=number, holder=ERASED_LINE if erased else WITHDRAWN_LINE, amount_fen=amount_fen)
