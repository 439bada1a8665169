"""What all pages stand on, and one reader in front of one village's board."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, Self

from litestar import Request, Response
from litestar.datastructures import State
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from boards.model.calendar.civil_day import CIVIL, silent
from boards.model.calendar.workdays import WorkCalendar
from boards.model.pack import Pack, Programme, Windows
from boards.model.payouts import Phase
from boards.model.periods import same_period
from boards.model.place import Village
from boards.model.windows import days_left, names_visible, year_before_visible
from boards.pages import Pages
from boards.pages.frame.row_forms import Filled
from boards.pages.frame.wording import asking, within
from boards.sheets.sheet import SheetHead
from boards.sheets.views import Frame, Posted
from kiosk_server.archive.board import Board
from kiosk_server.desk.list_windows import deadline_on, window_on
from kiosk_server.press.worker import Press
from kiosk_server.settings import Settings
from kiosk_server.web.errors import ArchiveUnreadable, HouseholdsEnough, NothingYet, UnknownVillage
from kiosk_server.web.guard import Door
from kiosk_server.web.hanging_today import HangingToday
from kiosk_server.web.headers import DIGEST, PERSONAL, PUBLIC
from kiosk_server.web.logbook import Logbook
from kiosk_server.web.pace import HOUSEHOLDS, Pace, PressQueue
from kiosk_server.web.visit import Moment, Visit

HTML = "text/html"
Ask = Request[None, None, State]
SAID: Mapping[str, tuple[bool, ...]] = {
    "home": (False,),
    "find": (False,),  # the people of a surname are not read out
    "help": (False,),
    "programmes": (False, True),
    "payouts": (True,),
    "households": (True,),
    "year": (True,),
    "land": (False, True),
    "notices": (True,),  # by the short code
}
"""Pages that can be read aloud: alone, with one thing more in their address, or both."""

TAKEN_HOME = {
    "programmes", "payouts", "households", "find", "initials", "groups", "organisations", "year", "land",
}  # fmt: skip
"""Pages with 给家人看; a sheet that was scanned is on the phone already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doors:
    """Everything the pages of one server share; made once by `web.app`."""

    settings: Settings
    pack: Pack
    pages: Pages
    board: Board
    press: Press
    clock: Callable[[], datetime]
    logbook: Logbook
    villages: Mapping[str, Village]
    programmes: Mapping[str, Programme]
    calendar: WorkCalendar
    names: Mapping[str, Mapping[str, str]]  # of programmes by language and code, where not the Chinese ones
    hanging: HangingToday = field(default_factory=HangingToday)
    unwell: Callable[[], None] = lambda: None
    pace: Pace = field(default_factory=Pace)
    queue: PressQueue = field(default_factory=PressQueue)
    ticks: Callable[[], float] = time.monotonic

    @property
    def lan_url(self) -> str:
        """How phones in the village reach this machine, "" when its LAN door is shut or unnamed."""
        web = self.settings.web
        if web.lan_url or web.lan_host in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
            return web.lan_url.rstrip("/") if web.lan_host else ""
        host = f"[{web.lan_host}]" if ":" in web.lan_host else web.lan_host
        return f"http://{host}:{web.lan_port}"


