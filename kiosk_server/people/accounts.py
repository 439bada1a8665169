"""Accounts: who there is, in which roles, and what an administrator does to them.

A login is one person for good: who leaves is locked, never deleted, because what was done keeps its name.
Every act is written down with who did it, in the same transaction; sessions end when what they may changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.privacy.withheld import told_in_text
from kiosk_server.people.book import People, noted
from kiosk_server.people.errors import (
    AccountLocked,
    AccountMayNot,
    AccountThere,
    AccountUnknown,
    LastAdministrator,
    LoginUnfit,
    NameUnfit,
    OfficeOfOthers,
    RoleUnknown,
    SomebodyAlready,
)
from kiosk_server.people.passwords import hashed, refuse_unfit

if TYPE_CHECKING:
    import sqlite3

    from kiosk_server.people.moment import Moment

ADMINISTRATOR = "administrator"
FOUNDING = "founding"  # in whose name the first administrator is made
_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{0,31}")  # as in a statement of seats (settled 53)
NAME_MAX_CHARS = 20


class Role(msgspec.Struct, frozen=True, order=True):
    """What somebody may do, of one office or ("") of all."""

    name: str
    office: str = ""

    def __str__(self) -> str:
        """`clerk:农业农村局`, as it is typed."""
        return f"{self.name}:{self.office}" if self.office else self.name


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person, without what must stay secret."""

    login: str
    name: str
    roles: tuple[Role, ...]
    must_change: bool  # the password is somebody else's until then
    has_code: bool
    made_by: str
    made_at: str
    locked_by: str | None
    locked_at: str | None
    left_at: str | None

    @property
    def locked(self) -> bool:
        """Whether nothing may be done in this name."""
        return self.locked_at is not None

    def has(self, *names: str) -> bool:
        """Whether one of these roles is among his, of whichever office."""
        return any(role.name in names for role in self.roles)

    def may(self, name: str, *offices: str) -> bool:
        """Whether he has the role for this office, by one of the names it goes by."""
        return any(role.name == name and role.office in {"", *offices} for role in self.roles)


class Newcomer(NamedTuple):
    """Whom an account is made for."""

    login: str
    name: str
    roles: tuple[Role, ...]
    password: str


def role_of(people: People, text: str) -> Role:
    """Read `reviewer` or `clerk:农业农村局`; raises RoleUnknown.

    An office that was left empty is none, and not all of them; a role without offices is given for none.
    """
    name, of, office = (one.strip() for one in text.replace("：", ":").partition(":"))
    fits = not of or (name in people.of_offices and office)
    if name not in people.roles or not fits or len(office) > NAME_MAX_CHARS or told_in_text(office):
        raise RoleUnknown(role=name[:NAME_MAX_CHARS], known="、".join(sorted(people.roles)))
    return Role(name, office)


def accounts(people: People) -> tuple[Account, ...]:
    """Everybody, by login."""
    with people.reading() as db:
        logins = [login for (login,) in db.execute("SELECT login FROM account ORDER BY login")]
        return tuple(account_in(db, login) for login in logins)


def account(people: People, login: str) -> Account:
    """One of them; raises AccountUnknown."""
    with people.reading() as db:
        return account_in(db, login)


def acting(people: People, login: str, *roles: str, offices: Collection[str] = ()) -> Account:
    """Who acts in this name: known, not locked, in one of the roles (none: for himself), of the office said.

    `offices` are the names this one office goes by (people §1).

    Raises AccountUnknown, AccountLocked, AccountMayNot.
    """
    with people.reading() as db:
        return _acting(db, login, *roles, offices=offices)


def add(people: People, by: str, who: Newcomer) -> None:
    """Make an account whose password must be changed at the first login.

    Raises AccountThere, LoginUnfit, NameUnfit, PasswordUnfit and what `acting` raises.
    """
    _refuse_unfit(who)
    with people.writing() as db:
        _acting(db, by, ADMINISTRATOR)
        _make(db, people.watch(), by, who)


def add_first(people: People, who: Newcomer) -> None:
    """The first administrator, while there is nobody; raises SomebodyAlready and what `add` raises."""
    _refuse_unfit(who)
    with people.writing() as db:
        if db.execute("SELECT 1 FROM account").fetchone():
            raise SomebodyAlready
        roles = tuple(dict.fromkeys((Role(ADMINISTRATOR), *who.roles)))
        _make(db, people.watch(), FOUNDING, who._replace(roles=roles))


def set_roles(people: People, by: str, login: str, roles: Iterable[Role]) -> None:
    """Give somebody these roles and no others; raises LastAdministrator and what `acting` raises."""
    roles = tuple(roles)
    with people.writing() as db:
        _acting(db, by, ADMINISTRATOR)
        account_in(db, login)
        _write_roles(db, login, roles)
        _refuse_no_administrator(db, login)
        end_sessions(db, login)
        noted(db, people.watch(), by, "roles", " ".join([login, *map(str, sorted(roles))]))


def set_password(people: People, by: str, login: str, password: str) -> None:
    """Recovery: a new password, to be changed at once, and no waiting after wrong tries."""
    with people.writing() as db:
        _acting(db, by, ADMINISTRATOR)
        write_password(db, account_in(db, login), password, must_change=True)
        noted(db, people.watch(), by, "password", login)


