"""Wrong tries, counted before a password is looked at: five are free, then 1, 5, 15 and 60 minutes to wait.

Each try is on the disk before the password is checked, one after the other in all processes: neither a
kill nor a hundred tries at once gain one. Waits are measured by how long the machine has run, never by the
clock on the wall; after a start of the machine, by the time since that start. So no clock that is set, and
no restart, shortens a wait, and none makes it longer than an hour.

Counted are a login from browsers that never logged in with it, a login from each browser that did, and an
address over all logins. A stranger who tries on and on makes strange browsers wait, an hour at most; a
browser that has logged in before has its own five tries, whatever goes on elsewhere.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from kiosk_server.people.book import People, noted
from kiosk_server.people.errors import TriedTooOften

if TYPE_CHECKING:
    import sqlite3

    from kiosk_server.people.moment import Moment

FREE, FREE_OF_ADDRESS = 5, 30
WAITS_S = (60, 300, 900, 3600)
FORGOTTEN_S = 24 * 3600


class Counted(NamedTuple):
    """One counter that a try counts at."""

    who: str
    device: str
    free: int


class From(NamedTuple):
    """Where a try comes from: the address of its machine, and the browser's cookie from an earlier login."""

    address: str
    device: str = ""


def begun(people: People, login: str, source: From) -> tuple[Counted, ...]:
    """Count a try, or raise TriedTooOften; what was counted is forgiven once the password was right."""
    with people.reading() as db:
        counted = _counted(db, login, source)
    return _tried(people, counted)


def _tried(people: People, counted: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """Count all or refuse, on the disk before anything is compared."""
    now = people.watch()
    with people.writing() as db:
        left = max(_left_s(db, one, now) for one in counted)
        if left > 0:
            raise TriedTooOften(minutes=-int(-left // 60))
        for one in counted:
            _count(db, one, now)
            _tell_of_wait(db, one, now)
    return counted


def key_tried(people: People, login: str) -> tuple[Counted, ...]:
    """Count a try at the passphrase of somebody's key, or raise TriedTooOften."""
    return _tried(people, (Counted(f"key {login}", "", FREE),))


def forgive(people: People, counted: tuple[Counted, ...]) -> None:
    """What was typed was right."""
    with people.writing() as db:
        forgive_one(db, counted)


def forgive_one(db: sqlite3.Connection, counted: tuple[Counted, ...]) -> None:
    """The password was right: the login's counter ends, the address's has one less and waits no longer.

    Its tries are not forgotten: whoever has an account of his own does not get them back by it.
    """
    for one in counted:
        if one.free == FREE:
            db.execute("DELETE FROM tries WHERE who=? AND device=?", one[:2])
        else:
            waited = "UPDATE tries SET many=many-1, up_s=up_s-? WHERE who=? AND device=?"
            db.execute(waited, (WAITS_S[-1], *one[:2]))


def device_sha256(cookie: str) -> str:
    """A browser as it is kept: the cookie cannot be made of it."""
    return hashlib.sha256(b"device " + cookie.encode()).hexdigest()


def _counted(db: sqlite3.Connection, login: str, source: From) -> tuple[Counted, ...]:
    """A browser that has logged in with this account counts by itself, and not at its address."""
    known = device_sha256(source.device)
    if db.execute("SELECT 1 FROM device WHERE sha256=? AND login=?", (known, login)).fetchone():
        return (Counted(f"login {login}", known, FREE),)
    named = db.execute("SELECT 1 FROM account WHERE login=?", (login,)).fetchone()
    who = login if named else _hidden(login)[:5]  # perhaps a password: too little to try guesses against
    at = Counted(f"address {_hidden(source.address)}", "", FREE_OF_ADDRESS)
    return Counted(f"login {who}", "", FREE), at


def _hidden(text: str) -> str:
    return "?" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _left_s(db: sqlite3.Connection, one: Counted, now: Moment) -> float:
    many, since = _kept(db, one, now)
    wait = WAITS_S[min(many - one.free, len(WAITS_S) - 1)] if many >= one.free else 0
    return wait - since


def _count(db: sqlite3.Connection, one: Counted, now: Moment) -> None:
    many, since = _kept(db, one, now)
    again = 1 if since > FORGOTTEN_S else many + 1
    db.execute("INSERT OR REPLACE INTO tries VALUES (?,?,?,?,?)", (*one[:2], again, now.boot, now.up_s))
    old = "DELETE FROM tries WHERE CASE boot WHEN ? THEN ? - up_s ELSE ? END > ?"
    db.execute(old, (now.boot, now.up_s, now.up_s, FORGOTTEN_S))


def _kept(db: sqlite3.Connection, one: Counted, now: Moment) -> tuple[int, float]:
    """How many tries there were, and how long ago the last was at least."""
    row = db.execute("SELECT many, boot, up_s FROM tries WHERE who=? AND device=?", one[:2]).fetchone()
    return (row[0], now.since(row[1], row[2])) if row else (0, 0.0)


def _tell_of_wait(db: sqlite3.Connection, one: Counted, now: Moment) -> None:
    """The beginning of a wait is written down, never what a stranger typed, nor from where."""
    many, _ = _kept(db, one, now)
    if many == one.free:
        noted(db, now, "-", "tries", one.who.partition(" ?")[0])
