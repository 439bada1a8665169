"""The report before publishing: one JSON object for programs, one page of tables for a clerk.

The JSON is a contract (settled §31):

    file, format                 name of the file; xlsx, xls, csv … ("" when refused)
    verdict                      ok | hold | refused; hold = any warning or error
    rows                         payee rows, zero rows included
    sum_fen                      every readable amount, faulty rows too
    sum_without_errors_fen       without the rows an error stands at
    declared_total_fen           the file's own top-level totals together; null if it states none
    villages                     [{village, rows, amount_fen}], 12-digit code, or the text when unknown
    findings                     [{level, code, sheet, row, column, message}]; sheet null in text files
    payouts                      [{sheet, row, holder, village, group, quantity, rate, amount_fen, status}]

Quantities and rates are decimal text. An ID, card or phone number is in none of it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import LEVELS, CellFinding, Level, gravity
from boards.model.money import yuan
from boards.model.privacy.withheld import shown
from sync.county.reading import COLUMN_MEANING, VERDICTS, Reading, Row, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from boards.model.place import Village

LISTED_FINDINGS = 200
"""How many findings the terminal shows; the JSON has them all."""

LISTED_VILLAGES = 500
_BLOCK_ROWS = 1000

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "dim"}


class VillageSum(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of one village."""

    village: str
    rows: int
    amount_fen: int


class PayoutLine(msgspec.Struct, frozen=True, kw_only=True):
    """One payee row as the report has it."""

    sheet: str | None
    row: int
    holder: str
    village: str
    group: str
    quantity: str | None
    rate: str | None
    amount_fen: int | None
    status: str | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report; its field names are the contract."""

    file: str
    format: str
    verdict: Verdict
    rows: int
    sum_fen: int
    sum_without_errors_fen: int
    declared_total_fen: int | None
    villages: tuple[VillageSum, ...]
    findings: tuple[CellFinding, ...]
    payouts: tuple[PayoutLine, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What each column was taken for, said once."""
        return tuple(dict.fromkeys(one.message for one in self.findings if one.code == COLUMN_MEANING))

    @property
    def told(self) -> list[CellFinding]:
        """Everything found but that, the gravest first."""
        return sorted((one for one in self.findings if one.code != COLUMN_MEANING), key=gravity)


def report_of(reading: Reading) -> Report:
    """A reading without what must stay inside: no identities, no numbers in names or places."""
    return msgspec.structs.replace(_summed(reading), payouts=tuple(map(_line, reading.rows)))


def _summed(reading: Reading) -> Report:
    """All of a report but its rows."""
    counted: Counter[str] = Counter()
    summed: Counter[str] = Counter()
    for row in reading.rows:
        counted[row.village] += 1
        summed[row.village] += row.payout.amount_fen
    return Report(
        file=shown(reading.file),
        format=reading.format,
        verdict=reading.verdict,
        rows=len(reading.rows),
        sum_fen=summed.total(),
        sum_without_errors_fen=sum(row.payout.amount_fen for row in reading.rows if not row.faulty),
        declared_total_fen=reading.declared_total_fen,
        villages=tuple(
            VillageSum(village=shown(village), rows=counted[village], amount_fen=summed[village])
            for village in sorted(counted)
        ),
        findings=tuple(
            msgspec.structs.replace(one, sheet=shown(one.sheet))
            if one.sheet and shown(one.sheet) != one.sheet
            else one
            for one in reading.findings
        ),
        payouts=(),
    )


def json_blocks(reading: Reading) -> Iterator[bytes]:
    """One JSON object and a line end, in pieces, so that its rows are never all there twice."""
    encode = msgspec.json.Encoder().encode
    yield encode(_summed(reading)).removesuffix(b"]}")  # its rows are the last member, and none so far
    for start in range(0, len(reading.rows), _BLOCK_ROWS):
        lines = b",".join([encode(_line(row)) for row in reading.rows[start : start + _BLOCK_ROWS]])
        yield b"," + lines if start else lines
    yield b"]}\n"


def _line(row: Row) -> PayoutLine:
    payout = row.payout
    return PayoutLine(
        sheet=shown(row.sheet) if row.sheet else row.sheet,
        row=row.row,
        holder=shown(payout.holder),
        village=shown(row.village),
        group=shown(payout.group),
        quantity=None if payout.quantity is None else f"{payout.quantity:f}",
        rate=None if payout.rate is None else f"{payout.rate:f}",
        amount_fen=None if row.unread else payout.amount_fen,
        status=row.status.value if row.status else None,
    )


def print_report(reading: Reading, console: Console, villages: Iterable[Village] = ()) -> None:
    """Tell a clerk: what the columns were taken for, the villages and sums, what is to be done."""
    report = report_of(reading)
    names = {village.code: f"{village.town}{village.name}" for village in villages}
    console.print(f"{report.file}：[bold]{VERDICTS[report.verdict]}[/bold]", highlight=False)
    if report.verdict is not Verdict.REFUSED:
        for message in report.columns:
            console.print(f"  {message}", style="dim", highlight=False, markup=False)
        _print_villages(report, console, names)
    _print_findings(report, console)
    if report.verdict is not Verdict.REFUSED:
        _print_sums(report, console)


def _print_villages(report: Report, console: Console, names: dict[str, str]) -> None:
    from rich.table import Table  # noqa: PLC0415 - only a person at a terminal needs tables

    table = Table("村", "代码", title="各村", title_justify="left")
    table.add_column("行数", justify="right")
    table.add_column("金额（元）", justify="right")
    for one in report.villages[:LISTED_VILLAGES]:
        known = one.village in names or one.village.isdigit()
        name = names.get(one.village, "" if known else one.village or "（没有写村）")
        table.add_row(name, one.village if known else "不在村名单", str(one.rows), yuan(one.amount_fen))
    console.print(table)


def _print_findings(report: Report, console: Console) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    findings = report.told
    if not findings:
        console.print("没有发现问题。")
        return
    table = Table("", "位置", title="需要知道的", title_justify="left")
    table.add_column("说明", overflow="fold")
    for one in findings[:LISTED_FINDINGS]:
        place = " ".join(filter(None, (one.sheet, f"{one.column or ''}{one.row or ''}")))
        table.add_row(coloured(one.level), escape(place), escape(one.told))
    console.print(table)
    if len(findings) > LISTED_FINDINGS:
        console.print(f"还有 {len(findings) - LISTED_FINDINGS} 条，用 --json 看全部。")


def coloured(level: Level) -> str:
    """A level on the terminal."""
    return f"[{_COLOURS[level]}]{LEVELS[level]}[/]"


def _print_sums(report: Report, console: Console) -> None:
    declared = report.declared_total_fen
    stated = "表上没有合计" if declared is None else f"表上合计 {yuan(declared)} 元"
    console.print(
        f"共 {report.rows} 行，{yuan(report.sum_fen)} 元；"
        f"除去有错误的行 {yuan(report.sum_without_errors_fen)} 元；{stated}。"
        "对象库、确权面积、不予补贴地块（R4、R7、R8）没有核对。",
        highlight=False,
    )
