"""One programme: its guide and its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boards.model.pack import Guide
from boards.pages.frame.phrases import phrased, unbroken
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import paragraphs
from boards.pages.payouts.lists import entries
from boards.sheets.views import Frame, ProgrammeView


def guide_texts(guide: Guide, _: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """Who may have it, how much, how, with what papers, until when, where, and last by which rule."""
    return (
        (_("谁可以领"), guide.who),
        (_("补多少"), guide.standard),
        (_("怎么办"), guide.how),
        (_("要带什么"), guide.materials),
        (_("什么时候办"), guide.deadline),
        (_("到哪里办"), guide.office),
        (_("咨询电话"), guide.phone),
        (_("政策依据"), guide.basis),
    )


def programme_variables(view: ProgrammeView, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """The guide, paragraph by paragraph; then the programme's lists."""
    return {
        "title": view.programme.name,
        "heading": phrased(view.programme.name),
        "department": view.programme.department,
        "guide": [
            (name, list(map(unbroken, paragraphs(text))))
            for name, text in guide_texts(view.programme.guide, tongue.say)
            if text
        ],
        **entries(view.posted, frame, tongue, dated=True),
    }
