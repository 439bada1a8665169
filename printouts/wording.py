"""Every sentence on a payout sheet, from the sheet alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import CIVIL, day_told
from boards.model.codes import grouped, short_digest
from boards.model.money import in_words, yuan
from boards.model.payouts import LeftOutReason
from boards.model.windows import posting_term
from boards.sheets.sheet import GONE_LINES
from printouts.columns import places_of, plain
from printouts.qr import host

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from boards.model.pack import Windows
    from boards.sheets.sheet import Line, Sheet, SheetHead

SIGNATURES = ("制表人", "村务监督委员会主任", "村民委员会主任")
SEAL = "村委会盖章"
NOTHING_FOLLOWS = "（以下空白）"
SAMPLE = "审核样张，不得张贴"
GAP = "\u3000"
SOME_VERSION = "0123456789-"  # of a pack: what fonts are made ready for
BLANK_DAY = f"{GAP * 3}年{GAP * 2}月{GAP * 2}日"  # written by hand: the day of posting

REASONS = {
    LeftOutReason.UNPAID: "待发放",
    LeftOutReason.FAILED: "支付失败",
    LeftOutReason.RETURNED: "已退回",
    LeftOutReason.STOPPED: "已停发",
    LeftOutReason.UNLISTED: "依规不公示",
    LeftOutReason.ZERO: "本次无金额",
}


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The sentences of one sheet, page by page where they differ."""

    title: str
    terms: str  # left above the table
    period: str  # right above the table
    subtotals: tuple[str, ...]
    total: str
    objection: str
    reconciled: str
    source: str
    caption: tuple[str, ...]  # beside the QR code, the first one bold
    page_numbers: tuple[str, ...]


def worded(  # noqa: PLR0913 - everything arrives as an argument
    sheet: Sheet,
    pages: Sequence[Sequence[Line]],
    *,
    printed_at: datetime | None,
    base_url: str,
    windows: Windows,
    pack: str = "",
) -> Words:
    """All sentences of a sheet; `windows` are its programme's, and say how long one may object.

    `pack` is the version of the county's pack.
    """
    head, places = sheet.head, places_of(sheet)
    since = f"自张贴之日起{posting_term(head.terms, windows)}"
    return Words(
        title=f"{head.title}（更正）" if head.edition > 1 else head.title,
        terms=_terms(head),
        period=f"公示期：{since}（{BLANK_DAY}张贴）",
        subtotals=tuple(_subtotal(head, lines, places) for lines in pages),
        total=_total(head, places),
        objection=_objection(head, since),
        reconciled=_reconciled(sheet),
        source=_source(sheet),
        caption=_caption(head, printed_at, said_below(base_url, pack)),
        page_numbers=tuple(f"第{number}页{GAP}共{len(pages)}页" for number in range(1, len(pages) + 1)),
    )


def _terms(head: SheetHead) -> str:
    village, terms = head.village, head.terms
    parts = [village.county + village.town + village.name]
    if terms.rate_text and not terms.sensitive:
        parts.append(f"补贴标准：{terms.rate_text}")
    if terms.funds:
        parts.append(f"资金来源：{terms.funds}")
    if terms.paid_on:
        parts.append(f"发放日期：{day_told(terms.paid_on)}")
    return GAP.join(parts)


def _counted(head: SheetHead) -> str:
    if head.count == head.households:
        return f"{head.households:,}户"
    return f"{head.households:,}户{head.count:,}笔"


def _subtotal(head: SheetHead, lines: Sequence[Line], places: int) -> str:
    unit = "户" if head.count == head.households else "笔"
    parts = [f"{len(lines)}{unit}"]
    if head.unit and not head.terms.sensitive:
        amount = sum((line.quantity or Decimal(0) for line in lines), start=Decimal(0))
        parts.append(f"{plain(amount, places)}{head.unit}")
    if head.in_money:
        parts.append(f"{yuan(sum(line.amount_fen for line in lines))}元")
    return "本页小计：" + GAP.join(parts)


