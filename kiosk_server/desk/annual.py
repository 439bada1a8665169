"""The year of a village on a day: the sums of its lists, or what the county settled (domain §1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.payouts import Phase
from boards.sheets.year import YearSheet, year_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from boards.model.kept.annual import AnnualRow
    from boards.model.pack import Pack
    from boards.model.place import Village
    from kiosk_server.archive.board import Board


def year_on(board: Board, pack: Pack, village: Village, year: int, today: date) -> YearSheet:
    """Everything of one moment; a year without lists and figures is empty."""
    with board.snapshot():
        return year_sheet(
            village,
            year,
            board.sheets(village.code, phase=Phase.PAYMENT, year=year),
            tuple(_with_departments(board.year(village.code, year), pack)),
            board.annual(village.code, year),
            today=today,
            office=f"{village.town}{village.name}",
            phone=pack.supervision_phone,
        )


def _with_departments(rows: tuple[AnnualRow, ...], pack: Pack) -> Iterator[AnnualRow]:
    """主管部门 as the county's pack says."""
    departments = {one.code: one.department for one in pack.programmes}
    for row in rows:
        yield msgspec.structs.replace(row, department=departments.get(row.programme, ""))
