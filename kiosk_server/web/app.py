"""The whole route table in one place. Read it and you know what the board can show."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any, Protocol
from urllib.parse import urlsplit

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.events import BaseEventEmitterBackend
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from boards.model.calendar.civil_day import names_day, trusted_today
from boards.model.pack import Pack
from boards.model.windows import workdays_of
from boards.pages import Pages
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.troubles import writable
from kiosk_server.desk.clock_walk import ClockWalk
from kiosk_server.desk.last_contact import Heard
from kiosk_server.press.worker import Press
from kiosk_server.release import BUILT
from kiosk_server.settings import Settings
from kiosk_server.web.assets import StaticTable
from kiosk_server.web.cache import PageCache
from kiosk_server.web.explain import explained
from kiosk_server.web.freshness import Moments
from kiosk_server.web.front_door import FrontDoor
from kiosk_server.web.guard import Guard
from kiosk_server.web.hanging_today import HangingToday
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pages import (
    choices,
    healthz,
    home,
    land,
    land_feeds,
    open_data,
    payouts,
    phone,
    programmes,
    twins,
    year,
)
from kiosk_server.web.pages import help as helping
from kiosk_server.web.pages import pdf as sheets
from kiosk_server.web.pages import people as find
from kiosk_server.web.pages import read_aloud as say
from kiosk_server.web.pages import search as words
from kiosk_server.web.rare_fonts import RareFonts
from kiosk_server.web.reader import Ask, Doors
from kiosk_server.web.visit import Moment

ROUTES = [
    home.front,  # /                                       → /v/<own village>/
    home.home,  # /v/<code>/
    programmes.programmes,  # /v/<code>/programmes?year=
    programmes.programme,  # /v/<code>/programmes/<programme>
    payouts.payouts,  # /v/<code>/payouts/<batch>?page=
    payouts.lists,  # /v/<code>/payouts/feed.atom
    payouts.lists_linked,  # /v/<code>/payouts/feed.jsonld
    payouts.list_deadline,  # /v/<code>/payouts/<batch>/deadline.ics
    payouts.by_number,  # /N/<10 digits>                      the address in a QR
    payouts.by_number_and_rest,  # /N/<10 digits>/<anything>
    land.cases,  # /v/<code>/land
    land.case,  # /v/<code>/land/<case>
    land.notice,  # /v/<code>/land/<case>/<n>
    land_feeds.feed,  # /v/<code>/land/feed.atom
    land_feeds.feed_linked,  # /v/<code>/land/feed.jsonld
    land_feeds.calendar,  # /v/<code>/land/<case>/deadlines.ics
    land_feeds.enclosure,  # /v/<code>/files/<sha256>       maps and scans
    sheets.sheet_pdf,  # /v/<code>/sheets/<10 digits>.pdf
    sheets.year_pdf,  # /v/<code>/year/<yyyy>/sheet.pdf
    find.find,  # /v/<code>/find                             personal
    find.find_surname,  # /v/<code>/find/<surname>           personal
    find.initials,  # /v/<code>/initials?q=                  personal
    find.groups,  # /v/<code>/groups                         personal
    find.group,  # /v/<code>/groups/<group>                  personal
    find.organisations,  # /v/<code>/organisations
    find.household,  # /v/<code>/households/<n>              personal
    words.search,  # /v/<code>/search?q=
    year.year,  # /v/<code>/year/<yyyy>
    year.help_page,  # /v/<code>/help
    helping.people,  # /v/<code>/people
    helping.code_pad,  # /v/<code>/code?code=
    helping.by_typed,  # /N/?code=                           the form beside the pad
    helping.setup,  # /setup?base=                           loopback only
    phone.phone,  # /v/<code>/phone?back=                    personal
    say.say_page,  # /v/<code>/say/<page>[.txt]              the page read aloud
    say.say_part,  # /v/<code>/say/<page>/<which>[.txt]      households: personal
    twins.openapi,  # /openapi.json                          for programs
    twins.programmes,  # /v/<code>/json/programmes?year=
    twins.programme,  # /v/<code>/json/programmes/<programme>
    twins.one_list,  # /v/<code>/json/payouts/<batch>?page=
    twins.cases,  # /v/<code>/json/land
    twins.one_land_case,  # /v/<code>/json/land/<case>
    twins.year,  # /v/<code>/json/year/<yyyy>
    twins.year_csv,  # /v/<code>/csv/year/<yyyy>
    open_data.tables,  # /v/<code>/open                      leads people to them
    open_data.catalog,  # /v/<code>/open/catalog.jsonld      for programs, without persons
    open_data.file_of_year,  # /v/<code>/open/<yyyy>/<file>
    choices.size,  # /size/<m|l|xl>?back=
    choices.language,  # /language/<zh_CN|en>?back=
    healthz.healthz,  # /healthz
]


class Parts(Protocol):
    """What the doors are built on; `kiosk_server.kiosk.Kiosk` is one."""

    @property
    def settings(self) -> Settings:
        """Of this kiosk."""

    @property
    def pack(self) -> Pack:
        """The county's."""

    @property
    def board(self) -> Board:
        """What is shown."""

    @property
    def press(self) -> Press:
        """Who makes PDFs and speaks."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present instant."""


