"""The county's roles, and its file of people: what the room of people is told by this house."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import msgspec

from kiosk_server.people.accounts import ADMINISTRATOR, acting
from kiosk_server.people.book import People
from kiosk_server.people.errors import AccountMayNot, NobodyYet
from kiosk_server.people.moment import moment
from sync.county.acting import named
from sync.county.county import County
from sync.county.publish import hands, proposals
from sync.trust_layout import SEATED

CLERK, REVIEWER, PACK_EDITOR, AUDITOR = "clerk", "reviewer", "pack_editor", "auditor"
TITLES = {
    CLERK: "经办",
    REVIEWER: "审核",
    PACK_EDITOR: "资料",
    ADMINISTRATOR: "管理",
    AUDITOR: "督查（只看）",
}


_AND = re.compile(r"\s*[、，,；;]\s*")
"""Between the offices that hand out one list together."""


ACTS = {
    "add": "建立账号",
    "roles": "核定角色",
    "password": "改密码",
    "code": "启用动态码",
    "code-off": "取消动态码",
    "lock": "停用",
    "leave": "离开",
    "unlock": "恢复",
    "enter": "登录",
    "tries": "连续试错，开始等待",
}
"""How the record of acts is read."""


def permitted(
    county: County, login: str, clock: Callable[[], datetime], *roles: str, office: str | None = None
) -> County:
    """The county with somebody at work whose account is not locked, and has one of the roles.

    A county without any account goes by its statement: at its founding, and until somebody is given one.
    Raises AccountUnknown, AccountLocked, AccountMayNot, OfficeOfOthers, PersonUnknown.
    """
    try:
        people = people_of(county, clock)
    except NobodyYet:
        return named(county, login)
    try:
        offices = () if office is None else names_of(county, office)
        acting(people, login, *(roles or {*TITLES} - {AUDITOR}), offices=offices)
    finally:
        people.close()
    return msgspec.structs.replace(county, acting=login)


def names_of(county: County, office: str) -> frozenset[str]:
    """What an office is called: with the county's name before it, with 县 alone, and with neither.

    A list of two offices (县农业农村局、财政局) is of each of them, and of both.
    """
    parts = (office, *_AND.split(office)) if office else (office,)
    return frozenset(name for part in parts for name in _names(county.settings.name, part))


def _names(county: str, office: str) -> frozenset[str]:
    bare = {office.removeprefix(county), office.removeprefix(county[-1:])} - {"", county}
    return frozenset({office} | bare | {before + one for before in (county, county[-1:]) for one in bare})


def office_due(found: proposals.Proposal) -> str | None:
    """The office whose clerk acts on what waits: "" one of all, None one of any."""
    return found.office if found.office or found.kind == "year" else None


def refuse_others(county: County, clock: Callable[[], datetime], proposal_id: str) -> None:
    """A proposal is for who handed it in, a clerk of its office, or the editor of a pack (people §1).

    A year is for clerks of all offices; one of no office, as a pack or a register, for every clerk; one that
    nobody can read any more is anybody's to take back.

    Raises ProposalNotFound, AccountMayNot, OfficeOfOthers.
    """
    with suppress(proposals.ProposalDamaged):
        found = proposals.proposal(county, proposal_id)
        if hands.proposer(county, proposal_id) != county.acting:
            roles = (CLERK, PACK_EDITOR) if found.kind in SEATED else (CLERK,)
            permitted(county, county.acting, clock, *roles, office=office_due(found))


def refuse_unseen(county: County, clock: Callable[[], datetime], proposal_id: str) -> None:
    """What waits is read by reviewers, and by who may publish or cancel it; raises as `refuse_others`."""
    try:
        permitted(county, county.acting, clock, REVIEWER)
    except AccountMayNot:
        refuse_others(county, clock, proposal_id)


def people_of(county: County, clock: Callable[[], datetime], *, new: bool = False) -> People:
    """The people of a county; raises NobodyYet, PeopleNewer, PeopleUnreadable."""
    coded = frozenset(county.settings.rules.one_time_codes)
    here, of = partial(moment, clock), frozenset({CLERK})
    return People(county.folder, here, frozenset(TITLES), coded=coded, of_offices=of, new=new)
