"""征地公告: the village's land cases, one case as it stands today, one notice in full."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from boards.model.land.terms import rules_of
from boards.model.place import Village
from boards.sheets.land.case import case_view, notice_view
from boards.sheets.land.case_line import CaseLine, case_line
from boards.sheets.land.views import CaseView, HungNotice, NoticeView
from kiosk_server.archive import land_board
from kiosk_server.web.errors import NoSuchCase, NoSuchSheet
from kiosk_server.web.guard import Door
from kiosk_server.web.pages.phone import phone_view
from kiosk_server.web.reader import Ask, Reader, in_village, public


@get("/v/{code:str}/land", sync_to_thread=False)
def cases(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """All land cases of the village, the one that moved last first."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        lines = case_lines(here, village)
    return public(here.doors.pages.land(here.frame(village, back=f"/v/{code}/"), lines))


@get("/v/{code:str}/land/{case:str}", sync_to_thread=False)
def case(request: Ask, code: FromPath[str], case: FromPath[str]) -> Response[bytes]:
    """Where one case stands today; raises NoSuchCase."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        view = one_case(here, village, case)
    return public(here.doors.pages.land_case(here.frame(village, back=f"/v/{code}/land"), view))


@get("/v/{code:str}/land/{case:str}/{number:str}", sync_to_thread=False)
def notice(request: Ask, code: FromPath[str], case: FromPath[str], number: FromPath[str]) -> Response[bytes]:
    """One notice of a case by its number; raises NoSuchCase."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        of_case = land_board.case(here.board.land(code), case)
        hung = next((one for one in of_case if str(one.notice.number) == number), None)
        if hung is None:
            raise NoSuchCase
        view = _one_notice(here, village, of_case, hung)
    return notice_page(here, village, view)


def by_code(here: Reader, number: str) -> tuple[Village, NoticeView]:
    """Village and notice of a short code; raises NoSuchSheet. Inside a snapshot."""
    found = land_board.by_code(here.board.land(here.doors.settings.villages[0]).db, number)
    if found is None:
        raise NoSuchSheet
    village = here.village(found[0])
    of_case = land_board.case(here.board.land(village.code), found[1].notice.case_id)
    return village, _one_notice(here, village, of_case, found[1])


def case_views(here: Reader, village: Village) -> tuple[CaseView, ...]:
    """Every case of a village as it stands today. Inside a snapshot."""
    return tuple(_composed(here, village, hung) for hung in land_board.cases(here.board.land(village.code)))


def case_lines(here: Reader, village: Village) -> tuple[CaseLine, ...]:
    """Every case of a village in a line, kept while neither archive nor day has moved. Inside a snapshot."""
    kept = here.hanging.cases
    if village.code not in kept:
        kept[village.code] = tuple(case_line(case) for case in case_views(here, village))
    return kept[village.code]


def one_case(here: Reader, village: Village, case_id: str) -> CaseView:
    """One case as it stands today; raises NoSuchCase. Inside a snapshot."""
    hung = land_board.case(here.board.land(village.code), case_id)
    if not hung:
        raise NoSuchCase
    return _composed(here, village, hung)


def _one_notice(
    here: Reader, village: Village, of_case: tuple[HungNotice, ...], hung: HungNotice
) -> NoticeView:
    files = land_board.enclosures(here.board.land(village.code), hung.rec)
    rules, pdf = rules_of(village.code), f"/v/{village.code}/sheets/{hung.code}.pdf"
    view = notice_view(of_case, hung, here.today, here.doors.calendar, rules, files, pdf)
    return msgspec.structs.replace(view, pdf="") if view.superseded_by else view


def _composed(here: Reader, village: Village, hung: tuple[HungNotice, ...]) -> CaseView:
    return case_view(hung, village, here.today, here.doors.calendar, rules_of(village.code))


def notice_page(here: Reader, village: Village, view: NoticeView) -> Response[bytes]:
    """One notice, and on the board the code that takes it along."""
    above = f"/v/{village.code}/land/{quote(view.hung.notice.case_id, safe='')}"
    frame, phone = here.frame(village, back=above, say=f"notices/{view.hung.code}"), None
    if here.visit.door is Door.KIOSK and here.doors.lan_url:
        # the board shows the code itself, so it needs no key that leads to one
        frame = msgspec.structs.replace(frame, share="")
        phone = phone_view(f"{here.doors.lan_url}/N/{view.hung.code}", household=False)
    return public(here.doors.pages.land_notice(frame, view, phone))
