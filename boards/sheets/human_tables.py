"""The newest edition of a list, and the year's figures, as tables that people open in a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from boards.model.codes import grouped, short_digest
from boards.model.kept.annual import Annual, AnnualRow
from boards.model.money import yuan
from boards.model.place import Village
from boards.sheets.sheet import Line, Sheet
from boards.sheets.spreadsheet import Cell, Column, Table

PERSONAL = "含个人信息，仅供检查与留存"
_YEAR = (
    *("补贴项目", "主管部门", "标准", "户数", "人数", "数量", "单位"),
    *("金额（元）", "其中结转（元）", "所含名单", "未列入", "备注"),
)
_Shown = tuple[Column, Callable[[Line], Cell]]


def list_table(sheet: Sheet) -> Table:
    """A list with the columns its lines fill; what a correction replaced stands beside it, struck."""
    head = sheet.head
    shown = _columns(sheet)
    total: dict[str, Cell] = {
        "序号": "合计",
        "金额（元）": head.sum_fen,
        "数量": plain(head.quantity),
        "单位": head.unit,
    }
    return Table(
        above=(head.title, *_terms(sheet), PERSONAL),
        columns=tuple(column for column, _ in shown),
        rows=tuple(tuple(cell(line) for _, cell in shown) for line in sheet.lines),
        total=tuple(total.get(column.label, "") for column, _ in shown),
    )


def _terms(sheet: Sheet) -> tuple[str, ...]:
    """What the sheet says above and below its lines, one sentence a line."""
    head, terms = sheet.head, sheet.head.terms
    village, gone = head.village, sum(part.count for part in head.left_out)
    told = (
        f"{village.county}{village.town}{village.name}（{village.code}）",
        f"{terms.fiscal_year}年度 {terms.period_no}期",
        f"补贴标准：{terms.rate_text}" if terms.rate_text and not terms.sensitive else "",
        f"资金来源：{terms.funds}" if terms.funds else "",
        f"发放日期：{terms.paid_on}" if terms.paid_on else "",
        f"发放单位：{terms.office}" if terms.office else "",
        f"第{head.edition}版 短码 {grouped(head.code)} 校验码 {short_digest(head.digest)}",
        f"共{head.households}户{head.count}笔" + (f"，{yuan(head.sum_fen)}元" if head.in_money else ""),
        f"未列入{gone}笔，{yuan(sum(part.sum_fen for part in head.left_out))}元" if gone else "",
    )
    return tuple(filter(None, told))


def _columns(sheet: Sheet) -> tuple[_Shown, ...]:
    """Number and name always, the rest where some line has it."""
    known: tuple[_Shown, ...] = (
        (Column("享受人"), lambda line: line.beneficiary),
        (Column("小组"), lambda line: line.group),
        (Column("数量"), lambda line: plain(line.quantity)),
        (Column("单位"), lambda line: line.unit),
        (Column("标准（元）"), lambda line: plain(line.rate)),
        (Column("项目"), lambda line: line.item),
        (Column("物资"), lambda line: line.in_kind),
        (Column("备注"), lambda line: line.remark),
    )
    first: tuple[_Shown, ...] = (
        (Column("序号"), lambda line: str(line.seq)),
        (Column("户主"), lambda line: line.holder),
    )
    filled = tuple(one for one in known if any(one[1](line) for line in sheet.lines))
    money: tuple[_Shown, ...] = ((Column("金额（元）"), lambda line: line.amount_fen),)
    return (*first, *filled, *(money if sheet.head.in_money else ()), *_corrections(sheet))


def _corrections(sheet: Sheet) -> tuple[_Shown, ...]:
    if all(line.corrected_from_fen is None for line in sheet.lines):
        return ()
    return (
        (Column("更正前金额（元，已划去）", struck=True), lambda line: _or_none(line.corrected_from_fen)),
        (Column("更正日期"), lambda line: str(line.corrected_on or "")),
        (Column("更正原因"), lambda line: line.corrected_why),
    )


def _or_none(fen: int | None) -> Cell:
    return "" if fen is None else fen


def plain(number: Decimal | None) -> str:
    """As published, without commas: a spreadsheet's own reader takes it for a number if asked."""
    return "" if number is None else f"{number:f}"


def annual_table(annual: Annual, village: Village, title: str, *, decided: bool) -> Table:
    """The year programme by programme (domain §1.5), as the county decided it or as it stands."""
    day = annual.decided_on
    above = (
        title,
        f"{village.county}{village.town}{village.name}（{village.code}）",
        f"县里{day}核定的第{annual.edition}版" if decided else f"截至{day}，尚未由县里核定",
    )
    total: dict[str, Cell] = {"补贴项目": "合计", "金额（元）": annual.sum_fen}
    return Table(
        above=above,
        columns=tuple(map(Column, _YEAR)),
        rows=tuple(map(_year_row, annual.rows)),
        total=tuple(total.get(label, "") for label in _YEAR),
    )


def _year_row(row: AnnualRow) -> tuple[Cell, ...]:
    lists = "；".join(f"{one.batch} 第{one.edition}版 {yuan(one.sum_fen)}元" for one in row.batches)
    failed = "；".join(f"{one.count}笔{yuan(one.sum_fen)}元" for one in row.left_out)
    people = "" if row.people is None else str(row.people)
    counted = str(row.households), people, plain(row.quantity), row.unit
    sums = row.sum_fen, row.carried_fen
    return row.programme_name, row.department, row.rate_text, *counted, *sums, lists, failed, row.note
