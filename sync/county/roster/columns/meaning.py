"""What a column of a roster can mean."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec


class What(StrEnum):
    """The things county rosters write in columns (domain §1.4 and 108 header texts from 18 real sources)."""

    SEQ = "seq"
    NAME = "name"
    ID = "id"
    ACCOUNT = "bank_account"
    BANK = "bank_name"
    PHONE = "phone"
    ADDRESS = "address"
    AGE = "age"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"
    AREA_CONTRACT = "area_contract"  # 确权、承包
    AREA_EXCLUDED = "area_excluded"  # 扣除、排除
    AREA = "area"  # what is paid for: 亩, 台, 人 …
    RATE = "rate"
    AMOUNT = "amount"
    IN_WORDS = "amount_in_words"  # 大写, beside the amount in figures
    DEDUCTION = "deduction"
    PRICE = "price"
    HOUSEHOLDS = "households"
    STATUS = "status"
    REASON = "reason"
    ITEM = "item"
    IN_KIND = "in_kind"
    DATE = "date"
    REMARK = "remark"
    SIGNATURE = "signature"
    OTHER = "other"


class Role(StrEnum):
    """Whose name or number a column holds (domain §1.1: three persons per row)."""

    HOLDER = "holder"  # 户主
    PAYEE = "payee"  # 收款人, 户名 of the card
    BENEFICIARY = "beneficiary"  # 享受人
    ANYONE = ""  # 姓名: the only person there is

    __hash__ = str.__hash__  # the key of every row's names and numbers; Enum's own is ten times slower


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """One column as understood: what, whose, in which unit, and how sure.

    `unit` is the unit of a quantity or rate (亩, 台); `factor` turns what is written into
    yuan, or into `unit` (万元 → 10000, 公顷 → 15 亩).
    """

    what: What
    role: Role = Role.ANYONE
    unit: str = ""
    factor: Decimal = Decimal(1)
    score: int = 0
    rank: int = 0  # among columns of one meaning the highest is the one that counts
