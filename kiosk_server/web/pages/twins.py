"""The public pages for programs: /v/<code>/json/… and csv/… beside /v/<code>/…, and what describes them.

Under an address of their own, not by Accept: a kept answer is known by its path. Households have none.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from boards.pages.twins import land, payouts
from boards.pages.twins import year as years
from boards.pages.twins.document import document
from boards.sheets.land.case_line import case_line
from kiosk_server.release import VERSION
from kiosk_server.web.errors import NoSuchList
from kiosk_server.web.headers import PUBLIC
from kiosk_server.web.pages.land import case_lines, one_case
from kiosk_server.web.pages.payouts import list_view
from kiosk_server.web.pages.programmes import programme_view, programmes_view
from kiosk_server.web.pages.year import year_view
from kiosk_server.web.reader import Ask, in_village, reader


@get("/openapi.json", sync_to_thread=False)
def openapi(request: Ask) -> Response[bytes]:
    """What there is for programs, in OpenAPI 3.1."""
    return _json(document(VERSION, reader(request).doors.villages))


@get("/v/{code:str}/json/programmes", sync_to_thread=False)
def programmes(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """All lists of one year."""
    here, _ = in_village(request, code)
    return _twin(payouts.programmes_of_year(code, programmes_view(here, code)))


@get("/v/{code:str}/json/programmes/{programme:str}", sync_to_thread=False)
def programme(request: Ask, code: FromPath[str], programme: FromPath[str]) -> Response[bytes]:
    """One programme with its lists."""
    here, _ = in_village(request, code)
    return _twin(payouts.programme_page(code, programme_view(here, code, programme)))


@get("/v/{code:str}/json/payouts/{batch:str}", sync_to_thread=False)
def one_list(request: Ask, code: FromPath[str], batch: FromPath[str]) -> Response[bytes]:
    """One page of a list; raises NoSuchList."""
    here, _ = in_village(request, code)
    with here.board.snapshot():
        head = here.board.sheet(code, batch)
        if head is None:
            raise NoSuchList
        return _twin(payouts.list_page(list_view(here, head)))


@get("/v/{code:str}/json/land", sync_to_thread=False)
def cases(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """All land cases."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        return _twin(land.cases_of_village(code, case_lines(here, village)))


@get("/v/{code:str}/json/land/{case:str}", sync_to_thread=False)
def one_land_case(request: Ask, code: FromPath[str], case: FromPath[str]) -> Response[bytes]:
    """One land case; raises NoSuchCase."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        view = one_case(here, village, case)
    return _twin(land.case_page(case_line(view), view))


@get("/v/{code:str}/json/year/{year:str}", sync_to_thread=False)
def year(request: Ask, code: FromPath[str], year: FromPath[str]) -> Response[bytes]:
    """The village's year; raises NotFound."""
    here, _ = in_village(request, code)
    return _twin(years.year_so_far(code, year_view(here, code, year)))


@get("/v/{code:str}/csv/year/{year:str}", sync_to_thread=False)
def year_csv(request: Ask, code: FromPath[str], year: FromPath[str]) -> Response[bytes]:
    """The same as a table; raises NotFound."""
    here, _ = in_village(request, code)
    sheet = year_view(here, code, year).sheet
    name = quote(f"{sheet.title}.csv")
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": f"attachment; filename=\"{code}-{sheet.year}.csv\"; filename*=UTF-8''{name}",
    }
    return Response(years.year_table(sheet), media_type="text/csv", headers=headers)


def _twin(said: msgspec.Struct) -> Response[bytes]:
    return _json(msgspec.json.encode(said))


def _json(body: bytes) -> Response[bytes]:
    return Response(body, media_type="application/json", headers={"cache-control": PUBLIC.decode()})
