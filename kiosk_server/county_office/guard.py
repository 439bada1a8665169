"""Who may come to the desk: this machine, this browser, these forms.

Host      must be ours: a page of another site that makes its name point here is refused
key       the start-up address carries it once, a strict cookie after that: other accounts
          of this machine reach the port, but not the desk
Origin    must be ours on everything that acts; each form carries a token besides
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, cast

from kiosk_server.serving.hosts import host_and_port

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

ENTRY = "/enter/"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (
        b"referrer-policy",
        b"same-origin",
    ),  # "no-referrer" would make browsers send Origin: null with our forms
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_READING = frozenset({"GET", "HEAD"})


class Guard:
    """Stands in front of the application; refuses before anything is read."""

    def __init__(self, app: ASGIApp, *, port: int, key: str, cookie: str) -> None:
        """`port` is the one the socket really got; `cookie` differs per seat: cookies know no ports."""
        self.app, self._port, self._key, self._cookie = app, port, key, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, let in, or refuse."""
        if str(scope["type"]) != "http":
            await self.app(scope, receive, send)
            return
        asked = cast("HTTPScope", scope)
        headers = {name: value.decode("latin-1") for name, value in asked["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
        name, port = host_and_port(host)
        if name not in _NAMES or (port or "80") != str(self._port):
            await _plainly(send, 421, "这个网址不是县级工作台的网址。")
        elif asked["method"] not in _READING and origin != f"http://{host}":
            await _plainly(send, 403, "这个请求不是从工作台的页面发出的，没有执行。")
        elif asked["path"].startswith(ENTRY):
            if _same(asked["path"].removeprefix(ENTRY), self._key):
                cookie = f"{self._cookie}={self._key}; HttpOnly; SameSite=Strict; Path=/"
                await _plainly(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))
            else:
                await _plainly(send, 403, "这个网址已经失效。请用运行窗口里最新显示的网址。")
        elif not self._knows(headers.get(b"cookie", "")):
            await _plainly(send, 403, "请用运行窗口里显示的网址打开工作台。")
        else:
            await self.app(scope, receive, _with_headers(send))

    def _knows(self, cookies: str) -> bool:
        try:
            found = SimpleCookie(cookies).get(self._cookie)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._key)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in HEADERS}
            own = [header for header in message["headers"] if header[0].lower() not in names]
            message["headers"] = [*own, *HEADERS]
        await send(message)

    return sent


async def _plainly(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    body = text.encode()
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*head, *more, *HEADERS]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
