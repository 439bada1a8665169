"""Forms by hand: what was typed, as text, becomes a batch.toml or the one field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from boards.model.payouts import Phase
from boards.model.periods import period_no
from boards.model.privacy.public_fields import field_fault
from boards.model.privacy.withheld import told_in_text
from kiosk_server.county_office.errors import FieldWrong
from sync.county.publish.batch import PERIOD_FORM, PUBLIC, BatchToml, Confirmed

TEXT_MAX_CHARS = 200
WHY = "why-"
_YUAN = re.compile(r"|[0-9]{1,12}(\.[0-9]{1,2})?")


LABELS = {
    "programme": "补贴项目",
    "fiscal_year": "年度",
    "period_no": "期号",
    "phase": "公示种类",
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
"""Everything of batch.toml that a clerk fills in, by its name there."""

_TEXTS = ("funds", "office", "address", "rate_text", "share", "source", "control_source")


def filled_in(posted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of batch.toml out of a form, and by code why each kind of warning may stand.

    Reasons are the fields named why-CODE; whatever else was posted is not taken.
    """
    cut = {key: value.strip()[:TEXT_MAX_CHARS] for key, value in posted.items()}
    reasons = {key.removeprefix(WHY): text for key, text in cut.items() if key.startswith(WHY) and text}
    return {name: cut.get(name, "") for name in LABELS}, reasons


def batch_of(fields: Mapping[str, str], reasons: Mapping[str, str]) -> BatchToml:
    """The batch as described; raises FieldWrong for the first field that does not do."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in LABELS}
    if not typed["programme"]:
        raise _wrong("programme", "还没有选")
    _impersonal(LABELS["source"], typed["source"])
    for name in PUBLIC:
        if fault := field_fault(name, typed[name]):
            raise _wrong(name, fault)
    planned_from, planned_until = _day(typed, "planned_from"), _day(typed, "planned_until")
    if planned_from and planned_until and planned_until < planned_from:
        raise _wrong("planned_until", "早于公示开始日")
    if not re.fullmatch(r"20\d\d", typed["fiscal_year"]):
        raise _wrong("fiscal_year", "应是四位年份，例如 2025")
    period = period_no(typed["period_no"], int(typed["fiscal_year"]))
    if not period:
        raise _wrong("period_no", PERIOD_FORM)
    if typed["phase"] not in set(Phase):
        raise _wrong("phase", "还没有选")
    control = typed["control_total"].replace(",", "").removesuffix("元")
    if not _YUAN.fullmatch(control):
        raise _wrong("control_total", "应是金额，例如 12345.60")
    return BatchToml(
        programme=typed["programme"],
        fiscal_year=int(typed["fiscal_year"]),
        period_no=period,
        phase=Phase(typed["phase"]),
        paid_on=_day(typed, "paid_on"),
        control_total=control,
        planned_from=planned_from,
        planned_until=planned_until,
        confirmed=tuple(Confirmed(code=code, reason=reason_text(reason)) for code, reason in reasons.items()),
        **{name: typed[name] for name in ("phone", *_TEXTS)},
    )


def reason_text(text: str, what: str = "理由") -> str:
    """A reason somebody else can follow; raises FieldWrong."""
    said = text.strip()
    if len(said) < 2:
        raise FieldWrong(what=what, why="要写清楚，至少两个字")
    if len(said) > TEXT_MAX_CHARS:
        raise FieldWrong(what=what, why=f"不能超过 {TEXT_MAX_CHARS} 个字")
    _impersonal(what, said)
    return said


def _impersonal(what: str, text: str) -> None:
    """These words are kept with the proposal and shown to others."""
    if told_in_text(text):
        raise FieldWrong(what=what, why="里有个人号码，不能写在这里")


def _day(typed: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(typed[name]) if typed[name] else None
    except ValueError as e:
        raise _wrong(name, "应是日期，例如 2025-11-28") from e


def _wrong(name: str, why: str) -> FieldWrong:
    return FieldWrong(what=LABELS[name], why=why)
