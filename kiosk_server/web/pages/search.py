"""Words in the titles of lists and the names of programmes; two characters are enough."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from boards.sheets.land.views import HungNotice
from boards.sheets.views import SearchView
from kiosk_server.archive import land_board
from kiosk_server.web.reader import Ask, Reader, public, reader

MOST_LISTS = 50


@get("/v/{code:str}/search", sync_to_thread=False)
def search(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Lists, programmes and land notices whose names hold every word of `?q=`."""
    here = reader(request)
    village = here.village(code)
    asked = here.visit.wish.q
    with here.board.snapshot():
        view = _found(here, code, asked) if asked else _offered(here, code)
    return public(here.doors.pages.search(here.frame(village, back=f"/v/{code}/programmes"), view))


def _offered(here: Reader, code: str) -> SearchView:
    """Programmes with lists here, as words to touch: a board has no keyboard."""
    known = {head.terms.programme for head in here.board.sheets(code)}
    programmes = tuple(one for one in here.doors.pack.programmes if one.code in known)
    return SearchView(asked="", programmes=programmes)


def _found(here: Reader, code: str, asked: str) -> SearchView:
    words = asked.casefold().split()

    def fits(*texts: str) -> bool:
        text = " ".join(texts).casefold()
        return all(word in text for word in words)

    heads = [head for head in here.board.sheets(code) if fits(head.title, head.terms.programme_name)]
    programmes = tuple(one for one in here.doors.pack.programmes if fits(one.name, one.department))
    posted = tuple(here.posted(head) for head in heads[:MOST_LISTS])
    return SearchView(asked=asked, programmes=programmes, posted=posted, notices=_notices(here, code, words))


def _notices(here: Reader, code: str, words: list[str]) -> tuple[HungNotice, ...]:
    """Land notices whose title, number or project holds every word, the newest first."""
    hung = [one for case in land_board.cases(here.board.land(code)) for one in reversed(case)]
    told = ((one, f"{one.notice.title} {one.notice.project} {one.notice.doc_no}".casefold()) for one in hung)
    return tuple(one for one, text in told if all(word in text for word in words))[:MOST_LISTS]
