"""征地公告: the cases of a village, where one stands and what can be done now.

Everything was decided before (`boards.sheets.land.case`); here it gets its words. Figures stand
as they were printed, own village first, then the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from minijinja import safe

from boards.model.land.kinds import Act, NoticeKind
from boards.model.land.terms import LandRules, rules_of
from boards.pages.frame.phrases import numbered, phrased, unbroken
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import link, under
from boards.pages.land.steps import StepRow, overdue, steps_drawn
from boards.pages.land.tables import area_variables, money_variables
from boards.pages.land.words import (
    act_hint,
    act_name,
    area_text,
    last_day,
    left_text,
    period_word,
    place_kind,
    step_name,
    term_text,
    why_provisional,
)
from boards.sheets.land.case_line import CaseLine, case_line
from boards.sheets.land.notice_text import period_name
from boards.sheets.land.views import ActView, CaseView, HungNotice, NowView, Progress
from boards.sheets.views import Frame

IN_WRITING: Final = frozenset({Act.OBJECT, Act.HEARING})


def cases_variables(cases: Iterable[CaseLine], frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Cases under way, then those that are done, each as a row."""
    rows = [(case.going, case_row(case, frame, tongue)) for case in cases]
    return {
        "open_cases": [row for going, row in rows if going],
        "done_cases": [row for going, row in rows if not going],
    }


