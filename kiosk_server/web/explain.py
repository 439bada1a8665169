"""From what went wrong to status and page: the one map, for people and for programs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import Village
from boards.pages.twins.document import Problem
from boards.sheets.views import Frame, TroubleView
from kiosk_server.archive.engines.troubles import ArchiveDamaged, ArchiveMissing, named
from kiosk_server.web.errors import (
    ArchiveUnreadable,
    MethodRefused,
    NotFound,
    NothingYet,
    RequestRefused,
    ServerBroke,
)
from kiosk_server.web.guard import Door
from kiosk_server.web.headers import PERSONAL
from kiosk_server.web.reader import HTML, Doors
from kiosk_server.web.visit import Visit

STATUS: Final[Mapping[str, int]] = {
    "names-gone": HTTPStatus.GONE,
    "method-refused": HTTPStatus.METHOD_NOT_ALLOWED,
    "request-refused": HTTPStatus.BAD_REQUEST,
    "too-fast": HTTPStatus.TOO_MANY_REQUESTS,
    "households-enough": HTTPStatus.TOO_MANY_REQUESTS,
    "server-broke": HTTPStatus.INTERNAL_SERVER_ERROR,
}
BY_FAULT: Final[Mapping[Fault, int]] = {
    Fault.PERSON: HTTPStatus.BAD_REQUEST,
    Fault.COUNTY: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.ROAD: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.MACHINE: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(refusal: Refusal) -> int:
    """HTTP status of a refusal: by its code, by its kind, by whose fault it is."""
    if refusal.code in STATUS:
        return STATUS[refusal.code]
    return HTTPStatus.NOT_FOUND if isinstance(refusal, NotFound) else BY_FAULT[refusal.fault]


def explained(request: Request[object, object, State], error: Exception) -> Response[bytes]:
    """A page, or problem details where JSON was asked for."""
    doors: Doors = request.app.state.doors
    route = str(request.scope.get("path_template") or "-")
    refusal = _named(error)
    if isinstance(refusal, ServerBroke | ArchiveUnreadable):
        doors.unwell()
    if isinstance(refusal, ServerBroke):
        doors.logbook.broke(error, route)
    else:
        doors.logbook.refused(refusal.code, route)
    visit: Visit = request.scope["state"]["visit"]
    sentence, advice = refusal.told(doors.pages.gettext(visit.choice.language))
    waits = isinstance(refusal, NothingYet)
    view = TroubleView(
        status=status_of(refusal), code=refusal.code, sentence=sentence, advice=advice, waits=waits
    )
    headers = later(refusal) | _allowed(view)
    if _for_program(request):
        return _problem(view, headers)
    page = doors.pages.trouble(_frame(doors, visit, request.scope["path"]), view)
    return Response(page.encode(), status_code=view.status, media_type=HTML, headers=headers)


def _for_program(request: Request[object, object, State]) -> bool:
    """Whether JSON was asked for, by the address of a twin or by Accept."""
    accept = request.headers.get("accept", "")
    path = request.scope["path"]
    below = path.split("/")[3:]
    at_twin = below[:1] in (["json"], ["csv"], ["open"]) and below != ["open"]
    at_twin |= path.endswith(".jsonld")
    return at_twin or ("json" in accept and "text/html" not in accept)


def later(refusal: Refusal) -> dict[str, str]:
    """What is kept nowhere, and, of a refusal that passes, when to come again."""
    seconds = refusal.facts.get("seconds")
    return _NOT_KEPT | ({"retry-after": str(seconds)} if seconds else {})


_NOT_KEPT = {"cache-control": PERSONAL.decode()}


def _allowed(view: TroubleView) -> dict[str, str]:
    """Who came to change something is told what may be done here (RFC 9110 §15.5.6)."""
    return {"allow": "GET, HEAD"} if view.status == HTTPStatus.METHOD_NOT_ALLOWED else {}


def _named(error: Exception) -> Refusal:
    """Litestar's words as ours; what has no name is our own mistake."""
    if isinstance(error, ArchiveDamaged | ArchiveMissing) or named(error):
        return ArchiveUnreadable()
    if isinstance(error, Refusal):
        return error
    if isinstance(error, NotFoundException):
        return NotFound()
    if isinstance(error, MethodNotAllowedException):
        return MethodRefused()
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RequestRefused()
    return ServerBroke()


def _problem(view: TroubleView, headers: dict[str, str]) -> Response[bytes]:
    """Problem details: `type` names the refusal, `instance` is left out since it may name a person."""
    problem = Problem(
        type=f"urn:village-kiosk:{view.code}",
        title=view.sentence,
        status=view.status,
        detail=view.advice,
        code=view.code,
    )
    return Response(
        msgspec.json.encode(problem),
        status_code=view.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _frame(doors: Doors, visit: Visit, path: str) -> Frame:
    """A frame that needs no archive: the village of the address, otherwise the machine's own."""
    parts = path.split("/")
    code = parts[2] if len(parts) > 2 and parts[2] in doors.villages else doors.settings.villages[0]
    village = doors.villages.get(code) or Village(code=code, name="", town="", county="")
    return Frame(
        village_code=village.code,
        village=village.name,
        town=village.town,
        county=village.county,
        today=visit.moment.day if visit.moment else civil_day(doors.clock()),
        path=f"/v/{village.code}/",
        back=f"/v/{village.code}/",
        language=visit.choice.language,
        size=visit.choice.size,
        kiosk=visit.door is Door.KIOSK,
        phone=doors.pack.supervision_phone,
        pack=doors.pack.version,
    )
