"""Checks of days: posting periods, survey, registration, approval, payment (domain §2.1, §2.4, G2 to G6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.calendar.workdays import LastDay, Term, TermNotPossible, Unit, WorkCalendar
from boards.model.findings import Finding, error, note, warning
from boards.model.land.terms import ARTICLES, NoticeKind
from sync.county.land.stages import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sync.county.land.case_file import PeriodFile
    from sync.county.land.stages import Stage, Whole

_UNITS = {"working_days": Unit.WORKING_DAY, "days": Unit.CALENDAR_DAY}
_FROM_POSTING_DAY = ("posting day", "day of posting", "same day", "当日", "张贴之日")


def stated_term(period: PeriodFile | None) -> Term | None:
    """Length a notice states, None where it states none."""
    if period is None or period.kind is None or period.n is None:
        return None
    return Term(n=period.n, unit=_UNITS[period.kind])


def stated_end(stage: Stage, calendar: WorkCalendar) -> LastDay | None:
    """Strict last day of the period a notice itself states; None where it states none that can be."""
    term = stated_term(stage.file.period)
    if term is None or stage.posted_on is None:
        return None
    try:
        return calendar.posting_end(stage.posted_on, term)
    except TermNotPossible:
        return None


def lawful_end(stage: Stage, whole: Whole) -> date | None:
    """Last day of the period as stated or as the law asks, whichever is later: nothing may skip it."""
    ends = [end.day for end in (stated_end(stage, whole.calendar),) if end]
    minimum = whole.rules.minimum(stage.kind)
    if minimum and stage.posted_on:
        ends.append(whole.calendar.posting_end(stage.posted_on, minimum).day)
    return max(ends, default=None)


def period_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Length against the law, printed last day against the length, and what is only provisional."""
    period, posted = stage.file.period, stage.posted_on
    calendar, term, minimum = whole.calendar, stated_term(period), whole.rules.minimum(stage.kind)
    if posted is None:
        return
    if period is None or term is None:
        if minimum and stage.kind and not stage.correction:
            name, article = KIND_NAMES[stage.kind], ARTICLES[stage.kind]
            yield error("PERIOD_MISSING", f"没有写明公告期；{name}不少于{minimum}（{article}）。")
        return
    end = stated_end(stage, calendar)
    if end is None:
        yield error("PERIOD_IMPOSSIBLE", f"公告期写成了{term}，无法计算。")
        return
    if minimum and stage.kind:
        yield from _too_short(stage.kind, posted, term, minimum, calendar)
    yield from _printed_day(period, posted, term, end, calendar)
    if end.provisional:
        yield note(
            "LAST_DAY_PROVISIONAL",
            f"{end.day}为暂定：{end.day.year}年的放假安排尚未公布，公布后请重新核对。",
        )


def _too_short(
    kind: NoticeKind, posted: date, term: Term, minimum: Term, calendar: WorkCalendar
) -> Iterator[Finding]:
    end, least = calendar.posting_end(posted, term), calendar.posting_end(posted, minimum)
    shorter = term.n < minimum.n if term.unit is minimum.unit else end.day < least.day
    if not shorter:
        return
    sentence = (
        f"公告期{term}（到{end.day}）短于规定的{minimum}（{ARTICLES[kind]}），"
        f"合法的最早截止日是{least.day}{'（暂定）' if least.provisional else ''}。"
    )
    unsure = term.unit is not minimum.unit and (end.provisional or least.provisional)
    if unsure and end.day >= calendar.earliest_end(posted, minimum):
        yield note("PERIOD_PERHAPS_TOO_SHORT", sentence)
    else:
        yield error("PERIOD_TOO_SHORT", sentence)


def _printed_day(
    period: PeriodFile, posted: date, term: Term, end: LastDay, calendar: WorkCalendar
) -> Iterator[Finding]:
    stated = period.last_day_stated
    if any(words in (period.starts or "") for words in _FROM_POSTING_DAY) and "after" not in (
        period.starts or ""
    ):
        yield warning(
            "PERIOD_STARTS_ON_POSTING_DAY",
            "公告期从张贴当天起算；应自张贴次日起算（《民法典》第二百零一条）。",
        )
    if stated is None:
        yield note("LAST_DAY_NOT_STATED", f"没有写明截止日；按{term}应为{end.day}。")
    elif stated <= posted:
        yield error("LAST_DAY_BEFORE_POSTING", f"写明的截止日{stated}不晚于张贴日{posted}。")
    elif stated < end.day:
        yield from _printed_short(stated, posted, term, end, calendar)
    elif stated > end.day:
        yield from _printed_long(stated, term, end, calendar)


