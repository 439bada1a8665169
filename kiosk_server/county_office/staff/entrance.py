"""The way in and out, and the pages about one's own account."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.response import Redirect

from boards.model.errors import Refusal
from kiosk_server.county_office.pages import moment, rendered
from kiosk_server.county_office.requests import (
    FORM_MAX_BYTES,
    Ask,
    form_of,
    page,
    posted_by,
    seat_of,
    status_of,
    texts,
    to,
    visit_of,
    working,
)
from kiosk_server.county_office.seat import Seat
from kiosk_server.county_office.words import told_here
from kiosk_server.people import codes
from kiosk_server.people.entering import (
    Entered,
    Typed,
    change_password,
    enter,
    needs,
    refuse_stranger,
    renew,
)
from kiosk_server.people.errors import CodeWrong, PasswordUnfit
from kiosk_server.people.guard import LOGIN, LOGOUT, OWN, Visit
from kiosk_server.people.sessions import end, sessions
from printouts.qr import QUIET_MODULES, Code, code_of


@get(LOGIN)
async def login(request: Ask) -> Response[bytes]:
    """Name, password and, for who has them, a one-time code."""
    return page(await working(_login_page, seat_of(request)))


@post(LOGIN, request_max_body_size=FORM_MAX_BYTES)
async def come_in(request: Ask) -> Response[bytes] | Redirect:
    """A session with an id of its own; whatever the browser sent before is let go of."""
    posted, seat, visit = texts(await posted_by(request)), seat_of(request), visit_of(request)
    typed = Typed(posted.get("login", "").strip(), posted.get("password", ""), posted.get("code", ""))
    try:
        entered = await working(enter, seat.desk.people, typed, visit.source)
    except Refusal as refusal:
        return page(await working(_login_page, seat, refusal), status_of(refusal))
    if visit.session:
        await working(end, seat.desk.people, visit.session.account.login, visit.session.handle)
    visit.keeps(entered)
    return to("/")


@post(LOGOUT, request_max_body_size=FORM_MAX_BYTES)
async def leave(request: Ask) -> Redirect:
    """The session ends here and now; its cookie opens nothing any more."""
    await form_of(request)
    visit = visit_of(request)
    if visit.session:
        await working(end, seat_of(request).desk.people, visit.session.account.login, visit.session.handle)
    visit.forgets()
    return to(LOGIN)


@get(OWN)
async def account(request: Ask) -> Response[bytes]:
    """One's own password, codes and sessions."""
    return page(await working(_account_page, seat_of(request), visit_of(request)))


@post(f"{OWN}/password", request_max_body_size=FORM_MAX_BYTES)
async def own_password(request: Ask) -> Response[bytes] | Redirect:
    """Another password; all other sessions end."""
    posted, seat, visit = texts(await form_of(request)), seat_of(request), visit_of(request)
    try:
        entered = await working(_changed, seat, visit, posted)
    except Refusal as refusal:
        return page(await working(_account_page, seat, visit, refusal), status_of(refusal))
    visit.keeps(entered)
    return to(OWN)


def _changed(seat: Seat, visit: Visit, posted: dict[str, str]) -> Entered:
    old, new = posted.get("old", ""), posted.get("new", "")
    if new != posted.get("again", ""):
        raise PasswordUnfit(why="两次写的不一样")
    return change_password(seat.desk.people, seat.name, old, new, visit.source)


@post(f"{OWN}/code", request_max_body_size=FORM_MAX_BYTES)
async def new_code(request: Ask) -> Response[bytes]:
    """A secret for a telephone, shown on this one page and nowhere again, to who knows the password."""
    posted, seat, visit = texts(await form_of(request)), seat_of(request), visit_of(request)
    try:
        await working(_offered, seat, visit, posted.get("password", ""))
    except Refusal as refusal:
        return page(await working(_account_page, seat, visit, refusal), status_of(refusal))
    return page(await working(_account_page, seat, visit))


def _offered(seat: Seat, visit: Visit, password: str) -> None:
    refuse_stranger(seat.desk.people, seat.name, password, visit.source)
    seat.offered = codes.new_secret()


@post(f"{OWN}/code/first", request_max_body_size=FORM_MAX_BYTES)
async def first_code(request: Ask) -> Response[bytes] | Redirect:
    """The telephone has it: from now on the login asks for codes."""
    posted, seat, visit = texts(await form_of(request)), seat_of(request), visit_of(request)
    try:
        entered = await working(_enrolled, seat, visit, posted.get("code", ""))
    except Refusal as refusal:
        return page(await working(_account_page, seat, visit, refusal), status_of(refusal))
    visit.keeps(entered)
    return to(OWN)


def _enrolled(seat: Seat, visit: Visit, code: str) -> Entered:
    if not seat.offered:
        raise CodeWrong
    codes.enrol(seat.desk.people, seat.name, seat.offered, code)
    seat.offered = ""
    return renew(seat.desk.people, seat.name, visit.source)


@post(f"{OWN}/sessions", request_max_body_size=FORM_MAX_BYTES)
async def end_session(request: Ask) -> Redirect:
    """End one of one's own."""
    posted, seat = texts(await form_of(request)), seat_of(request)
    await working(end, seat.desk.people, seat.name, posted.get("handle", ""))
    return to(OWN)


def _login_page(seat: Seat, refusal: Refusal | None = None) -> str:
    return rendered("login.html", seat, refusal=told_here(refusal) if refusal else None)


def _account_page(seat: Seat, visit: Visit, refusal: Refusal | None = None) -> str:
    people, here = seat.desk.people, visit.session
    code = (
        code_of(codes.address(seat.offered, seat.name, seat.county.settings.name)) if seat.offered else None
    )
    return rendered(
        "account.html",
        seat,
        refusal=told_here(refusal) if refusal else None,
        due=needs(people, seat.account) if seat.account else "",
        has_code=bool(seat.account and seat.account.has_code),
        secret=seat.offered,
        code=code and {"side": code.modules + 2 * QUIET_MODULES, "path": _path(code)},
        sessions=[
            (one.handle, moment(one.begun_at), here is not None and one.sha256 == here.sha256)
            for one in sessions(people, seat.name)
        ],
    )


def _path(code: Code) -> str:
    """The dark modules of a QR code as one path of SVG."""
    runs = (
        f"M{run.column + QUIET_MODULES} {run.row + QUIET_MODULES}h{run.length}v1h-{run.length}z"
        for run in code.runs
    )
    return "".join(runs)
