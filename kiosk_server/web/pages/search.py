"""Words in guides, lists and land notices; two characters are enough. No line of a list is read."""

from __future__ import annotations

from collections.abc import Iterator

from litestar import Response, get
from litestar.params import FromPath

from boards.model.pack import Programme
from boards.pages.frame.tongue import MANDARIN
from boards.pages.payouts.listing import left_out_texts
from boards.pages.payouts.programme import guide_texts
from boards.pages.payouts.search import often_asked, parts_named
from boards.sheets.found import Text, without_names, words_of
from boards.sheets.land.views import HungNotice
from boards.sheets.views import Posted, SearchView
from kiosk_server.archive import land_board
from kiosk_server.archive.search import names
from kiosk_server.web.reader import Ask, Reader, in_village, public

OFTEN = often_asked(MANDARIN.say)
NOTES, IN_FULL, REASON, FILES = parts_named(MANDARIN.say)


@get("/v/{code:str}/search", sync_to_thread=False)
def search(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Guides, lists and land notices that hold every word of `?q=`; without one, words to touch."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        view = _found(here, code, here.visit.wish.q) if here.visit.wish.q else _to_touch(here, code)
    return public(here.doors.pages.search(here.frame(village, back=f"/v/{code}/programmes"), view))


def _found(here: Reader, code: str, asked: str) -> SearchView:
    """One page of what has the words: programmes, then lists, then notices."""
    words, per_page = words_of(asked), here.rows_per_page
    hits = [hit for text in texts(here, code) if (hit := text.hit(words))]
    page, pages = here.page_of(len(hits))
    kinds = [type(hit.thing) for hit in hits]
    return SearchView(
        asked=asked,
        hits=tuple(hits[(page - 1) * per_page : page * per_page]),
        counts=(kinds.count(Programme), kinds.count(Posted), kinds.count(HungNotice)),
        page=page,
        pages=pages,
    )


def _to_touch(here: Reader, code: str) -> SearchView:
    """Questions that are answered here, and every programme."""
    read = texts(here, code)
    words = tuple(word for word in OFTEN if any(text.hit((word,)) for text in read))
    return SearchView(asked="", words=words, programmes=here.doors.pack.programmes)


def texts(here: Reader, code: str) -> tuple[Text, ...]:
    """All the search reads in a village, kept while neither archive nor day has moved. Inside a snapshot."""
    kept = here.hanging.texts
    if code not in kept:
        somebody = names(here.board.where(code, ()))
        lists = here.all_posted(here.board.sheets(code))
        kept[code] = (
            *map(_guide, here.doors.pack.programmes),
            *(_list(posted, somebody) for posted in lists),
            *(_notice(one, somebody) for one in _hung(here, code)),
        )
    return kept[code]


def _hung(here: Reader, code: str) -> Iterator[HungNotice]:
    """The notices that hang, the newest of each case first."""
    for case in land_board.cases(here.board.land(code)):
        yield from reversed(case)


def _guide(programme: Programme) -> Text:
    parts = tuple((name, text) for name, text in guide_texts(programme.guide, MANDARIN.say) if text)
    title = f"{programme.name}\n{programme.name_en}\n{programme.department}"
    return Text(thing=programme, title=title, parts=parts)


def _list(posted: Posted, somebody: frozenset[str]) -> Text:
    """Title and programme; while its names are shown also what is noted about it. Never a line of it."""
    head, terms = posted.head, posted.head.terms
    noted = (terms.funds, terms.office, terms.address, *left_out_texts(head.left_out, MANDARIN))
    notes = without_names("；".join(filter(None, noted)), somebody)
    title = f"{head.title}\n{terms.programme_name}"
    return Text(thing=posted, title=title, parts=((NOTES, notes),) if posted.open else ())


def _notice(hung: HungNotice, somebody: frozenset[str]) -> Text:
    """Title, project and number; its whole text, its reason and what its files are called."""
    notice = hung.notice
    read = (IN_FULL, notice.text), (REASON, notice.reason), (FILES, "；".join(notice.attachments))
    parts = tuple((name, without_names(text, somebody)) for name, text in read if text)
    title = without_names(f"{notice.title}\n{notice.project}\n{notice.doc_no}", somebody)
    return Text(thing=hung, title=title, parts=parts)
