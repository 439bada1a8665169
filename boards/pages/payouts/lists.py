"""Rows that lead to a list: on the home page, under programmes, under one programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from boards.model.money import yuan
from boards.model.payouts import Phase
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called, link, plain, under
from boards.pages.land.words import last_day, term_text
from boards.sheets.views import Frame, Posted

COUNTED_DAYS: Final = 60  # beyond this, counting the days left tells nobody anything


def window_tag(posted: Posted, tongue: Tongue, today: date) -> tuple[str, str]:
    """CSS class and words: 正在公示 while the posting term runs, then until when it can be looked up here."""
    if not posted.open:
        return "over", tongue.say("本机只留合计")
    if posted.posting:
        return "now", tongue.say("正在公示")
    return "", tongue.say("本机可查到{until}").format(until=last_day(posted.until, today, tongue))


def left_text(posted: Posted, tongue: Tongue) -> str:
    """还剩6天; 今天是最后一天; nothing while the end is far away."""
    if posted.days_left == 0:
        return tongue.say("今天是最后一天")
    if 0 < posted.days_left <= COUNTED_DAYS:
        return tongue.say("还剩{days}天").format(days=posted.days_left)
    return ""


def counted(posted: Posted, tongue: Tongue, lines: int = 0) -> str:
    """186户, or 190笔 where one household may stand on several lines; of all lines or of so many."""
    head = posted.head
    words = tongue.say("{count}户") if head.count == head.households else tongue.say("{count}笔")
    return words.format(count=f"{lines or head.count:,}")


def told_apart(all_posted: Iterable[Posted]) -> frozenset[str]:
    """Batches that need their period beside their name: another is of their programme, phase and year."""
    alike: dict[tuple[str, Phase, int], list[str]] = {}
    for posted in all_posted:
        terms = posted.head.terms
        alike.setdefault((terms.programme, terms.phase, terms.fiscal_year), []).append(posted.head.batch)
    return frozenset(batch for batches in alike.values() if len(batches) > 1 for batch in batches)


def entry(
    posted: Posted, frame: Frame, tongue: Tongue, *, dated: bool = False, period: bool = False
) -> dict[str, Any]:
    """One list as a row or a card; `dated` where every row is of the same programme."""
    head = posted.head
    terms, application = head.terms, head.terms.phase is Phase.APPLICATION
    paid_on = tongue.day(terms.paid_on, frame.today) if terms.paid_on else ""
    paid = tongue.say("{day}发放").format(day=paid_on) if paid_on else ""
    count, rate = counted(posted, tongue), "" if terms.sensitive else tongue.rate(terms.rate_text)
    year = tongue.say("{year}年").format(year=terms.fiscal_year)
    name = called(frame, terms.programme, terms.programme_name)
    foreign = terms.programme in frame.names
    title = f"{name}, {year}" if foreign else head.title.removeprefix(frame.village)
    return {
        "href": link(under(frame.village_code, "payouts", head.batch)),
        "title": phrased(title),
        "label": year if dated else phrased(name),
        "foreign": foreign or dated,
        "period": terms.period_no if dated or period else "",
        "about": [piece for piece in (terms.office, count, rate, paid) if piece],
        "amount": "" if application or not head.in_money else yuan(head.sum_fen),
        "quantity": plain(head.quantity) if application else "",
        "unit": tongue.measured("", head.unit),  # with its gap
        "count": count,
        "until": last_day(posted.until, frame.today, tongue),
        "left": left_text(posted, tongue),
        "term": term_text(posted.deadline.term, tongue) if posted.posting else "",
        "tag": window_tag(posted, tongue, frame.today),
        "open": posted.open,
        "application": application,
        "said": (),
    }


def entries(
    all_posted: Iterable[Posted], frame: Frame, tongue: Tongue, *, dated: bool = False
) -> dict[str, Any]:
    """All lists, parted into who was paid and who has applied and whether none of these was paid since."""
    given = tuple(all_posted)
    alike = told_apart(given)
    rows = [entry(one, frame, tongue, dated=dated, period=one.head.batch in alike) for one in given]
    return {
        "unpaid": not any(posted.paid for posted in given),
        "paid": [row for row in rows if not row["application"]],
        "applied": [row for row in rows if row["application"]],
    }