def _total(head: SheetHead, places: int) -> str:
    parts = [_counted(head)]
    if head.unit and head.quantity is not None and not head.terms.sensitive:
        parts.append(f"{plain(head.quantity, places)}{head.unit}")
    if head.in_money:
        parts.append(f"{yuan(head.sum_fen)}元（大写：{in_words(head.sum_fen)}）")
    return "全村合计：" + GAP.join(parts)


def _objection(head: SheetHead, since: str) -> str:
    """The one deadline, in the words of every other door (settled §36)."""
    terms = head.terms
    what = ["名单", "面积" if head.unit == "亩" else "数量", "金额"]
    if terms.sensitive:
        del what[1]
    elif not head.in_money:
        del what[2]
    ways = [f"拨打监督电话 {terms.phone}"] if terms.phone else []
    ways.append(f"到{terms.address or '村民委员会'}反映")
    return f"对{'、'.join(what)}有疑问，{since}内可以提：{'，或'.join(ways)}。"


def _reconciled(sheet: Sheet) -> str:
    """Both figures: what is on the list and what is not, against the county's own total (settled §40)."""
    head, gone = sheet.head, sum(line.holder in GONE_LINES for line in sheet.lines)
    left_out = [part for part in head.left_out if part.count]
    count, fen = sum(part.count for part in left_out), sum(part.sum_fen for part in left_out)
    reasons = "、".join(f"{REASONS[part.reason]}{part.count}笔" for part in left_out)
    if not head.in_money:
        return f"本表{_counted(head)}，未列入{count}笔（{reasons}）。" if count else f"本表{_counted(head)}。"
    own = f"本表合计{yuan(head.sum_fen)}元"
    if count:
        own += f"，加未列入的{count}笔{yuan(fen)}元（{reasons}），共{yuan(head.sum_fen + fen)}元"
    unsure = f"公布以后有{gone}行撤下或删除，不再与县里的总额核对"
    return f"{own}，{unsure if gone else _agreed(head)}。"


def _agreed(head: SheetHead) -> str:
    if head.control is None:
        return "县里未提供核对总额"
    stated = f"{head.control.source}{yuan(head.control.fen)}元"
    if head.control.scope == head.village.name:
        return f"与{stated}一致"
    return f"计入{head.control.scope}{stated}，总额核对一致"


def _source(sheet: Sheet) -> str:
    head, terms = sheet.head, sheet.head.terms
    parts = [f"发放单位：{terms.office}"] if terms.office else []
    parts.append("撤下日期：公示期满后，撤下后存档备查")
    if any(line.corrected_from_fen is not None for line in sheet.lines):
        parts.append("划线数字为更正前的金额")
    if head.mask_policy:
        parts.append(f"脱敏规则 {head.mask_policy}")
    return GAP.join(parts)


def printing(printed_at: datetime | None) -> str:
    """When a sheet was printed, in civil time, or the day alone; of a sample, that it is none."""
    if printed_at is None:
        return SAMPLE
    moment = printed_at.astimezone(CIVIL) if printed_at.tzinfo else printed_at
    return f"打印 {moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def said_below(base_url: str, pack: str) -> str:
    """The county's site, and by which version of the county's pack the sheet was made."""
    return f"{host(base_url)}{f'  {made_by(pack)}' if pack else ''}"


def made_by(pack: str) -> str:
    """资料包 2026-3."""
    return f"资料包 {pack}" if pack else ""


def _caption(head: SheetHead, printed_at: datetime | None, below: str) -> tuple[str, ...]:
    edition = f"第{head.edition}版" + ("（更正）" if head.edition > 1 else "")
    money = f" {yuan(head.sum_fen)}元" if head.in_money else ""
    return (
        "手机扫码看全部明细",
        f"短码 {grouped(head.code)}",
        f"校验码 {short_digest(head.digest)}",
        f"{_counted(head)}{money}",
        f"{edition}  {printing(printed_at)}",
        below,
        "不收费、不填个人信息",
    )
