"""The county's desk in one place: the addresses of each seat. No seat has an address for the other's acts."""

from __future__ import annotations

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from kiosk_server.county_web import desk_clerk, desk_review
from kiosk_server.county_web.desk_asks import FORM_MAX_BYTES, Ask, explained
from kiosk_server.county_web.desk_errors import DeskNotFound
from kiosk_server.county_web.desk_guard import ENTRY, Guard
from kiosk_server.county_web.desk_pages import static
from kiosk_server.county_web.desk_seat import Role, Seat


@get("/static/{name:str}")
async def static_file(request: Ask, name: FromPath[str]) -> Response[bytes]:
    """Two style sheets and an icon."""
    data: bytes | None = request.app.state.static.get(name)
    if data is None:
        raise DeskNotFound
    return Response(data, media_type="image/svg+xml" if name.endswith(".svg") else "text/css")


BOTH = [
    static_file,  # /static/<kiosk.css|desk.css|icon.svg>
    desk_review.home,  # /
    desk_review.show,  # /proposals/<id>
]
ROUTES = {
    Role.CLERK: [
        *BOTH,
        desk_clerk.upload,  # POST /drafts
        desk_clerk.pick,  # POST /drafts/pick
        desk_clerk.show,  # /drafts/<id>?page=&all=
        desk_clerk.take,  # /drafts/<id>/<report.html|marked.xlsx>
        desk_clerk.hand_in,  # POST /drafts/<id>
        desk_clerk.discard,  # POST /drafts/<id>/discard
        desk_clerk.publish_it,  # POST /proposals/<id>/publish
    ],
    Role.REVIEWER: [
        *BOTH,
        desk_review.accept,  # POST /proposals/<id>/accept
        desk_review.send_back,  # POST /proposals/<id>/return
    ],
}


def desk_app(seat: Seat, port: int) -> Guard:
    """The application of one seat, guarded; `port` is the one its socket got."""
    app = Litestar(
        ROUTES[seat.role],
        state=State({"seat": seat, "static": static()}),
        exception_handlers={Exception: explained},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=FORM_MAX_BYTES,
    )
    return Guard(app, port=port, key=seat.key, cookie=f"desk_{seat.role.value}")


def entry(seat: Seat, host: str, port: int) -> str:
    """The address that lets its owner in."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{ENTRY}{seat.key}"
