"""Pages beside the lists: the short code typed by hand, whom to turn to, and setting up the screen."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from boards.model.codes import code_valid
from boards.sheets.views import CodeView, SetupView
from kiosk_server.web.errors import NotFound
from kiosk_server.web.guard import Door
from kiosk_server.web.headers import PERSONAL
from kiosk_server.web.reader import HTML, Ask, in_village, public, reader
from kiosk_server.web.visit import BASES

USUAL_BASE = 28
KEPT_S = 10 * 365 * 24 * 3600


@get("/v/{code:str}/code", sync_to_thread=False)
def code_pad(request: Ask, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Ten digits, one at a time; the tenth leads to the sheet, or says that one of them is wrong."""
    here, village = in_village(request, code)
    digits = here.visit.wish.code
    if code_valid(digits):
        return Redirect(f"/N/{digits}", status_code=303)
    view = CodeView(digits=digits, wrong=len(digits) == 10)
    return public(here.doors.pages.code(here.frame(village, back=f"/v/{code}/"), view))


@get(["/N", "/n"], sync_to_thread=False)
def by_typed(request: Ask) -> Redirect:
    """`/N/?code=`: what was typed into the form, blanks and all."""
    here = reader(request)
    digits = here.visit.wish.code
    if code_valid(digits):
        return Redirect(f"/N/{digits}", status_code=303)
    own = here.doors.settings.villages[0]
    return Redirect(f"/v/{own}/code" + (f"?code={digits}" if digits else ""), status_code=303)


@get("/v/{code:str}/people", sync_to_thread=False)
def people(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """找人办理: whom the county pack names for this village."""
    here, village = in_village(request, code)
    contacts = [one for one in here.doors.pack.contacts if one.village == code]
    return public(here.doors.pages.people(here.frame(village, back=f"/v/{code}/"), contacts))


@get("/setup", sync_to_thread=False)
def setup(request: Ask) -> Response[bytes]:
    """The ruler: only on the board itself. `?base=` is kept in a cookie that no reset clears."""
    here = reader(request)
    if here.visit.door is not Door.KIOSK:
        raise NotFound
    asked = request.query_params.get("base", "")
    chosen = asked in map(str, BASES)
    frame = here.frame(here.village(here.doors.settings.villages[0]))
    base = int(asked) if chosen else frame.base if frame.base in BASES else USUAL_BASE
    frame = msgspec.structs.replace(frame, base=base, path="/setup", share="")
    page = here.doors.pages.setup(frame, SetupView(base=base, steps=BASES))
    kept = Cookie(key="base", value=asked, path="/", httponly=True, samesite="strict", max_age=KEPT_S)
    return Response(
        page.encode(),
        media_type=HTML,
        headers={"cache-control": PERSONAL.decode()},
        cookies=[kept] if chosen else [],
    )
