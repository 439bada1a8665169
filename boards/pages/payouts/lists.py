"""Rows that lead to a list: on the home page, under programmes, under one programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from boards.model.money import yuan
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, plain, under
from boards.pages.land.words import last_day
from boards.sheets.views import Frame, Posted

COUNTED_DAYS: Final = 60  # beyond this, counting the days left tells nobody anything


def window_tag(posted: Posted, tongue: Tongue, today: date) -> tuple[str, str]:
    """CSS class and words of the window: 正在公示到11月28日, or over. Colour, sign and words together."""
    if not posted.open:
        return "over", tongue.say("公示期已满")
    return "now", tongue.say("公示中，到{until}").format(until=last_day(posted.until, today, tongue))


def left_text(posted: Posted, tongue: Tongue) -> str:
    """还剩6天; 今天是最后一天; nothing while the end is far away."""
    if posted.days_left == 0:
        return tongue.say("今天是最后一天")
    if 0 < posted.days_left <= COUNTED_DAYS:
        return tongue.say("还剩{days}天").format(days=posted.days_left)
    return ""


def counted(posted: Posted, tongue: Tongue) -> str:
    """186户, or 190笔 where one household may stand on several lines."""
    head = posted.head
    words = tongue.say("{count}户") if head.count == head.households else tongue.say("{count}笔")
    return words.format(count=f"{head.count:,}")


def entry(posted: Posted, frame: Frame, tongue: Tongue, *, dated: bool = False) -> dict[str, Any]:
    """One list as a row or a card; `dated` where every row is of the same programme."""
    head = posted.head
    terms, application = head.terms, head.terms.phase is Phase.APPLICATION
    paid_on = tongue.day(terms.paid_on, frame.today) if terms.paid_on else ""
    paid = tongue.say("{day}发放").format(day=paid_on) if paid_on else ""
    count = counted(posted, tongue)
    year = tongue.say("{year}年").format(year=terms.fiscal_year)
    return {
        "href": link(under(frame.village_code, "payouts", head.batch)),
        "title": phrased(head.title.removeprefix(frame.village)),
        "label": year if dated else phrased(terms.programme_name),
        "period": terms.period_no if dated else "",
        "about": [piece for piece in (terms.office, count, tongue.rate(terms.rate_text), paid) if piece],
        "amount": "" if application or not head.in_money else yuan(head.sum_fen),
        "quantity": plain(head.quantity) if application else "",
        "unit": tongue.measured("", head.unit),  # with its gap
        "count": count,
        "until": last_day(posted.until, frame.today, tongue),
        "left": left_text(posted, tongue),
        "tag": window_tag(posted, tongue, frame.today),
        "open": posted.open,
        "application": application,
    }


def entries(
    all_posted: Iterable[Posted], frame: Frame, tongue: Tongue, *, dated: bool = False
) -> dict[str, Any]:
    """All lists, parted into who was paid and who has applied and whether none of these was paid since."""
    given = tuple(all_posted)
    rows = [entry(posted, frame, tongue, dated=dated) for posted in given]
    return {
        "unpaid": not any(posted.paid for posted in given),
        "paid": [row for row in rows if not row["application"]],
        "applied": [row for row in rows if row["application"]],
    }
