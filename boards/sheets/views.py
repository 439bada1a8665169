"""Frozen views: what one page shows, already decided. Made by the doors from the archive's answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec

from boards.model.calendar.workdays import LastDay
from boards.model.pack import Programme
from boards.model.windows import Deadline
from boards.sheets.land.case_line import CaseLine
from boards.sheets.land.views import HungNotice
from boards.sheets.overview import Overview
from boards.sheets.sheet import Line, SheetHead
from boards.sheets.year import YearSheet


class Posted(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """A sheet on a given civil day: its posting term, and its board window. `open`: names may be shown."""

    head: SheetHead
    deadline: Deadline  # the one deadline to object (settled §36)
    posting: bool  # 正在公示: the term runs today, as if posted on the day of import
    until: LastDay  # 本机可查到: of the board window
    days_left: int  # 0 on the last day, negative afterwards
    open: bool
    gone: int = 0  # lines that were withdrawn or erased since this edition was published
    paid: bool = False  # of an application list: a payment of its programme and period is public


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """What a day brought to the board: a list, a land case with a new notice, or that something is gone."""

    day: date
    what: Posted | CaseLine | str  # the title alone of what was taken down
    corrected: bool = False  # it takes the place of an earlier edition or notice


class HouseholdPart(msgspec.Struct, frozen=True, kw_only=True):
    """One payout of a household, with the sheet it stands on."""

    posted: Posted
    line: Line
    year_before: Line | None = None  # of the same household and period a year ago, while it may be said


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate in a search: told apart by group and household head, never by numbers."""

    household: int
    name: str
    group: str
    head_of_household: str = ""
    payouts: int = 0
    namesake: bool = False  # another one of its group has its name


class Surname(msgspec.Struct, frozen=True, kw_only=True):
    """One surname tile."""

    surname: str
    count: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was corrected, or withdrawn, and on which day people here could first see that."""

    day: date
    title: str
    withdrawn: bool
    period: str = ""  # of a list
    path: tuple[str, ...] = ()  # of what hangs now, below the village; () where nothing does
    reason: str = ""  # in the county's words, "" where it gave none
    sensitive: bool = False


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The home and attract screen."""

    showing: tuple[Posted, ...]  # open, or come today; ending soonest first
    year: int
    programmes: int  # programmes with payouts this year
    applications: int  # application lists open today
    sum_fen: int
    updated_at: datetime | None  # newest import, for 数据截至
    cases: tuple[CaseLine, ...] = ()  # land cases, the one that moved last first
    changes: tuple[Change, ...] = ()  # of late, the newest first
    guides: int = 0  # programmes of the county, with lists here or without
    due: tuple[int, int, bool] | None = None  # a year not settled, its days left, whether it was settled once
    closed: int | None = None  # the newest year the county decided of


class ProgrammeView(msgspec.Struct, frozen=True, kw_only=True):
    """One programme: its guide and its lists."""

    programme: Programme
    posted: tuple[Posted, ...]


class ProgrammesView(msgspec.Struct, frozen=True, kw_only=True):
    """All payout and application lists of one year, and every programme, with lists or without."""

    year: int
    years: tuple[int, ...]
    posted: tuple[Posted, ...]
    sum_fen: int
    every: tuple[ProgrammeView, ...] = ()


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a payout or application list, or of its lines of one group or surname."""

    posted: Posted
    lines: tuple[Line, ...]
    overview: Overview = Overview()
    group: str = ""
    surname: str = ""
    page: int
    pages: int
    first: int  # place of the first line shown among all of these, from 1
    page_sum_fen: int
    page_quantity: Decimal | None
    superseded_by: str = ""  # short code of the newer edition, when an old QR was scanned
    pdf: str = ""  # address of the PDF, "" when there is none


class TakenDown(msgspec.Struct, frozen=True, kw_only=True):
    """A list or notice whose number was printed and that hangs no more (settled §46)."""

    village: str
    title: str  # "" where its words were erased
    day: date | None  # None: the county did not take it back, it waits to be checked
    reason: str = ""  # in the county's words; "" where they were erased
    notice: bool = False  # of a land case


class HouseholdView(msgspec.Struct, frozen=True, kw_only=True):
    """One household's payouts: personal, never cached."""

    name: str
    group: str
    parts: tuple[HouseholdPart, ...]
    keyed: bool = True  # by the county's hash; without one nothing is added up beside namesakes
    namesakes: tuple[HouseholdPart, ...] = ()  # rows of the same name and group that may be anybody's


