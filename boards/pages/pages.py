"""The pages: frozen view in, HTML out. Built once; equal input gives equal text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import quote

from minijinja import Environment
from msgspec.structs import asdict

from boards.model.pack import Contact
from boards.pages.frame.frame import (
    BETWEEN,
    other_languages,
    page_variables,
    parts_of,
    shell_of,
    shells,
)
from boards.pages.frame.help import code_variables, setup_variables
from boards.pages.frame.pager import pagers
from boards.pages.frame.phrases import phrased
from boards.pages.frame.row_forms import Draw, PageForm
from boards.pages.frame.templates import spoken, template_texts
from boards.pages.frame.tongue import LOCALE, SOURCE, Tongue, tongues
from boards.pages.frame.wording import link
from boards.pages.land.cases import case_variables, cases_variables
from boards.pages.land.notice import notice_variables
from boards.pages.land.steps import step_rows
from boards.pages.payouts.home import home_variables
from boards.pages.payouts.household import household_variables, part_forms
from boards.pages.payouts.listing import LIST_MARKS, ListShell, OpenList, list_blocks
from boards.pages.payouts.listing_rows import row_forms
from boards.pages.payouts.people import (
    find_variables,
    groups_variables,
    initials_variables,
)
from boards.pages.payouts.programme import programme_variables
from boards.pages.payouts.programmes import programmes_variables
from boards.pages.payouts.search import search_variables
from boards.pages.payouts.year import year_variables
from boards.sheets.land.case_line import CaseLine
from boards.sheets.land.views import CaseView, NoticeView
from boards.sheets.views import (
    CodeView,
    FindView,
    Frame,
    GroupsView,
    HomeView,
    HouseholdView,
    InitialsView,
    ListView,
    PhoneView,
    ProgrammesView,
    ProgrammeView,
    SearchView,
    SetupView,
    TakenDown,
    TroubleView,
    YearView,
)


class Forms:
    """What the pages of one language are drawn with: its templates, and the forms that are drawn once."""

    __slots__ = ("draw", "pager", "parts", "rows", "shells", "steps", "tongue")

    def __init__(self, tongue: Tongue, draw: Draw, links: Mapping[str, str]) -> None:
        self.tongue, self.draw = tongue, draw
        self.shells = shells(draw, tongue, links)
        self.rows, self.pager, self.parts = row_forms(draw), pagers(draw), part_forms(draw, tongue)
        self.steps = step_rows(draw, tongue)

    def in_shell(  # noqa: PLR0913 - the three blocks of a page
        self, frame: Frame, template: str, title: str, head: str, main: str, *, personal: bool = False
    ) -> str:
        """A page's blocks as the whole page."""
        shell = self.shells(shell_of(frame, template, personal=personal))
        return shell.filled(parts_of(frame, title, head, main))

    def listed(self, shell: ListShell, frame: Frame) -> PageForm:
        """Every page of a list in one look, whole, with marks where its pages differ."""
        parts = parts_of(frame, *list_blocks(self.draw, shell, self.tongue))
        whole = self.shells(shell_of(frame, "listing.html", personal=False))
        return PageForm(whole.filled(parts._replace(here=LIST_MARKS.own)))


