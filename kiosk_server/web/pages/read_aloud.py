"""朗读: every page can be read aloud. The audio is made from the same view as the page.

What is public may be kept by the press; a household's speech is made in memory and kept nowhere.
`….txt` gives the words of a public page, for whoever records a voice pack.
"""

from __future__ import annotations

from http import HTTPStatus

from litestar import Response, get
from litestar.params import FromPath

from boards.model.speech.spoken import Speech, words
from boards.pages.speech import land as land_spoken
from boards.pages.speech import payouts as spoken
from boards.pages.speech.week import week_said
from kiosk_server.press.errors import SpeechMissing
from kiosk_server.serving.conditional import asked_part
from kiosk_server.web.errors import NoSuchList, NotFound
from kiosk_server.web.headers import AUDIO, PERSONAL
from kiosk_server.web.pages.home import home_view
from kiosk_server.web.pages.land import by_code, case_lines, one_case
from kiosk_server.web.pages.people import household_view
from kiosk_server.web.pages.programmes import programme_view, programmes_view
from kiosk_server.web.pages.week import this_week
from kiosk_server.web.pages.year import year_view
from kiosk_server.web.reader import Ask, Reader, reader

WRITTEN = ".txt"


@get("/v/{code:str}/say/{page:str}")
async def say_page(request: Ask, code: FromPath[str], page: FromPath[str]) -> Response[bytes]:
    """Home, the lists of a year, 找我的补贴, 征地公告, 怎么用; the week's notices for the loudspeaker."""
    here = reader(request)
    return await _answer(request, here, page, _page_said(here, code, page.removesuffix(WRITTEN)))


@get("/v/{code:str}/say/{page:str}/{which:str}")
async def say_part(
    request: Ask, code: FromPath[str], page: FromPath[str], which: FromPath[str]
) -> Response[bytes]:
    """One programme, one list, one year, one land case, one notice; one household, which is personal."""
    here = reader(request)
    if page == "households":
        with here.board.snapshot():
            speech = spoken.household_said(here.frame(here.village(code)), household_view(here, code, which))
        return await _audio(request, here, speech, personal=True)
    return await _answer(request, here, which, _part_said(here, code, page, which.removesuffix(WRITTEN)))


def _page_said(here: Reader, code: str, page: str) -> Speech:
    village = here.village(code)
    frame = here.frame(village)
    with here.board.snapshot():
        match page:
            case "home":
                return spoken.home_said(frame, home_view(here, code))
            case "programmes":
                return spoken.programmes_said(frame, programmes_view(here, code))
            case "find":
                return spoken.find_said(frame)
            case "land":
                return land_spoken.cases_said(frame, case_lines(here, village))
            case "help":
                return spoken.help_said(frame)
            case "week":
                return week_said(frame, this_week(here, village))
    raise NotFound


def _part_said(here: Reader, code: str, page: str, which: str) -> Speech:
    village = here.village(code)
    frame = here.frame(village)
    with here.board.snapshot():
        match page:
            case "programmes":
                return spoken.programme_said(frame, programme_view(here, code, which))
            case "payouts":
                head = here.board.sheet(code, which)
                if head is None:
                    raise NoSuchList
                return spoken.list_said(frame, here.posted(head))
            case "year":
                return spoken.year_said(frame, year_view(here, code, which))
            case "land":
                return land_spoken.case_said(frame, one_case(here, village, which))
            case "notices":
                hangs_in, view = by_code(here, which)
                if hangs_in.code != code:
                    raise NotFound
                return land_spoken.notice_said(village, view)
    raise NotFound


async def _answer(request: Ask, here: Reader, name: str, speech: Speech) -> Response[bytes]:
    if not name.endswith(WRITTEN):
        return await _audio(request, here, speech, personal=False)
    return Response(
        words(speech).encode(), media_type="text/plain", headers={"cache-control": AUDIO.decode()}
    )


async def _audio(request: Ask, here: Reader, speech: Speech, *, personal: bool) -> Response[bytes]:
    """The whole recording, or the part of it that a player asks for."""
    if not here.doors.press.can_speak:
        raise SpeechMissing
    async with here.press_turn():
        audio = await here.doors.press.say(speech, personal=personal)
    headers = {"cache-control": (PERSONAL if personal else AUDIO).decode(), "accept-ranges": "bytes"}
    part = asked_part(request.headers.get("range", ""), len(audio))
    if part is None:
        return Response(audio, media_type="audio/mpeg", headers=headers)
    status, place = HTTPStatus.PARTIAL_CONTENT, f"{part.start}-{part.stop - 1}"
    if part.start >= part.stop:
        status, place = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "*"
    headers["content-range"] = f"bytes {place}/{len(audio)}"
    return Response(audio[part], status_code=status, media_type="audio/mpeg", headers=headers)
