"""batch.toml: what a roster does not say and the clerk confirms (settled §17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from boards.model.line_faults import FaultsInFile, LineFault
from boards.model.payouts import Phase
from boards.model.periods import period_no
from boards.model.place import VillageCode
from boards.model.privacy.public_fields import field_fault, words_fault
from boards.model.privacy.words import words_in
from sync.handwritten.encoding import AS_TEXT, plain_text
from sync.handwritten.shape import Wrong
from sync.handwritten.toml import read

if TYPE_CHECKING:
    from boards.model.pack import Pack

Yuan = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^$|^[0-9]{1,12}(\.[0-9]{1,2})?$",
        extra={"shape": '应是以元为单位的金额，加英文引号，例如 "12345.60"'},
    ),
]
Short = Annotated[str, msgspec.Meta(max_length=200)]
PUBLIC = ("funds", "office", "phone", "address", "rate_text", "share", "control_source")
"""Fields of batch.toml that hang or are printed as they are typed."""
PERIOD_FORM = "应像 2025-01 或 第1期 这样写"
Period = Annotated[str, msgspec.Meta(max_length=200, extra={"shape": f"{PERIOD_FORM}，加英文引号"})]


class BatchTomlUnreadable(FaultsInFile):
    """batch.toml is not as it should be: every fault with its line."""

    code = "batch-toml-unreadable"
    sentence = "batch.toml 有不对的地方：{told}\n共 {count} 处。"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of warning that a person has looked into, and why it may stand."""

    code: str  # the finding's code, as `county check` prints it
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class NotListed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Households that no roster tells of, and why they are not on the list: `[[not_listed]]`."""

    why: Annotated[str, msgspec.Meta(min_length=2, max_length=20)]
    households: Annotated[int, msgspec.Meta(ge=1, le=99_999)]
    village: VillageCode = ""  # may be left out where `villages` has one


class BatchToml(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One batch, as the clerk describes it. Dates are bare TOML dates: `paid_on = 2025-09-30`."""

    programme: str  # code in the county pack: farmland_fertility
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    period_no: Period  # 期号: 2025-01, in its one spelling
    phase: Phase = Phase.PAYMENT
    paid_on: date | None = None
    funds: Short = ""  # 资金来源
    office: Short = ""  # 发放单位
    phone: Short = ""  # 监督电话
    address: Short = ""
    planned_from: date | None = None  # when it is planned to hang
    planned_until: date | None = None
    rate_text: Short = ""  # "" : taken from the rows where one rate holds for all
    share: Short = ""  # of several programmes in each row this one, by its header words; "*": all together
    source: Short = ""  # where the roster came from, for the file
    control_total: Yuan = ""  # of the payment file, in yuan: "12345.60"; "": the roster's own total
    control_source: Short = "支付文件"  # what it was read from
    confirmed: tuple[Confirmed, ...] = ()
    villages: tuple[VillageCode, ...] = ()  # only these; empty: all in the roster
    not_listed: tuple[NotListed, ...] = ()


def batch_toml(data: bytes) -> BatchToml:
    """Read batch.toml; raises BatchTomlUnreadable with all that is wrong."""
    text = plain_text(data, AS_TEXT)
    found = [text] if isinstance(text, LineFault) else read(text, BatchToml, _rules)
    if isinstance(found, list):
        raise BatchTomlUnreadable(found)
    return msgspec.structs.replace(found, period_no=period_no(found.period_no, found.fiscal_year))


def office_of(toml: BatchToml, pack: Pack) -> str:
    """Whose list it is: the office it names, else its programme's department; "" where that is unknown."""
    departments = {one.code: one.department for one in pack.programmes}
    return toml.office or departments.get(toml.programme, "")


def _rules(said: dict[str, Any]) -> Iterator[Wrong]:
    """What one field says only beside another, and fields that do not look like what they are."""
    if {"planned_from", "planned_until"} <= {*said} and said["planned_until"] < said["planned_from"]:
        yield Wrong(("planned_until",), "早于 planned_from")
    if "period_no" in said and not period_no(said["period_no"], said.get("fiscal_year", 2000)):
        yield Wrong(("period_no",), PERIOD_FORM)
    for name in PUBLIC:
        if fault := field_fault(name, said.get(name, "")):
            yield Wrong((name,), fault)
    for number, one in enumerate(said.get("not_listed", ())):
        if fault := _reason_fault(one.get("why", "")):
            yield Wrong(("not_listed", number, "why"), fault)
        if not one.get("village") and len(said.get("villages", ())) != 1:
            yield Wrong(("not_listed", number), "没有写 village，请写是哪个村的（12 位村代码）")


def _reason_fault(why: str) -> str:
    """What a reason that hangs in the village must not say (P1 to P7)."""
    if re.search(r"\d", why) or words_in(why):
        return "会公开，只能写是什么原因，不能有数字、住址、疾病或残疾（例如 卡号与户名不一致）"
    return words_fault(why) if why else ""


def batch_id(county_code: str, batch: BatchToml) -> str:
    """`<county>-<programme>-<year>-<period>[-app]`; a period that begins with its year says it once."""
    period = batch.period_no.removeprefix(f"{batch.fiscal_year}-")
    tail = "-app" if batch.phase is Phase.APPLICATION else ""
    return f"{county_code}-{batch.programme}-{batch.fiscal_year}-{period}{tail}"
