"""全村年度汇总 so far, and the page on how the board is used."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from boards.sheets.views import YearView
from kiosk_server.web.errors import NotFound
from kiosk_server.web.reader import Ask, Reader, in_village, public


@get("/v/{code:str}/year/{year:str}", sync_to_thread=False)
def year(request: Ask, code: FromPath[str], year: FromPath[str]) -> Response[bytes]:
    """Every programme of one year with its sums."""
    here, village = in_village(request, code)
    return public(here.doors.pages.year(here.frame(village, back=f"/v/{code}/"), year_view(here, code, year)))


def year_view(here: Reader, code: str, year: str) -> YearView:
    """One year's sums; raises NotFound for a year that has none."""
    years = here.board.years(code)
    if not (year.isascii() and year.isdigit() and int(year) in years):
        raise NotFound
    rows = tuple(
        msgspec.structs.replace(row, department=listed.department)
        if (listed := here.doors.programmes.get(row.programme))
        else row
        for row in here.board.year(code, int(year))
    )
    return YearView(
        year=int(year), years=years, rows=rows, sum_fen=sum(row.sum_fen for row in rows), as_of=here.today
    )


@get("/v/{code:str}/help", sync_to_thread=False)
def help_page(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """怎么用."""
    here, village = in_village(request, code)
    return public(here.doors.pages.help(here.frame(village, back=f"/v/{code}/")))
