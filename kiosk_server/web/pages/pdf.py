"""The printed sheet as PDF, only while its names may be shown; a land notice while none corrects it."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from boards.model.calendar.civil_day import CIVIL
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.sheet import SheetHead
from kiosk_server.web.errors import NamesGone, NoSuchSheet
from kiosk_server.web.headers import PUBLIC
from kiosk_server.web.pages.land import by_code
from kiosk_server.web.reader import Ask, Reader, reader


@get("/v/{code:str}/sheets/{name:str}")
async def sheet_pdf(request: Ask, code: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """`<10 digits>.pdf`: the newest edition, re-hashed as a whole before it is drawn.

    Dated by the day, not the minute: whoever prints today gets the same bytes.
    """
    here = reader(request)
    here.village(code)
    number, dot, kind = name.partition(".")
    if (dot, kind.lower()) != (".", "pdf"):
        raise NoSuchSheet
    found = here.board.by_code(number)
    pdf = await (_payouts(here, code, *found) if found else _notice(here, code, number))
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": f'inline; filename="{number}.pdf"',
    }
    return Response(pdf.read_bytes(), media_type="application/pdf", headers=headers)


async def _payouts(here: Reader, code: str, head: SheetHead, newer: str) -> Path:
    if head.village.code != code or newer:
        raise NoSuchSheet
    if not here.posted(head).open:
        raise NamesGone
    sheet = here.board.whole(code, head.batch)
    if sheet is None:
        raise NoSuchSheet
    return await here.doors.press.payout_pdf(sheet, _today(here))


async def _notice(here: Reader, code: str, number: str) -> Path:
    with here.board.snapshot():
        village, view = by_code(here, number)
    if village.code != code or view.superseded_by:
        raise NoSuchSheet
    return await here.doors.press.notice_pdf(notice_sheet(view.hung, village, view.until), _today(here))


def _today(here: Reader) -> datetime:
    return datetime.combine(here.today, time(), CIVIL)
