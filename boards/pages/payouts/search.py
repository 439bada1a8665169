"""找一找: what words find in guides, lists and land notices, and where they stand there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from minijinja import safe

from boards.model.pack import Programme
from boards.pages.frame.pager import Pager
from boards.pages.frame.phrases import phrased
from boards.pages.frame.tongue import Tongue
from boards.pages.frame.wording import asking, called, link, under
from boards.pages.payouts.lists import entry
from boards.sheets.views import Frame, Hit, Posted, SearchView


def often_asked(_: Callable[[str], str]) -> tuple[str, ...]:
    """Words to touch, where they find something."""
    return (
        _("怎么申请"),
        _("谁可以领"),
        _("补多少"),
        _("要带什么"),
        _("听证"),
        _("异议"),
        _("安置"),
        _("补偿标准"),
    )


def parts_named(_: Callable[[str], str]) -> tuple[str, str, str, str]:
    """What the parts of lists and notices are called: notes on a list; a notice's text, reason and files."""
    return _("说明"), _("公告全文"), _("原因"), _("附件")


BARE = {"period": "", "amount": "", "quantity": "", "unit": "", "open": True, "foreign": False}
"""What only rows of lists have."""


def search_variables(view: SearchView, frame: Frame, tongue: Tongue, pager: Pager) -> dict[str, Any]:
    """Three groups of rows with how many there are on all pages; or words to touch."""
    here = under(frame.village_code, "search")
    return {
        "asked": view.asked,
        "here": link(here),
        "words": [(tongue.say(word), False, link(f"{here}?q={quote(word, safe='')}")) for word in view.words]
        + [
            (
                called(frame, one.code, one.name),
                one.code not in frame.names,
                link(f"{here}?q={quote(one.name, safe='')}"),
            )
            for one in view.programmes
        ],
        "groups": _groups(view, frame, tongue),
        "found": sum(view.counts),
        "pager": safe(pager(asking(here, q=view.asked), view.page, view.pages)),
    }


def _groups(
    view: SearchView, frame: Frame, tongue: Tongue
) -> list[tuple[str, str, int, list[dict[str, Any]]]]:
    """Id, name, count and this page's rows of each group that has rows on it."""
    rows: dict[str, list[dict[str, Any]]] = {"programmes": [], "lists": [], "notices": []}
    for hit in view.hits:
        kind = "lists" if isinstance(hit.thing, Posted) else "notices"
        rows["programmes" if isinstance(hit.thing, Programme) else kind].append(_row(hit, frame, tongue))
    names = (tongue.say("补贴项目"), tongue.say("名单"), tongue.say("征地公告"))
    found = zip(rows.items(), names, view.counts, strict=True)
    return [(kind, name, count, some) for (kind, some), name, count in found if some]


def _row(hit: Hit, frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """What was found as a row: its name, what it belongs to, and where the words stand."""
    thing, said = hit.thing, (tongue.say(hit.where), *hit.said) if hit.where else ()
    if isinstance(thing, Posted):
        return {**entry(thing, frame, tongue, period=True), "said": said}
    if isinstance(thing, Programme):
        href, about = under(frame.village_code, "programmes", thing.code), [thing.department]
        name = called(frame, thing.code, thing.name)
        own = {"label": phrased(name), "foreign": name != thing.name}
    else:
        notice = thing.notice
        href = under(frame.village_code, "land", notice.case_id, str(notice.number))
        about = [notice.project, tongue.day(notice.posted_on, frame.today)]
        own = {"label": phrased(notice.title)}
    return {**BARE, **own, "href": link(href), "about": about, "said": said}
