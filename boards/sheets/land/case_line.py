"""Where a land case stands, in one line: what lists and the front page show of it, kept small."""

from __future__ import annotations

import msgspec

from boards.model.calendar.workdays import LastDay
from boards.model.land.areas import Area
from boards.sheets.land.views import ActView, CaseView, Progress


class CaseLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One case on a day: the step it is at, the notice of the day, what can be done."""

    case_id: str
    project: str
    purpose: str
    own: Area  # what is taken of this village
    title: str  # of the notice whose period runs, else of the newest
    until: LastDay | None  # of its period
    days_left: int | None
    acts: tuple[ActView, ...]
    at: int  # number of the step, from 1
    steps: int
    going: bool  # something is still to be done, or a period still runs
    stopped: bool

    @property
    def running(self) -> bool:
        """Whether the posting period of its notice runs."""
        return self.days_left is not None and self.days_left >= 0


def case_line(case: CaseView) -> CaseLine:
    """The line of a composed case."""
    now, latest = case.now, case.latest
    running = now.days_left is not None and now.days_left >= 0
    undone = any(step.progress is not Progress.DONE for step in case.steps)
    return CaseLine(
        case_id=latest.case_id,
        project=latest.project,
        purpose=latest.purpose,
        own=case.own_total,
        title=now.hung.notice.title,
        until=now.until,
        days_left=now.days_left,
        acts=now.acts,
        at=case.at,
        steps=len(case.steps),
        going=not case.stopped and (running or bool(now.acts) or undone),
        stopped=bool(case.stopped),
    )
