"""The eight steps of a land case with their real days and the rule they are held to (domain §2.1, §2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.land.notice import posting_end
from boards.model.land.terms import NoticeKind
from boards.sheets.land.views import HungNotice, Progress, Step, StepView

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from boards.model.calendar.workdays import LastDay, WorkCalendar
    from boards.model.land.terms import LandRules, Registration


def window_of(newest: dict[NoticeKind, HungNotice]) -> Registration | None:
    """Newest window for registration any notice gives."""
    told = [newest[kind].notice for kind in (NoticeKind.REGISTER, NoticeKind.PLAN) if kind in newest]
    told.sort(key=lambda notice: notice.posted_on, reverse=True)
    return next((notice.registration for notice in told if notice.registration), None)


def registering_until(window: Registration, calendar: WorkCalendar) -> LastDay:
    """Last day to register: as printed, moved over days off (民法典 §203)."""
    return calendar.rolled(window.end)


def timeline(
    newest: dict[NoticeKind, HungNotice],
    announced: date | None,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
) -> Iterator[StepView]:
    """Step after step; whoever stands later in the case vouches for what came before.

    `announced` is the day of the first acquisition notice. That a case was stopped is the page's to say.
    """
    plan, final = newest.get(NoticeKind.PLAN), newest.get(NoticeKind.FINAL)
    yield _noticed(Step.START, newest.get(NoticeKind.START), today, calendar, rules)
    yield _noticed(Step.SURVEY, newest.get(NoticeKind.SURVEY), today, calendar, rules)
    yield _risk(plan)
    yield _noticed(Step.PLAN, plan, today, calendar, rules)
    yield _register(newest, today, calendar)
    yield _approval(final)
    yield _noticed(Step.FINAL, final, today, calendar, rules)
    due = calendar.deadline(announced, rules.pay_within) if announced and rules.pay_within else None
    yield _pay(final, newest.get(NoticeKind.PAY), due, today, calendar, rules)


def _noticed(
    step: Step, hung: HungNotice | None, today: date, calendar: WorkCalendar, rules: LandRules
) -> StepView:
    if hung is None:
        return StepView(step=step, progress=Progress.TO_COME, least=rules.minimum(_KINDS[step]))
    notice = hung.notice
    until = posting_end(notice, calendar, rules)
    running = until is not None and today <= until.day
    return StepView(
        step=step,
        progress=Progress.NOW if running else Progress.DONE,
        since=notice.posted_on,
        until=until,
        least=rules.minimum(notice.kind),
        number=notice.number,
        restarted=notice.revision > 1,
    )


def _risk(plan: HungNotice | None) -> StepView:
    """The plan vouches that the risk was assessed; on which day only where it says so."""
    if plan is None:
        return StepView(step=Step.RISK, progress=Progress.TO_COME)
    known = plan.notice.risk_assessed_on or None
    return StepView(step=Step.RISK, progress=Progress.DONE, since=known, number=plan.notice.number)


def _register(newest: dict[NoticeKind, HungNotice], today: date, calendar: WorkCalendar) -> StepView:
    window = window_of(newest)
    if window is None:
        done = NoticeKind.FINAL in newest
        return StepView(step=Step.REGISTER, progress=Progress.DONE if done else Progress.TO_COME)
    until = registering_until(window, calendar)
    started = Progress.NOW if today <= until.day else Progress.DONE
    told = newest.get(NoticeKind.REGISTER) or newest[NoticeKind.PLAN]
    return StepView(
        step=Step.REGISTER,
        progress=started if today >= window.start else Progress.TO_COME,
        since=window.start,
        until=until,
        number=told.notice.number,
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


def _pay(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    final: HungNotice | None,
    pay: HungNotice | None,
    due: LastDay | None,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
) -> StepView:
    """Paid in full is done; before that the law's day counts from the first acquisition notice (浙土 §46)."""
    if final is None:
        return StepView(step=Step.PAY, progress=Progress.TO_COME)
    late = due is not None and today > due.day
    if pay is None:
        return StepView(step=Step.PAY, progress=Progress.LATE if late else Progress.NOW, due=due)
    full = pay.notice.paid_fen is not None and pay.notice.paid_fen == pay.notice.due_fen
    open_ = Progress.LATE if late else Progress.NOW
    return StepView(
        step=Step.PAY,
        progress=Progress.DONE if full else open_,
        since=pay.notice.posted_on,
        until=posting_end(pay.notice, calendar, rules),
        due=None if full else due,
        number=pay.notice.number,
    )


_KINDS = {
    Step.START: NoticeKind.START,
    Step.SURVEY: NoticeKind.SURVEY,
    Step.PLAN: NoticeKind.PLAN,
    Step.FINAL: NoticeKind.FINAL,
}
