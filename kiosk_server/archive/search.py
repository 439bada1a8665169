"""Finding people by the letters of their names, by group, and organisations.

One keystroke costs about the same at a thousand and at a hundred thousand names: an index
range, cut off after MOST_COUNTED households, and where more match, one probe for each letter
that might come next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from boards.model.groups import in_group_order
from boards.model.masks import shown_name
from boards.model.pack import MaskPolicy
from boards.model.payouts import PayeeKind
from boards.model.speech.initials import LETTERS, MOST_LETTERS
from boards.sheets.views import Person, Surname
from kiosk_server.archive.engines.connection import Connection
from kiosk_server.archive.keys import letter_typed, log_span, number_of, typed_span
from kiosk_server.archive.statements import (
    HOUSEHOLDS_WITH,
    NAMES_OF_LOG,
    ON_LISTS,
    PEOPLE,
    TILES,
    TYPED,
    listed,
)

MOST_COUNTED = (
    24  # households told apart for one keystroke: twice a board; beyond them one more letter is asked for
)
_WAYS = 4 * MOST_COUNTED  # ways to type them that are looked at
_AT_ONCE = 500


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched: one village's log, and of its batches those whose names may be shown."""

    db: Connection
    log: int
    batches: frozenset[int]
    mask: MaskPolicy

    @property
    def on(self) -> str:
        """The batches as a condition on `payout`."""
        return ON_LISTS.format(keys=listed(sorted(self.batches)))


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What some letters lead to. `more`: there are more people than these."""

    people: tuple[Person, ...]
    next_letters: str
    more: bool = False


def typed(where: Where, letters: str) -> Typed:
    """People whose name can be typed beginning with these letters; nobody for no letters."""
    if not letters or not where.batches:
        return Typed(people=(), next_letters=_probed(where, ""))
    asked = TYPED.format(on=where.on, most=_WAYS)
    rows = where.db.execute(asked, typed_span(where.log, letters)).fetchall()
    keys = list(dict.fromkeys(key for key, _ in rows))
    if len(rows) < _WAYS:
        following = "".join(sorted({letter_typed(code, len(letters)) for _, code in rows}))
    else:
        following = _probed(where, letters)
    more = len(rows) == _WAYS or len(keys) > MOST_COUNTED
    return Typed(people=_people(where, keys[:MOST_COUNTED]), next_letters=following, more=more)


def surnames(where: Where) -> tuple[Surname, ...]:
    """Surnames with their households, the most frequent first."""
    return _tiles(where, "surname", "count(*) DESC, surname")


def groups(where: Where) -> tuple[Surname, ...]:
    """Groups with their households, in their own order."""
    found = {one.surname: one for one in _tiles(where, "group_name", "min(id)")}
    return tuple(found[group] for group in in_group_order(found))


def of_surname(where: Where, surname: str, in_order: tuple[Surname, ...]) -> tuple[Person, ...]:
    """Everybody of one surname, by group; `in_order` are the groups of these lists."""
    found = _all_with(where, "surname", surname) if surname else ()
    place = {group: at for at, group in enumerate(("", *(one.surname for one in in_order)))}
    return tuple(sorted(found, key=lambda one: (place[one.group], one.name, one.household)))


def of_group(where: Where, group: str) -> tuple[Person, ...]:
    """Everybody of one group."""
    return _all_with(where, "group_name", group) if group else ()


def names(where: Where) -> frozenset[str]:
    """Everybody this village's lists name or named, so that no other search finds them."""
    return frozenset(name for (name,) in where.db.execute(NAMES_OF_LOG, log_span(where.log)) if len(name) > 1)


def organisations(where: Where) -> tuple[Person, ...]:
    """Cooperatives, firms and collectives: they have no surname."""
    return _all_with(where, "surname", "")


def _tiles(where: Where, column: str, order: str) -> tuple[Surname, ...]:
    """How many households on today's lists have each value of a column, those without one left out."""
    rows = where.db.execute(TILES.format(column=column, order=order, on=where.on), log_span(where.log))
    return tuple(Surname(surname=value, count=count) for value, count in rows)


def _probed(where: Where, letters: str) -> str:
    """Letters that lead on, each asked for by itself."""
    if len(letters) >= MOST_LETTERS or not where.batches:
        return ""
    sql = TYPED.format(on=where.on, most=1)
    spans = ((one, typed_span(where.log, letters + one)) for one in LETTERS)
    return "".join(one for one, span in spans if where.db.execute(sql, span).fetchone())


def _all_with(where: Where, column: str, value: str) -> tuple[Person, ...]:
    keys = where.db.execute(HOUSEHOLDS_WITH.format(column=column), (value, *log_span(where.log)))
    return _people(where, [key for (key,) in keys.fetchall()])


def _people(where: Where, keys: Sequence[int]) -> tuple[Person, ...]:
    """These households with their payouts on today's lists, by name and group; those without are left out."""
    made, named = [], Counter[tuple[str, str]]()
    for at in range(0, len(keys), _AT_ONCE):
        found = where.db.execute(PEOPLE.format(keys=listed(keys[at : at + _AT_ONCE]), on=where.on))
        for key, name, group, surname, payouts in found:
            kind = PayeeKind.HOUSEHOLD if surname else PayeeKind.ORGANISATION
            shown = shown_name(name, where.mask, kind)
            named[name, group] += 1
            made.append(
                ((name, group), Person(household=number_of(key), name=shown, group=group, payouts=payouts))
            )
    people = (replace(one, namesake=True) if named[who] > 1 else one for who, one in made)
    return tuple(sorted(people, key=lambda one: (one.name, one.group, one.household)))
