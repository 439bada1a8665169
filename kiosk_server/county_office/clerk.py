"""The clerk's seat: hand in a roster, see its findings, confirm, describe the batch, propose, publish."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from boards.model.errors import Refusal
from boards.model.findings import Level
from kiosk_server.county_office.draft_page import View, draft_page
from kiosk_server.county_office.errors import (
    DeskNotFound,
    NothingUploaded,
    OfficeNotYours,
    UploadTooLarge,
)
from kiosk_server.county_office.forms import NOTHING, Asked, batch_of, filled_in
from kiosk_server.county_office.pages import (
    acts_on,
    home_page,
    proposal_page,
    refuse_unseen,
    sees_draft,
    works_on,
)
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
    working,
)
from kiosk_server.county_office.seat import Seat
from kiosk_server.county_office.staff.roles import CLERK
from sync.county.checks.publication import CONFIRMABLE
from sync.county.intake import drafts
from sync.county.intake.drafts import Draft
from sync.county.intake.prefill import prefilled
from sync.county.intake.registries import registries_of
from sync.county.publish import proposals
from sync.county.publish.batch import office_of
from sync.county.publish.hands import instant
from sync.county.publish.publisher import propose, publish
from sync.county.reading import Reading
from sync.county.report.page import report_html
from sync.county.report.workbook import report_xlsx

PICKED_MAX_BYTES = 512 << 20
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@post("/drafts", request_max_body_size=UPLOAD_MAX_BYTES)
async def upload(request: Ask) -> Response[bytes] | Redirect:
    """A roster from the clerk's disk; without one the page comes again, its file input marked."""
    found = (await form_of(request)).get("file")
    if not isinstance(found, UploadFile) or not found.filename or not (data := await found.read()):
        missing = NothingUploaded()
        return page(await working(home_page, seat_of(request), missing), status_of(missing))
    return to(f"/drafts/{await working(_begun, seat_of(request), found.filename, data)}")


@post("/drafts/pick", request_max_body_size=FORM_MAX_BYTES)
async def pick(request: Ask) -> Redirect:
    """A roster from the folder's inbox."""
    name = texts(await form_of(request)).get("name", "")
    seat = seat_of(request)
    path = drafts.inbox(seat.county).get(name)
    if path is None:
        raise NothingUploaded
    if path.stat().st_size > PICKED_MAX_BYTES:
        raise UploadTooLarge(limit=PICKED_MAX_BYTES >> 20)
    return to(f"/drafts/{await working(_begun, seat, name, await working(path.read_bytes))}")


def _begun(seat: Seat, name: str, data: bytes) -> str:
    """Keep it as a draft, read it, fill in what its title says."""
    draft = drafts.new_draft(seat.county, name, data, seat.name, instant(seat.clock()))
    fields = prefilled(seat.examined(draft).reading, seat.county.pack) | _office(seat)
    drafts.keep(seat.county, msgspec.structs.replace(draft, fields=fields))
    return draft.id


def _office(seat: Seat) -> dict[str, str]:
    """The field that is clear where somebody is the clerk of one office."""
    known = seat.offices
    return {"office": known[0]} if len(known) == 1 and known[0] else {}


def _draft(seat: Seat, draft_id: str, its: Callable[[Seat, Draft], bool] = sees_draft) -> Draft:
    """One that this person is shown, or `works_on`; another office's is not there. Raises DraftNotFound."""
    found = drafts.draft(seat.county, draft_id)
    if not its(seat, found):
        raise drafts.DraftNotFound
    return found


@get("/drafts/{draft_id:str}")
async def show(request: Ask, draft_id: FromPath[str]) -> Response[bytes]:
    """Findings beside the rows."""
    seat = seat_of(request)
    draft = await working(_draft, seat, draft_id)
    asked = request.query_params.get("page", "1")
    at = int(asked) if asked.isdecimal() and len(asked) < 8 else 1
    everything = request.query_params.get("all") == "1"
    return page(await working(draft_page, seat, draft, View(at, everything)))


@post("/drafts/{draft_id:str}", request_max_body_size=FORM_MAX_BYTES)
async def hand_in(request: Ask, draft_id: FromPath[str]) -> Response[bytes] | Redirect:
    """Keep what was filled in; with the button “提交审核” also propose it."""
    return await working(_handed_in, seat_of(request), draft_id, texts(await form_of(request)))


