"""One programme: how it stands today, its guide, and its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boards.model.pack import Guide
from boards.model.payouts import Phase
from boards.model.programmes import open_until
from boards.pages.frame.phrases import phrased, unbroken
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import called, paragraphs
from boards.pages.payouts.lists import entries, window_tag
from boards.sheets.views import Frame, ProgrammeView


def guide_texts(guide: Guide, _: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """Who may have it, how much, how, with what papers, until when, where, and last by which rule."""
    return (
        (_("谁可以领"), guide.who),
        (_("补多少"), guide.standard),
        (_("怎么申请"), guide.how),
        (_("要带什么"), guide.materials),
        (_("什么时候办"), guide.deadline),
        (_("到哪里办"), guide.office),
        (_("咨询电话"), guide.phone),
        (_("政策依据"), guide.basis),
    )


def standing(view: ProgrammeView, frame: Frame, tongue: Tongue) -> tuple[str, str, str]:
    """CSS class, words and day of how a programme stands today (domain §1.9); the first that holds."""
    programme, _ = view.programme, tongue.say
    until = open_until(programme.apply_from, programme.apply_to, frame.today)
    if until is not None:
        return "can", _("现在可以申报"), _("到{until}").format(until=tongue.day(until, frame.today))
    if any(window_tag(one, tongue, frame.today)[0] == "now" for one in view.posted):
        return "now", _("正在公示"), ""
    terms = (one.head.terms for one in view.posted)
    paid = [one for one in terms if one.phase is Phase.PAYMENT and one.fiscal_year == frame.today.year]
    if paid:
        days = [one.paid_on for one in paid if one.paid_on is not None]
        return "done", _("已发放"), tongue.day(max(days), frame.today) if days else ""
    return "", _("今年还没有"), ""


def programme_variables(view: ProgrammeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """The guide, paragraph by paragraph; then the programme's lists."""
    name = called(frame, view.programme.code, view.programme.name)
    return {
        "title": name,
        "heading": phrased(name),
        "foreign": name != view.programme.name,
        "standing": standing(view, frame, tongue),
        "department": view.programme.department,
        "guide": [
            (name, list(map(unbroken, paragraphs(text))))
            for name, text in guide_texts(view.programme.guide, tongue.say)
            if text
        ],
        **entries(view.posted, frame, tongue, dated=True),
    }
