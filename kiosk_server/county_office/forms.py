"""Forms by hand: what was typed, as text, becomes a batch.toml or every field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from boards.model.payouts import Phase
from boards.model.periods import period_no
from boards.model.privacy.public_fields import field_fault
from boards.model.privacy.withheld import told_in_text
from kiosk_server.county_office.errors import FieldsWrong, FieldWrong, Mark
from sync.county.publish.batch import PERIOD_FORM, PUBLIC, BatchToml, Confirmed

TEXT_MAX_CHARS = 200
WHY = "why-"
_YUAN = re.compile(r"|[0-9]{1,12}(\.[0-9]{1,2})?")


LABELS = {
    "programme": "补贴项目",
    "phase": "公示种类",
    "fiscal_year": "年度",
    "period_no": "期号",
    "paid_on": "发放日期",
    "funds": "资金来源",
    "office": "发放单位",
    "phone": "监督电话",
    "address": "意见受理地址",
    "planned_from": "公示开始日",
    "planned_until": "公示截止日",
    "rate_text": "补贴标准（各行不同时填写）",
    "share": "表里有几项补贴时，这一批是哪一项",
    "source": "名册来源",
    "control_total": "核对总额（元）：支付文件上的总额，名册有合计的可以不填",
    "control_source": "核对总额的出处",
}
"""Everything of batch.toml that a clerk fills in, by its name there, in the order of the form."""


class Asked(NamedTuple):
    """What this roster asks of the form beside what every roster does."""

    reasons: Mapping[str, str] = MappingProxyType({})  # by code of a warning its message
    day: bool = False  # no row says when it was paid
    shares: tuple[str, ...] = ()  # the programmes of a row


NOTHING = Asked()


def filled_in(posted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of batch.toml out of a form, and by code why each kind of warning may stand.

    Reasons are the fields named why-CODE; whatever else was posted is not taken.
    """
    cut = {key: value.strip()[:TEXT_MAX_CHARS] for key, value in posted.items()}
    reasons = {key.removeprefix(WHY): text for key, text in cut.items() if key.startswith(WHY) and text}
    return {name: cut.get(name, "") for name in LABELS}, reasons


def batch_of(fields: Mapping[str, str], reasons: Mapping[str, str], asked: Asked = NOTHING) -> BatchToml:
    """The batch as described; raises FieldsWrong with every field that does not do."""
    typed = {name: fields.get(name, "") for name in LABELS}
    read, unfit = _read(typed)
    unfit |= dict(_beside_each_other(read, typed, asked))
    unfit |= {name: fault for name in PUBLIC if (fault := field_fault(name, typed[name]))}
    why = {code: _reason_wrong(reasons.get(code, ""), _WAITS) for code in sorted({*asked.reasons, *reasons})}
    wrong = [Mark(WHY + code, asked.reasons.get(code, "理由"), said) for code, said in why.items() if said]
    wrong += [Mark(name, LABELS[name], unfit[name]) for name in LABELS if name in unfit]
    if wrong:
        raise FieldsWrong(wrong)
    confirmed = tuple(Confirmed(code=code, reason=reason.strip()) for code, reason in reasons.items())
    period = period_no(read.pop("period_no"), read["fiscal_year"])
    return BatchToml(**read, period_no=period, confirmed=confirmed)


def _read(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Each field as it is meant, and why the others mean nothing."""
    said: dict[str, Any] = {}
    unfit: dict[str, str] = {}
    for name, text in typed.items():
        read, why = _READ.get(name, (str, ""))
        try:
            said[name] = read(text)
        except ValueError:
            unfit[name] = why
    return said, unfit


def _beside_each_other(
    said: Mapping[str, Any], typed: Mapping[str, str], asked: Asked
) -> Iterator[tuple[str, str]]:
    """What a field says only beside another, or beside the roster."""
    planned_from, planned_until = said.get("planned_from"), said.get("planned_until")
    if planned_from and planned_until and planned_until < planned_from:
        yield "planned_until", "早于公示开始日"
    if not period_no(typed["period_no"], said.get("fiscal_year", 2000)):
        yield "period_no", PERIOD_FORM
    if asked.day and said.get("phase") is Phase.PAYMENT and said.get("paid_on", True) is None:
        yield "paid_on", "花名册没有写哪天发放，请在这里填"
    if asked.shares and not typed["share"]:
        yield "share", f"请照表头写：{'、'.join(asked.shares)}；确实合并发放的写 *"


def reason_text(text: str, what: str = "理由") -> str:
    """A reason somebody else can follow; raises FieldWrong."""
    if why := _reason_wrong(text):
        raise FieldWrong(what=what, why=why)
    return text.strip()


def _reason_wrong(text: str, empty: str = "") -> str:
    said = text.strip()
    if len(said) < 2:
        return f"{'' if said else empty}要写清楚，至少两个字"
    if len(said) > TEXT_MAX_CHARS:
        return f"不能超过 {TEXT_MAX_CHARS} 个字"
    return _PERSONAL if told_in_text(said) else ""


def _programme(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _year(text: str) -> int:
    if not re.fullmatch(r"20\d\d", text, re.ASCII):
        raise ValueError
    return int(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _yuan(text: str) -> str:
    control = text.replace(",", "").removesuffix("元")
    if not _YUAN.fullmatch(control):
        raise ValueError
    return control


def _impersonal(text: str) -> str:
    """These words are kept with the proposal and shown to others."""
    if told_in_text(text):
        raise ValueError
    return text


_WAITS = "是需要人工确认的提醒，理由"
_DAY_FORM = "应是日期，例如 2025-11-28"
_PERSONAL = "里有个人号码，不能写在这里"
_READ: dict[str, tuple[Callable[[str], Any], str]] = {
    "programme": (_programme, "还没有选"),
    "fiscal_year": (_year, "应是四位年份，例如 2025"),
    "phase": (Phase, "还没有选"),
    "paid_on": (_day, _DAY_FORM),
    "planned_from": (_day, _DAY_FORM),
    "planned_until": (_day, _DAY_FORM),
    "control_total": (_yuan, "应是金额，例如 12345.60"),
    "source": (_impersonal, _PERSONAL),
}
