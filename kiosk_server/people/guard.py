"""Who may come to an office's door: its own name, its own forms, and somebody who is logged in.

Host      must be ours: a page of another site that makes its name point here is refused
Origin    must be ours on everything that acts; each form carries its session's token besides
cookie    of a session that lasts; without one there is the login page and nothing else
needs     a password that is somebody else's, or a one-time code that is due, comes before all other pages
"""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from anyio.to_thread import run_sync

from kiosk_server.people.entering import Entered, needs
from kiosk_server.people.errors import LoginNeeded, PeopleUnreadable
from kiosk_server.people.sessions import Session, session
from kiosk_server.people.tries import From

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from kiosk_server.people.book import People

LOGIN, LOGOUT, OWN, STATIC = "/login", "/logout", "/account", "/static/"
"""The login page; the way out; the pages about one's own account; what is shown to everybody."""
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # "no-referrer" would make browsers send Origin: null with our forms
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_TLS = (b"strict-transport-security", b"max-age=31536000")
_READING = frozenset({"GET", "HEAD"})
_KNOWN_FOR_S = 180 * 24 * 3600
_NOBODY = Entered("", "")


@dataclass(frozen=True)
class Door:
    """How browsers reach this office: `http://127.0.0.1:8070` and its like, or one https address."""

    origins: frozenset[str]
    cookie: str
    behind: bool = False  # a proxy on this machine speaks TLS, and says last from where somebody comes

    @property
    def secure(self) -> bool:
        """Whether nothing is sent in the clear."""
        return all(one.startswith("https://") for one in self.origins)

    @property
    def names(self) -> tuple[str, str]:
        """Of the session's cookie, and of the one by which a browser is known again."""
        stem = f"__Host-{self.cookie}" if self.secure else self.cookie
        return stem, f"{stem}_known"

    def cookies(self, entered: Entered) -> list[str]:
        """What a browser is to keep after a login."""
        kept = "Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if self.secure else "")
        session_name, known_name = self.names
        known = f"{known_name}={entered.device}; {kept}; Max-Age={_KNOWN_FOR_S}"
        return [f"{session_name}={entered.session}; {kept}", known]

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names this office."""
        return f"{'https' if self.secure else 'http'}://{host.lower()}" in self.origins


class Visit(NamedTuple):
    """Who asks, as the guard found it; the pages read it from `scope["visit"]`."""

    session: Session | None
    source: From
    door: Door
    cookies: list[str]  # what the browser is to keep from now on

    def keeps(self, entered: Entered) -> None:
        """The new session's cookie, and the one by which this browser is known again."""
        self.cookies.extend(self.door.cookies(entered))

    def forgets(self) -> None:
        """The session's cookie is taken back."""
        self.cookies.append(self.door.cookies(_NOBODY)[0] + "; Max-Age=0")


class Guard:
    """Stands in front of the application; refuses before anything is read."""

    def __init__(self, app: ASGIApp, people: People, door: Door) -> None:
        """The pages of `app` never see a request that is not let in."""
        self.app, self._people, self._door = app, people, door
        self._headers = (*HEADERS, _TLS) if door.secure else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with who it is, send to the login, or refuse."""
        if str(scope["type"]) != "http":
            await self.app(scope, receive, send)
            return
        asked = cast("HTTPScope", scope)
        headers = {name: value.decode("latin-1") for name, value in asked["headers"]}
        if refused := self._refused(asked["method"], headers):
            await self._plainly(send, *refused)
            return
        try:
            visit = await run_sync(self._visit, asked, headers)
            where = self._elsewhere(asked["path"], visit.session)
        except PeopleUnreadable as refusal:
            await self._plainly(send, 503, "".join(refusal.told()))
            return
        if where:
            await self._sent_to(send, where, asked["method"])
            return
        cast("dict[str, Any]", scope)["visit"] = visit
        await self.app(scope, receive, self._with_headers(send, visit.cookies))

    def _refused(self, method: str, headers: dict[bytes, str]) -> tuple[int, str] | None:
        if not self._door.is_ours(headers.get(b"host", "")):
            return 421, "这个网址不是本工作台的网址。"
        if method not in _READING and not self._from_here(headers):
            return 403, "这个请求不是从工作台的页面发出的，没有执行。"
        return None

    def _from_here(self, headers: dict[bytes, str]) -> bool:
        """The page that sent it has the very name that is asked, of those that are ours."""
        origin = headers.get(b"origin", "")
        return origin in self._door.origins and origin.partition("://")[2] == headers[b"host"].lower()

    def _visit(self, asked: HTTPScope, headers: dict[bytes, str]) -> Visit:
        session_name, known_name = self._door.names
        sent = _cookies(headers.get(b"cookie", ""))
        address = (asked.get("client") or ("-", 0))[0]
        if self._door.behind:
            address = headers.get(b"x-forwarded-for", "").rpartition(",")[2].strip() or address
        found = session(self._people, sent[session_name]) if sent.get(session_name) else None
        return Visit(found, From(address, sent.get(known_name, "")), self._door, [])

    def _elsewhere(self, path: str, found: Session | None) -> str:
        """Where somebody must go first; "" who may go on."""
        if path == LOGIN or path.startswith(STATIC):
            return ""
        if found is None:
            return LOGIN
        due = needs(self._people, found.account)
        return OWN if due and not (path in {OWN, LOGOUT} or path.startswith(OWN + "/")) else ""

    async def _sent_to(self, send: Send, where: str, method: str) -> None:
        if method in _READING:
            await self._plainly(send, 303, "", (b"location", where.encode()))
        else:
            await self._plainly(send, 403, "".join(LoginNeeded().told()))

    def _with_headers(self, send: Send, cookies: list[str]) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in self._headers}
                own = [header for header in message["headers"] if header[0].lower() not in names]
                kept = [(b"set-cookie", one.encode()) for one in cookies]
                message["headers"] = [*own, *self._headers, *kept]
            await send(message)

        return sent

    async def _plainly(self, send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
        body = text.encode()
        head = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        headers = [*head, *more, *self._headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}
