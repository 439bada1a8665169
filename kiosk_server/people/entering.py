"""Logging in, and changing one's own password: what was wrong is never said more closely than it must be."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from kiosk_server.people import codes, sessions
from kiosk_server.people.accounts import Account, account_in, write_password
from kiosk_server.people.book import People, noted
from kiosk_server.people.errors import AccountLocked, CodeWrong, LoginWrong
from kiosk_server.people.passwords import hashed, matches, outdated, refuse_unfit
from kiosk_server.people.tries import From, begun, device_sha256, forgive_one

if TYPE_CHECKING:
    import sqlite3


class Typed(NamedTuple):
    """What the login form holds."""

    login: str
    password: str
    code: str = ""


class Entered(NamedTuple):
    """What the browser keeps."""

    session: str
    device: str


def enter(people: People, typed: Typed, source: From) -> Entered:
    """Log in; the try counts before anything is compared.

    Raises TriedTooOften, LoginWrong (unknown, password or code wrong), AccountLocked (the password is right).
    """
    counted = begun(people, typed.login, source)
    kept = _kept(people, typed.login)
    right = matches(kept, typed.password)
    now = people.watch()
    with people.writing() as db:
        if not right or kept != _kept_in(db, typed.login):  # changed meanwhile
            raise LoginWrong
        found = account_in(db, typed.login)
        _refuse(db, people, found, typed.code)
        forgive_one(db, counted)
        if outdated(kept or ""):
            db.execute("UPDATE account SET password=? WHERE login=?", (hashed(typed.password), found.login))
        sessions.sweep(db, now)
        noted(db, now, found.login, "enter", found.login)
        return Entered(sessions.begin(db, found.login, now), _known(db, found.login, source.device))


def change_password(people: People, login: str, old: str, new: str, source: From) -> Entered:
    """Another password of one's own; all sessions end and a new one begins.

    Raises TriedTooOften, LoginWrong, PasswordUnfit.
    """
    refuse_stranger(people, login, old, source)
    refuse_unfit(new, old)
    now = people.watch()
    with people.writing() as db:
        write_password(db, account_in(db, login), new, must_change=False)
        noted(db, now, login, "password", login)
        return Entered(sessions.begin(db, login, now), _known(db, login, source.device))


def refuse_stranger(people: People, login: str, password: str, source: From) -> None:
    """Who is logged in types his password once more, before what a stranger at his browser must not do.

    Raises TriedTooOften, LoginWrong.
    """
    counted = begun(people, login, source)
    if not matches(_kept(people, login), password):
        raise LoginWrong
    with people.writing() as db:
        forgive_one(db, counted)


def renew(people: People, login: str, source: From) -> Entered:
    """A session with a new id, after everything of the old one has ended."""
    with people.writing() as db:
        return Entered(sessions.begin(db, login, people.watch()), _known(db, login, source.device))


def needs(people: People, account: Account) -> str:
    """What somebody must do before anything else: "password", "code", or nothing."""
    if account.must_change:
        return "password"
    return "code" if account.has(*people.coded) and not account.has_code else ""


def refuse_password_of(people: People, login: str, passphrase: str, refusal: type[Exception]) -> None:
    """Raise when a key's passphrase is the login password: whoever learns one must not have the other."""
    if matches(_kept(people, login), passphrase):
        raise refusal


def _refuse(db: sqlite3.Connection, people: People, found: Account, code: str) -> None:
    """After the right password: a locked account is told so, a wrong code is as good as a wrong password."""
    if found.locked:
        raise AccountLocked(login=found.login)
    try:
        codes.use(db, found, code, people.watch())
    except CodeWrong as e:
        raise LoginWrong from e


def _kept(people: People, login: str) -> str | None:
    with people.reading() as db:
        return _kept_in(db, login)


def _kept_in(db: sqlite3.Connection, login: str) -> str | None:
    row = db.execute("SELECT password FROM account WHERE login=?", (login,)).fetchone()
    return row[0] if row else None


def _known(db: sqlite3.Connection, login: str, device: str) -> str:
    """This browser's cookie, known to the account from now on; one that nobody knows is not taken over."""
    known = db.execute("SELECT 1 FROM device WHERE sha256=?", (device_sha256(device),)).fetchone()
    cookie = device if known else secrets.token_urlsafe(32)
    db.execute("INSERT OR IGNORE INTO device VALUES (?,?)", (device_sha256(cookie), login))
    return cookie
