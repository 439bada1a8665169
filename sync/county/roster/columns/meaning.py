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


SPOKEN = {
    What.SEQ: "序号",
    What.NAME: "姓名",
    What.ID: "证件号码（不公开）",
    What.ACCOUNT: "银行账号（不公开）",
    What.BANK: "开户银行（不公开）",
    What.PHONE: "电话（不公开）",
    What.ADDRESS: "住址（不公开）",
    What.AGE: "年龄（不公开）",
    What.COUNTY: "县",
    What.TOWN: "乡镇",
    What.VILLAGE: "村",
    What.GROUP: "村民小组",
    What.AREA_CONTRACT: "承包（确权）面积",
    What.AREA_EXCLUDED: "扣除面积",
    What.AREA: "补贴面积或数量",
    What.RATE: "补贴标准",
    What.AMOUNT: "补贴金额",
    What.DEDUCTION: "扣款",
    What.PRICE: "价格",
    What.HOUSEHOLDS: "户数",
    What.STATUS: "支付状态",
    What.REASON: "原因",
    What.ITEM: "品目、型号",
    What.IN_KIND: "实物",
    What.DATE: "日期",
    What.REMARK: "备注",
    What.SIGNATURE: "签字",
    What.OTHER: "其他（不使用）",
}
SPOKEN_ROLE = {Role.HOLDER: "户主", Role.PAYEE: "收款人", Role.BENEFICIARY: "享受人", Role.ANYONE: ""}


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
    header: str = ""
    seen: bool = False  # known from the cells, where the header says nothing

    @property
    def spoken(self) -> str:
        """How the report says it."""
        how = "（表头没有写明，按内容认出）" if self.seen else ""
        return f"{SPOKEN_ROLE[self.role]}{SPOKEN[self.what]}{how}"
