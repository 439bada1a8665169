"""补贴发放: the lists of one year and all programmes, and one programme with its guide."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from boards.model.pack import Programme
from boards.sheets.views import ProgrammesView, ProgrammeView
from kiosk_server.web.errors import NoSuchProgramme
from kiosk_server.web.reader import Ask, Reader, in_village, public


@get("/v/{code:str}/programmes", sync_to_thread=False)
def programmes(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """All lists of one year: the one asked for, otherwise the newest."""
    here, village = in_village(request, code)
    view = programmes_view(here, code)
    return public(here.doors.pages.programmes(here.frame(village, back=f"/v/{code}/"), view))


@get("/v/{code:str}/programmes/{programme:str}", sync_to_thread=False)
def programme(request: Ask, code: FromPath[str], programme: FromPath[str]) -> Response[bytes]:
    """One programme: who may apply, how, until when, and its lists."""
    here, village = in_village(request, code)
    view = programme_view(here, code, programme)
    return public(here.doors.pages.programme(here.frame(village, back=f"/v/{code}/programmes"), view))


def programmes_view(here: Reader, code: str) -> ProgrammesView:
    """The lists of the year asked for, otherwise of the newest."""
    with here.board.snapshot():
        years = here.board.years(code)
        newest = years[0] if years else here.today.year
        year = next((one for one in years if str(one) == here.visit.wish.year), newest)
        posted = tuple(here.all_posted(here.board.sheets(code, year=year)))
        every = tuple(_with_lists(here, code, one) for one in here.doors.pack.programmes)
    sum_fen = sum(one.head.sum_fen for one in posted)
    return ProgrammesView(year=year, years=years, posted=posted, sum_fen=sum_fen, every=every)


def programme_view(here: Reader, code: str, programme: str) -> ProgrammeView:
    """One programme of the county pack; raises NoSuchProgramme."""
    listed = here.doors.programmes.get(programme)
    if listed is None:
        raise NoSuchProgramme
    with here.board.snapshot():
        return _with_lists(here, code, listed)


def _with_lists(here: Reader, code: str, programme: Programme) -> ProgrammeView:
    """A programme with its lists in this village. Inside a snapshot."""
    heads = (head for head in here.board.sheets(code) if head.terms.programme == programme.code)
    return ProgrammeView(programme=programme, posted=tuple(here.all_posted(heads)))
