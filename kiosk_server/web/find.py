"""找我的补贴: from a surname to a person to a household. Personal: kept nowhere, logged nowhere."""

from __future__ import annotations

from litestar import Response, get

from boards.sheets.views import FindView, HouseholdView
from kiosk_server.web.doors import Ask, personal, reader
from kiosk_server.web.errors import NothingShown


@get("/v/{code:str}/find", sync_to_thread=False)
def find(request: Ask, code: str) -> Response[bytes]:
    """Tiles of the surnames on today's lists."""
    here = reader(request)
    village = here.village(code)
    view = FindView(surnames=here.board.surnames(code, here.open_batches(code)))
    return personal(here.doors.pages.find(here.frame(village, back=f"/v/{code}/"), view))


@get("/v/{code:str}/find/{surname:str}", sync_to_thread=False)
def find_surname(request: Ask, code: str, surname: str) -> Response[bytes]:
    """The people of one surname on today's lists."""
    here = reader(request)
    village = here.village(code)
    open_today = here.open_batches(code)
    people = here.board.people(code, surname, open_today)
    if not people:
        raise NothingShown
    view = FindView(surnames=(), surname=surname, people=people)
    return personal(here.doors.pages.find(here.frame(village, back=f"/v/{code}/find"), view))


@get("/v/{code:str}/households/{number:str}", sync_to_thread=False)
def household(request: Ask, code: str, number: str) -> Response[bytes]:
    """What one household received, of the lists that hang today."""
    here = reader(request)
    village = here.village(code)
