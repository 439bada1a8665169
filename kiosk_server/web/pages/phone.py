"""给家人看: the page in front of you, on a phone in the village.

Privacy first. What travels is an address, nothing else: it opens what the board shows anyway,
through the LAN door, and only while the posting window is open. A household's page may be taken
along, because that is what its reader asks for: its address holds a local number and no name.
Surnames, letters and groups somebody searched with stay here: those pages give the search itself.
The page is kept nowhere and, with a household, leaves the screen like a personal page.
"""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from boards.sheets.views import PhoneView
from kiosk_server.web.errors import NotFound
from kiosk_server.web.guard import Door
from kiosk_server.web.pages.choices import back_of
from kiosk_server.web.reader import Ask, in_village, personal
from printouts.qr import QUIET_MODULES, code_of

SEARCHES = ("find", "initials", "groups", "organisations")


@get("/v/{code:str}/phone", sync_to_thread=False)
def phone(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The address of the page named in `?back=`, as text and as a QR code."""
    here, village = in_village(request, code)
    base = here.doors.lan_url
    if not base and here.visit.door is Door.LAN:
        base = f"{request.url.scheme}://{request.headers['host']}"
    if not base:
        raise NotFound
    back = back_of(request.query_params.get("back", ""))
    back = back if back.startswith(f"/v/{code}/") else f"/v/{code}/"
    shared = shared_of(back, code)
    view = phone_view(base + shared, household=shared.startswith(f"/v/{code}/households/"))
    return personal(here.doors.pages.phone(here.frame(village, back=back), view))


def shared_of(path: str, code: str) -> str:
    """What of an address leaves the board: searches lose what was searched for."""
    above = f"/v/{code}/"
    kind = path.removeprefix(above).partition("/")[0].partition("?")[0]
    return f"{above}find" if kind in SEARCHES else path


def phone_view(address: str, *, household: bool) -> PhoneView:
    """The address drawn: each run of dark modules one rectangle of the path."""
    code = code_of(address)
    path = "".join(
        f"M{run.column + QUIET_MODULES} {run.row + QUIET_MODULES}h{run.length}v1h-{run.length}z"
        for run in code.runs
    )
    return PhoneView(
        address=address, path=path, modules=code.modules + 2 * QUIET_MODULES, household=household
    )