def _printed_short(
    stated: date, posted: date, term: Term, end: LastDay, calendar: WorkCalendar
) -> Iterator[Finding]:
    inclusive = Term(n=term.n - 1, unit=term.unit) if term.n > 1 else None
    counted = inclusive is not None and calendar.posting_end(posted, inclusive).day == stated
    hint = "张贴当天不计入（《民法典》第二百零一条）" if counted else "请核对起算日和节假日调休"
    sentence = f"写明的截止日{stated}早于按{term}算出的{end.day}：{hint}。"
    if end.provisional and stated >= calendar.earliest_end(posted, term):
        yield note("LAST_DAY_PERHAPS_SHORT", sentence)
    else:
        yield warning("LAST_DAY_STATED_SHORT", sentence)


def _printed_long(stated: date, term: Term, end: LastDay, calendar: WorkCalendar) -> Iterator[Finding]:
    sentence = f"写明的截止日{stated}晚于按{term}算出的{end.day}"
    if stated == calendar.rolled(end.day).day:
        yield note("LAST_DAY_ROLLED", f"{sentence}：遇节假日顺延，对群众有利。")
    elif end.provisional:
        yield note("LAST_DAY_PERHAPS_LONG", f"{sentence}（暂定）。")
    else:
        yield warning("LAST_DAY_STATED_LONG", f"{sentence}，公告自己的两种说法不一致，请核对。")


def survey_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """G2: the survey runs after the pre-announcement is posted, and its result comes after its end."""
    file, posted = stage.file, stage.posted_on
    if stage.kind is NoticeKind.START and file.survey_from and file.survey_to:
        if file.survey_to < file.survey_from:
            yield error("SURVEY_DATES", f"现状调查的结束日{file.survey_to}早于开始日{file.survey_from}。")
        elif posted and not stage.correction and file.survey_from < posted:
            yield error(
                "SURVEY_BEFORE_POSTING",
                f"现状调查{file.survey_from}开始，早于预公告张贴日{posted}（《土地管理法实施条例》第二十六条）。",
            )
    if stage.kind is NoticeKind.SURVEY and posted and not stage.correction:
        start = whole.newest(NoticeKind.START, posted)
        ended = start.file.survey_to if start else None
        if start is None or ended is None or (start.file.survey_from or ended) > ended:
            return
        if posted < ended:
            yield warning("SURVEY_NOT_OVER", f"调查安排到{ended}结束，结果却在{posted}公示。")
        elif posted > whole.calendar.posting_end(ended, whole.rules.survey_publish_within).day:
            limit = whole.rules.survey_publish_within
            yield note("SURVEY_RESULT_LATE", f"调查{ended}结束，结果宜在{limit}内公示（标准目录）。")


def registration_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """The window for 补偿登记: possible, not before its notice, the same in plan and register notice."""
    window, posted = stage.file.registration, stage.posted_on
    if window is None or window.start is None or window.end is None:
        return
    if window.end < window.start:
        yield error("REGISTRATION_DATES", f"补偿登记的截止日{window.end}早于开始日{window.start}。")
        return
    first_plan = stage.kind is NoticeKind.PLAN and not stage.correction
    if posted and first_plan and window.start < posted:
        yield warning("REGISTRATION_BEFORE_POSTING", f"补偿登记{window.start}开始，早于公告张贴日{posted}。")
    if posted and window.end < posted:
        yield warning("REGISTRATION_OVER", f"补偿登记{window.end}截止，早于公告张贴日{posted}。")
    if stage.kind is NoticeKind.REGISTER:
        plan = whole.newest(NoticeKind.PLAN, posted)
        said = plan.file.registration if plan else None
        sound = said is not None and said.start and said.end and said.start <= said.end
        if said is not None and sound and (said.start, said.end) != (window.start, window.end):
            yield warning(
                "REGISTRATION_DIFFERS",
                f"登记期限{window.start}至{window.end}与补偿安置公告的{said.start}至{said.end}不一致。",
            )


def payment_findings(stage: Stage, whole: Whole, *, in_full: bool) -> Iterator[Finding]:
    """G6: full payment within 60 days of the acquisition notice (浙土 §46)."""
    finals = [one.posted_on for one in whole.stages if one.kind is NoticeKind.FINAL and one.posted_on]
    limit = whole.rules.pay_within
    if in_full or not finals or stage.posted_on is None or limit is None:
        return
    due = whole.calendar.deadline(min(finals), limit).day
    if stage.posted_on > due:
        rule = f"征收土地公告后{limit}内应当足额支付（《浙江省土地管理条例》第四十六条）"
        yield warning("PAYMENT_OVERDUE", f"{rule}，最迟{due}，公示时仍未付清。")
    else:
        yield note("PAYMENT_OPEN", f"尚未付清，最迟应在{due}前足额支付。")
