"""找我的补贴: by surname, letters or group to a person, to a household. Kept nowhere, logged nowhere.

Only lists whose window is open today count: a name that no list shows any more is not found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from litestar import Response, get
from litestar.params import FromPath

from boards.model.payouts import Phase
from boards.model.periods import year_before
from boards.model.speech.initials import typed
from boards.sheets.sheet import Line
from boards.sheets.views import (
    FindView,
    GroupsView,
    HouseholdPart,
    HouseholdView,
    InitialsView,
    Person,
    Posted,
)
from kiosk_server.archive import search
from kiosk_server.web.errors import NothingShown
from kiosk_server.web.reader import Ask, Reader, in_village, personal

MOST_DIGITS = 9


@get("/v/{code:str}/find", sync_to_thread=False)
def find(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Tiles of the surnames on today's lists."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        open_today = here.open_today(code)
        view = FindView(
            surnames=here.board.surnames(code, open_today),
            organisations=here.board.organisations(code, open_today),
            paid=tuple(filter(attrgetter("open"), here.all_posted(here.board.sheets(code, Phase.PAYMENT)))),
        )
        return personal(here.doors.pages.find(here.frame(village, back=f"/v/{code}/"), view))


@get("/v/{code:str}/find/{surname:str}", sync_to_thread=False)
def find_surname(request: Ask, code: FromPath[str], surname: FromPath[str]) -> Response[bytes]:
    """The people of one surname on today's lists."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        people = _somebody(here.board.people(code, surname, here.open_today(code)))
        view = FindView(surnames=(), surname=surname, people=people)
        return personal(here.doors.pages.find(here.frame(village, back=f"/v/{code}/find"), view))


@get("/v/{code:str}/initials", sync_to_thread=False)
def initials(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """The people whose names begin with the letters of `?q=`, and the letters that lead on."""
    here, village = in_village(request, code)
    letters = typed(here.visit.wish.q)
    with here.board.snapshot():
        found = search.typed(here.board.where(code, here.open_today(code)), letters)
    view = InitialsView(
        letters=letters, next_letters=found.next_letters, people=found.people, more=found.more
    )
    return personal(here.doors.pages.initials(here.frame(village, back=f"/v/{code}/find"), view))


@get("/v/{code:str}/groups", sync_to_thread=False)
def groups(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Tiles of the groups on today's lists."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        view = GroupsView(groups=here.board.groups(code, here.open_today(code)))
    return personal(here.doors.pages.groups(here.frame(village, back=f"/v/{code}/find"), view))


@get("/v/{code:str}/groups/{group:str}", sync_to_thread=False)
def group(request: Ask, code: FromPath[str], group: FromPath[str]) -> Response[bytes]:
    """One page of the people of one group on today's lists; a number beyond the last gives the last."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        people = _somebody(search.of_group(here.board.where(code, here.open_today(code)), group))
    per_page = here.rows_per_page
    page, pages = here.page_of(len(people))
    shown = people[(page - 1) * per_page : page * per_page]
    view = GroupsView(groups=(), group=group, people=shown, found=len(people), page=page, pages=pages)
    return personal(here.doors.pages.groups(here.frame(village, back=f"/v/{code}/groups"), view))


@get("/v/{code:str}/organisations", sync_to_thread=False)
def organisations(request: Ask, code: FromPath[str]) -> Response[bytes]:
    """Cooperatives, firms and collectives on today's lists."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        people = _somebody(search.organisations(here.board.where(code, here.open_today(code))))
    view = FindView(surnames=(), people=people)
    return personal(here.doors.pages.find(here.frame(village, back=f"/v/{code}/find"), view))


@get("/v/{code:str}/households/{number:str}", sync_to_thread=False)
def household(request: Ask, code: FromPath[str], number: FromPath[str]) -> Response[bytes]:
    """What one household received, of the lists that hang today."""
    here, village = in_village(request, code)
    with here.board.snapshot():
        view = household_view(here, code, number)
        return personal(here.doors.pages.household(here.frame(village, back=f"/v/{code}/find"), view))


def _somebody(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The people found; raises NothingShown when there is nobody."""
    if not people:
        raise NothingShown
    return people


def household_view(here: Reader, code: str, number: str) -> HouseholdView:
    """One household on today's lists; raises NothingShown, and HouseholdsEnough on a phone that saw many."""
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise NothingShown
    here.may_see(code, int(number))
    found = here.board.household(code, int(number))
    if found is None:
        raise NothingShown
    shown = here.all_posted([head for head, _ in found.parts])
    known = [(posted, line) for posted, (_, line) in zip(shown, found.parts, strict=True)]
    before = _year_before(here, known, found.keyed)
    parts = [
        HouseholdPart(posted=posted, line=line, year_before=before.get(posted.head.batch))
        for posted, line in known
        if posted.open
    ]
    if not parts:
        raise NothingShown
    same = ((here.posted(head), line) for head, line in found.namesakes)
    return HouseholdView(
        name=found.name,
        group=found.group,
        parts=tuple(parts),
        keyed=any(found.keyed),
        namesakes=tuple(HouseholdPart(posted=posted, line=line) for posted, line in same if posted.open),
    )


def _year_before(here: Reader, known: list[tuple[Posted, Line]], keyed: Sequence[bool]) -> dict[str, Line]:
    """By batch what the household got for the same thing a year before, while that may be said.

    Only where either list has one line of it with the county's hash: a name joins nobody over years
    (settled §2).
    """
    if len({posted.head.terms.fiscal_year for posted, _ in known}) == 1:
        return {}
    lines = Counter(posted.head.batch for posted, _ in known)
    sure = [one for one, hashed in zip(known, keyed, strict=True) if hashed and lines[one[0].head.batch] == 1]
    return {
        now.head.batch: old
        for now, line in sure
        for before, old in sure
        if year_before(now.head.terms, before.head.terms)
        if old.unit == line.unit and here.may_say(before, now)
    }
