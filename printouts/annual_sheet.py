"""The annual summary (年度汇总表) on A4 landscape: a payout sheet's page, a row a programme (paper §8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from boards.model.calendar.civil_day import day_told
from boards.model.codes import grouped, short_digest
from boards.model.money import in_words, yuan
from boards.sheets.year import YEAR_TERM, YearSheet, reminded, state_told
from printouts import qr
from printouts.columns import Column, Layout, plain
from printouts.fonts import FontPlan, FontShelf, Role, Wanted
from printouts.paper import Drawing, Imprint, typeset
from printouts.size import Paper
from printouts.table_sheet import laid_out, words_wanted
from printouts.wording import BLANK_DAY, GAP, REASONS, SOME_VERSION, Words, printing, said_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boards.model.kept.annual import AnnualRow

MOST_BATCHES: Final = 4  # that are told one by one
NONE: Final = "—"


def annual_sheet(  # noqa: PLR0913 - everything arrives as an argument
    sheet: YearSheet,
    fonts: FontShelf,
    *,
    printed_at: datetime | None,
    base_url: str,
    pack: str = "",
    paper: Paper = Paper.A4,
) -> bytes:
    """A village's year as PDF; equal input gives equal bytes. Without a moment of print it is a sample.

    Raises GlyphMissing.
    """
    return typeset(*composed(sheet, fonts, printed_at=printed_at, base_url=base_url, pack=pack), paper=paper)


def composed(
    sheet: YearSheet, fonts: FontShelf, *, printed_at: datetime | None, base_url: str, pack: str = ""
) -> tuple[Drawing, FontPlan, Imprint]:
    """Sheet laid out, with the fonts it needs and what the PDF says about itself."""

    def words(pages: Sequence[Sequence[AnnualRow]]) -> Words:
        return _words(sheet, pages, printed_at, said_below(base_url, pack))

    layout = _layout(sheet)
    plan = FontPlan(fonts, _wanted(sheet, layout, words([sheet.rows])))
    drawing = laid_out(plan, layout, sheet.rows, words, qr.code_of(_address(sheet, base_url)))
    return drawing, plan, _imprint(sheet)


def texts_of(sheet: YearSheet) -> Iterator[Wanted]:
    """Every text a sheet will be drawn with but the day of print, to warm its fonts."""
    at = datetime.min  # noqa: DTZ901 - digits only
    layout = _layout(sheet)
    return _wanted(sheet, layout, _words(sheet, [sheet.rows], at, said_below("", SOME_VERSION)))


def _address(sheet: YearSheet, base_url: str) -> str:
    """The short code once the year is settled; before that its page, which goes on with the lists."""
    if sheet.code:
        return qr.link(base_url, sheet.code, sheet.digest)
    return qr.page(base_url, f"/v/{sheet.village.code}/year/{sheet.year}")


def _imprint(sheet: YearSheet) -> Imprint:
    village = sheet.village
    return Imprint(
        title=sheet.title,
        author=sheet.office or f"{village.county}{village.town}{village.name}",
        subject=f"年度汇总 {sheet.year} {state_told(sheet)}",
        keywords=f"{sheet.code} {sheet.digest[:8].upper()}".strip(),
        dated=sheet.as_of,
    )


def _wanted(sheet: YearSheet, layout: Layout, words: Words) -> Iterator[Wanted]:
    for column in layout.columns:
        for number, row in enumerate(sheet.rows, 1):
            where = ("《", sheet.title, "》第", number, "行的", column.label)
            yield Wanted(column.role, column.text(row), where)
    yield from words_wanted(layout, words)


def _layout(sheet: YearSheet) -> Layout:
    """Nine columns over the whole width of the page."""
    columns = (
        _texts("项目", 45, lambda row: row.programme_name, Role.HEI, 13),
        _texts("主管部门", 31, lambda row: row.department),
        _texts("标准", 28, lambda row: row.rate_text or NONE),
        _figures("受益户数", 18, lambda row: f"{row.households:,}"),
        _figures("受益人数", 18, lambda row: NONE if row.people is None else f"{row.people:,}"),
        _figures("面积/数量", 27, _quantity),
        _figures("金额（元）", 37, lambda row: yuan(row.sum_fen) if row.sum_fen else NONE, Role.HEI, 13),
        _texts("发放批次/日期", 34, lambda row: _batches(row, sheet.year)),
        _texts("备注", 29, _remark),
    )
    return Layout(columns, 1, names_at=0, air_mm=2.4)


def _texts(
    label: str, width: float, text: Callable[[AnnualRow], str], role: Role = Role.DATA, size_pt: float = 10.5
) -> Column:
    return Column(label, width, role, size_pt, "l", breaks=True, text=text)


def _figures(
    label: str, width: float, text: Callable[[AnnualRow], str], role: Role = Role.DATA, size_pt: float = 11.5
) -> Column:
    return Column(label, width, role, size_pt, "r", breaks=False, text=text)


def _quantity(row: AnnualRow) -> str:
    return NONE if row.quantity is None else f"{plain(row.quantity)}{row.unit}"


def _batches(row: AnnualRow, year: int) -> str:
    """2026-01期 6月18日; of many how many, from when to when."""
    if len(row.batches) <= MOST_BATCHES:
        return " ".join(
            f"{one.period_no}期{'更正发放' if one.makes_good else ''} {_day(one.paid_on, year)}".strip()
            for one in row.batches
        )
    days = sorted(one.paid_on for one in row.batches if one.paid_on is not None)
    until = f" {_day(days[0], year)}至 {_day(days[-1], year)}" if days else ""
    return f"共{len(row.batches)}批{until}"


def _day(day: date | None, year: int) -> str:
    if day is None:
        return ""
    if day.year > year + 1 or day.year < year:
        return day.isoformat()
    return f"{'次年' if day.year > year else ''}{day.month}月{day.day}日"


def _remark(row: AnnualRow) -> str:
    """What the lists leave out, what was paid the year after, what the county says besides."""
    count = sum(part.count for part in row.left_out)
    fen = sum(part.sum_fen for part in row.left_out)
    reasons = "、".join(f"{REASONS[part.reason]}{part.count}笔" for part in row.left_out)
    parts = [f"未列入{count}笔{yuan(fen)}元（{reasons}）" if count else ""]
    parts.append(f"其中{yuan(row.carried_fen)}元次年发放（结转）" if row.carried_fen else "")
    return "；".join(filter(None, (*parts, row.note)))


def _words(
    sheet: YearSheet, pages: Sequence[Sequence[AnnualRow]], printed_at: datetime | None, below: str
) -> Words:
    since, village = f"自张贴之日起{YEAR_TERM}", sheet.village
    place = village.county + village.town + village.name
    return Words(
        title=sheet.title,
        terms=GAP.join((place, f"编制单位：{sheet.office}", state_told(sheet))),
        period=f"公示期：{since}（{BLANK_DAY}张贴）",
        subtotals=tuple(f"本页小计：{_sum(rows)}" for rows in pages),
        total=f"全村合计：{len(sheet.rows)}项{GAP}{yuan(sheet.sum_fen)}元（大写：{in_words(sheet.sum_fen)}）",
        objection=_objection(sheet, since),
        reconciled=_reconciled(sheet),
        source=_source(sheet),
        caption=_caption(sheet, printed_at, below),
        page_numbers=tuple(f"第{number}页{GAP}共{len(pages)}页" for number in range(1, len(pages) + 1)),
    )


def _sum(rows: Sequence[AnnualRow]) -> str:
    return f"{len(rows)}项{GAP}{yuan(sum(row.sum_fen for row in rows))}元"


def _objection(sheet: YearSheet, since: str) -> str:
    call = f"拨打监督电话 {sheet.phone}，或" if sheet.phone else ""
    return f"对项目、户数、金额有疑问，{since}内可以提：{call}到村民委员会反映。"


def _reconciled(sheet: YearSheet) -> str:
    """Whose figures these are, and what became of a decision that holds no more."""
    lists = f"本村{sheet.lists}批发放名单"
    if sheet.holds and not (sheet.rows or sheet.lists):
        return "县里核定：这一年本村没有发放。"
    if sheet.holds:
        agrees = sheet.listed_fen == sheet.sum_fen
        own = f"与{lists}的合计一致" if agrees else f"{lists}合计{yuan(sheet.listed_fen)}元"
        return f"本表是县里核定的数，{own}。"
    if sheet.settled is None:
        so_far = f"本表是{lists}的合计" if sheet.lists else "这一年本村还没有发放"
        return f"{so_far}，{_due(sheet)}。"
    annual = sheet.settled.annual
    county = f"县里{day_told(annual.decided_on)}核定的第{annual.edition}版合计{yuan(annual.sum_fen)}元"
    why = "与名单不一致，待核对" if sheet.settled.differs else "之后名单有变，待重新核定"
    return f"{county}，{why}；本表是{lists}的合计。"


def _due(sheet: YearSheet) -> str:
    """How long there was on the day it was summed: what hangs for days cannot count from today."""
    left = reminded(sheet.year, sheet.as_of)
    if left is None:
        return "年底由县里核定"
    told = f"还有{left}天" if left >= 0 else f"已经逾期{-left}天"
    return f"县里应在{sheet.year}年12月31日以前核定，到截至日{told}"


def _source(sheet: YearSheet) -> str:
    parts = ["撤下日期：公示期满后，撤下后存档备查"]
    if sheet.rows:
        parts.insert(0, "同一户可能领好几项，户数、人数不能相加")
    if sheet.settled and sheet.holds and sheet.settled.annual.source:
        parts.append(f"来源：{sheet.settled.annual.source}")
    return GAP.join(parts)


def _caption(sheet: YearSheet, printed_at: datetime | None, below: str) -> tuple[str, ...]:
    return (
        "手机扫码看本年汇总",
        f"短码 {grouped(sheet.code)}" if sheet.code else state_told(sheet),
        f"校验码 {short_digest(sheet.digest)}",
        f"{len(sheet.rows)}项 {yuan(sheet.sum_fen)}元",
        f"第{sheet.edition}版  {printing(printed_at)}" if sheet.holds else printing(printed_at),
        below,
        "不收费、不填个人信息",
    )
