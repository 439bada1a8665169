"""Payouts of farm subsidies (惠民惠农补贴) and the batches they come in (domain §1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from boards.model.place import VillageCode

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hex."""


class Phase(StrEnum):
    """What a batch lists: who applied for what (申报公示, before payment) or who was paid (发放结果)."""

    APPLICATION = "application"
    PAYMENT = "payment"


class PayeeKind(StrEnum):
    """Who receives: a household, an organisation (合作社、企业), or the village collective."""

    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    COLLECTIVE = "collective"


class PayStatus(StrEnum):
    """Where one payout stands. Only PAID rows are shown as paid (domain §1.4)."""

    PAID = "paid"
    APPLIED = "applied"  # 已申请、公示中、已受理: not yet paid
    FAILED = "failed"  # 支付失败
    RETURNED = "returned"  # 已退回
    STOPPED = "stopped"  # 已停发, carries a reason (R5)


class Payout(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One household's share of one subsidy, as the county paid it (一户一项).

    In an application batch `amount_fen` is 0 and `quantity` is what was applied for.
    `household` is the county's keyed hash as letters a-p (never shown, never logged);
    letters, so that no digit run in it can ever look like an ID number.
    Never in here: an ID, bank or phone number.
    """

    seq: int  # order on the sheet, from 1
    holder: str  # 户主
    payee: str = ""  # 收款人, "" when the holder
    beneficiary: str = ""  # 享受人, "" when the holder
    kind: PayeeKind = PayeeKind.HOUSEHOLD
    household: str = ""
    group: str = ""  # 村民小组 as shown: "一组"
    quantity: Decimal | None = None
    unit: str = ""  # 亩, 台, 人, 头, kg …
    rate: Decimal | None = None  # yuan per unit, up to 8 decimals: 124.9788302 元/亩
    amount_fen: int = 0
    in_kind: str = ""  # 大豆良种 10.5 kg: things, not money
    item: str = ""  # machine or vessel: 轮式拖拉机 90马力档
    paid_on: date | None = None  # only where it differs from the batch's day
    status: PayStatus = PayStatus.PAID
    retry_no: int = 0  # how often payment was tried again (发放次数 - 1); frozen, no roster fills it
    correction_of: str = ""  # rec of the failed payout this one makes good (更正发放); frozen, unfilled
    remark: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Everybody it names."""
        return frozenset({self.holder, self.payee, self.beneficiary} - {""})


class LeftOutReason(StrEnum):
    """Why a row of the roster is not on the list; it travels only as a sum (settled §4)."""

    UNPAID = "unpaid"  # applied for, accepted, in publicity
    FAILED = "failed"
    RETURNED = "returned"
    STOPPED = "stopped"
    UNLISTED = "unlisted"  # minors and others who must not be listed
    ZERO = "zero"  # a listed household without a payout


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of the roster that stay off the list, as count and sum."""

    reason: LeftOutReason
    count: int
    sum_fen: int


class WhyLeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many households are not on a list for one reason, in words everybody may read."""

    why: str  # 卡号与户名不一致; "": other reasons, of too few households to be told
    households: Annotated[int, msgspec.Meta(ge=1)]


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds for the whole batch: one village, one programme, one period, one phase.

    `planned_from`/`planned_until` are when the county plans to post it: they hold a payment back, and are
    no deadline to object (boards.model.windows).
    """

    village: VillageCode
    programme: str  # code of the programme in the county pack
    programme_name: str  # 耕地地力保护补贴
    phase: Phase
    fiscal_year: int
    period_no: str  # 期号: 2025-01
    paid_on: date | None = None  # None only in an application batch
    funds: str = ""  # 资金来源: 中央财政
    rate_text: str = ""  # 131.42元/亩 when one rate holds for all, else ""
    office: str = ""  # 发放单位
    phone: str = ""  # 监督电话: public
    address: str = ""  # where to object in person
    planned_from: date | None = None
    planned_until: date | None = None
    sensitive: bool = False  # disability, medical: names and amounts only (domain §1.6)


class Control(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the county's own papers say a payment comes to: never our sum of its rows (settled §40)."""

    fen: int
    scope: str  # whose rows it covers: 梅坞镇, 岭东村
    source: str  # where it stands: 花名册合计, 支付文件


class BatchClose(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The county's statement that a batch is whole: `source_total = sum + Σ left_out`.

    `edition` 1 is the first list; a correction restates the whole batch as the next edition.
    `start`..`stop` are the log indexes (half open) of the events this close covers.
    """

    terms: Terms
    edition: int
    start: int
    stop: int
    count: int  # rows on the list
    households: int
    sum_fen: int
    by_programme: dict[str, int]
    left_out: tuple[LeftOut, ...] = ()
    source_total_fen: int
    source_sha256: Digest
    mask_policy: str = ""  # version of the county's mask policy
    control: Control | None = None  # None: the county gave none, as before there was any
    left_out_why: tuple[WhyLeftOut, ...] = ()  # of a payment, merged; (): not told, as before there was any
