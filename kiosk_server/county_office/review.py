"""The reviewer's seat: look, then sign or send back with a reason."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from boards.model.errors import Refusal
from kiosk_server.county_office.forms import reason_text
from kiosk_server.county_office.pages import acts_on, home_page, proposal_page, refuse_unseen, sees
from kiosk_server.county_office.requests import (
    FORM_MAX_BYTES,
    UPLOAD_MAX_BYTES,
    Ask,
    file,
    form_of,
    page,
    seat_of,
    status_of,
    texts,
    to,
    to_look_at,
    working,
)
from kiosk_server.county_office.seat import Seat
from kiosk_server.county_office.signing import signed
from kiosk_server.county_office.village_page import file_of, sheet_of, village_page
from sync.county.carried import carried, signatures_of
from sync.county.publish import hands
from sync.county.publish.publisher import ShownOtherwise

TAKEN_BACK = {"returned": "退回理由", "cancelled": "取消的理由"}


@get("/")
async def home(request: Ask) -> Response[bytes]:
    """What waits, for who asks."""
    return page(await working(home_page, seat_of(request)))


@get("/proposals/{proposal_id:str}")
async def show(request: Ask, proposal_id: FromPath[str]) -> Response[bytes]:
    """One proposal, for whoever sees it."""
    seat = seat_of(request)
    return page(await working(proposal_page, seat, proposal_id))


@get("/proposals/{proposal_id:str}/villages/{village:str}")
async def show_village(request: Ask, proposal_id: FromPath[str], village: FromPath[str]) -> Response[bytes]:
    """Every line of one village's list, and what changes."""
    return page(await working(village_page, seat_of(request), proposal_id, village))


@get("/proposals/{proposal_id:str}/villages/{village:str}/sheet.pdf")
async def show_sheet(request: Ask, proposal_id: FromPath[str], village: FromPath[str]) -> Response[bytes]:
    """The sheet as it will be printed."""
    return to_look_at(await working(sheet_of, seat_of(request), proposal_id, village), f"{village}.pdf")


@get("/proposals/{proposal_id:str}/files/{number:int}")
async def take_file(request: Ask, proposal_id: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A file that comes with a notice."""
    return file(*await working(file_of, seat_of(request), proposal_id, number))


@get("/proposals/{proposal_id:str}/carried")
async def take_away(request: Ask, proposal_id: FromPath[str]) -> Response[bytes]:
    """All of it as one file, for the reviewer's own machine."""
    data = await working(carried, seat_of(request).county, proposal_id)
    return file(data, f"{proposal_id}.json", "application/json")


@post("/proposals/{proposal_id:str}/carried", request_max_body_size=UPLOAD_MAX_BYTES)
async def bring_back(request: Ask, proposal_id: FromPath[str]) -> Response[bytes] | Redirect:
    """The signatures that were made there."""
    found = (await form_of(request)).get("file")
    data = await found.read() if isinstance(found, UploadFile) else b""
    return await working(_brought, seat_of(request), proposal_id, data)


def _brought(seat: Seat, proposal_id: str, data: bytes) -> Response[bytes] | Redirect:
    with seat.acting:
        try:
            signatures_of(seat.county, proposal_id, data, seat.clock())
        except Refusal as refusal:
            return page(proposal_page(seat, proposal_id, refusal), status_of(refusal))
        return to(f"/proposals/{proposal_id}")


@post("/proposals/{proposal_id:str}/accept", request_max_body_size=FORM_MAX_BYTES)
async def accept(request: Ask, proposal_id: FromPath[str]) -> Response[bytes] | Redirect:
    """Sign it."""
    posted = texts(await form_of(request))
    return await working(_decided, seat_of(request), proposal_id, posted, "accepted")


@post("/proposals/{proposal_id:str}/return", request_max_body_size=FORM_MAX_BYTES)
async def send_back(request: Ask, proposal_id: FromPath[str]) -> Response[bytes] | Redirect:
    """Send it back with a reason."""
    posted = texts(await form_of(request))
    return await working(_decided, seat_of(request), proposal_id, posted, "returned")


@post("/proposals/{proposal_id:str}/cancel", request_max_body_size=FORM_MAX_BYTES)
async def cancel(request: Ask, proposal_id: FromPath[str]) -> Response[bytes] | Redirect:
    """The clerk takes it back."""
    posted = texts(await form_of(request))
    return await working(_decided, seat_of(request), proposal_id, posted, "cancelled")


def _decided(seat: Seat, proposal_id: str, posted: dict[str, str], act: str) -> Response[bytes] | Redirect:
    """Sign (`accepted`), send back or cancel, or show the page again with what was wrong.

    What is signed is what the form was shown with, and never by who handed it in.
    """
    reason = posted.get("reason", "")
    with seat.acting:
        refuse_unseen(seat, proposal_id, acts_on if act == "cancelled" else sees)
        try:
            if act in TAKEN_BACK:
                why = reason_text(reason, TAKEN_BACK[act])
                hands.send_back(seat.county, proposal_id, seat.hand(act, why))
                return to("/")
            shown = posted.get("shown", "")
            if seat.looked_otherwise(proposal_id, shown):
                raise ShownOtherwise(id=proposal_id)
            signed(seat.signing("reviewer", posted.get("passphrase", "")), proposal_id, seat.clock(), shown)
            return to(f"/proposals/{proposal_id}")
        except Refusal as refusal:
            return page(proposal_page(seat, proposal_id, refusal), status_of(refusal))
