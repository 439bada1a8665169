"""One programme: its guide and its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boards.pages.frame.phrases import phrased
from boards.pages.frame.wording import paragraphs
from boards.pages.payouts.lists import entries

if TYPE_CHECKING:
    from boards.pages.frame.tongue import Tongue
    from boards.sheets.views import Frame, ProgrammeView


def programme_variables(view: ProgrammeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """Who may have it, how much, how, with what papers, where, until when, by which rule."""
    guide, _ = view.programme.guide, tongue.say
    told = (
        (_("谁可以领"), guide.who),
        (_("补多少"), guide.standard),
        (_("怎么办"), guide.how),
        (_("要带什么"), guide.materials),
        (_("什么时候办"), guide.deadline),
        (_("到哪里办"), guide.office),
        (_("咨询电话"), guide.phone),
        (_("政策依据"), guide.basis),
    )
    return {
        "title": view.programme.name,
        "heading": phrased(view.programme.name),
        "department": view.programme.department,
        "guide": [(name, paragraphs(text)) for name, text in told if text],
        **entries(view.posted, frame, tongue, dated=True),
    }
