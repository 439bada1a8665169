"""找我的补贴: by surname, by pinyin initials, by group, and the people they lead to.

Two of one name are told apart by group and household head only. Every key is a link, so nothing
here needs the script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from minijinja import safe

from boards.model.names import surname_of
from boards.model.speech.initials import LETTERS
from boards.pages.frame.pager import Pager
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.payouts.not_listed import missing_from
from boards.sheets.views import FindView, Frame, GroupsView, InitialsView, Person

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


def groups_variables(view: GroupsView, frame: Frame, pager: Pager) -> dict[str, Any]:
    """Group tiles; or one page of the people of one group, by surname where they are many."""
    here = under(frame.village_code, "groups", view.group)
    return {
        "group": view.group,
        "tiles": _tiles(((tile.surname, tile.count) for tile in view.groups), frame, "groups"),
        **_found(view.people, frame, lambda person: surname_of(person.name)),
        "found": view.found,
        "pager": safe(pager(here, view.page, view.pages)),
        **_ways(frame, "groups"),
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