def _handed_in(seat: Seat, draft_id: str, posted: dict[str, str]) -> Response[bytes] | Redirect:
    with seat.acting:
        old = _draft(seat, draft_id, works_on)
        fields, reasons = filled_in(posted)
        draft = msgspec.structs.replace(old, fields=fields, reasons=reasons)
        drafts.keep(seat.county, draft)
        if posted.get("do") != "propose":
            return to(f"/drafts/{draft_id}")
        try:
            return to(f"/proposals/{_proposed(seat, draft)}")
        except Refusal as refusal:
            return page(draft_page(seat, draft, refusal=refusal), status_of(refusal))


def _proposed(seat: Seat, draft: Draft) -> str:
    """Its proposal, made now or by an earlier press of the button."""
    if draft.proposal and any(one.id == draft.proposal for one in proposals.proposals(seat.county)):
        return draft.proposal
    reading = seat.examined(draft).reading
    warned = {one.code for one in reading.findings} | {*CONFIRMABLE}
    reasons = {code: reason for code, reason in draft.reasons.items() if code in warned}
    toml, registries = batch_of(draft.fields, reasons, _asked(reading)), registries_of(seat.county)
    if not seat.may(CLERK, office := office_of(toml, seat.county.pack)):
        raise OfficeNotYours(office=office, known="、".join(seat.offices))
    made = propose(seat.county, reading, toml, seat.clock(), registries=registries)
    drafts.keep(seat.county, msgspec.structs.replace(draft, proposal=made.id))
    return made.id


def _asked(reading: Reading) -> Asked:
    """What the form must say beside what it always says; a roster with errors is asked nothing."""
    if any(one.level is Level.ERROR for one in reading.findings):
        return NOTHING
    warned = {one.code: one.message for one in reversed(reading.findings) if one.level is Level.WARNING}
    shares = tuple(dict.fromkeys(share.programme for row in reading.rows for share in row.shares))
    return Asked(reasons=warned, day=reading.last_paid_on is None, shares=shares)


@post("/drafts/{draft_id:str}/discard", request_max_body_size=FORM_MAX_BYTES)
async def discard(request: Ask, draft_id: FromPath[str]) -> Redirect:
    """Throw a draft away with its roster."""
    await form_of(request)
    seat = seat_of(request)
    await working(_draft, seat, draft_id, works_on)
    await working(drafts.discard, seat.county, draft_id)
    seat.forget(draft_id)
    return to("/")


@get("/drafts/{draft_id:str}/{name:str}")
async def take(request: Ask, draft_id: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The report as a page to print, or the marked copy of the workbook."""
    return await working(_taken, seat_of(request), draft_id, name)


def _taken(seat: Seat, draft_id: str, name: str) -> Response[bytes]:
    reading = seat.examined(_draft(seat, draft_id)).reading
    if name == "report.html":
        return file(report_html(reading, seat.county.pack.villages).encode(), name, "text/html")
    if name == "marked.xlsx" and reading.format:
        return file(report_xlsx(reading, drafts.roster(seat.county, draft_id)), name, _XLSX)
    raise DeskNotFound


@post("/proposals/{proposal_id:str}/publish", request_max_body_size=FORM_MAX_BYTES)
async def publish_it(request: Ask, proposal_id: FromPath[str]) -> Response[bytes] | Redirect:
    """Let everybody read what was reviewed; the roster leaves the desk."""
    posted = texts(await form_of(request))
    return await working(_publishing, seat_of(request), proposal_id, posted.get("passphrase", ""))


def _publishing(seat: Seat, proposal_id: str, passphrase: str) -> Response[bytes] | Redirect:
    """Publish, or show the page again with what was wrong."""
    refuse_unseen(seat, proposal_id, acts_on)
    try:
        _published(seat, proposal_id, passphrase)
    except Refusal as refusal:
        return page(proposal_page(seat, proposal_id, refusal), status_of(refusal))
    return to(f"/proposals/{proposal_id}")


def _published(seat: Seat, proposal_id: str, passphrase: str) -> None:
    with seat.acting:
        publish(seat.signing("publisher", passphrase), proposal_id, seat.clock())
        for one in drafts.drafts(seat.county):
            if one.proposal == proposal_id:
                seat.forget(one.id)
        drafts.discard_of(seat.county, proposal_id)