class Pages:
    """Every page of the board. `assets` maps each static file to its hashed address."""

    def __init__(self, assets: Mapping[str, str], locale: Traversable = LOCALE) -> None:
        self._tongues = tongues(locale)
        links = {
            "css": link(assets["kiosk.css"]),
            "js": link(assets["kiosk.js"]),
            "icon_link": link(assets["icon.svg"]),
        }
        texts = template_texts()
        self._forms: dict[str, Forms] = {}
        for code, tongue in self._tongues.items():  # everything is compiled before the first visitor
            environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined_behavior="strict")
            environment.debug = False
            for name, text in texts.items():
                environment.add_template(name, spoken(text, tongue.say))
            self._forms[code] = Forms(tongue, environment.render_template, links)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, the source language first."""
        return tuple(self._tongues)

    def gettext(self, language: str) -> Callable[[str], str]:
        """Tell messages in a language, for `Refusal.told`; an unknown language is told in Chinese."""
        return self._tongue(language).say

    def home(self, frame: Frame, view: HomeView) -> str:
        """首页: also what the board shows while nobody is there."""
        made = home_variables(view, frame, self._tongue(frame.language))
        return self._shown("home.html", frame, {**made, "languages": other_languages(frame, self._tongues)})

    def programmes(self, frame: Frame, view: ProgrammesView) -> str:
        """补贴发放: all lists of one year."""
        made = programmes_variables(view, frame, self._tongue(frame.language))
        return self._shown("programmes.html", frame, made)

    def programme(self, frame: Frame, view: ProgrammeView) -> str:
        """One programme: its guide and its lists."""
        made = programme_variables(view, frame, self._tongue(frame.language))
        return self._shown("programme.html", frame, made)

    def opened(self, frame: Frame, view: ListView, *, scanned: bool = False) -> OpenList:
        """A payout or application list, to turn its pages; `scanned`: somebody holds its paper."""
        return OpenList(view, frame, self._of(frame.language), scanned=scanned)

    def sheet(self, frame: Frame, view: ListView) -> str:
        """这张公示表, for the person who scanned paper: the list with its code and digest first."""
        return self.opened(frame, view, scanned=True).page(view, frame.path).page.decode()

    def taken_down(self, frame: Frame, view: TakenDown) -> str:
        """A list or notice that hangs no more: which, since when and why."""
        tongue = self._tongue(frame.language)
        day = tongue.day(view.day, frame.today) if view.day else ""
        title = phrased(view.title.removeprefix(frame.village)) if view.title else ""
        made = {"heading": title, "day": day, "reason": view.reason, "notice": view.notice}
        return self._shown("taken_down.html", frame, made)

    def land(self, frame: Frame, cases: Iterable[CaseLine]) -> str:
        """征地公告: the land cases of the village."""
        return self._shown("land.html", frame, cases_variables(cases, frame, self._tongue(frame.language)))

    def land_case(self, frame: Frame, view: CaseView) -> str:
        """One land case: 现在, the eight steps, documents, areas, compensation, posting places."""
        forms = self._of(frame.language)
        return self._shown("land_case.html", frame, case_variables(view, frame, forms.tongue, forms.steps))

    def land_notice(self, frame: Frame, view: NoticeView, phone: PhoneView | None = None) -> str:
        """One notice in full; `phone` is its address to scan, None where no phone can reach this machine."""
        made = notice_variables(view, phone, frame, self._tongue(frame.language))
        return self._shown("land_notice.html", frame, made)

    def household(self, frame: Frame, view: HouseholdView) -> str:
        """One household's payouts: personal, the caller must not let it be stored."""
        forms = self._of(frame.language)
        made = household_variables(view, frame, forms.tongue, forms.parts)
        return self._shown("household.html", frame, made, personal=True)

    def find(self, frame: Frame, view: FindView) -> str:
        """找我的补贴: surname tiles, or the people of one surname (personal)."""
        made = find_variables(view, frame, self._tongue(frame.language))
        return self._shown("find.html", frame, made, personal=bool(view.surname))

    def initials(self, frame: Frame, view: InitialsView) -> str:
        """Find by pinyin initials; personal from the first letter on."""
        made = initials_variables(view, frame)
        return self._shown("initials.html", frame, made, personal=bool(view.letters))

    def groups(self, frame: Frame, view: GroupsView) -> str:
        """Find by group: tiles, or the people of one group (personal)."""
        made = groups_variables(view, frame, self._of(frame.language).pager)
        return self._shown("groups.html", frame, made, personal=bool(view.group))

    def search(self, frame: Frame, view: SearchView) -> str:
        """Words in guides, lists and land notices."""
        forms = self._of(frame.language)
        return self._shown("search.html", frame, search_variables(view, frame, forms.tongue, forms.pager))

    def code(self, frame: Frame, view: CodeView) -> str:
        """The pad for the short code of a printed sheet."""
        return self._shown("code.html", frame, code_variables(view, frame))

    def people(self, frame: Frame, contacts: Iterable[Contact]) -> str:
        """找人办理: who sits where and when, and the telephones."""
        rows = [(one.who, one.place, one.hours, one.phone) for one in contacts]
        return self._shown("people.html", frame, {"contacts": rows})

    def phone(self, frame: Frame, view: PhoneView) -> str:
        """给家人看: one address to scan, on a phone to send or copy; personal when it shows a household."""
        sms = link(f"sms:?&body={quote(view.address, safe='')}")  # as phones of either kind read it
        made = {**asdict(view), "back": link(frame.back), "sms": sms}
        return self._shown("phone.html", frame, made, personal=view.household)

    def setup(self, frame: Frame, view: SetupView) -> str:
        """Calibration of a board with a ruler."""
        return self._shown("setup.html", frame, setup_variables(view))

    def year(self, frame: Frame, view: YearView) -> str:
        """全村年度汇总 so far."""
        return self._shown("year.html", frame, year_variables(view, frame, self._tongue(frame.language)))

    def help(self, frame: Frame) -> str:
        """怎么用, and the person to turn to."""
        return self._shown("help.html", frame, {"languages": other_languages(frame, self._tongues)})

    def open_data(self, frame: Frame, years: Iterable[int]) -> str:
        """公开数据: the tables of each of these years to carry away."""
        return self._shown("open.html", frame, {"years": [*years]})

    def trouble(self, frame: Frame, view: TroubleView) -> str:
        """Something did not go well: what, what to do now, a code to tell on the phone."""
        languages = other_languages(frame, self._tongues) if view.waits else ()
        return self._shown("trouble.html", frame, {**asdict(view), "languages": languages})

    def _of(self, language: str) -> Forms:
        return self._forms.get(language) or self._forms[SOURCE]

    def _tongue(self, language: str) -> Tongue:
        return self._of(language).tongue

    def _shown(self, template: str, frame: Frame, made: dict[str, Any], *, personal: bool = False) -> str:
        forms = self._of(frame.language)
        drawn = forms.draw(template, **page_variables(frame, forms.tongue), **made)
        return forms.in_shell(frame, template, *drawn.split(BETWEEN, 2), personal=personal)
