"""What people read in a village's year beside the sheets: tables for spreadsheets, metadata, a first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.kept.retention import ArchiveKind
from boards.sheets.human_tables import annual_table, list_table
from boards.sheets.spreadsheet import Table, as_csv, as_xlsx
from kiosk_server.dossier import index, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.sheets.dossier import Dossier


def written(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    """Every such file by its path below data/; the same dossier gives the same bytes."""
    for sheet in dossier.sheets:
        yield from _both(f"human/{index.stem(dossier, sheet)}", list_table(sheet))
    yield from _year(dossier)
    yield "metadata.json", metadata.as_json(dossier)
    yield "metadata.csv", as_csv(metadata.table(dossier))
    yield from index.pages(dossier)


def _year(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    """The year's figures under the title of their sheet."""
    item = next((one for one in dossier.items if one.kind is ArchiveKind.ANNUAL), None)
    if item and dossier.annual:
        table = annual_table(dossier.annual, dossier.village, item.title, decided=dossier.decided)
        yield from _both(f"human/{index.YEAR}", table)


def _both(path: str, table: Table) -> Iterator[tuple[str, bytes]]:
    yield f"{path}.csv", as_csv(table)
    yield f"{path}.xlsx", as_xlsx(table)
