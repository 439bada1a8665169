"""A list that comes after its year was closed must be meant: the year's figures no longer hold then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.county.checks.place import of_village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Publication

CODE = "YEAR_CLOSED"


def year_is_open(publication: Publication) -> Iterator[CellFinding]:
    """A payment of a year that is closed asks for the year's next edition."""
    if publication.year_closed and not publication.application:
        yield of_village(publication, CODE, closed_told(publication.fiscal_year))


def closed_told(year: int) -> str:
    """What whoever changes a closed year reads."""
    return f"{year} 年度已核定，发布后须重新核定"
