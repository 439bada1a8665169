"""The administrator's pages: who has an account, in which roles; lock, unlock, reset."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from boards.model.errors import Refusal
from kiosk_server.county_office.errors import DeskNotFound
from kiosk_server.county_office.pages import moment, rendered
from kiosk_server.county_office.requests import (
    FORM_MAX_BYTES,
    Ask,
    form_of,
    page,
    seat_of,
    status_of,
    texts,
    to,
    working,
)
from kiosk_server.county_office.seat import Seat
from kiosk_server.county_office.staff.roles import ACTS, CLERK, TITLES
from kiosk_server.county_office.words import told_here
from kiosk_server.people import codes
from kiosk_server.people.accounts import (
    ADMINISTRATOR,
    Newcomer,
    Role,
    accounts,
    add,
    lock,
    role_of,
    set_password,
    set_roles,
    unlock,
)
from kiosk_server.people.book import acts, first_broken

PEOPLE = "/people"
LAST_ACTS = 50
_BETWEEN = re.compile(r"[\s、，,；;]+")


@get(PEOPLE)
async def everybody(request: Ask) -> Response[bytes]:
    """All accounts, and what was done last."""
    return page(await working(_people_page, seat_of(request)))


@post(PEOPLE, request_max_body_size=FORM_MAX_BYTES)
async def newcomer(request: Ask) -> Response[bytes] | Redirect:
    """An account, with a first password that must be changed."""
    posted = texts(await form_of(request))
    return await working(_done, seat_of(request), "add", posted.get("login", ""), posted)


@post(PEOPLE + "/{login:str}/{act:str}", request_max_body_size=FORM_MAX_BYTES)
async def change(request: Ask, login: FromPath[str], act: FromPath[str]) -> Response[bytes] | Redirect:
    """One of the acts on somebody's account."""
    posted = texts(await form_of(request))
    return await working(_done, seat_of(request), act, login, posted)


def _done(seat: Seat, act: str, login: str, posted: dict[str, str]) -> Response[bytes] | Redirect:
    if act not in _ACTS:
        raise DeskNotFound
    try:
        _ACTS[act](seat, login, posted)
    except Refusal as refusal:
        return page(_people_page(seat, refusal), status_of(refusal))
    return to(PEOPLE)


def _roles(seat: Seat, posted: Mapping[str, str]) -> tuple[Role, ...]:
    """The ticked roles; a clerk's offices are written one behind the other, and a mark too many is none."""
    offices = [one for one in _BETWEEN.split(posted.get("offices", "")) if one] or [""]
    named = [name for name in TITLES if name in posted]
    held = [Role(name, one) for name in named for one in (offices if name == CLERK else [""])]
    return tuple(dict.fromkeys(role_of(seat.desk.people, str(one)) for one in held))


def _add(seat: Seat, login: str, posted: Mapping[str, str]) -> None:
    named = posted.get("name", ""), _roles(seat, posted), posted.get("password", "")
    add(seat.desk.people, seat.name, Newcomer(login.strip(), *named))


def _lock(seat: Seat, login: str, _: Mapping[str, str]) -> None:
    lock(seat.desk.people, seat.name, login)


def _leave(seat: Seat, login: str, _: Mapping[str, str]) -> None:
    lock(seat.desk.people, seat.name, login, leaves=True)


def _unlock(seat: Seat, login: str, _: Mapping[str, str]) -> None:
    unlock(seat.desk.people, seat.name, login)


def _code_off(seat: Seat, login: str, _: Mapping[str, str]) -> None:
    codes.forget(seat.desk.people, seat.name, login)


def _set_roles(seat: Seat, login: str, posted: Mapping[str, str]) -> None:
    set_roles(seat.desk.people, seat.name, login, _roles(seat, posted))


def _set_password(seat: Seat, login: str, posted: Mapping[str, str]) -> None:
    set_password(seat.desk.people, seat.name, login, posted.get("password", ""))


_ACTS: dict[str, Callable[[Seat, str, Mapping[str, str]], None]] = {
    "add": _add,
    "roles": _set_roles,
    "password": _set_password,
    "lock": _lock,
    "leave": _leave,
    "unlock": _unlock,
    "code-off": _code_off,
}


def _people_page(seat: Seat, refusal: Refusal | None = None) -> str:
    found = acts(seat.desk.people)
    return rendered(
        "people.html",
        seat,
        refusal=told_here(refusal) if refusal else None,
        titles=list(TITLES.items()),
        people=[
            {
                "login": one.login,
                "name": one.name,
                "roles": [f"{TITLES[at.name]}{at.office and '：' + at.office}" for at in one.roles],
                "held": {at.name: True for at in one.roles},
                "offices": "、".join(at.office for at in one.roles if at.office),
                "code": one.has_code,
                "locked": one.locked,
                "state": "已离开" if one.left_at else "已停用" if one.locked else "",
            }
            for one in accounts(seat.desk.people)
        ],
        acts=[
            (moment(one.at), one.by, ACTS.get(one.act, one.act), one.about)
            for one in found[: -LAST_ACTS - 1 : -1]
        ],
        broken=first_broken(found),
        may_change=seat.has(ADMINISTRATOR),
    )
