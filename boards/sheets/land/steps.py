"""The eight steps of a land case with their real days and the rule they are held to (domain §2.1, §2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from boards.model.calendar.workdays import LastDay, Term, WorkCalendar
from boards.model.land.kinds import KINDS, Act, NoticeKind, Step
from boards.model.land.periods import posting_end
from boards.model.land.registration import Registration
from boards.model.land.terms import LandRules
from boards.sheets.land.views import HungNotice, Progress, StepView


def window_of(newest: Mapping[NoticeKind, HungNotice]) -> Registration | None:
    """Newest window to register that a notice gives; its last day moves over days off (民法典 §203)."""
    giving = (newest[kind].notice for kind in KINDS if kind in newest and Act.REGISTER in KINDS[kind].acts)
    told = sorted(giving, key=lambda notice: notice.posted_on)
    return next((notice.registration for notice in reversed(told) if notice.registration), None)


def timeline(
    newest: Mapping[NoticeKind, HungNotice],
    announced: date | None,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
) -> Iterator[StepView]:
    """Step after step; whoever stands later in the case vouches for what came before.

    `announced` is the day of the first acquisition notice, or of one that began anew. That a case was
    stopped is the page's to say.
    """
    noticed = {row.step: kind for kind, row in KINDS.items()}
    plan, final = newest.get(NoticeKind.PLAN), newest.get(NoticeKind.FINAL)
    due = calendar.deadline(announced, rules.pay_within) if announced and rules.pay_within else None
    for step in Step:
        if step is Step.RISK:
            yield _risk(plan)
        elif step is Step.REGISTER:
            yield _register(newest, today, calendar)
        elif step is Step.APPROVAL:
            yield _approval(final)
        elif step is Step.PAY:
            yield _pay(final, newest.get(NoticeKind.PAY), due, today, calendar, rules)
        else:
            yield _noticed(
                step, newest.get(noticed[step]), rules.minimum(noticed[step]), today, calendar, rules
            )


def _noticed(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    step: Step,
    hung: HungNotice | None,
    least: Term | None,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
) -> StepView:
    if hung is None:
        return StepView(step=step, progress=Progress.TO_COME, least=least)
    notice = hung.notice
    until = posting_end(notice, calendar, rules)
    running = until is not None and today <= until.day
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


def _register(newest: Mapping[NoticeKind, HungNotice], today: date, calendar: WorkCalendar) -> StepView:
    window = window_of(newest)
    if window is None:
        return StepView(
            step=Step.REGISTER, progress=Progress.DONE if NoticeKind.FINAL in newest else Progress.TO_COME
        )
    until = calendar.rolled(window.end)
    started = Progress.NOW if today <= until.day else Progress.DONE
    return StepView(
        step=Step.REGISTER,
        progress=started if today >= window.start else Progress.TO_COME,
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
    unpaid = Progress.LATE if due is not None and today > due.day else Progress.NOW
    if pay is None:
        return StepView(step=Step.PAY, progress=unpaid, due=due)
    full = pay.notice.paid_fen is not None and pay.notice.paid_fen == pay.notice.due_fen
    return StepView(
        step=Step.PAY,
        progress=Progress.DONE if full else unpaid,
        since=pay.notice.posted_on,
        until=posting_end(pay.notice, calendar, rules),
        due=None if full else due,
        number=pay.notice.number,
    )
