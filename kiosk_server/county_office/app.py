"""The county's desk in one place: every address, and in which roles somebody may ask for it."""

from __future__ import annotations

from litestar import Litestar, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.params import FromPath

from kiosk_server.county_office import clerk, review
from kiosk_server.county_office.errors import DeskNotFound
from kiosk_server.county_office.pages import static
from kiosk_server.county_office.requests import FORM_MAX_BYTES, Ask, explained, seat_of
from kiosk_server.county_office.seat import Desk
from kiosk_server.county_office.staff import entrance, persons
from kiosk_server.county_office.staff.roles import AUDITOR, CLERK, PACK_EDITOR, REVIEWER
from kiosk_server.people.accounts import ADMINISTRATOR
from kiosk_server.people.guard import Door, Guard


@get("/static/{name:str}")
async def static_file(request: Ask, name: FromPath[str]) -> Response[bytes]:
    """Two style sheets and an icon."""
    data: bytes | None = request.app.state.static.get(name)
    if data is None:
        raise DeskNotFound
    return Response(data, media_type="image/svg+xml" if name.endswith(".svg") else "text/css")


LISTS = (CLERK, REVIEWER, PACK_EDITOR, AUDITOR)
"""Who sees that there is a proposal; each page says whose it shows."""
OPEN: tuple[HTTPRouteHandler, ...] = (
    static_file,  # /static/<kiosk.css|desk.css|icon.svg>
    entrance.login,  # /login
    entrance.come_in,  # POST /login
)
OWN: tuple[HTTPRouteHandler, ...] = (
    review.home,  # /
    entrance.leave,  # POST /logout
    entrance.account,  # /account
    entrance.own_password,  # POST /account/password
    entrance.new_code,  # POST /account/code
    entrance.first_code,  # POST /account/code/first
    entrance.end_session,  # POST /account/sessions
)
"""For everybody who is logged in, in whichever role."""
BY_ROLE: dict[HTTPRouteHandler, tuple[str, ...]] = {
    review.show: LISTS,  # /proposals/<id>
    review.show_village: (REVIEWER, AUDITOR),  # /proposals/<id>/villages/<code>
    review.show_sheet: (REVIEWER, AUDITOR),  # /proposals/<id>/villages/<code>/sheet.pdf
    review.take_file: (REVIEWER, AUDITOR),  # /proposals/<id>/files/<n>
    review.take_away: (REVIEWER,),  # /proposals/<id>/carried
    review.bring_back: (REVIEWER,),  # POST /proposals/<id>/carried
    review.accept: (REVIEWER,),  # POST /proposals/<id>/accept
    review.send_back: (REVIEWER,),  # POST /proposals/<id>/return
    review.cancel: (CLERK,),  # POST /proposals/<id>/cancel
    clerk.publish_it: (CLERK,),  # POST /proposals/<id>/publish
    clerk.upload: (CLERK,),  # POST /drafts
    clerk.pick: (CLERK,),  # POST /drafts/pick
    clerk.show: (CLERK, AUDITOR),  # /drafts/<id>?page=&all=
    clerk.take: (CLERK, AUDITOR),  # /drafts/<id>/<report.html|marked.xlsx>
    clerk.hand_in: (CLERK,),  # POST /drafts/<id>
    clerk.discard: (CLERK,),  # POST /drafts/<id>/discard
    persons.everybody: (ADMINISTRATOR, AUDITOR),  # /people
    persons.newcomer: (ADMINISTRATOR,),  # POST /people
    persons.change: (ADMINISTRATOR,),  # POST /people/<login>/<act>
}


def may(request: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Raise DeskNotFound unless who asks has a role for this page: what is not his to do is not there."""
    roles = {one.fn: its for one, its in BY_ROLE.items()}.get(handler.fn)
    seat = seat_of(request)  # type: ignore[arg-type]
    known = handler.fn in {one.fn for one in (*OPEN, *OWN)}
    if not known and not (roles and seat.has(*roles)):
        raise DeskNotFound


def desk_app(desk: Desk, door: Door) -> Guard:
    """The application, guarded."""
    app = Litestar(
        [*OPEN, *OWN, *BY_ROLE],
        state=State({"desk": desk, "static": static()}),
        guards=[may],
        exception_handlers={Exception: explained},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=FORM_MAX_BYTES,
    )
    return Guard(app, desk.people, door)
