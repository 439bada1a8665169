"""办理进度: the eight steps of a case, each with its real dates, the rule and the article it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from boards.model.land.kinds import Step
from boards.model.land.notice import NoticeApproval
from boards.model.land.terms import LandRules
from boards.pages.frame.phrases import unbroken
from boards.pages.frame.row_forms import Draw
from boards.pages.frame.tongue import Tongue
from boards.pages.land.words import basis, last_day, progress_tag, step_name, term_text
from boards.sheets.land.views import CaseView, Progress, StepView

MOST_ROWS: Final = 256  # half a kilobyte each


class StepRow(NamedTuple):
    """All that the row of one step is made of, and the key under which it is kept."""

    step: StepView
    number: int  # from 1
    stopped: bool  # whether the case was
    approval: NoticeApproval | None  # of the acquisition
    rules: LandRules
    today: date


def step_rows(draw: Draw, tongue: Tongue) -> Callable[[StepRow], str]:
    """Rows of steps in one language, kept: they are the same in every size and at both doors."""

    @lru_cache(maxsize=MOST_ROWS)
    def drawn(row: StepRow) -> str:
        return draw("land_step.html", **_step_variables(row, tongue)) + "\n"

    return drawn


def steps_drawn(view: CaseView, rules: LandRules, today: date, row: Callable[[StepRow], str]) -> str:
    """The eight steps of a case as finished rows."""
    approval = next((one.notice.approval for one in reversed(view.hung) if one.notice.approval), None)
    stopped = view.stopped != 0
    return "".join(
        [
            row(StepRow(step, number, stopped, approval, rules, today))
            for number, step in enumerate(view.steps, start=1)
        ]
    )


def _step_variables(row: StepRow, tongue: Tongue) -> dict[str, Any]:
    """One step: colour and sign, name, words, dates and rule, the article."""
    _, step = tongue.say, row.step
    ended = row.stopped and step.progress is not Progress.DONE
    css = ""
    if ended:
        tag = "over", _("不再办理") if step.progress is Progress.TO_COME else _("已终止")
    elif step.step is Step.RISK and step.progress is Progress.DONE and step.since is None:
        tag = "", _("公告载明")
    else:
        colours = {Progress.DONE: "ok", Progress.NOW: "at", Progress.LATE: "late"}
        css, tag = colours.get(step.progress, ""), progress_tag(step.step, step.progress, _)
    # These rules are no length of time, and still stand in an article.
    bare = step.step in {Step.REGISTER, Step.APPROVAL, Step.FINAL}
    return {
        "number": row.number,
        "name": step_name(step.step, _),
        "css": css,
        "tag": tag,
        "current": not ended and step.progress in {Progress.NOW, Progress.LATE},
        "told": list(map(unbroken, _told(row, tongue))),
        "basis": basis(step.step, row.rules, _) if step.least or step.due or bare else "",
    }


def _told(row: StepRow, tongue: Tongue) -> Iterator[str]:
    """Real dates first, then the rule they are held to."""
    step, today = row.step, row.today
    yield from _dates(row, tongue)
    if step.restarted and step.since:
        yield tongue.say("内容有改动，公告期从{day}重新算").format(day=tongue.day(step.since, today))
    if step.step is Step.RISK and step.progress is Progress.TO_COME:
        yield tongue.say("在补偿安置公告之前做完")
    if step.least:
        yield tongue.say("规定不少于{term}").format(term=term_text(step.least, tongue))
    if step.step is Step.FINAL and step.progress is Progress.TO_COME:
        yield tongue.say("收到批准文件起{term}内发布").format(
            term=term_text(row.rules.announce_within, tongue)
        )
    if step.due:
        yield tongue.say("规定{day}前付清").format(day=last_day(step.due, today, tongue))


def _dates(row: StepRow, tongue: Tongue) -> Iterator[str]:
    step, today, approval = row.step, row.today, row.approval
    if step.since is None:
        if step.step is Step.RISK and step.progress is Progress.DONE:
            yield tongue.say("公告载明已评估，未公布日期")
        return
    start = tongue.day(step.since, today)
    if step.step is Step.APPROVAL:
        yield tongue.say("{day}批准").format(day=start)
        yield from (part for part in (approval.authority, approval.doc_no) if part) if approval else ()
    elif step.step is Step.RISK:
        yield tongue.say("{day}评估完成").format(day=start)
    elif step.step is Step.PAY:
        yield tongue.say("{day}公布支付情况").format(day=start)
    elif step.until:
        yield tongue.say("{start}至{end}").format(start=start, end=last_day(step.until, today, tongue))
    else:
        yield tongue.say("{day}张贴").format(day=start)


def overdue(view: CaseView, today: date, tongue: Tongue) -> str:
    """The day the law set for paying, where it has passed and not all is paid."""
    step = view.steps[-1]
    return last_day(step.due, today, tongue) if step.due and step.progress is Progress.LATE else ""