def case_row(case: CaseLine, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """One case in a list: project, step, its notice of the day, what can be done."""
    return {
        "href": case_link(frame.village_code, case.case_id),
        "project": phrased(case.project),
        "purpose": case.purpose,
        "area": area_text(case.own, tongue),
        "notice": case.title,
        "step": step_tag(case, tongue),
        "until": last_day(case.until, frame.today, tongue) if case.until else "",
        "period": period_word(case.title, tongue.say),
        "shown": period_name(case.title) == "公示期",
        "running": case.running,
        "left": "" if case.days_left is None else left_text(case.days_left, tongue),
        "acts": tongue.say("、").join(acts_today(case, tongue)),
    }


def acts_today(case: CaseLine, tongue: Tongue) -> list[str]:
    """提意见, 申请听证: what can be done today."""
    return [act_name(one.act, tongue.say) for one in case.acts if one.since is None]


def step_tag(case: CaseLine, tongue: Tongue) -> tuple[str, str]:
    """第4步，共8步, or 已办结, 已终止."""
    if case.stopped:
        return "over", tongue.say("已终止")
    if not case.going:
        return "done", tongue.say("已办结")
    return "now", tongue.say("第{at}步，共{steps}步").format(at=case.at, steps=case.steps)


@lru_cache(maxsize=512)
def case_link(village_code: str, case_id: str) -> str:
    """Address of a case in a village; quoted once, since a case's page names itself a dozen times."""
    return link(under(village_code, "land", case_id))


def notice_link(hung: HungNotice, frame: Frame) -> str:
    """Address of one notice of a case in this village."""
    return safe(f"{case_link(frame.village_code, hung.notice.case_id)}/{hung.notice.number}")


def case_variables(
    view: CaseView, frame: Frame, tongue: Tongue, step: Callable[[StepRow], str]
) -> dict[str, Any]:
    """One case: 现在, the eight steps, the documents, areas, compensation, posting places."""
    latest, rules = view.latest, rules_of(frame.village_code)
    here = case_link(frame.village_code, latest.case_id)
    tag_css, tag = step_tag(case_line(view), tongue)
    files = dict.fromkeys(name for one in view.hung for name in one.notice.attachments)
    return {
        "project": phrased(latest.project),
        "purpose": latest.purpose,
        "tag_css": tag_css,
        "tag": tag,
        "approved": view.steps[-2].progress is not Progress.TO_COME,
        "own_area": area_text(view.own_total, tongue),
        "whole_area": area_text(view.total, tongue) if view.others else "",
        "villages": str(len(latest.villages)),
        "calendar": "" if frame.kiosk or not view.now.acts else safe(here + "/deadlines.ics"),
        **now_variables(view, rules, frame, tongue),
        "steps": safe(steps_drawn(view, rules, frame.today, step)),
        "late": "" if view.stopped else unbroken(overdue(view, frame.today, tongue)),
        "stopped": safe(f"{here}/{view.stopped}") if view.stopped else "",
        "reason": latest.reason,
        "files": tongue.say("、").join(files),
        "posted_title": latest.title,
        **area_variables(view),
        **money_variables(view, tongue),
        "acts": act_rows(view.now, rules, frame, tongue),
        "notices": _notices(view, frame, tongue),
        "coverage": [
            (
                one.place.name,
                place_kind(one.place.kind, tongue.say),
                one.named,
                one.stated,
                tongue.day(one.evidence.posted_on, frame.today) if one.evidence else "",
            )
            for one in view.coverage
        ],
    }


def now_variables(view: CaseView, rules: LandRules, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """The 现在 box. A period that is over says so, and what comes next."""
    now = view.now
    notice, left = now.hung.notice, now.days_left
    over = left is not None and left < 0
    period, bar = period_word(notice.title, tongue.say), ""
    if now.days and not over:
        bar = tongue.say("{period}已过{passed}天，共{days}天").format(
            period=period, passed=now.passed, days=now.days
        )
    following = next((step for step in view.steps if step.progress is Progress.TO_COME), None)
    ends = (now.until, *(one.until for one in now.acts))
    provisional = next((day for day in ends if day is not None and day.provisional), None)
    return {
        "title": phrased(notice.title),
        "doc_no": numbered(notice.doc_no),
        "issuer": notice.issuer,
        "href": notice_link(now.hung, frame),
        "period": period,
        "since": tongue.day(notice.posted_on, frame.today),
        "until": last_day(now.until, frame.today, tongue) if now.until else "",
        "least": term_text(least, tongue) if (least := rules.minimum(notice.kind)) else "",
        "left": "" if left is None else left_text(left, tongue),
        "over": over,
        "quiet": (over or left is None) and not now.acts,
        "next": step_name(following.step, tongue.say) if following and not view.stopped else "",
        "bar": bar,
        "share": str(round(100 * now.passed / now.days)) if bar else "",
        "rolled": any(_rolled(one, now) for one in now.acts),
        "why": why_provisional(provisional, tongue),
    }


class ActRow(NamedTuple):
    """One thing to do, in words."""

    name: str
    until: str
    left: str
    since: str  # "" where it can be done already
    office: str
    phone: str
    hand_in: bool  # in writing
    hint: str  # how, and by which rule


def act_rows(now: NowView, rules: LandRules, frame: Frame, tongue: Tongue) -> list[ActRow]:
    """您现在可以: each thing that can be done, the most urgent first."""
    return [
        ActRow(
            act_name(one.act, tongue.say),
            last_day(one.until, frame.today, tongue),
            left_text(one.days_left, tongue),
            tongue.day(one.since, frame.today) if one.since else "",
            one.office,
            one.phone,
            one.act in IN_WRITING,
            act_hint(one.act, rules, tongue.say),
        )
        for one in now.acts
    ]


def _rolled(one: ActView, now: NowView) -> bool:
    """Whether a right ends later than the posting only because that ends on a day off (民法典 §203)."""
    printed = now.hung.notice.stated_until
    if one.act not in IN_WRITING or now.until is None or (printed and printed > now.until.day):
        return False
    told_by_it = now.hung.notice.kind is NoticeKind.PLAN or one.act is Act.OBJECT
    return told_by_it and one.until.day > now.until.day


def _notices(view: CaseView, frame: Frame, tongue: Tongue) -> list[tuple[str, str, str, str, bool]]:
    """Every notice, the newest first: address, title, number, day; one that was corrected says so."""
    return [
        (
            notice_link(one, frame),
            phrased(one.notice.title),
            numbered(one.notice.doc_no),
            tongue.day(one.notice.posted_on, frame.today),
            one.rec in view.corrected,
        )
        for one in reversed(view.hung)
    ]
