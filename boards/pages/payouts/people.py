"""找我的补贴: by surname, by pinyin initials, by group, and the people they lead to. Words in titles.

Two of one name are told apart by group and household head only. Every key is a link, so nothing
here needs the script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote

from minijinja import safe

from boards.model.names import surname_of
from boards.model.speech.initials import LETTERS
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.payouts.lists import entry
from boards.pages.payouts.not_listed import missing_from
from boards.sheets.views import FindView, Frame, GroupsView, InitialsView, Person, SearchView

FEW_PEOPLE: Final = 12  # as many as a board shows at once


def find_variables(view: FindView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Surname tiles; or, after one was touched, its people, by group where they are many."""
    return {
        "surname": view.surname,
        "surnames": _tiles(((tile.surname, tile.count) for tile in view.surnames), frame, "find"),
        "organisations": f"{view.organisations:,}" if view.organisations else "",
        **_found(view.people, frame, lambda person: person.group),
        **_ways(frame, "surname"),
        **missing_from(view.paid, frame, tongue),
    }


def initials_variables(view: InitialsView, frame: Frame) -> dict[str, Any]:
    """The pad: a letter that leads nowhere is no link. Few people at once; another letter brings fewer."""
    few, here = view.people[:FEW_PEOPLE], under(frame.village_code, "initials")

    def to(letters: str) -> str:
        return link(f"{here}?q={letters}" if letters else here)

    return {
        "letters": list(view.letters),
        "keys": [
            (letter, to(view.letters + letter) if letter in view.next_letters else "") for letter in LETTERS
        ],
        "shorter": to(view.letters[:-1]) if view.letters else "",
        "cleared": to("") if view.letters else "",
        "more": view.more or len(view.people) > len(few),
        **_found(few, frame, lambda _: ""),
        **_ways(frame, "initials"),
    }


def groups_variables(view: GroupsView, frame: Frame) -> dict[str, Any]:
    """Group tiles; or one page of the people of one group, by surname where they are many."""
    here = link(under(frame.village_code, "groups", view.group))
    return {
        "group": view.group,
        "tiles": _tiles(((tile.surname, tile.count) for tile in view.groups), frame, "groups"),
        **_found(view.people, frame, lambda person: surname_of(person.name)),
        "found": view.found,
        "page": view.page,
        "pages": view.pages,
        "before": view.page - 1,
        "behind": view.page + 1,
        "previous": here if view.page > 1 else "",
        "following": here if view.page < view.pages else "",
        **_ways(frame, "groups"),
    }


def search_variables(view: SearchView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Programmes, lists and land notices whose names hold every word that was asked for."""
    here = under(frame.village_code, "search")
    return {
        "asked": view.asked,
        "here": link(here),
        "words": [
            (programme.name, link(f"{here}?q={quote(programme.name, safe='')}"))
            for programme in (() if view.asked else view.programmes)
        ],
        "programmes": [
            (
                phrased(programme.name),
                programme.department,
                link(under(frame.village_code, "programmes", programme.code)),
            )
            for programme in (view.programmes if view.asked else ())
        ],
        "lists": [entry(posted, frame, tongue) for posted in view.posted],
        "notices": [
            (
                phrased(one.notice.title),
                one.notice.project,
                tongue.day(one.notice.posted_on, frame.today),
                link(under(frame.village_code, "land", one.notice.case_id, str(one.notice.number))),
            )
            for one in view.notices
        ],
        "found": len(view.posted) + len(view.programmes) + len(view.notices),
    }


def _tiles(named: Iterable[tuple[str, int]], frame: Frame, page: str) -> list[tuple[str, bool, str, str]]:
    """Name, whether it is long, households, address."""
    return [
        (name, len(name) > 2, f"{count:,}", link(under(frame.village_code, page, name)))
        for name, count in named
    ]


def _found(people: tuple[Person, ...], frame: Frame, part: Callable[[Person], str]) -> dict[str, Any]:
    """People, in parts where they are many: name, group, household head, payouts, address of each."""
    above, many = link(under(frame.village_code, "households")), len(people) > FEW_PEOPLE
    parts: dict[str, list[tuple[str, str, str, int, bool, str]]] = {}
    for person in people:
        head = "" if person.head_of_household == person.name else person.head_of_household
        own = safe(f"{above}/{person.household}")
        row = (person.name, person.group, head, person.payouts, person.namesake, own)
        parts.setdefault(part(person) if many else "", []).append(row)
    return {"parts": list(parts.items()), "found": len(people)}


def _ways(frame: Frame, now: str) -> dict[str, Any]:
    """The three ways to find, and the one in use."""
    code = frame.village_code
    return {
        "way": now,
        "find": link(under(code, "find")),
        "initials": link(under(code, "initials")),
        "groups_link": link(under(code, "groups")),
        "organisations_link": link(under(code, "organisations")),
    }
