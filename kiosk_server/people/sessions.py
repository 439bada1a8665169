"""Who is logged in: a random id that only the browser has, its hash here, 15 minutes idle and 8 hours in all.

Time is how long the machine has run: a clock that is set back keeps nobody in. A start of the machine ends
all sessions. An id is made at login, and again when the password or the one-time code changes; none is ever
taken from what a browser sends.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from kiosk_server.people.accounts import Account, account_in

if TYPE_CHECKING:
    import sqlite3

    from kiosk_server.people.book import People
    from kiosk_server.people.moment import Moment

IDLE_S, LONGEST_S = 15 * 60, 8 * 3600
SEEN_EVERY_S = 30


class Session(NamedTuple):
    """One login of one browser."""

    account: Account
    sha256: str
    begun_at: str
    csrf: str = ""  # for its forms; "" in a list of sessions

    @property
    def handle(self) -> str:
        """Enough of its hash to name it; opens nothing."""
        return self.sha256[:12]


def begin(db: sqlite3.Connection, login: str, now: Moment) -> str:
    """A new session's id, to be set as a cookie."""
    made = secrets.token_urlsafe(32)
    row = _sha256(made), login, now.instant, now.boot, now.up_s, now.up_s
    db.execute("INSERT INTO session VALUES (?,?,?,?,?,?)", row)
    return made


def session(people: People, cookie: str) -> Session | None:
    """Who sends this cookie; None where nobody is logged in by it any more."""
    now, sha256 = people.watch(), _sha256(cookie)
    with people.reading() as db:
        row = db.execute("SELECT * FROM session WHERE sha256=?", (sha256,)).fetchone()
    if not row or not _lasts(row, now):
        return None
    if now.up_s - row[5] > SEEN_EVERY_S:
        with people.writing() as db:
            db.execute("UPDATE session SET seen_s=? WHERE sha256=?", (now.up_s, sha256))
    with people.reading() as db:
        found = account_in(db, row[1])
    if found.locked:  # it was begun while he was being locked
        return None
    return Session(found, sha256, row[2], _csrf(cookie))


def sessions(people: People, login: str) -> tuple[Session, ...]:
    """All of one account that last, oldest first."""
    now = people.watch()
    with people.reading() as db:
        rows = db.execute("SELECT * FROM session WHERE login=? ORDER BY begun_at", (login,)).fetchall()
        return tuple(Session(account_in(db, login), row[0], row[2]) for row in rows if _lasts(row, now))


def end(people: People, login: str, handle: str) -> None:
    """End one of this account's sessions; one of somebody else's stays."""
    with people.writing() as db:
        db.execute("DELETE FROM session WHERE login=? AND substr(sha256,1,12)=?", (login, handle))


def sweep(db: sqlite3.Connection, now: Moment) -> None:
    """Drop what has ended by itself."""
    ended = "DELETE FROM session WHERE boot<>? OR seen_s<? OR begun_s<?"
    db.execute(ended, (now.boot, now.up_s - IDLE_S, now.up_s - LONGEST_S))


def _lasts(row: tuple[str, str, str, str, float, float], now: Moment) -> bool:
    """Noted every half minute: a session may end so much before its fifteen minutes, never after."""
    boot, begun_s, seen_s = row[3:]
    return boot == now.boot and now.up_s - seen_s <= IDLE_S and now.up_s - begun_s <= LONGEST_S


def _sha256(cookie: str) -> str:
    return hashlib.sha256(b"session " + cookie.encode()).hexdigest()


def _csrf(cookie: str) -> str:
    """Of the id, so that it needs no keeping; the id cannot be made of it."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"form " + cookie.encode()).digest()).decode().rstrip("=")
