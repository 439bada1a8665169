"""The county's roles, and its file of people: what the room of people is told by this house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from kiosk_server.people.accounts import ADMINISTRATOR
from kiosk_server.people.book import People
from kiosk_server.people.moment import moment
from sync.county.county import County

CLERK, REVIEWER, PACK_EDITOR, AUDITOR = "clerk", "reviewer", "pack_editor", "auditor"
TITLES = {
    CLERK: "经办",
    REVIEWER: "审核",
    PACK_EDITOR: "资料",
    ADMINISTRATOR: "管理",
    AUDITOR: "督查（只看）",
}


def people_of(county: County, clock: Callable[[], datetime], *, new: bool = False) -> People:
    """The people of a county; raises NobodyYet, PeopleNewer, PeopleUnreadable."""
    coded = frozenset(county.settings.rules.one_time_codes)
    return People(county.folder, partial(moment, clock), frozenset(TITLES), coded=coded, new=new)