class Reader:
    """One visitor: what they asked for, and what the board shows today."""

    __slots__ = ("board", "doors", "moment", "path", "today", "visit")

    def __init__(self, doors: Doors, visit: Visit, moment: Moment, path: str) -> None:
        """`path` is the address as asked for, without its query; `moment` is the visit's."""
        self.doors, self.visit, self.moment, self.path = doors, visit, moment, path
        self.board, self.today = doors.board, moment.day

    @property
    def rows_per_page(self) -> int:
        """10 on the board, 6 where it lies on its side, 20 on a phone (settled §25).

        How it lies is what its script saw; without script it is what the settings say.
        """
        if self.visit.door is not Door.KIOSK:
            return 20
        return int(self.visit.choice.rows or (6 if self.doors.settings.web.landscape else 10))

    def page_of(self, count: int) -> tuple[int, int]:
        """The page asked for of so many rows, and how many there are; beyond the last is the last."""
        pages = max(1, -(-count // self.rows_per_page))
        return min(max(1, int(self.visit.wish.page or 1)), pages), pages

    def village(self, code: str) -> Village:
        """One of our villages; raises UnknownVillage."""
        village = self.doors.villages.get(code)
        if village is None:
            raise UnknownVillage
        return village

    @property
    def names_day(self) -> date:
        """The day names are shown by (settled §3)."""
        return max(self.today, self.moment.names_day)

    @property
    def hanging(self) -> HangingToday:
        """What is known already of the lists and cases that hang today."""
        return self.doors.hanging.at(self.board.state_version(), self.moment)

    def may_see(self, code: str, number: int) -> None:
        """One household's page or speech; raises HouseholdsEnough, never at the touchscreen (screens §8)."""
        if self.visit.door is Door.KIOSK:
            return
        wait = self.doors.pace.household(self.visit.client, (code, number), self.doors.ticks())
        if wait:
            again = (self.doors.clock() + timedelta(seconds=wait + 60)).astimezone(CIVIL)
            raise HouseholdsEnough(
                households=HOUSEHOLDS,
                seconds=ceil(wait),
                minutes=ceil(wait / 60),
                again=f"{again:%H:%M}",
            )

    def press_turn(self) -> AbstractAsyncContextManager[None]:
        """This visitor's turn at the press; raises BoardBusy."""
        return self.doors.queue.turn(self.visit.door, self.visit.client)

    def posted(self, head: SheetHead) -> Posted:
        """A sheet with its posting term and its board window today (settled §2 and §36)."""
        known = self.hanging.lists
        if head.code not in known:
            window = window_on(self.board, self.doors.programmes, self.doors.calendar, head, self.today)
            term = deadline_on(self.doors.programmes, self.doors.calendar, head, self.today)
            visible = names_visible(window, self.names_day)
            known[head.code] = Posted(
                head=head,
                deadline=term,
                posting=visible and self.today <= term.until.day,
                until=window.until,
                days_left=days_left(window, self.today),
                open=visible,
                gone=self.board.lines_gone(head.village.code, head.batch),
                paid=self._paid(head),
            )
        return known[head.code]

    def all_posted(self, heads: Iterable[SheetHead]) -> list[Posted]:
        """Many sheets at once: where all hang already, the archive is asked once whether it moved."""
        known = self.hanging.lists
        return [known.get(head.code) or self.posted(head) for head in heads]

    def may_say(self, before: Posted, now: Posted) -> bool:
        """Whether a household's page may say what its list of the year before said (settled §2)."""
        programme = self.doors.programmes.get(now.head.terms.programme)
        windows, opened = programme.windows if programme else Windows(), now.head.imported_on or self.today
        return year_before_visible(before.head.terms, windows, opened, self.today, hangs=before.open)

    def _paid(self, head: SheetHead) -> bool:
        """Whether what was applied for on this list was paid since."""
        terms = head.terms
        return terms.phase is Phase.APPLICATION and any(
            same_period(one.terms, terms) for one in self.board.sheets(terms.village, Phase.PAYMENT)
        )

    def open_today(self, code: str) -> frozenset[str]:
        """A village's batches whose names may be shown today. Inside a snapshot."""
        known = self.hanging.open_in
        if code not in known:
            known[code] = frozenset(head.batch for head in self.board.sheets(code) if self.posted(head).open)
        return known[code]

    @property
    def address(self) -> str:
        """Of this page, with what is asked of it."""
        path, wish = within(self.path), self.visit.wish
        if not any(wish[1:]):  # only pages are turned
            return f"{path}?page={wish.page}" if wish.page else path
        return asking(path, **wish._asdict())

    def frame(self, village: Village, back: str = "", say: str = "") -> Frame:
        """What the page shares with all others."""
        look = village.code, self.visit.choice, self.visit.door
        shared = self.hanging.frames.of(look, lambda: self._shared(village))
        share, said = self._share(village.code), self._say(village.code, say)
        return Frame(path=self.address, back=back, share=share, say=said, **shared)

    def _shared(self, village: Village) -> dict[str, Any]:
        """What the frames of all pages of a village have in common for people of one look."""
        language, size, base, _ = self.visit.choice
        kiosk = self.visit.door is Door.KIOSK
        return {
            "village_code": village.code,
            "village": village.name,
            "town": village.town,
            "county": village.county,
            "today": self.today,
            "language": language,
            "size": size,
            "kiosk": kiosk,
            "base": int(base or self.doors.settings.web.base_px) if kiosk else 0,
            "phone": self.doors.pack.supervision_phone,
            "updated_at": self.updated_at,
            "banners": tuple(self._banners()),
            "names": self.doors.names.get(language, {}),
            "rare": self.moment.rare.get(village.code, ""),
            "pack": self.doors.pack.version,
        }

    def _share(self, code: str) -> str:
        """Where this page is handed to a phone, "" for pages nobody takes home."""
        kind = self.path.removeprefix(f"/v/{code}/").partition("/")[0]
        # a phone's own address is good enough for another phone; the board's is not
        if (self.visit.door is Door.KIOSK and not self.doors.lan_url) or (
            kind or self.path
        ) not in TAKEN_HOME:
            return ""
        return f"/v/{code}/phone?back="

    def _say(self, code: str, page: str) -> str:
        """Where this page is read aloud: /v/<code>/say/ and the rest of its address (or `page`), else ""."""
        if not self.doors.press.can_speak:
            return ""
        above = f"/v/{code}"
        page = page or self.path.removeprefix(above).strip("/") or "home"
        kind, *rest = page.split("/")
        if len(rest) > 1 or bool(rest) not in SAID.get(kind, ()):
            return ""
        year = f"?year={self.visit.wish.year}" if page == "programmes" and self.visit.wish.year else ""
        return f"{above}/say/{within(page)}{year}"

    @property
    def updated_at(self) -> datetime | None:
        """数据截至: when the last pull succeeded; without a note, when something last came."""
        health = self.moment.health
        return self.moment.heard_at or (health.last_admitted_at if health else None)

    def _banners(self) -> Iterator[str]:
        """What people should know before they read on."""
        moment, health = self.moment, self.moment.health
        if moment.clock_suspect:
            yield "clock-suspect"
        elif silent(moment.heard_at, self.today):
            yield "stale"
        if moment.read_only:
            yield "read-only"
        if moment.alarmed:
            yield "trust-alarm"
        if health and health.upgrade_needed:
            yield "upgrade-needed"
        if health and health.held:
            yield "held"
        if health and health.frozen:
            yield "data-check-failed"


def reader(request: Ask) -> Reader:
    """The visitor behind a request; raises ArchiveUnreadable while the database does not answer."""
    visit: Visit = request.scope["state"]["visit"]
    if visit.moment is None:
        raise ArchiveUnreadable
    doors: Doors = request.app.state.doors
    if not doors.villages:  # lists without a pack: somebody bent it, or it comes with the next pull
        raise ArchiveUnreadable if visit.moment.health and visit.moment.health.logs else NothingYet
    return Reader(doors, visit, visit.moment, request.scope["path"])


def in_village(request: Ask, code: str) -> tuple[Reader, Village]:
    """The visitor behind a request in one of our villages; raises UnknownVillage besides."""
    here = reader(request)
    return here, here.village(code)


_HTML = (b"content-type", b"text/html; charset=utf-8")


class Page(Response[bytes]):
    """A finished page as the smallest answer there is: `FrontDoor` brings lengths, tags and security headers.

    Litestar's own Response makes a header table, cookies and a second object for each answer.
    """

    __slots__ = ("_body", "_start")

    def __init__(self, page: bytes, keeping: bytes, *more: tuple[bytes, bytes]) -> None:
        """`keeping` is what Cache-Control says; `more` headers may follow."""
        headers = [_HTML, (b"cache-control", keeping), *more]
        self._start = HTTPResponseStartEvent(type="http.response.start", status=200, headers=headers)
        self._body = HTTPResponseBodyEvent(type="http.response.body", body=page, more_body=False)

    def to_asgi_response(self, *_: object, **__: object) -> Self:  # type: ignore[override]
        """Be the ASGI application that Litestar asks a response to become."""
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send the page."""
        await send(self._start)
        await send(self._body)


def public(page: str | Filled) -> Page:
    """A page for everyone: may be kept while nothing has moved."""
    if isinstance(page, str):
        return Page(page.encode(), PUBLIC)
    return Page(page.page, PUBLIC, (DIGEST, page.digest.encode()))


def personal(page: str) -> Page:
    """A page about one person: kept nowhere."""
    return Page(page.encode(), PERSONAL)
