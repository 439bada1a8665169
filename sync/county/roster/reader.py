"""One verb: a file's bytes in, a checked reading out. Pure: no clock, no disk."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from sync.county.checks import (
    amounts_follow_rates,
    numbering_is_whole,
    rows_stand_once,
    summaries_agree,
    totals_hold,
)
from sync.county.reading import Finding, Level, Reading, Verdict
from sync.county.roster.errors import HeaderNotFound, RosterRefused
from sync.county.roster.formats import book_of
from sync.county.roster.private import shown
from sync.county.roster.village import Gazetteer
from sync.county.roster.walk import Walk, Walked

if TYPE_CHECKING:
    from datetime import date

    from boards.model.place import Village


def read_roster(
    path_or_name: str | PurePath,
    data: bytes,
    villages: tuple[Village, ...] | None = None,
    *,
    today: date | None = None,
) -> Reading:
    """Read and check one roster. A file that cannot be read raises a RosterRefused.

    The name is used for its words only (town, year, 公示); the format is told by the content.
    `today` lets births in the future be found.
    """
    name = PurePath(path_or_name).name
    book = book_of(data)
    walked = Walk(book, PurePath(name).stem, Gazetteer(villages) if villages else None, today).walked()
    if not walked.headers_seen and not walked.summaries_seen:
        raise HeaderNotFound
    return _checked(name, book.format, data, walked)


def refused_reading(name: str, data: bytes, refusal: RosterRefused) -> Reading:
    """A refusal as a reading, for reports: no rows, one error."""
    sentence, advice = refusal.told()
    finding = Finding(level=Level.ERROR, code=refusal.code, message=sentence + advice)
    return Reading(
        file=PurePath(name).name,
        format="",
        verdict=Verdict.REFUSED,
        findings=(finding,),
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def _checked(name: str, form: str, data: bytes, walked: Walked) -> Reading:
    entries = walked.entries
    on_totals, declared = totals_hold(entries, walked.totals, walked.sheet_stops)
    findings = (
        *walked.findings,
        *amounts_follow_rates(entries),
        *rows_stand_once(entries),
        *numbering_is_whole(entries),
        *on_totals,
        *summaries_agree(entries, walked.summaries),
        *_whole(walked),
    )
    return Reading(
        file=name,
        format=form,
        verdict=verdict_of(findings),
        rows=tuple(entry.row for entry in entries),
        findings=findings,
        declared_total_fen=declared,
        title=shown(walked.title),
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def _whole(walked: Walked) -> tuple[Finding, ...]:
    """What only the file as a whole can show."""
    if not walked.entries:
        message = "没有分户明细，只有汇总表或空表。"
        return (Finding(level=Level.ERROR, code="NO_PAYEE_ROWS", message=message),)
    return ()


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Hold as soon as there is one warning or error (DECISIONS 31)."""
    return Verdict.HOLD if any(finding.level is not Level.NOTE for finding in findings) else Verdict.OK
