"""Requests and answers at the desk: forms in, pages out, everything that goes wrong as a page."""

from __future__ import annotations

import sys
import traceback
from hmac import compare_digest
from typing import Any, cast

import anyio.to_thread
from litestar import Request, Response
from litestar.datastructures import State, UploadFile
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from boards.model.errors import Fault, Refusal
from kiosk_server.county_office.errors import DeskBroke, DeskNotFound, FormRefused, UploadTooLarge
from kiosk_server.county_office.pages import rendered
from kiosk_server.county_office.seat import Desk, Seat
from kiosk_server.county_office.words import told_here
from kiosk_server.crashes import FOLDER, kept
from kiosk_server.people.guard import Visit

Ask = Request[Any, Any, State]
working = anyio.to_thread.run_sync
"""Do what takes long, or writes, beside the loop."""

FORM_MAX_BYTES = 256 << 10
UPLOAD_MAX_BYTES = 64 << 20
_NOT_FOUND = frozenset({"desk-not-found", "draft-not-found", "proposal-not-found", "proposal-taken-back"})


def visit_of(request: Ask) -> Visit:
    """Who asks, as the guard found it."""
    visit: Visit = cast("dict[str, Any]", request.scope)["visit"]
    return visit


def seat_of(request: Ask) -> Seat:
    """The seat of who asks."""
    desk: Desk = request.app.state.desk
    return desk.seat(visit_of(request).session)


def page(text: str, status: int = 200) -> Response[bytes]:
    """A page; the guard adds that it is kept nowhere."""
    return Response(text.encode(), status_code=status, media_type="text/html")


def file(data: bytes, name: str, media_type: str) -> Response[bytes]:
    """A file to keep, never shown inside the desk."""
    return Response(
        data, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def to_look_at(data: bytes, name: str) -> Response[bytes]:
    """A PDF in the browser's own viewer."""
    return Response(
        data,
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="{name}"'},
    )


def to(address: str) -> Redirect:
    """Look there next."""
    return Redirect(address, status_code=303)


async def posted_by(request: Ask) -> dict[str, str | UploadFile]:
    """A form of whoever; raises FormRefused for one that cannot be read."""
    try:
        posted = await request.form()
    except HTTPException:
        raise
    except ValueError as e:
        raise FormRefused from e
    return dict(posted.items())


async def form_of(request: Ask) -> dict[str, str | UploadFile]:
    """A form of this session; raises FormRefused when it does not carry its token."""
    fields = await posted_by(request)
    token, sent = seat_of(request).token, fields.get("csrf")
    if not token or not isinstance(sent, str) or not compare_digest(sent.encode(), token.encode()):
        raise FormRefused
    return fields


def texts(fields: dict[str, str | UploadFile]) -> dict[str, str]:
    """The fields that are text."""
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def explained(request: Ask, error: Exception) -> Response[bytes]:
    """The one map from what went wrong to status and page.

    Of our own mistakes the kind and the places in our code are noted, never values: a roster's cells
    may stand in them.
    """
    refusal = _named(error)
    if isinstance(refusal, DeskBroke):
        places = [
            f"{one.filename.rpartition('/')[2]}:{one.lineno}"
            for one in traceback.extract_tb(error.__traceback__)[-6:]
        ]
        seat, route = seat_of(request), str(request.scope.get("path_template") or "-")
        made = kept(seat.desk.folder / FOLDER, error, f"county desk {route}", seat.clock())
        sys.stderr.write(f"出错 {type(error).__name__} {' '.join(places)} {made or ''}\n")
    sentence, advice = told_here(refusal)
    trouble = rendered("trouble.html", seat_of(request), sentence=sentence, advice=advice, code=refusal.code)
    return page(trouble, status_of(refusal))


def status_of(refusal: Refusal) -> int:
    """404 for what is not there, 413 and 403 for forms, 422 for a person's input, 503 for the rest."""
    known = {"upload-too-large": 413, "form-refused": 403, "desk-broke": 500}
    if refusal.code in _NOT_FOUND:
        return 404
    return known.get(refusal.code) or (422 if refusal.fault in {Fault.PERSON, Fault.COUNTY} else 503)


def _named(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        if error.status_code == 413:
            return UploadTooLarge(limit=UPLOAD_MAX_BYTES >> 20)
        return DeskNotFound() if error.status_code in {404, 405} else FormRefused()
    return DeskBroke()
