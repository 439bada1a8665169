"""A village's year as open data: tables without persons, and the page that leads to them (twins §7)."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import Response, get
from litestar.params import FromPath

from boards.model.place import Village
from boards.pages.open.catalogue import catalogue
from boards.pages.open.package import MEDIA, files
from boards.sheets.land.views import CaseView
from boards.sheets.open_year import OpenYear, open_year
from kiosk_server.archive.search import names
from kiosk_server.web.errors import NotFound
from kiosk_server.web.pages.land import case_views
from kiosk_server.web.pages.payouts import fed
from kiosk_server.web.reader import Ask, Reader, in_village, public


@get("/v/{code:str}/open", sync_to_thread=False)
def tables(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Where people find the tables of every year."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        years = _years(here, code, case_views(here, village))
    return public(here.doors.pages.open_data(here.frame(village, back=f"/v/{code}/"), years))


@get("/v/{code:str}/open/catalog.jsonld", sync_to_thread=False)
def catalog(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Which years there are, and their files (DCAT)."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        cases = case_views(here, village)
        years = [_year(here, village, year, cases) for year in _years(here, code, cases)]
    return fed(catalogue(years, village, here.doors.settings.public_base_url), "application/ld+json")


@get("/v/{code:str}/open/{year:str}/{file:str}", sync_to_thread=False)
def file_of_year(
    request: Ask, code: FromPath[str], year: FromPath[str], file: FromPath[str]
) -> Response[bytes]:
    """One file of a year's package; raises NotFound."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        cases = case_views(here, village)
        found = next((one for one in _years(here, code, cases) if str(one) == year), None)
        if found is None:
            raise NotFound
        made = files(_year(here, village, found, cases), here.doors.settings.public_base_url)
    if file not in made:
        raise NotFound
    return fed(made[file], MEDIA[file.rpartition(".")[2]])


def _years(here: Reader, code: str, cases: Iterable[CaseView]) -> list[int]:
    """Years that have lists or land notices, newest first."""
    posted = {one.notice.posted_on.year for case in cases for one in case.hung}
    return sorted(posted.union(here.board.years(code)), reverse=True)


def _year(here: Reader, village: Village, year: int, cases: Iterable[CaseView]) -> OpenYear:
    return open_year(
        village,
        year,
        lists=here.board.told(village.code, year),
        cases=cases,
        households=here.board.households_told,
        programmes=here.doors.programmes,
        today=here.today,
        somebody=names(here.board.where(village.code, ())),
    )
