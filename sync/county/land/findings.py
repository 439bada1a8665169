"""What checking a land case yields: findings by stage, and one verdict."""

from __future__ import annotations

from datetime import date

import msgspec

from boards.model.findings import Finding, grave
from sync.county.reading import Verdict


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


def verdict_of(report_findings: tuple[Finding, ...], stages: tuple[StageReport, ...]) -> Verdict:
    """Hold on any warning or error, of the file or of a stage."""
    every = (*report_findings, *(one for stage in stages for one in stage.findings))
    return Verdict.HOLD if any(map(grave, every)) else Verdict.OK
