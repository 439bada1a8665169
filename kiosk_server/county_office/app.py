"""The county's desk in one place: the addresses of each seat. No seat has an address for the other's acts."""

from __future__ import annotations

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from kiosk_server.county_office import clerk, review
from kiosk_server.county_office.errors import DeskNotFound
from kiosk_server.county_office.guard import ENTRY, Guard
from kiosk_server.county_office.pages import static
from kiosk_server.county_office.requests import FORM_MAX_BYTES, Ask, explained
from kiosk_server.county_office.seat import Role, Seat


@get("/static/{name:str}")
async def static_file(request: Ask, name: FromPath[str]) -> Response[bytes]:
    """Two style sheets and an icon."""
    data: bytes | None = request.app.state.static.get(name)
    if data is None:
        raise DeskNotFound
    return Response(data, media_type="image/svg+xml" if name.endswith(".svg") else "text/css")


BOTH = [
    static_file,  # /static/<kiosk.css|desk.css|icon.svg>
    review.home,  # /
    review.show,  # /proposals/<id>
]
ROUTES = {
    Role.CLERK: [
        *BOTH,
        clerk.upload,  # POST /drafts
        clerk.pick,  # POST /drafts/pick
        clerk.show,  # /drafts/<id>?page=&all=
        clerk.take,  # /drafts/<id>/<report.html|marked.xlsx>
        clerk.hand_in,  # POST /drafts/<id>
        clerk.discard,  # POST /drafts/<id>/discard
        clerk.publish_it,  # POST /proposals/<id>/publish
        review.cancel,  # POST /proposals/<id>/cancel
    ],
    Role.REVIEWER: [
        *BOTH,
        review.show_village,  # /proposals/<id>/villages/<code>
        review.show_sheet,  # /proposals/<id>/villages/<code>/sheet.pdf
        review.take_file,  # /proposals/<id>/files/<n>
        review.accept,  # POST /proposals/<id>/accept
        review.send_back,  # POST /proposals/<id>/return
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