def lock(people: People, by: str, login: str, *, leaves: bool = False) -> None:
    """No act and no login in this name from now on; its sessions end at once."""
    with people.writing() as db:
        _acting(db, by, ADMINISTRATOR)
        account_in(db, login)
        now = people.watch()
        left = now.instant if leaves else None
        row = by, now.instant, left, login
        db.execute(
            "UPDATE account SET locked_by=?, locked_at=?, left_at=coalesce(?, left_at) WHERE login=?", row
        )
        _refuse_no_administrator(db, login)
        end_sessions(db, login)
        noted(db, now, by, "leave" if leaves else "lock", login)


def unlock(people: People, by: str, login: str) -> None:
    """Let somebody act again, and wait no longer after wrong tries."""
    with people.writing() as db:
        _acting(db, by, ADMINISTRATOR)
        account_in(db, login)
        db.execute("UPDATE account SET locked_by=NULL, locked_at=NULL, left_at=NULL WHERE login=?", (login,))
        forgive(db, login)
        noted(db, people.watch(), by, "unlock", login)


def account_in(db: sqlite3.Connection, login: str) -> Account:
    """One account within a transaction; raises AccountUnknown."""
    row = db.execute(
        "SELECT login, name, must_change, code_secret IS NOT NULL, made_by, made_at, locked_by, locked_at,"
        " left_at FROM account WHERE login=?",
        (login,),
    ).fetchone()
    if not row:
        raise AccountUnknown(login=login if _LOGIN.fullmatch(login) else "…")
    roles = db.execute("SELECT role, office FROM role WHERE login=? ORDER BY role, office", (login,))
    return Account(
        login=row[0],
        name=row[1],
        roles=tuple(Role(*one) for one in roles),
        must_change=bool(row[2]),
        has_code=bool(row[3]),
        made_by=row[4],
        made_at=row[5],
        locked_by=row[6],
        locked_at=row[7],
        left_at=row[8],
    )


def write_password(db: sqlite3.Connection, of: Account, password: str, *, must_change: bool) -> None:
    """Put another password in place; every session and every known browser of the old one ends."""
    refuse_unfit(password, of.login, of.name)
    row = hashed(password), must_change, of.login
    db.execute("UPDATE account SET password=?, must_change=? WHERE login=?", row)
    db.execute("DELETE FROM device WHERE login=?", (of.login,))
    end_sessions(db, of.login)
    forgive(db, of.login)


def end_sessions(db: sqlite3.Connection, login: str) -> None:
    """Nobody is logged in by this name any more."""
    db.execute("DELETE FROM session WHERE login=?", (login,))


def forgive(db: sqlite3.Connection, login: str) -> None:
    """Forget the wrong tries at an account and its key, from wherever."""
    db.execute("DELETE FROM tries WHERE who IN (?,?)", (f"login {login}", f"key {login}"))


def _acting(db: sqlite3.Connection, login: str, *roles: str, offices: Collection[str] = ()) -> Account:
    found = account_in(db, login)
    if found.locked:
        raise AccountLocked(login=login)
    if roles and not any(found.may(role, *offices) if offices else found.has(role) for role in roles):
        has = "、".join(map(str, found.roles)) or "没有角色"
        raise (OfficeOfOthers if found.has(*roles) else AccountMayNot)(
            login=login, role="、".join(roles), has=has
        )
    return found


def _refuse_unfit(who: Newcomer) -> None:
    if not _LOGIN.fullmatch(who.login):
        raise LoginUnfit
    if not 1 <= len(who.name.strip()) <= NAME_MAX_CHARS:
        raise NameUnfit(why=f"要有 1 到 {NAME_MAX_CHARS} 个字")
    if told_in_text(who.name) or not who.name.isprintable():
        raise NameUnfit(why="里面有号码或看不见的字符")
    refuse_unfit(who.password, who.login, who.name)


def _make(db: sqlite3.Connection, now: Moment, by: str, who: Newcomer) -> None:
    if db.execute("SELECT 1 FROM account WHERE login=?", (who.login,)).fetchone():
        raise AccountThere(login=who.login)
    row = who.login, who.name.strip(), hashed(who.password), by, now.instant
    db.execute(
        "INSERT INTO account (login, name, password, must_change, made_by, made_at) VALUES (?,?,?,1,?,?)", row
    )
    _write_roles(db, who.login, who.roles)
    noted(db, now, by, "add", " ".join([who.login, *map(str, sorted(who.roles))]))


def _write_roles(db: sqlite3.Connection, login: str, roles: tuple[Role, ...]) -> None:
    db.execute("DELETE FROM role WHERE login=?", (login,))
    rows = [(login, role.name, role.office) for role in {*roles}]
    db.executemany("INSERT INTO role VALUES (?,?,?)", rows)


def _refuse_no_administrator(db: sqlite3.Connection, login: str) -> None:
    left = db.execute(
        "SELECT 1 FROM account JOIN role USING (login) WHERE role=? AND locked_at IS NULL", (ADMINISTRATOR,)
    )
    if not left.fetchone():
        raise LastAdministrator(login=login)
