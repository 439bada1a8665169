"""Land notices for other programs: feeds, deadlines for a calendar, the files of a notice."""

from __future__ import annotations

import re

from litestar import Response, get
from litestar.params import FromPath

from boards.model.calendar.workdays import LastDay
from boards.model.land.notice import LandNotice
from boards.model.land.periods import posting_end
from boards.model.land.terms import rules_of
from boards.pages.feeds.entries import Feed, notices_feed
from boards.pages.feeds.written import atom, linked
from boards.pages.land.calendar_file import deadlines
from boards.sheets.land.case import all_acts
from kiosk_server.archive import land_board
from kiosk_server.archive.kept.vault import VAULT, Vault
from kiosk_server.web.errors import NoSuchCase, NoSuchFile
from kiosk_server.web.headers import PUBLIC
from kiosk_server.web.pages.land import case_views
from kiosk_server.web.pages.payouts import fed
from kiosk_server.web.reader import Ask, in_village

_DIGEST = re.compile(r"[0-9a-f]{64}")
FILE_KEEPING = "private, max-age=3600"
"""Too large for the page cache; a withdrawn file is gone from phones within the hour."""


@get("/v/{code:str}/land/feed.atom", sync_to_thread=False)
def feed(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The notices of a village, the newest first."""
    return fed(atom(_feed(request, code)), "application/atom+xml")


@get("/v/{code:str}/land/feed.jsonld", sync_to_thread=False)
def feed_linked(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The same notices as JSON-LD."""
    return fed(linked(_feed(request, code)), "application/ld+json")


def _feed(request: Ask, code: str) -> Feed:
    here, village = in_village(request, code)

    def ends(notice: LandNotice) -> LastDay | None:
        return posting_end(notice, here.doors.calendar, rules_of(code))

    with here.board.snapshot():
        views = case_views(here, village)
    return notices_feed(views, village, here.doors.settings.public_base_url, ends)


@get("/v/{code:str}/land/{case:str}/deadlines.ics", sync_to_thread=False)
def calendar(request: Ask, code: FromPath[str], case: FromPath[str]) -> Response[bytes]:
    """The last days of everything people can do in a case; raises NoSuchCase."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        hung = land_board.case(here.board.land(code), case)
    if not hung:
        raise NoSuchCase
    acts = all_acts(hung, here.doors.calendar, rules_of(code))
    body = deadlines(hung, acts, village, here.doors.settings.public_base_url)
    headers = {
        "cache-control": PUBLIC.decode(),
        "content-disposition": 'attachment; filename="deadlines.ics"',
    }
    return Response(body, media_type="text/calendar", headers=headers)


@get("/v/{code:str}/files/{digest:str}")
async def enclosure(request: Ask, code: FromPath[str], digest: FromPath[str]) -> Response[bytes]:
    """A file of a notice that hangs in this village, by its digest; raises NoSuchFile."""
    here, _ = in_village(request, code)
    with here.board.snapshot():
        files = land_board.all_enclosures(here.board.land(code))
    file = next((one for one in files if one.sha256 == digest and _DIGEST.fullmatch(digest)), None)
    settings = here.doors.settings
    data = Vault(settings.path(settings.data_dir) / VAULT).read(digest) if file else None
    if file is None or data is None:
        raise NoSuchFile
    suffix = {"image/png": "png", "image/jpeg": "jpg"}.get(file.media_type, "pdf")
    headers = {
        "cache-control": FILE_KEEPING,
        "content-disposition": f'inline; filename="{digest[:10]}.{suffix}"',
    }
    return Response(data, media_type=file.media_type, headers=headers)
