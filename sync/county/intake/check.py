"""One verb: a file's bytes in, a checked reading out. Pure: no clock, no disk."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level, grave
from boards.model.privacy.withheld import shown
from sync.county.checks.r1_totals import declared, totals_hold
from sync.county.checks.rules import checked
from sync.county.checks.whole import Sums, Whole
from sync.county.formats import book_of
from sync.county.formats.errors import HeaderNotFound
from sync.county.gazetteer import Gazetteer
from sync.county.intake.printable import Drawn, names_are_drawn
from sync.county.reading import Reading, Verdict
from sync.county.roster.reader import Known, Roster, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from boards.model.place import Village
    from sync.county.formats.grid import Book
    from sync.county.roster.entries import Layouts
    from sync.seams import Progress


def read_roster(  # noqa: PLR0913 - the file, and what is known of the county
    path_or_name: str | PurePath,
    data: bytes,
    villages: tuple[Village, ...] | None = None,
    *,
    today: date | None = None,
    columns: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    terms: Sequence[str] = (),
    programmes: tuple[str, ...] = (),
    drawn: Drawn | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read and check one roster, in this process: see `process` for the same in a child with limits."""
    name, book = PurePath(path_or_name).name, book_of(data)
    known = Known(
        name=PurePath(name).stem,
        gazetteer=Gazetteer(villages) if villages else None,
        programmes=programmes,
        today=today,
        columns=columns or {},
        layouts=layouts or {},
        progress=progress,
    )
    roster, whole = _read(book, known, terms)
    if not roster.headers_seen and not roster.summaries_seen:
        raise HeaderNotFound
    rows = tuple(entry.row for entry in roster.entries)
    printable = names_are_drawn(rows, drawn) if drawn else ()
    findings = in_order((*roster.findings, *checked(whole), *printable), book)
    return Reading(
        file=name,
        format=book.format,
        verdict=Verdict.HOLD if any(map(grave, findings)) else Verdict.OK,  # settled §31
        rows=rows,
        findings=findings,
        declared_total_fen=declared(whole),
        title=shown(roster.title),
        layouts={layout: said for layout, said in roster.layouts.items() if layout},
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def _read(book: Book, known: Known, terms: Sequence[str]) -> tuple[Roster, Whole]:
    """Everything the file says. Hidden and struck rows count, unless its totals hold only without them."""
    roster = read(book, known)
    whole = _whole(roster, book, known, terms)
    if roster.unseen and _totals_fail(whole):
        visible = read(book, known, counts_hidden=False)
        without = _whole(visible, book, known, terms)
        if visible.entries and not _totals_fail(without):
            return visible, without
    return roster, whole


def _whole(roster: Roster, book: Book, known: Known, terms: Sequence[str]) -> Whole:
    return Whole(
        entries=roster.entries,
        sums=Sums(roster.entries),
        totals=roster.totals,
        summaries=roster.summaries,
        stops=roster.stops,
        tables=roster.tables,
        book=book,
        shapes=roster.shapes,
        unseen=roster.unseen,
        counts_hidden=roster.counts_hidden,
        name=known.name,
        title=roster.title,
        notes=roster.notes,
        around=roster.around,
        villages=known.gazetteer.by_code if known.gazetteer else {},
        today=known.today,
        terms=terms,
        programmes=known.programmes,
    )


def _totals_fail(whole: Whole) -> bool:
    return any(one.level is Level.ERROR for one in totals_hold(whole))


def in_order(findings: Sequence[CellFinding], book: Book) -> tuple[CellFinding, ...]:
    """By sheet as in the book, row, column and code: whichever rule spoke first.

    What is said of a whole sheet is said once, however many tables it has.
    """
    sheets = {grid.name or "": at for at, grid in enumerate(book.sheets)}

    def place(one: CellFinding) -> tuple[int, int, int, str, str]:
        column = one.column or ""
        return sheets.get(one.sheet or "", -1), one.row or 0, len(column), column, one.code

    of_sheets = dict.fromkeys(one for one in findings if one.row is None and one.column is None)
    of_cells = (one for one in findings if one.row is not None or one.column is not None)
    return tuple(sorted((*of_sheets, *of_cells), key=place))
