"""One payout or application list, by its batch or by the short code on its printed sheet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from boards.model.place import Village
from boards.pages.feeds.entries import Feed, lists_feed
from boards.pages.feeds.written import atom, linked
from boards.pages.payouts.calendar_file import list_calendar
from boards.pages.payouts.listing import OpenList
from boards.sheets.overview import Numbers, Overview
from boards.sheets.sheet import Line, SheetHead
from boards.sheets.views import ListView, Posted, TakenDown
from kiosk_server.web.errors import NoSuchList, NoSuchSheet
from kiosk_server.web.headers import PUBLIC
from kiosk_server.web.pages.land import by_code, notice_page
from kiosk_server.web.pages.year import year_view
from kiosk_server.web.reader import Ask, Reader, in_village, public, reader

CODE_DIGITS = 10
NO_OVERVIEW = Overview()


@get("/v/{code:str}/payouts/{batch:str}", sync_to_thread=False)
def payouts(request: Ask, code: FromPath[str], batch: FromPath[str]) -> Response[bytes]:
    """One page of a list; a page number beyond the last gives the last."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        head = here.board.sheet(code, batch)
        if head is None:
            gone = here.board.list_taken_down(code, batch)
            if gone is None:
                raise NoSuchList
            return taken_down_page(here, gone)
        view = list_view(here, head)
        opened = _opened(here, village, view)
    return public(opened.page(view, here.address))


def _opened(here: Reader, village: Village, view: ListView) -> OpenList:
    """The list, drawn for people of one look: kept while nothing moves."""
    head = view.posted.head
    back = f"/v/{village.code}/programmes/{head.terms.programme}"
    look = head.code, view.group, view.surname, here.visit.choice, here.visit.door
    return here.hanging.opened.of(look, lambda: here.doors.pages.opened(here.frame(village, back), view))


