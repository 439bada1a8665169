"""Every sentence on a printed notice that is not the county's own: the posting strip, the attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import day_told
from boards.model.codes import grouped, short_digest
from boards.sheets.land.notice_text import period_name
from printouts.qr import host
from printouts.wording import GAP, made_by, printing

if TYPE_CHECKING:
    from datetime import datetime

    from boards.sheets.land.notice_sheet import NoticeSheet

PROVISIONAL, ANEW = "（暂定）", "（重新计算）"


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """The posting strip below the text, the same on every page but for the page's number."""

    posting: str
    contact: str
    hint: str
    codes: str
    page_numbers: tuple[str, ...]


def strip(
    sheet: NoticeSheet, pages: int, *, printed_at: datetime | None, base_url: str, pack: str = ""
) -> Strip:
    """All sentences of the strip."""
    return Strip(
        posting=_posting(sheet),
        contact=GAP.join(filter(None, (_contact(sheet), made_by(pack)))),
        hint=f"手机扫右侧二维码看原文、附件和办理进度，或打开{host(base_url)}；不收费、不填个人信息",
        codes=_codes(sheet, printed_at),
        page_numbers=tuple(f"第{number}页{GAP}共{pages}页" for number in range(1, pages + 1)),
    )


def attachment_lines(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """附件：1.勘测定界图 and, each on its own line, 2.… (GB/T 9704 §7.3.4); one alone has no number."""
    numbered = names if len(names) == 1 else [f"{n}.{name}" for n, name in enumerate(names, start=1)]
    return tuple(("" if at else "附件：", name) for at, name in enumerate(numbered))


def _contact(sheet: NoticeSheet) -> str:
    return f"咨询、提意见：{f'{sheet.phone}（{sheet.office}）' if sheet.phone else sheet.office}"


def _posting(sheet: NoticeSheet) -> str:
    where = f"{sheet.village.name}张贴{GAP}"
    if sheet.until is None:
        return f"{where}张贴日期：{day_told(sheet.posted_on)}"
    last = sheet.until.day
    until = day_told(last) if last.year != sheet.since.year else f"{last.month}月{last.day}日"
    period = f"{period_name(sheet.title)}{ANEW if sheet.anew else ''}：{day_told(sheet.since)}至{until}"
    return where + period + (PROVISIONAL if sheet.until.provisional else "")


def _codes(sheet: NoticeSheet, printed_at: datetime | None) -> str:
    parts = (
        f"短码 {grouped(sheet.code)}",
        f"校验码 {short_digest(sheet.digest)}",
        printing(printed_at),
        sheet.doc_no,
    )
    return GAP.join(part for part in parts if part)