class FindView(msgspec.Struct, frozen=True, kw_only=True):
    """Surname tiles, or the people of one surname."""

    surnames: tuple[Surname, ...]
    surname: str = ""
    people: tuple[Person, ...] = ()
    organisations: int = 0  # cooperatives, firms and collectives, which have no surname
    paid: tuple[Posted, ...] = ()  # the lists of payments that hang: whom they leave out, and why


class InitialsView(msgspec.Struct, frozen=True, kw_only=True):
    """The pad of pinyin initials: what was typed, which letters lead on, and whom they lead to."""

    letters: str
    next_letters: str
    people: tuple[Person, ...] = ()
    more: bool = False  # more people than these: another letter helps


class GroupsView(msgspec.Struct, frozen=True, kw_only=True):
    """Group tiles, or the people of one group."""

    groups: tuple[Surname, ...]
    group: str = ""
    people: tuple[Person, ...] = ()  # of one page
    found: int = 0  # on all pages
    page: int = 1
    pages: int = 1


Searched = Programme | Posted | HungNotice
"""What words can find."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something words found, where they stand and what is said there; itself alone if its title has them."""

    thing: Searched
    where: str = ""  # 怎么申请, 公告全文
    said: tuple[str, str, str] = ("", "", "")  # before the word, the word, after it


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """Words looked for in guides, lists and land notices, and one page of what has them."""

    asked: str
    words: tuple[str, ...] = ()  # to touch while nothing is asked: a board has no keyboard
    programmes: tuple[Programme, ...] = ()  # likewise
    hits: tuple[Hit, ...] = ()  # of this page: programmes, lists, notices
    counts: tuple[int, int, int] = (0, 0, 0)  # of these on all pages
    page: int = 1
    pages: int = 1


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    """The pad for the ten digits of a printed sheet."""

    digits: str = ""
    wrong: bool = False  # ten digits whose check digit does not fit


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """给家人看: one address as a link and as a QR code, drawn as an SVG path."""

    address: str
    path: str  # d of the path, one unit a module, quiet zone included
    modules: int
    household: bool = False  # the address shows one household


class SetupView(msgspec.Struct, frozen=True, kw_only=True):
    """Calibration of a board: the text size in px that makes a key 20 mm high."""

    base: int
    steps: tuple[int, ...]


class YearView(msgspec.Struct, frozen=True, kw_only=True):
    """The village's year, and how long there is until it is due; None: settled, or not December yet."""

    sheet: YearSheet
    years: tuple[int, ...]
    days_left: int | None = None


class TroubleView(msgspec.Struct, frozen=True, kw_only=True):
    """A page for something that did not go well: one sentence, what to do now, a stable code."""

    status: int
    code: str
    sentence: str
    advice: str
    waits: bool = False  # nothing is wrong: what is to be shown will come


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What every page shares."""

    village_code: str
    village: str
    town: str
    county: str
    today: date
    path: str  # this page's address, for the size and language links
    back: str = ""  # address of 返回, "" on the home page
    language: str = "zh_CN"
    size: str = "m"  # m | l | xl
    kiosk: bool = False  # the loopback door
    base: int = 0  # px of text at size m, as calibrated for this board; 0: by the screen's short side
    share: str = ""  # address of 给家人看, to which this page's is put; "" where there is none
    phone: str = ""  # supervision phone, public
    updated_at: datetime | None = None
    say: str = ""  # address of this page read aloud, "" where nothing can be played
    banners: tuple[str, ...] = ()  # codes: clock-suspect, stale, upgrade-needed, held, data-check-failed
    names: Mapping[str, str] = {}  # of programmes by their code, where this language has its own
    pack: str = ""  # version of the county's pack (资料包)
    rare: str = ""  # address of the style for the village's rare characters, "" where it has none
