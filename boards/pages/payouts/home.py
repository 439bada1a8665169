"""Home: what ends soon, the newest payment, the ways in. Also what a board shows while nobody is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from boards.model.money import yuan
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.land.cases import case_row
from boards.pages.land.words import left_text
from boards.pages.payouts.lists import entry, told_apart
from boards.sheets.land.case_line import CaseLine
from boards.sheets.views import Change, Frame, HomeView, Posted

MOST_HEROES: Final = 5
SOON: Final = timedelta(days=14)
LATELY: Final = timedelta(days=14)
"""For so long a correction or withdrawal is told (screens §9)."""
MOST_NEW: Final = 3  # lists of one day that are named; more are counted


class Hanging(NamedTuple):
    """A list or a land case that hangs, and the day it ends."""

    ends: date
    of: Posted | CaseLine


def home_variables(view: HomeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Attract screen: the cards, what changed of late, then the ways in."""
    updated = view.updated_at or frame.updated_at
    hanging = in_order(view, frame.today)
    cards = on_cards(hanging, frame.today)
    return {
        "heroes": [_hero(one.of, view, frame, tongue) for one in cards],
        "hanging": len(hanging),
        "news": [*_new_lists(view, cards, frame, tongue), *_changes(view, frame, tongue)],
        "year": view.year,
        "this_year": view.year == frame.today.year,
        "programmes": view.programmes,
        "applications": view.applications,
        "has_records": bool(
            view.programmes or view.applications or any(posted.open for posted in view.showing)
        ),
        "guides": view.guides,
        "cases": len(view.cases),
        "going": sum(case.going for case in view.cases),
        "sum": yuan(view.sum_fen),
        "due": _due(view, tongue),
        "closed": view.closed,
        "updated": tongue.moment(updated, frame.today) if updated else "",
        "county": frame.county,
    }


def _due(view: HomeView, tongue: Tongue) -> str:
    """How long a year has until it must be settled; "" where nobody need hurry."""
    if view.due is None:
        return ""
    year, left, once = view.due
    if left < 0:
        late = tongue.say("{year}年的待重新核定") if once else tongue.say("{year}年的逾期未核定")
        return late.format(year=year)
    return tongue.say("待县里核定，{left}").format(left=left_text(left, tongue))


def in_order(view: HomeView, today: date) -> list[Hanging]:
    """All that hangs: what ends within 14 days, soonest first, then the newest payment, then the rest."""
    hanging = [Hanging(_ends(posted), posted) for posted in view.showing if posted.open]
    for case in view.cases:
        ends = [until.day for until in (case.until, *(one.until for one in case.acts)) if until is not None]
        if coming := [day for day in ends if day >= today]:
            hanging.append(Hanging(min(coming), case))
    hanging.sort(key=lambda one: one.ends)
    newest = _newest_payment(hanging, today)

    def rank(one: Hanging) -> int:
        return 0 if one.ends <= today + SOON else 1 if one is newest else 2

    return sorted(hanging, key=rank)


def _ends(posted: Posted) -> date:
    """The last day to object while the posting term runs, then the last day it can be looked up here."""
    return posted.deadline.until.day if posted.posting else posted.until.day


def on_cards(hanging: list[Hanging], today: date) -> list[Hanging]:
    """The first five; the newest payment is always among them."""
    newest, cards = _newest_payment(hanging, today), hanging[:MOST_HEROES]
    if newest is not None and not any(one is newest for one in cards):
        cards[-1] = newest
    return cards


def _newest_payment(hanging: list[Hanging], today: date) -> Hanging | None:
    """Of the payments that hang one published today, otherwise the one that was paid last."""
    heads = [(one.of.head, one) for one in hanging if isinstance(one.of, Posted)]
    payments = [
        ((head.imported_on == today and head.edition == 1, head.terms.paid_on or today), one)
        for head, one in heads
        if head.terms.phase is Phase.PAYMENT
    ]
    return max(payments, key=lambda pair: pair[0], default=(None, None))[1]


def _hero(of: Posted | CaseLine, view: HomeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    if isinstance(of, CaseLine):
        return {"land": True, **case_row(of, frame, tongue)}
    return {"land": False, **entry(of, frame, tongue, period=of.head.batch in told_apart(view.showing))}


def _new_lists(
    view: HomeView, cards: list[Hanging], frame: Frame, tongue: Tongue
) -> Iterator[dict[str, Any]]:
    """Lists of today that are not on the first card: nobody need wait until a card is turned up."""
    told = {change.path for change in view.changes}
    first = cards[0].of if cards else None
    new = [one.head for one in view.showing if one.head.imported_on == frame.today and one is not first]
    new = [head for head in new if ("payouts", head.batch) not in told]
    for head in new[:MOST_NEW]:
        path, period = ("payouts", head.batch), head.terms.period_no
        one = Change(day=frame.today, title=head.title, withdrawn=False, period=period, path=path)
        yield {**_told(one, frame), "tag": ("now", tongue.say("今天公布")), "day": ""}
    if more := len(new[MOST_NEW:]):
        yield {"more": more}


def _changes(view: HomeView, frame: Frame, tongue: Tongue) -> Iterator[dict[str, Any]]:
    """What was corrected or withdrawn of late: on which day, where it is now, and why if that is told."""
    tags = {False: ("fix", tongue.say("已更正")), True: ("late", tongue.say("已撤下"))}
    for change in view.changes:
        day = tongue.day(change.day, frame.today)
        yield {**_told(change, frame), "tag": tags[change.withdrawn], "day": day}


def _told(change: Change, frame: Frame) -> dict[str, Any]:
    return {
        "title": phrased(change.title.removeprefix(frame.village)),
        "href": link(under(frame.village_code, *change.path)) if change.path else "",
        "period": change.period,
        "reason": change.reason,
        "more": 0,
    }
