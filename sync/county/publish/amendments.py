"""Which published line is meant, and what it shall say: the clerk points at what everybody can see.

A line is named by its number on the newest edition, as the board and the sheet print it, and by
its holder's name, so that a slip of one line changes nobody else's payout. A line that is no
longer on the list is named by its record (batch and four-digit number).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.money import yuan
from sync.county.checks.r2_rates import product_missed
from sync.county.publish.batch_records import RecordNotFound, standing
from sync.county.publish.village_batches import names_and_amounts, plain

if TYPE_CHECKING:
    from boards.model.payouts import Payout
    from boards.model.place import Village
    from sync.county.county import County


class VillageNotNamed(Refusal):
    """No village of the pack is called so, or several are."""

    code = "village-not-named"
    fault = Fault.PERSON
    sentence = "县级资料包里没有“{village}”，或者叫这个名字的村不止一个。"
    advice = "请写 12 位村代码；村代码见县级资料包的 villages.csv。"


class LineOfAnother(Refusal):
    """The line is there, but it is somebody else's."""

    code = "line-of-another"
    fault = Fault.PERSON
    sentence = "{village} 这份名单第 {line} 行的户主不是所写的姓名，没有提交。"
    advice = "请对照公开栏或最新一版公示表上的序号和户主重新填写。"


class NothingAmended(Refusal):
    """The line says this already."""

    code = "nothing-amended"
    fault = Fault.PERSON
    sentence = "第 {line} 行已经是所写的内容，没有可以更正的。"
    advice = "请写明要改的项和新值，例如 --amount 430.00。"


class AmountDoesNotFollow(Refusal):
    """R2: the amount is not rate times quantity."""

    code = "amount-does-not-follow"
    fault = Fault.PERSON
    sentence = "更正后第 {line} 行{why}"
    advice = "请把数量、标准和金额一起改对；什么都没有提交。"


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """What a line shall say from now on; None leaves a field as it is."""

    amount_fen: int | None = None
    quantity: Decimal | None = None
    rate: Decimal | None = None
    holder: str | None = None
    group: str | None = None
    remark: str | None = None


TITLES = {
    "amount_fen": "金额",
    "quantity": "数量",
    "rate": "标准",
    "holder": "户主",
    "beneficiary": "享受人",
    "group": "组别",
    "item": "项目",
    "in_kind": "物资",
    "remark": "备注",
}
"""What a line says, field by field, as a reviewer reads it."""


def village_named(county: County, named: str) -> Village:
    """The village of this code, or of this name where only one has it; raises VillageNotNamed."""
    found = [one for one in county.pack.villages if named in {one.code, one.name}]
    if len(found) != 1:
        raise VillageNotNamed(village=named)
    return found[0]


def record_on_line(county: County, village: Village, batch: str, line: int, holder: str) -> str:
    """The record on a line of the newest edition; raises RecordNotFound, LineOfAnother."""
    records = standing(village.name, batch, county.log(village.code).lines()).records
    listed = [(one.payout.seq, rec, one.payout.holder) for rec, one in records.items() if one.payout]
    if not 1 <= line <= len(listed):
        raise RecordNotFound(village=village.name, rec=f"{batch} 第 {line} 行")
    _, rec, written = sorted(listed)[line - 1]
    if written != holder:
        raise LineOfAnother(village=village.name, line=line)
    return rec


def correction(county: County, village: Village, rec: str, amendment: Amendment) -> Payout:
    """What a record shall say; a sensitive programme never says more than names and amounts."""
    found = standing(village.name, rec.rpartition("-")[0], county.log(village.code).lines())
    before = found.record(rec).payout
    if before is None:
        raise RecordNotFound(village=village.name, rec=rec)
    after = amended(before, amendment)
    return names_and_amounts(after) if found.close.terms.sensitive else after


def amended(payout: Payout, amendment: Amendment) -> Payout:
    """The payout with its new values; raises NothingAmended, AmountDoesNotFollow."""
    values = {
        name: plain(value) if isinstance(value, Decimal) else value
        for name in amendment.__struct_fields__
        if (value := getattr(amendment, name)) is not None
    }
    fixed: Payout = msgspec.structs.replace(payout, **values)
    if fixed == payout:
        raise NothingAmended(line=payout.seq)
    if why := product_missed(fixed):
        raise AmountDoesNotFollow(line=payout.seq, why=why)
    return fixed


def amendment_told(before: Payout, after: Payout) -> str:
    """What changes, for the reviewer: figures as they were and as they will be, never a name."""
    changes = []
    for name, title in TITLES.items():
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name == "amount_fen":
            changes.append(f"{title} {yuan(old)} 元 → {yuan(new)} 元")
        elif name in {"quantity", "rate"}:
            changes.append(f"{title} {old if old is not None else '无'} → {new}")
        else:
            changes.append(f"{title}改了")
    return f"记录 {before.seq:04d}：{'；'.join(changes)}"
