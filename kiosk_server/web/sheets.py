"""The printed sheet as PDF, only while its names may be shown."""

from __future__ import annotations

from litestar import Response, get

from kiosk_server.web.doors import Ask, reader
from kiosk_server.web.errors import NamesGone, NoSuchSheet
from kiosk_server.web.headers import PUBLIC


@get("/v/{code:str}/sheets/{name:str}")
async def sheet_pdf(request: Ask, code: str, name: str) -> Response[bytes]:
    """`<10 digits>.pdf`: the newest edition, re-hashed as a whole before it is drawn."""
    here = reader(request)
    here.village(code)
    number, dot, kind = name.partition(".")
    found = here.board.by_code(number) if (dot, kind.lower()) == (".", "pdf") else None
    if found is None or found[0].village.code != code or found[1]:
        raise NoSuchSheet
    if not here.posted(found[0]).open:
        raise NamesGone
    pdf = await here.doors.press.sheet(here.board.whole(code, found[0].batch))
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": f'inline; filename="{number}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
