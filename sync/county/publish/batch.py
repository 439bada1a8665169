"""batch.toml: what a roster does not say and the clerk confirms (settled §17)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.payouts import Phase
from boards.model.periods import period_no
from boards.model.place import VillageCode
from boards.model.privacy.public_fields import field_fault

Yuan = Annotated[str, msgspec.Meta(pattern=r"^$|^[0-9]{1,12}(\.[0-9]{1,2})?$")]
Short = Annotated[str, msgspec.Meta(max_length=200)]
PUBLIC = ("funds", "office", "phone", "address", "rate_text", "share", "control_source")
"""Fields of batch.toml that hang or are printed as they are typed."""
PERIOD_FORM = "应像 2025-01 或 第1期 这样写"


class BatchTomlUnreadable(Refusal):
    """batch.toml is not as it should be."""

    code = "batch-toml-unreadable"
    fault = Fault.PERSON
    sentence = "batch.toml 读不懂（{why}）。"
    advice = "请对照说明改正这一项后再试。"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of warning that a person has looked into, and why it may stand."""

    code: str  # the finding's code, as `county check` prints it
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class BatchToml(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One batch, as the clerk describes it. Dates are bare TOML dates: `paid_on = 2025-09-30`."""

    programme: str  # code in the county pack: farmland_fertility
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    period_no: Short  # 期号: 2025-01, in its one spelling
    phase: Phase = Phase.PAYMENT
    paid_on: date | None = None
    funds: Short = ""  # 资金来源
    office: Short = ""  # 发放单位
    phone: Short = ""  # 监督电话
    address: Short = ""
    planned_from: date | None = None  # printed 公示期
    planned_until: date | None = None
    rate_text: Short = ""  # "" : taken from the rows where one rate holds for all
    share: Short = ""  # of several programmes in each row this one, by its header words; "*": all together
    source: Short = ""  # where the roster came from, for the file
    control_total: Yuan = ""  # of the payment file, in yuan: "12345.60"; "": the roster's own total
    control_source: Short = "支付文件"  # what it was read from
    confirmed: tuple[Confirmed, ...] = ()
    villages: tuple[VillageCode, ...] = ()  # only these; empty: all in the roster


def batch_toml(data: bytes) -> BatchToml:
    """Read batch.toml; unknown keys are refused by name; raises BatchTomlUnreadable."""
    try:
        batch = msgspec.toml.decode(data, type=BatchToml)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise BatchTomlUnreadable(why=str(e)) from e
    if batch.planned_from and batch.planned_until and batch.planned_until < batch.planned_from:
        raise BatchTomlUnreadable(why="planned_until 早于 planned_from")
    faults = ((name, field_fault(name, getattr(batch, name))) for name in PUBLIC)
    if wrong := [f"{name} {fault}" for name, fault in faults if fault]:
        raise BatchTomlUnreadable(why="；".join(wrong))
    period = period_no(batch.period_no, batch.fiscal_year)
    if not period:
        raise BatchTomlUnreadable(why=f"period_no {PERIOD_FORM}")
    return msgspec.structs.replace(batch, period_no=period)


def batch_id(county_code: str, batch: BatchToml) -> str:
    """`<county>-<programme>-<year>-<period>[-app]`; a period that begins with its year says it once."""
    period = batch.period_no.removeprefix(f"{batch.fiscal_year}-")
    tail = "-app" if batch.phase is Phase.APPLICATION else ""
    return f"{county_code}-{batch.programme}-{batch.fiscal_year}-{period}{tail}"
