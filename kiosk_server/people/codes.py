"""One-time codes (RFC 6238) beside the password: asked of who has them, or of roles that must.

The secret lies in people.sqlite3 as it is: the machine needs it at each login, and a key beside it would
guard nothing. A code opens once; the one before and the one after are taken too, for a clock half a minute
wrong.
"""

from __future__ import annotations

import hmac
import re
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

import pyotp

from kiosk_server.people.accounts import ADMINISTRATOR, Account, account_in, acting, end_sessions
from kiosk_server.people.book import People, noted
from kiosk_server.people.errors import CodeWrong

if TYPE_CHECKING:
    from kiosk_server.people.moment import Moment

STEP_S = 30
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits, as telephones take them."""
    return pyotp.random_base32()


def address(secret: str, login: str, house: str) -> str:
    """What the QR code says to a telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=house)


def enrol(people: People, login: str, secret: str, code: str) -> None:
    """From now on this account logs in with codes of this secret; a first one proves the telephone has it.

    Raises CodeWrong.
    """
    now = people.watch()
    with people.writing() as db:
        db.execute("DELETE FROM used_code WHERE login=?", (account_in(db, login).login,))
        _use(db, login, secret, code, now)
        db.execute("UPDATE account SET code_secret=? WHERE login=?", (secret, login))
        end_sessions(db, login)
        noted(db, now, login, "code", login)


def forget(people: People, by: str, login: str) -> None:
    """Recovery: the telephone is lost; where the role asks for codes the next login begins with a new one."""
    acting(people, by, ADMINISTRATOR)
    with people.writing() as db:
        db.execute("UPDATE account SET code_secret=NULL WHERE login=?", (account_in(db, login).login,))
        end_sessions(db, login)
        noted(db, people.watch(), by, "code-off", login)


def use(db: sqlite3.Connection, of: Account, code: str, now: Moment) -> None:
    """Take a code of an account that has them; raises CodeWrong."""
    if of.has_code:
        (secret,) = db.execute("SELECT code_secret FROM account WHERE login=?", (of.login,)).fetchone()
        _use(db, of.login, secret, code, now)


def _use(db: sqlite3.Connection, login: str, secret: str, code: str, now: Moment) -> None:
    said, at = code.replace(" ", ""), int(now.at.timestamp()) // STEP_S
    if not _CODE.fullmatch(said):
        raise CodeWrong
    for step in (at, at - 1, at + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_S), said):
            with suppress(sqlite3.IntegrityError):  # used before
                db.execute("INSERT INTO used_code VALUES (?,?)", (login, step))
                return
    raise CodeWrong