@get("/v/{code:str}/payouts/feed.atom", sync_to_thread=False)
def lists(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The lists that hang in a village, as an Atom feed; no names."""
    return fed(atom(_feed(request, code)), "application/atom+xml")


@get("/v/{code:str}/payouts/feed.jsonld", sync_to_thread=False)
def lists_linked(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The same lists as JSON-LD."""
    return fed(linked(_feed(request, code)), "application/ld+json")


def _feed(request: Ask, code: str) -> Feed:
    here, village = in_village(request, code)
    with here.board.snapshot():
        return lists_feed(here.all_posted(here.board.sheets(code)), village, _base(here))


def fed(body: bytes, media: str) -> Response[bytes]:
    """A feed that may be kept while nothing has moved."""
    return Response(body, media_type=media, headers={"cache-control": PUBLIC.decode()})


@get("/v/{code:str}/payouts/{batch:str}/deadline.ics", sync_to_thread=False)
def list_deadline(request: Ask, code: FromPath[str], batch: FromPath[str]) -> Response[bytes]:
    """Until when one may object to a list, for a calendar; raises NoSuchList."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        head = here.board.sheet(code, batch)
        if head is None:
            raise NoSuchList
        body = list_calendar(here.posted(head), village, _base(here))
    headers = {"cache-control": PUBLIC.decode(), "content-disposition": 'attachment; filename="deadline.ics"'}
    return Response(body, media_type="text/calendar", headers=headers)


def _base(here: Reader) -> str:
    return here.doors.settings.public_base_url


@get(["/N/{number:str}", "/n/{number:str}"], sync_to_thread=False)
def by_number(request: Ask, number: FromPath[str]) -> Response[bytes]:
    """The sheet or notice whose QR was scanned or whose number was typed."""
    return _numbered(request, number)


@get(["/N/{number:str}/{rest:path}", "/n/{number:str}/{rest:path}"], sync_to_thread=False)
def by_number_and_rest(request: Ask, number: FromPath[str], rest: FromPath[Path]) -> Response[bytes]:  # noqa: ARG001
    """The same, whatever a phone puts behind it."""
    return _numbered(request, number)


def _numbered(request: Ask, number: str) -> Response[bytes]:
    """A sheet or notice by its number; an old one points at the new."""
    here = reader(request)
    plain = len(number) == CODE_DIGITS and number.isascii() and number.isdigit()
    with here.board.snapshot():
        found = here.board.by_code(number) if plain else None
        if plain and (closed := here.board.year_by_code(number)):
            return year_page(here, *closed)
        if found is None and plain:
            gone = here.board.taken_down(number)
            return taken_down_page(here, gone) if gone else notice_page(here, *by_code(here, number))
        if found is None:
            raise NoSuchSheet
        head, superseded_by = found
        village = here.village(head.village.code)
        view = list_view(here, head, superseded_by)
    say = "" if superseded_by else f"payouts/{head.batch}"
    return public(here.doors.pages.sheet(here.frame(village, f"/v/{village.code}/", say), view))


def year_page(here: Reader, code: str, year: int) -> Response[bytes]:
    """The newest figures of a year, whichever edition's paper somebody holds (settled §46)."""
    view = year_view(here, code, str(year))
    return public(here.doors.pages.year(here.frame(here.village(code), f"/v/{code}/"), view))


def taken_down_page(here: Reader, gone: TakenDown) -> Response[bytes]:
    """What a number stood for that hangs no more: that it was taken down, when and why (settled §46)."""
    village = here.village(gone.village)
    back = f"/v/{village.code}/" + ("land" if gone.notice else "programmes")
    return public(here.doors.pages.taken_down(here.frame(village, back), gone))


def list_view(here: Reader, head: SheetHead, superseded_by: str = "") -> ListView:
    """The lines of one page, none when the window is over; of an old edition as they were (settled §46).

    A group or surname that no line has asks for all lines.
    """
    posted = _posted_then(here, head) if superseded_by else here.posted(head)
    code, named = head.village.code, posted.open and not superseded_by
    whole = here.board.overview(code, head.batch) if named else NO_OVERVIEW
    group, surname, numbers = _asked(here, whole)
    page, pages = here.page_of(len(numbers) or head.count)
    first = (page - 1) * here.rows_per_page + 1
    asked = numbers or range(1, head.count + 1)
    lines = _lines(here, posted, asked, first, old=bool(superseded_by))
    return ListView(
        posted=posted,
        lines=lines,
        overview=whole,
        group=group,
        surname=surname,
        page=page,
        pages=pages,
        first=first,
        page_sum_fen=sum([line.amount_fen for line in lines]),
        page_quantity=_summed(lines),
        superseded_by=superseded_by,
        pdf=f"/v/{code}/sheets/{head.code}.pdf" if named else "",
    )


def _posted_then(here: Reader, head: SheetHead) -> Posted:
    """An old edition: names within its own window, and not after its list's; its blanks say what is gone."""
    newest = here.board.sheet(head.village.code, head.batch) or head
    still = here.posted(head).open and here.posted(newest).open
    return msgspec.structs.replace(here.posted(head), open=still, posting=False, gone=0)


def _lines(here: Reader, posted: Posted, numbers: Numbers, first: int, *, old: bool) -> tuple[Line, ...]:
    """One page of these lines, from the one in this place on; a whole list's stand next to each other."""
    head, shown = posted.head, numbers[first - 1 : first - 1 + here.rows_per_page]
    if not posted.open:
        return ()
    if old:
        return here.board.lines_then(head, first, len(shown))
    if isinstance(shown, range):
        return here.board.lines(head.village.code, head.batch, first, len(shown))
    return here.board.lines_at(head.village.code, head.batch, shown)


def _summed(lines: tuple[Line, ...]) -> Decimal | None:
    """The quantities together, None where they have not one unit."""
    quantities = [line.quantity for line in lines if line.quantity is not None]
    one_unit = len({line.unit for line in lines if line.quantity is not None}) == 1
    return sum(quantities, Decimal(0)) if one_unit else None


def _asked(here: Reader, whole: Overview) -> tuple[str, str, Numbers]:
    """The group or surname that was asked for and the lines it has; nothing where there is none."""
    wish = here.visit.wish
    if numbers := whole.groups.get(wish.group):
        return wish.group, "", numbers
    numbers = whole.surnames.get(wish.surname, ())
    return "", wish.surname if numbers else "", numbers
