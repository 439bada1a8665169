"""What checking a land case yields: findings by stage, and one verdict."""

from __future__ import annotations

from datetime import date

import msgspec

from sync.county.reading import Level, Verdict


class LandFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the clerk should know. Never carries an ID, card or phone value."""

    level: Level
    code: str
    message: str


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: the strict last day of the period its notice states, and what was found."""

    stage: str
    doc_no: str | None
    last_day: date | None
    provisional: bool  # the last day rests on a year whose holidays are not announced yet
    findings: tuple[LandFinding, ...]


class LandReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report; its field names are the contract of `county check-land --json`."""

    verdict: Verdict
    case_id: str | None
    stages: tuple[StageReport, ...] = ()
    findings: tuple[LandFinding, ...] = ()  # of the file as a whole


def note(code: str, message: str) -> LandFinding:
    """Something worth knowing; the case may go to review."""
    return LandFinding(level=Level.NOTE, code=code, message=message)


def warning(code: str, message: str) -> LandFinding:
    """Something a person must confirm before publishing."""
    return LandFinding(level=Level.WARNING, code=code, message=message)


def error(code: str, message: str) -> LandFinding:
    """Something that must not be published as it is."""
    return LandFinding(level=Level.ERROR, code=code, message=message)


def grave(finding: LandFinding) -> bool:
    """Whether a finding holds the case."""
    return finding.level is not Level.NOTE


def verdict_of(report_findings: tuple[LandFinding, ...], stages: tuple[StageReport, ...]) -> Verdict:
    """Hold on any warning or error, of the file or of a stage."""
    every = (*report_findings, *(one for stage in stages for one in stage.findings))
    return Verdict.HOLD if any(map(grave, every)) else Verdict.OK
