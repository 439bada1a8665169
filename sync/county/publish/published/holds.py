"""What an application list holds back: its payment, while it may be objected to (settled §43)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.pack import Windows
from boards.model.payouts import Phase
from boards.model.periods import same_period
from boards.model.windows import deadline, workdays_of
from sync.county.publish.proposals import proposals, published_at, stands
from sync.county.publish.published.lists import published_lists

if TYPE_CHECKING:
    from boards.model.payouts import Terms
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.published.lists import PublishedList


class ApplicationStillPosted(Refusal):
    """Who applied may still be objected to: nobody is told yet who was paid."""

    code = "application-still-posted"
    fault = Fault.PERSON
    sentence = "{village} 这一项、这一期的申报公示到 {day} 才期满，期满之前不能公布发放结果。"
    advice = "请在 {day} 之后再办；申报公示本身有错的，先撤下那份名单（county withdraw --whole）。"


def refuse_held(county: County, village: Village, terms: Terms, today: date) -> None:
    """A payment waits until the term of its application list is over; raises ApplicationStillPosted.

    The term is the programme's, counted from the publication while nobody has told of a posting, and never
    shorter than the days that were planned for it.
    """
    for one in published_lists(county, village.code).values() if terms.phase is Phase.PAYMENT else ():
        applied = one.close.terms
        if applied.phase is Phase.APPLICATION and not one.withdrawn and same_period(applied, terms):
            last = _last_day(county, one, today)
            if today <= last:
                raise ApplicationStillPosted(village=village.name, day=last)


def _last_day(county: County, one: PublishedList, today: date) -> date:
    terms = one.close.terms
    programme = {known.code: known for known in county.pack.programmes}.get(terms.programme)
    windows, opened = programme.windows if programme else Windows(), _published_on(county, one, today)
    counted = deadline(terms, opened, windows, workdays_of(county.pack)).until.day
    return max(counted, terms.planned_until or counted)


def _published_on(county: County, one: PublishedList, today: date) -> date:
    """The day it was published to all its villages; without its proposal, the day it was made."""
    for made in proposals(county):
        if made.kind == "batch" and made.batch == one.batch and one.close.terms.village in made.villages:
            if stands(county, made) != "published":
                return today
            return civil_day(datetime.fromisoformat(published_at(county, made.id)))
    return civil_day(datetime.fromisoformat(one.issued))
