"""The report of `county check-land`: one JSON object for programs, a table for the clerk.

The JSON is a contract:

    verdict      ok | hold | refused; hold = any warning or error
    case_id      as in the file, null when it could not be read
    stages       [{stage, doc_no, last_day, provisional, findings: [{level, code, message}]}]
                 last_day: the strict last day of the period the notice itself states, or null;
                 provisional: it touches a year whose holidays are not announced (暂定)
    findings     [{level, code, message}] of the file as a whole

An ID, card or phone number is in none of it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from rich.markup import escape

from boards.model.findings import Finding, grave
from boards.model.privacy.identifiers import NumberKind
from boards.model.privacy.numbers import numbers_in
from sync.county.reading import VERDICTS, Verdict
from sync.county.report.report import coloured

if TYPE_CHECKING:
    from rich.console import Console


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: the strict last day of the period its notice states, and what was found."""

    stage: str
    doc_no: str | None
    last_day: date | None
    provisional: bool  # the last day rests on a year whose holidays are not announced yet
    findings: tuple[Finding, ...]


class LandReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report; its field names are the contract of `county check-land --json`."""

    verdict: Verdict
    case_id: str | None
    stages: tuple[StageReport, ...] = ()
    findings: tuple[Finding, ...] = ()  # of the file as a whole

    @property
    def grave(self) -> tuple[Finding, ...]:
        """All that holds the case, of the file and of its stages."""
        every = (*self.findings, *(one for stage in self.stages for one in stage.findings))
        return tuple(one for one in every if grave(one))


def report_json(report: LandReport) -> bytes:
    """One JSON object and a line end."""
    return msgspec.json.encode(_public(report)) + b"\n"


def print_report(report: LandReport, console: Console) -> None:
    """Print one block a stage: its number, its last day, and what was found."""
    told = _public(report)
    console.print(f"案件 {escape(told.case_id or '（未读出）')}：[bold]{VERDICTS[told.verdict]}[/]")
    for stage in told.stages:
        until = (
            f"  公告期到 {stage.last_day}{'（暂定）' if stage.provisional else ''}" if stage.last_day else ""
        )
        console.print(f"\n[bold]{escape(stage.stage)}[/]  {escape(stage.doc_no or '（无文号）')}{until}")
        _print_findings(stage.findings, console)
    if told.findings:
        console.print("\n[bold]整个案件[/]")
        _print_findings(told.findings, console)


def _print_findings(findings: tuple[Finding, ...], console: Console) -> None:
    for finding in findings:
        console.print(f"  {coloured(finding.level)}  {escape(finding.told)}")


def _public(report: LandReport) -> LandReport:
    """Return the report with every text replaced that holds a private number; even a title may."""
    return msgspec.convert(_masked(msgspec.to_builtins(report)), type(report))


def _masked(value: object) -> object:
    """What only looks like a mistyped ID stays: case numbers are long digits with a date in them."""
    if isinstance(value, str):
        private = {one.kind for one in numbers_in(value)} - {NumberKind.ID_NEAR, NumberKind.ID_OLD}
        return "（含个人号码，已隐去）" if private else value
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list | tuple) else value
