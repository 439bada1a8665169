"""Findings beside the rows they speak of: what the printed report and the county's desk both show."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from boards.model.findings import CellFinding, Level, gravity
from sync.county.report.report import PayoutLine, Report


class LineBeside(msgspec.Struct, frozen=True, kw_only=True):
    """One payee row with what was found at it; `level` is the gravest, "" when nothing was."""

    at: int  # place in the report's payouts
    line: PayoutLine
    findings: tuple[CellFinding, ...]
    level: str


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one code: a clerk confirms kinds, not rows."""

    code: str
    level: Level
    count: int
    message: str  # of the first


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A report, arranged for the eye."""

    columns: tuple[str, ...]  # what each column was taken for
    kinds: tuple[Kind, ...]  # gravest first
    lines: tuple[LineBeside, ...]
    elsewhere: tuple[CellFinding, ...]  # at totals, columns, sheets or the file

    @property
    def told(self) -> tuple[LineBeside, ...]:
        """Only the rows something was found at."""
        return tuple(line for line in self.lines if line.findings)


def beside(report: Report) -> Beside:
    """Arrange a report. Two payees on one spreadsheet row (tables side by side) both show its findings."""
    at_row: defaultdict[tuple[str | None, int | None], list[CellFinding]] = defaultdict(list)
    for one in report.findings:
        at_row[one.sheet, one.row].append(one)
    lines = []
    for at, line in enumerate(report.payouts):
        here = tuple(at_row.get((line.sheet, line.row), ()))
        level = min(here, key=gravity).level.value if here else ""
        lines.append(LineBeside(at=at, line=line, findings=here, level=level))
    payees = {(line.sheet, line.row) for line in report.payouts}
    return Beside(
        columns=report.columns,
        kinds=kinds(report.told),
        lines=tuple(lines),
        elsewhere=tuple(one for one in report.told if (one.sheet, one.row) not in payees),
    )


def kinds(findings: list[CellFinding]) -> tuple[Kind, ...]:
    """One entry per level and code, in the order of first appearance within a level."""
    counts = Counter((one.level, one.code) for one in findings)
    first = {(one.level, one.code): one for one in reversed(findings)}
    return tuple(
        Kind(level=one.level, code=one.code, count=counts[one.level, one.code], message=one.message)
        for one in sorted((first[kind] for kind in counts), key=gravity)
    )


def place(finding: CellFinding) -> str:
    """“公示表 F12”, “第3列”: where a finding stands, as a spreadsheet program names it."""
    if finding.row:
        cell = f"{finding.column}{finding.row}" if finding.column else f"第{finding.row}行"
    else:
        cell = f"{finding.column}列" if finding.column else ""
    return " ".join(filter(None, (finding.sheet, cell)))
