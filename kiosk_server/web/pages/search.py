"""Words in the titles of lists and the names of programmes; two characters are enough."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from boards.sheets.views import SearchView
from kiosk_server.archive import land_board
from kiosk_server.web.reader import Ask, Reader, in_village, public

MOST_LISTS = 50


@get("/v/{code:str}/search", sync_to_thread=False)
def search(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Lists, programmes and land notices whose names hold every word of `?q=`."""
    here, village = in_village(request, code)
    asked = here.visit.wish.q
    with here.board.snapshot():
        if asked:
            view = _found(here, code, asked)
        else:  # programmes with lists here, as words to touch: a board has no keyboard
            known = {head.terms.programme for head in here.board.sheets(code)}
            programmes = tuple(one for one in here.doors.pack.programmes if one.code in known)
            view = SearchView(asked="", programmes=programmes)
    return public(here.doors.pages.search(here.frame(village, back=f"/v/{code}/programmes"), view))


def _found(here: Reader, code: str, asked: str) -> SearchView:
    """Lists by title and programme, programmes by name and office, notices by title, project and number."""
    words = asked.casefold().split()

    def fits(*texts: str) -> bool:
        text = " ".join(texts).casefold()
        return all(word in text for word in words)

    heads = [head for head in here.board.sheets(code) if fits(head.title, head.terms.programme_name)]
    programmes = tuple(one for one in here.doors.pack.programmes if fits(one.name, one.department))
    posted = tuple(here.posted(head) for head in heads[:MOST_LISTS])
    hung = (one for case in land_board.cases(here.board.land(code)) for one in reversed(case))  # newest first
    notices = [one for one in hung if fits(one.notice.title, one.notice.project, one.notice.doc_no)]
    return SearchView(asked=asked, programmes=programmes, posted=posted, notices=tuple(notices[:MOST_LISTS]))
