"""The door for a typed code: a sealed pairing file goes out, the answer comes in (pairing §3).

Whoever asks is nobody yet, so nothing here is secret: what lies under a ticket is sealed for whoever has
the code. Addresses are counted in memory for an hour and never written.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.params import FromPath

from boards.model.errors import Refusal
from kiosk_server.serving.allowance import Distinct
from kiosk_server.serving.clients import client_of
from sync.county.kiosks.tickets import handed_in, taken
from sync.trust.pairing import ANSWER_LIMIT_BYTES

Ask: TypeAlias = Request[Any, Any, Any]
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
_NEVER_KEPT = {**_HEADERS, "Cache-Control": "no-store"}
GONE, TOO_MANY, NOT_AN_ANSWER, HANDED_IN = 404, 429, 400, 204


def tries() -> Distinct:
    """How many different tickets one client may ask for: a kiosk asks for one."""
    return Distinct(most=20, within_s=3600)


@get("/pair/{ticket:str}")
async def hand_out(request: Ask, ticket: FromPath[str], state: State) -> Response[bytes]:
    """The sealed pairing file of a ticket, while it may be had."""
    if _tried_too_often(request, ticket, state):
        return _said(TOO_MANY)
    box = await sync_to_thread(taken, state.folder.parent, ticket, state.clock())
    return _said(GONE) if box is None else _said(200, box)


@post("/pair/{ticket:str}", request_max_body_size=ANSWER_LIMIT_BYTES)
async def take_in(request: Ask, ticket: FromPath[str], state: State) -> Response[bytes]:
    """The kiosk's answer; its ticket is gone then."""
    if _tried_too_often(request, ticket, state):
        return _said(TOO_MANY)
    try:
        body, now = await request.body(), state.clock()
        taken_in = await sync_to_thread(handed_in, state.folder.parent, ticket, body, now)
    except Refusal:
        return _said(NOT_AN_ANSWER)
    return _said(HANDED_IN) if taken_in else _said(GONE)


def _tried_too_often(request: Ask, ticket: str, state: State) -> bool:
    client = client_of(request.client.host if request.client else "")
    tried: Distinct = state.tries
    return tried.wait(client, ticket[:64], state.seconds()) > 0


def _said(status: int, data: bytes = b"") -> Response[bytes]:
    return Response(data, status_code=status, headers=_NEVER_KEPT, media_type="application/octet-stream")
