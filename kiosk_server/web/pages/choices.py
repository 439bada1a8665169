"""Text size and language: a link sets a cookie and leads back to the page it stood on."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from litestar import get
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from kiosk_server.web.errors import NotFound
from kiosk_server.web.guard import Door
from kiosk_server.web.reader import Ask, Doors
from kiosk_server.web.visit import SIZES

LONGEST_BACK = 512
PHONE_KEEPS_S = 180 * 24 * 3600


@get("/size/{size:str}", sync_to_thread=False)
def size(request: Ask, size: FromPath[str]) -> Redirect:
    """Choose the text size."""
    if size not in SIZES:
        raise NotFound
    return _chosen(request, "size", size)


@get("/language/{language:str}", sync_to_thread=False)
def language(request: Ask, language: FromPath[str]) -> Redirect:
    """Choose the language of the page's frame."""
    doors: Doors = request.app.state.doors
    if language not in doors.settings.languages:
        raise NotFound
    return _chosen(request, "language", language)


def _chosen(request: Ask, name: str, value: str) -> Redirect:
    """The board forgets with its session (the next villager starts afresh), a phone may remember."""
    cookie = Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="lax",
        max_age=None if request.scope["state"]["visit"].door is Door.KIOSK else PHONE_KEEPS_S,
    )
    return Redirect(back_of(request.query_params.get("back", "/")), status_code=303, cookies=[cookie])


def back_of(back: str) -> str:
    r"""An address on this site, or "/" for anything that might lead elsewhere.

    Browsers read backslashes as slashes and drop tabs and line ends, so "/\t/evil" would leave.
    """
    clean = len(back) <= LONGEST_BACK and back.isprintable() and "\\" not in back
    if not clean or not back.startswith("/") or back.startswith("//"):
        return "/"
    parts = urlsplit(back)
    if parts.scheme or parts.netloc:
        return "/"
    return quote(back, safe="/?=&%-._~")