def web_app(  # noqa: PLR0913 - the world arrives as arguments
    parts: Parts,
    kiosk_port: int,
    logbook: Logbook,
    *,
    unwell: Callable[[], None] = lambda: None,
    renewed: Callable[[], bool] = lambda: False,
    ticks: Callable[[], float] = time.monotonic,
) -> FrontDoor:
    """Build the ASGI application of both doors. `kiosk_port` is the port the loopback socket got.

    `unwell` is called whenever the archive proves damaged. `renewed` says whether the parts live by another
    pack since it was asked last; it is asked when something was written. `ticks` is a monotonic second
    count: what phones may ask for is measured by it.
    """
    settings = parts.settings
    folder = settings.path(settings.data_dir)
    rare, heard, walk = RareFonts(parts.press.rare_folder), Heard(folder), ClockWalk(folder)
    static = StaticTable(static_files(), rare)
    pages = Pages(static.urls)
    doors = doors_of(parts, pages, logbook, unwell, ticks)
    application = _application(doors)

    def renew() -> None:
        if renewed():
            application.state.doors = _with_its_pack(application.state.doors, parts)

    return FrontDoor(
        application,
        guard=Guard(kiosk_port, urlsplit(settings.public_base_url).hostname or ""),
        static=static,
        cache=PageCache(settings.web.cache_bytes),
        moments=Moments(
            lambda: present(parts.board, parts.clock(), rare.links(), heard, walk.seen), board=parts.board
        ),
        renew=renew,
        languages=tuple(code for code in settings.languages if code in pages.languages)
        or pages.languages[:1],
        logbook=logbook,
        pace=doors.pace,
        unwell=unwell,
        ticks=ticks,
    )


def doors_of(
    parts: Parts,
    pages: Pages,
    logbook: Logbook,
    unwell: Callable[[], None] = lambda: None,
    ticks: Callable[[], float] = time.monotonic,
) -> Doors:
    """What the pages stand on, for the server and for whoever reads one of them without it."""
    return Doors(
        pages=pages,
        board=parts.board,
        press=parts.press,
        clock=parts.clock,
        logbook=logbook,
        unwell=unwell,
        ticks=ticks,
        **_of_pack(parts),
    )


def _of_pack(parts: Parts) -> dict[str, Any]:
    """What the pages stand on that comes with the county's pack."""
    settings, pack = parts.settings, parts.pack
    return {
        "settings": settings,
        "pack": pack,
        "villages": {one.code: one for one in pack.villages if one.code in settings.villages},
        "names": {"en": {one.code: one.name_en for one in pack.programmes if one.name_en}},
        "programmes": {programme.code: programme for programme in pack.programmes},
        "calendar": workdays_of(pack),
    }


def _with_its_pack(doors: Doors, parts: Parts) -> Doors:
    """The same doors with another pack, whole: whoever is inside goes on with the one they came in by."""
    return replace(doors, hanging=HangingToday(), **_of_pack(parts))


def present(
    board: Board,
    now: datetime,
    rare: Mapping[str, str] | None = None,
    heard: Heard | None = None,
    seen: Callable[[datetime, datetime], datetime] = lambda _, floor: floor,
) -> Moment:
    """Where the archive and the board's day stand; a suspect clock gives the floor's day (settled §3).

    `seen` says how far the clock has come, now that it reads so above this floor.
    """
    with board.snapshot():  # the archive is asked once whether it moved
        floor = max(board.trusted_floor(), BUILT)
        walked = seen(now, floor)
        day, suspect = trusted_today(now, floor, walked)
        latest, frozen = names_day(now, floor, walked), not writable(board.database)
        version, health = board.state_version(), board.health()
        heard_at, alarmed = (heard.at(), bool(heard.alarms())) if heard else (None, False)
        return Moment(version, day, suspect, health, rare or {}, heard_at, latest, frozen, alarmed)


def static_files() -> dict[str, bytes]:
    """Every file under boards/pages/static, by its path there."""
    with as_file(files("boards.pages") / "static") as folder:
        found = [path for path in folder.rglob("[!.]*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class _Routes(Litestar):
    """Litestar with what our routes use of it: it loads Pydantic wherever that can be imported, 8 MiB."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


async def _answered(request: Ask) -> Response[Any] | None:
    """Hand the page its request and the parts of its address, which are all plain text.

    Litestar would look for other things a page may ask for, and hold all to their types: it takes as long
    as to read and check two lines of a list. What may be asked of an address (OPTIONS) it answers itself.
    """
    if request.method != "GET":
        return None
    made = request.route_handler.fn(request, **request.path_params)
    answer: Response[Any] = made if isinstance(made, Response) else await made
    return answer


class _NoEvents(BaseEventEmitterBackend):
    """Nothing here tells of events or waits for them; Litestar's own loads half of anyio to do so."""

    def emit(self, event_id: str, *_: object, **__: object) -> None:
        """Nobody listens."""

    async def __aexit__(self, *_: object) -> None:
        """Nothing was opened."""


def _application(doors: Doors) -> Litestar:
    @asynccontextmanager
    async def living(_: Litestar) -> AsyncIterator[None]:
        doors.logbook.told("started")
        yield
        doors.logbook.told("stopped")

    return _Routes(
        route_handlers=list(ROUTES),
        state=State({"doors": doors}),
        exception_handlers={Exception: explained},
        openapi_config=None,
        logging_config=None,
        before_request=_answered,
        event_emitter_backend=_NoEvents,
        lifespan=[living],
        request_max_body_size=64 << 10,
    )
