"""全村年度汇总, and the page on how the board is used."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from boards.sheets.views import YearView
from boards.sheets.year import reminded
from kiosk_server.desk.annual import year_on
from kiosk_server.web.errors import NotFound
from kiosk_server.web.reader import Ask, Reader, in_village, public


@get("/v/{code:str}/year/{year:str}", sync_to_thread=False)
def year(request: Ask, code: FromPath[str], year: FromPath[str]) -> Response[bytes]:
    """Every programme of one year with its sums."""
    here, village = in_village(request, code)
    return public(here.doors.pages.year(here.frame(village, back=f"/v/{code}/"), year_view(here, code, year)))


def year_view(here: Reader, code: str, year: str) -> YearView:
    """One year's sums, and how long until it is due; raises NotFound for a year that has none."""
    years = tuple(sorted({*here.board.years(code), *here.board.years_closed(code)}, reverse=True))
    found = next((one for one in years if str(one) == year), None)
    if found is None:
        raise NotFound
    sheet = year_on(here.board, here.doors.pack, here.village(code), found, here.today)
    left = None if sheet.holds else reminded(sheet.year, here.today)
    return YearView(sheet=sheet, years=years, days_left=left)


@get("/v/{code:str}/help", sync_to_thread=False)
def help_page(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """怎么用."""
    here, village = in_village(request, code)
    return public(here.doors.pages.help(here.frame(village, back=f"/v/{code}/")))
