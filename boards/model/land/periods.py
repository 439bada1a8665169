"""How long a notice hangs and until when people may act, by its own words and by the law (domain §2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from boards.model.calendar.workdays import LastDay, Term, TermNotPossible, WorkCalendar
from boards.model.findings import Finding, error, note, warning
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.notice import LandNotice
from boards.model.land.terms import LandRules


def posting_end(notice: LandNotice, calendar: WorkCalendar, rules: LandRules) -> LastDay | None:
    """Last day the notice must hang: its own term or the law's, whichever ends later (民法典 §201).

    A term that nobody can count (0日) gives no day: the law's then holds alone.
    """
    return _later(notice.since, (notice.term, rules.minimum(notice.kind)), calendar)


def last_day_to_act(notice: LandNotice, end: LastDay | None, calendar: WorkCalendar) -> LastDay | None:
    """Until when people may object: the posting period, moved over days off (民法典 §203).

    `end` is its `posting_end`. A notice that promises a later day is held to it; one that promises an
    earlier day is not.
    """
    if end is None:
        return None if notice.stated_until is None else LastDay(day=notice.stated_until)
    rolled = calendar.rolled(end.day)
    least = LastDay(day=rolled.day, certainty=max(end, rolled, key=lambda one: one.provisional).certainty)
    stated = notice.stated_until
    return LastDay(day=stated, certainty=least.certainty) if stated and stated > least.day else least


def stated_end(notice: NoticeFacts, case: CaseFacts) -> LastDay | None:
    """Strict last day of the period a notice itself states; None where it states none that can be."""
    return _later(counted_from(notice, case), (notice.term,), case.calendar)


def counted_from(notice: NoticeFacts, case: CaseFacts) -> date | None:
    """Day a notice's period counts from: its posting, or that of the notice whose period goes on (G8)."""
    running = case.running(notice.kind, notice.posted_on) if notice.kind and not notice.begins else None
    return running.posted_on if running else notice.posted_on


def lawful_end(notice: NoticeFacts, case: CaseFacts) -> date | None:
    """Last day of the period as stated or as the law asks, whichever is later: nothing may skip it."""
    end = _later(notice.posted_on, (notice.term, case.rules.minimum(notice.kind)), case.calendar)
    return end.day if end else None


def _later(posted: date | None, terms: Iterable[Term | None], calendar: WorkCalendar) -> LastDay | None:
    """The last of the days on which these terms end, as far as they can be counted."""
    last = None
    for term in terms:
        end = _counted(posted, term, calendar) if posted and term else None
        if end and (last is None or end.day > last.day):
            last = end
    return last


def _counted(posted: date, term: Term, calendar: WorkCalendar) -> LastDay | None:
    try:
        return calendar.posting_end(posted, term)
    except TermNotPossible:
        return None


def long_enough(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """A period is stated, can be counted, and is no shorter than the law's."""
    minimum, term, end = case.rules.minimum(notice.kind), notice.term, stated_end(notice, case)
    since = counted_from(notice, case)
    if since is None:
        return
    if term is None:
        if minimum and notice.kind and not notice.correction:
            row = KINDS[notice.kind]
            yield error(
                "PERIOD_MISSING", f"没有写明公告期；{row.name}不少于{minimum}（{row.period_article}）。"
            )
    elif end is None:
        yield error("PERIOD_IMPOSSIBLE", f"公告期写成了{term}，无法计算。")
    else:
        if notice.kind:
            yield from _too_short(notice.kind, since, term, end, case)
        if end.provisional:
            yield note(
                "LAST_DAY_PROVISIONAL",
                f"{end.day}为暂定：{end.day.year}年的放假安排尚未公布，公布后请重新核对。",
            )


def printed_day_agrees(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """The last day that is printed is the one its own period gives, counted from the day after posting."""
    stated, posted, term = notice.stated_until, counted_from(notice, case), notice.term
    end = stated_end(notice, case)
    if posted is None or term is None or end is None:
        return
    if notice.from_posting_day:
        yield warning(
            "PERIOD_STARTS_ON_POSTING_DAY",
            "公告期从张贴当天起算；应自张贴次日起算（《民法典》第二百零一条）。",
        )
    if stated is None:
        yield note("LAST_DAY_NOT_STATED", f"没有写明截止日；按{term}应为{end.day}。")
    elif stated <= posted:
        yield error("LAST_DAY_BEFORE_POSTING", f"写明的截止日{stated}不晚于张贴日{posted}。")
    elif stated < end.day:
        before = Term(n=term.n - 1, unit=term.unit) if term.n > 1 else None
        counted = before is not None and case.calendar.posting_end(posted, before).day == stated
        hint = "张贴当天不计入（《民法典》第二百零一条）" if counted else "请核对起算日和节假日调休"
        sentence = f"写明的截止日{stated}早于按{term}算出的{end.day}：{hint}。"
        if end.provisional and stated >= case.calendar.earliest_end(posted, term):
            yield note("LAST_DAY_PERHAPS_SHORT", sentence)
        else:
            yield warning("LAST_DAY_STATED_SHORT", sentence)
    elif stated > end.day:
        sentence = f"写明的截止日{stated}晚于按{term}算出的{end.day}"
        if stated == case.calendar.rolled(end.day).day:
            yield note("LAST_DAY_ROLLED", f"{sentence}：遇节假日顺延，对群众有利。")
        elif end.provisional:
            yield note("LAST_DAY_PERHAPS_LONG", f"{sentence}（暂定）。")
        else:
            yield warning("LAST_DAY_STATED_LONG", f"{sentence}，公告自己的两种说法不一致，请核对。")


def _too_short(
    kind: NoticeKind, posted: date, term: Term, end: LastDay, case: CaseFacts
) -> Iterator[Finding]:
    minimum = case.rules.minimum(kind)
    if minimum is None:
        return
    least, alike = case.calendar.posting_end(posted, minimum), term.unit is minimum.unit
    if term.n >= minimum.n if alike else end.day >= least.day:
        return
    sentence = (
        f"公告期{term}（到{end.day}）短于规定的{minimum}（{KINDS[kind].period_article}），"
        f"合法的最早截止日是{least.day}{'（暂定）' if least.provisional else ''}。"
    )
    unsure = not alike and (end.provisional or least.provisional)
    if unsure and end.day >= case.calendar.earliest_end(posted, minimum):
        yield note("PERIOD_PERHAPS_TOO_SHORT", sentence)
    else:
        yield error("PERIOD_TOO_SHORT", sentence)
