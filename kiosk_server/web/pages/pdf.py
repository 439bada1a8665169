"""Printed sheets as PDF: a list while its names may be shown, a notice while none corrects it, a year."""

from __future__ import annotations

from datetime import datetime, time

from litestar import Response, get
from litestar.params import FromPath

from boards.model.calendar.civil_day import CIVIL
from boards.sheets.land.notice_sheet import NoticeSheet, notice_sheet
from boards.sheets.sheet import Sheet, SheetHead
from boards.sheets.year import YearSheet
from kiosk_server.web.errors import NamesGone, NoSuchSheet, SheetNotPrinted
from kiosk_server.web.headers import PUBLIC
from kiosk_server.web.pages.land import by_code
from kiosk_server.web.pages.year import year_view
from kiosk_server.web.reader import Ask, Reader, in_village


@get("/v/{code:str}/sheets/{name:str}")
async def sheet_pdf(request: Ask, code: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """`<10 digits>.pdf`: the newest edition, re-hashed as a whole before it is drawn.

    Dated by the day, not the minute: whoever prints today gets the same bytes.
    """
    here, _ = in_village(request, code)
    number, dot, kind = name.partition(".")
    if (dot, kind.lower()) != (".", "pdf"):
        raise NoSuchSheet
    with here.board.snapshot():
        sheet = _sheet(here, code, number)
    return await _drawn(here, sheet, number)


@get("/v/{code:str}/year/{year:str}/sheet.pdf")
async def year_pdf(request: Ask, code: FromPath[str], year: FromPath[str]) -> Response[bytes]:
    """The village's year, on the day; raises NotFound for a year that has none."""
    here, _ = in_village(request, code)
    return await _drawn(here, year_view(here, code, year).sheet, f"{code}-{year}")


async def _drawn(here: Reader, sheet: Sheet | NoticeSheet | YearSheet, name: str) -> Response[bytes]:
    async with here.press_turn():
        pdf = await here.doors.press.pdf(sheet, datetime.combine(here.today, time(), CIVIL))
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": f'inline; filename="{name}.pdf"',
    }
    return Response(pdf.read_bytes(), media_type="application/pdf", headers=headers)


def _sheet(here: Reader, code: str, number: str) -> Sheet | NoticeSheet:
    """List or notice of a short code; raises NoSuchSheet, SheetNotPrinted, NamesGone. Inside a snapshot."""
    if found := here.board.by_code(number):
        return _list(here, code, *found)
    if here.board.taken_down(number):
        raise SheetNotPrinted
    village, view = by_code(here, number)
    if village.code != code:
        raise NoSuchSheet
    if view.superseded_by:
        raise SheetNotPrinted
    return notice_sheet(view.hung, village, view.until)


def _list(here: Reader, code: str, head: SheetHead, newer: str) -> Sheet:
    """The whole list; raises NoSuchSheet, SheetNotPrinted, and NamesGone once its window is over."""
    if head.village.code != code:
        raise NoSuchSheet
    if newer:
        raise SheetNotPrinted
    if not here.posted(head).open:
        raise NamesGone
    sheet = here.board.whole(code, head.batch)
    if sheet is None:
        raise NoSuchSheet
    return sheet
