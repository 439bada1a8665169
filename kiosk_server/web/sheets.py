"""The printed sheet as PDF, only while its names may be shown."""

from __future__ import annotations

from datetime import datetime, time

from litestar import Response, get
from litestar.params import FromPath

from boards.model.clock import CIVIL
from kiosk_server.web.doors import Ask, reader
from kiosk_server.web.errors import NamesGone, NoSuchSheet
from kiosk_server.web.headers import PUBLIC


@get("/v/{code:str}/sheets/{name:str}")
async def sheet_pdf(request: Ask, code: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """`<10 digits>.pdf`: the newest edition, re-hashed as a whole before it is drawn.

    Dated by the day, not the minute: whoever prints today gets the same bytes.
    """
    here = reader(request)
    here.village(code)
    number, dot, kind = name.partition(".")
    found = here.board.by_code(number) if (dot, kind.lower()) == (".", "pdf") else None
    if found is None or found[0].village.code != code or found[1]:
        raise NoSuchSheet
    if not here.posted(found[0]).open:
        raise NamesGone
    sheet = here.board.whole(code, found[0].batch)
    if sheet is None:
        raise NoSuchSheet
    pdf = await here.doors.press.payout_pdf(sheet, datetime.combine(here.today, time(), CIVIL))
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": f'inline; filename="{number}.pdf"',
    }
    return Response(pdf.read_bytes(), media_type="application/pdf", headers=headers)
