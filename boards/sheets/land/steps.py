"""The eight steps of a land case with their real days and the rule they are held to (domain §2.1, §2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from boards.model.calendar.workdays import LastDay, WorkCalendar
from boards.model.land.kinds import KINDS, Act, NoticeKind, Step
from boards.model.land.periods import posting_end
from boards.model.land.registration import Registration
from boards.model.land.terms import LandRules
from boards.sheets.land.views import HungNotice, Progress, StepView

_GIVE_A_WINDOW = tuple(kind for kind, row in KINDS.items() if Act.REGISTER in row.acts)
_NOTICED = {row.step: kind for kind, row in KINDS.items()}


class CaseDay(NamedTuple):
    """A case on one day, and the law it is judged by."""

    newest: Mapping[NoticeKind, HungNotice]  # of each kind
    ends: Mapping[NoticeKind, LastDay | None]  # when the period of each of these ends
    today: date
    calendar: WorkCalendar
    rules: LandRules


def case_day(hung: Iterable[HungNotice], today: date, calendar: WorkCalendar, rules: LandRules) -> CaseDay:
    """How a case stands; `hung` is in the order of the postings."""
    newest = {one.notice.kind: one for one in hung}
    ends = {kind: posting_end(one.notice, calendar, rules) for kind, one in newest.items()}
    return CaseDay(newest, ends, today, calendar, rules)


def window_of(newest: Mapping[NoticeKind, HungNotice]) -> Registration | None:
    """Newest window to register that a notice gives; its last day moves over days off (民法典 §203)."""
    giving = [newest[kind].notice for kind in _GIVE_A_WINDOW if kind in newest]
    told = sorted(giving, key=lambda notice: notice.posted_on)
    return next((notice.registration for notice in reversed(told) if notice.registration), None)


def timeline(case: CaseDay, announced: date | None) -> Iterator[StepView]:
    """Step after step; whoever stands later in the case vouches for what came before.

    `announced` is the day of the first acquisition notice, or of one that began anew. That a case was
    stopped is the page's to say.
    """
    for step in Step:
        if step is Step.RISK:
            yield _risk(case.newest.get(NoticeKind.PLAN))
        elif step is Step.REGISTER:
            yield _register(case)
        elif step is Step.APPROVAL:
            yield _approval(case.newest.get(NoticeKind.FINAL))
        elif step is Step.PAY:
            yield _pay(case, announced)
        else:
            yield _noticed(step, _NOTICED[step], case)


def _noticed(step: Step, kind: NoticeKind, case: CaseDay) -> StepView:
    hung, least = case.newest.get(kind), case.rules.minimum(kind)
    if hung is None:
        return StepView(step=step, progress=Progress.TO_COME, least=least)
    notice, until = hung.notice, case.ends[kind]
    running = until is not None and case.today <= until.day
    return StepView(
        step=step,
        progress=Progress.NOW if running else Progress.DONE,
        since=notice.since,
        until=until,
        least=least,
        number=notice.number,
        restarted=notice.anew,
    )


def _risk(plan: HungNotice | None) -> StepView:
    """The plan vouches that the risk was assessed; on which day only where it says so."""
    if plan is None:
        return StepView(step=Step.RISK, progress=Progress.TO_COME)
    return StepView(
        step=Step.RISK,
        progress=Progress.DONE,
        since=plan.notice.risk_assessed_on or None,
        number=plan.notice.number,
    )


def _register(case: CaseDay) -> StepView:
    newest, window = case.newest, window_of(case.newest)
    if window is None:
        return StepView(
            step=Step.REGISTER, progress=Progress.DONE if NoticeKind.FINAL in newest else Progress.TO_COME
        )
    until = case.calendar.rolled(window.end)
    started = Progress.NOW if case.today <= until.day else Progress.DONE
    return StepView(
        step=Step.REGISTER,
        progress=started if case.today >= window.start else Progress.TO_COME,
        since=window.start,
        until=until,
        number=(newest.get(NoticeKind.REGISTER) or newest[NoticeKind.PLAN]).notice.number,
    )


def _approval(final: HungNotice | None) -> StepView:
    if final is None:
        return StepView(step=Step.APPROVAL, progress=Progress.TO_COME)
    approval = final.notice.approval
    return StepView(
        step=Step.APPROVAL,
        progress=Progress.DONE,
        since=approval.approved_on if approval else None,
        number=final.notice.number,
    )


def _pay(case: CaseDay, announced: date | None) -> StepView:
    """Paid in full is done; before that the law's day counts from the first acquisition notice (浙土 §46)."""
    pay, within = case.newest.get(NoticeKind.PAY), case.rules.pay_within
    if NoticeKind.FINAL not in case.newest:
        return StepView(step=Step.PAY, progress=Progress.TO_COME)
    due = case.calendar.deadline(announced, within) if announced and within else None
    unpaid = Progress.LATE if due is not None and case.today > due.day else Progress.NOW
    if pay is None:
        return StepView(step=Step.PAY, progress=unpaid, due=due)
    full = pay.notice.paid_fen is not None and pay.notice.paid_fen == pay.notice.due_fen
    return StepView(
        step=Step.PAY,
        progress=Progress.DONE if full else unpaid,
        since=pay.notice.posted_on,
        until=case.ends[NoticeKind.PAY],
        due=None if full else due,
        number=pay.notice.number,
    )
