"""首页: what hangs on the board today, and what changed of late."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from boards.model.payouts import Phase
from boards.pages.payouts.home import LATELY
from boards.sheets.views import HomeView
from boards.sheets.year import reminded
from kiosk_server.archive.past.closed_years import YearDoesNotMatch
from kiosk_server.web.pages.land import case_lines
from kiosk_server.web.reader import Ask, Reader, in_village, public, reader


@get("/", sync_to_thread=False)
def front(request: Ask) -> Redirect:
    """The machine's own village."""
    return Redirect(f"/v/{reader(request).doors.settings.villages[0]}/", status_code=303)


@get("/v/{code:str}", sync_to_thread=False)
def home(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Home of one village."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        return public(here.doors.pages.home(here.frame(village), home_view(here, code)))


def home_view(here: Reader, code: str) -> HomeView:
    """What hangs today, and the year's figures."""
    years = here.board.years(code)
    year = here.today.year if here.today.year in years or not years else max(years)
    paid = here.board.sheets(code, phase=Phase.PAYMENT, year=year)
    every = here.all_posted(here.board.sheets(code))
    showing = [one for one in every if one.open or one.head.imported_on == here.today]
    showing.sort(key=lambda posted: (posted.until.day, posted.head.batch))
    return HomeView(
        showing=tuple(showing),
        year=year,
        programmes=len({head.terms.programme for head in paid}),
        applications=sum(one.open and one.head.terms.phase is Phase.APPLICATION for one in showing),
        sum_fen=sum(head.sum_fen for head in paid),
        updated_at=here.updated_at,
        cases=case_lines(here, here.village(code)),
        guides=len(here.doors.pack.programmes),
        changes=here.board.changes(code, here.today - LATELY),
        due=_due(here, code, years),
        closed=max(here.board.years_closed(code), default=None),
    )


def _due(here: Reader, code: str, years: tuple[int, ...]) -> tuple[int, int, bool] | None:
    """Last year or this one, where it is time and the county has not settled it; last year first."""
    for year in (here.today.year - 1, here.today.year):
        left = reminded(year, here.today)
        if year in years and left is not None and not _settled(here, code, year):
            return year, left, year in here.board.years_closed(code)
    return None


def _settled(here: Reader, code: str, year: int) -> bool:
    """Whether the county's figures hold; those that are not what was signed darken no front page."""
    try:
        settled = here.board.annual(code, year)
    except YearDoesNotMatch:
        return False
    return settled is not None and settled.holds
