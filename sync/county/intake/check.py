"""One verb: a file's bytes in, a checked reading out. Pure: no clock, no disk."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.privacy.withheld import shown
from sync.county.checks.numbering import numbering_is_whole
from sync.county.checks.p05_minors import minors_are_not_listed
from sync.county.checks.p16_hidden import hidden_rows
from sync.county.checks.plausible import areas_are_alike, something_is_paid
from sync.county.checks.r1_households import households_hold
from sync.county.checks.r1_totals import totals_hold
from sync.county.checks.r2_rates import amounts_follow_rates
from sync.county.checks.r3_duplicates import persons_are_one, rows_stand_once
from sync.county.checks.r5_stopped import stopped_are_unpaid
from sync.county.checks.r9_summaries import summaries_agree
from sync.county.checks.r10_fiscal_year import paydays_are_likely
from sync.county.formats import book_of
from sync.county.formats.errors import HeaderNotFound
from sync.county.gazetteer import Gazetteer
from sync.county.reading import Reading, Verdict
from sync.county.roster.reader import Known, Walk, Walked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from boards.model.place import Village
    from sync.county.formats.grid import Book
    from sync.county.roster.entries import Layouts, Progress


def read_roster(  # noqa: PLR0913 - the file, and what is known of the county
    path_or_name: str | PurePath,
    data: bytes,
    villages: tuple[Village, ...] | None = None,
    *,
    today: date | None = None,
    columns: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read and check one roster, in this process: see `apart` for the same in a child with limits."""
    name = PurePath(path_or_name).name
    book = book_of(data)
    known = Known(
        name=PurePath(name).stem,
        gazetteer=Gazetteer(villages) if villages else None,
        today=today,
        columns=columns or {},
        layouts=layouts or {},
        progress=progress,
    )
    walked = _walked(book, known)
    if not walked.headers_seen and not walked.summaries_seen:
        raise HeaderNotFound
    return _checked(name, book, data, walked, today)


def _walked(book: Book, known: Known) -> Walked:
    """Everything the file said. Hidden rows count, unless its totals hold only without them."""
    walked = Walk(book, known).walked()
    if walked.hidden and _totals_fail(walked):
        again = Walk(book, known, counts_hidden=False).walked()
        if again.entries and not _totals_fail(again):
            again.findings += hidden_rows(again.hidden, counted=False)
            return again
    walked.findings += hidden_rows(walked.hidden, counted=True)
    return walked


def _totals_fail(walked: Walked) -> bool:
    found, _ = totals_hold(walked.entries, walked.totals, walked.sheet_stops)
    return any(one.level is Level.ERROR for one in found)


def _checked(name: str, book: Book, data: bytes, walked: Walked, today: date | None) -> Reading:
    entries = walked.entries
    on_totals, declared = totals_hold(entries, walked.totals, walked.sheet_stops)
    findings = (
        *_once(walked.findings),
        *amounts_follow_rates(entries),
        *rows_stand_once(entries),
        *persons_are_one(entries),
        *areas_are_alike(entries),
        *stopped_are_unpaid(entries),
        *minors_are_not_listed(entries, today),
        *something_is_paid(entries),
        *paydays_are_likely(entries, walked.title, today),
        *numbering_is_whole(entries),
        *on_totals,
        *households_hold(entries, walked.totals, walked.sheet_stops, book),
        *summaries_agree(entries, walked.summaries),
        *_whole(walked, book),
    )
    return Reading(
        file=name,
        format=book.format,
        verdict=verdict_of(findings),
        rows=tuple(entry.row for entry in entries),
        findings=findings,
        declared_total_fen=declared,
        title=shown(walked.title),
        layouts={layout: said for layout, said in walked.layouts.items() if layout},
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def _once(findings: list[CellFinding]) -> Iterator[CellFinding]:
    """What is said of a whole sheet is said once, however many tables it has."""
    told: set[CellFinding] = set()
    for finding in findings:
        if finding.row is None and finding.column is None:
            if finding in told:
                continue
            told.add(finding)
        yield finding


def _whole(walked: Walked, book: Book) -> Iterator[CellFinding]:
    """What only the file as a whole can show."""
    if not book.looked_twice:
        message = "这个文件里有没有隐藏的行列，没有核对。"
        yield CellFinding(level=Level.NOTE, code="HIDDEN_NOT_CHECKED", message=message)
    if not walked.entries:
        message = "没有分户明细，只有汇总表或空表。"
        yield CellFinding(level=Level.ERROR, code="NO_PAYEE_ROWS", message=message)


def verdict_of(findings: tuple[CellFinding, ...]) -> Verdict:
    """Hold as soon as there is one warning or error (settled §31)."""
    return Verdict.HOLD if any(finding.level is not Level.NOTE for finding in findings) else Verdict.OK
