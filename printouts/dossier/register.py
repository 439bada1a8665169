"""The yearly register (年度登记簿): what was printed, handed out, looked at, taken in, destroyed, found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import CIVIL
from boards.model.codes import grouped
from boards.model.kept.register import Act, Entry
from printouts.dossier.contents import as_of, imprint, place
from printouts.dossier.ledger import Column, Ledger, composed
from printouts.fonts import Role
from printouts.paper import typeset

if TYPE_CHECKING:
    from boards.sheets.dossier import Dossier
    from printouts.fonts import FontShelf

ACTS = {
    Act.PRINT: "打印",
    Act.EXPORT: "导出",
    Act.CONSULT: "查阅",
    Act.BACKFILL: "补录",
    Act.APPRAISE: "鉴定",
    Act.DESTROY: "销毁",
    Act.ERASE: "删除",
    Act.INSPECT: "检查",
}
OUTCOMES = {
    "complete": "完整",
    "whole": "看了整份",
    "rows": "看了本户",
    "none": "没有找到",
    "no-numbers-seen": "已看过，无个人号码",
    "no-numbers-read": "已检查，无个人号码",
}
COLUMNS = (
    Column("行号", 12, "c"),
    Column("时间", 25, "c"),
    Column("事项", 14, "c", Role.HEI),
    Column("题名", 72),
    Column("版次", 12, "c"),
    Column("短码", 27, "c"),
    Column("页数", 12, "r"),
    Column("经办", 27),
    Column("事由、结果", 37),
    Column("文件校验", 22, "c"),
)
FOOT = (
    "时间按本机时钟（北京时间），“*”为时钟未校准；文件校验为 SHA-256 前 8 位；行号和全文同 register.ndjson。"
)


def register_pdf(dossier: Dossier, fonts: FontShelf) -> bytes:
    """The register as PDF; equal input gives equal bytes. Raises GlyphMissing."""
    drawing, plan = composed(register(dossier), fonts)
    return typeset(drawing, plan, imprint(dossier, "登记簿"))


def register(dossier: Dossier) -> Ledger:
    """One row an act of the year, or of none and done in it; numbered as in register.ndjson."""
    rows = tuple(
        _row(number, entry)
        for number, entry in enumerate(dossier.register, start=1)
        if _of(entry, dossier.year)
    )
    return Ledger(
        title=f"{dossier.village.name}{dossier.year}年度登记簿",
        subject=place(dossier),
        beside=as_of(dossier),
        columns=COLUMNS,
        rows=rows,
        total=f"合计{len(rows)}行",
        foot=FOOT,
        landscape=True,
    )


def _done(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at).astimezone(CIVIL)


def _of(entry: Entry, year: int) -> bool:
    return (entry.year or _done(entry).year) == year


def _row(number: int, entry: Entry) -> tuple[str, ...]:
    return (
        str(number),
        f"{_done(entry):%Y-%m-%d %H:%M}{'*' if entry.suspect else ''}",
        ACTS[entry.act],
        entry.title or entry.name or entry.record,
        str(entry.edition or ""),
        grouped(entry.code) if entry.code else "",
        str(entry.pages or ""),
        entry.by,
        "；".join(filter(None, (entry.reason, OUTCOMES.get(entry.outcome, entry.outcome)))),
        (entry.sha256 or "")[:8],
    )
