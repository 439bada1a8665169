"""Login passwords: argon2id, as slow as the smallest machine of ours bears, one at a time.

32 MiB, three passes, one lane (more than OWASP's least, 19 MiB and two): 70 ms on a shared x86-64 core. Never
two at once in one process: a hundred tries in the same second take time, but not the memory of a small board.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from kiosk_server.people.errors import PasswordUnfit

HASHER = PasswordHasher(time_cost=3, memory_cost=32 << 10, parallelism=1, type=Type.ID)
SHORTEST, LONGEST, DIFFERENT = 10, 200, 5
_ONE = threading.Lock()


def hashed(password: str) -> str:
    """As it is kept: parameters, salt and hash in one line."""
    with _ONE:
        return HASHER.hash(_typed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the one kept; where nothing is kept it costs the same, and never is."""
    with _ONE:
        try:
            return HASHER.verify(kept or _nobodys(), _typed(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def refuse_unfit(password: str, *names: str) -> None:
    """Raise PasswordUnfit for one that is short, monotonous, or holds a name of its owner."""
    said = _typed(password)
    if not SHORTEST <= len(said) <= LONGEST:
        raise PasswordUnfit(why=f"要有 {SHORTEST} 到 {LONGEST} 个字")
    if len(set(said)) < DIFFERENT:
        raise PasswordUnfit(why="都是同样的几个字")
    if any(_typed(name).lower() in said.lower() for name in names if len(name) > 1):
        raise PasswordUnfit(why="里面有登录名或姓名")


def _typed(password: str) -> str:
    """The same letters whichever keyboard typed them, full width or not."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))
