"""people.sqlite3: who may act, how often somebody tried, who is logged in, and what was done in whose name.

One file of SQLite beside what it guards, 0600, readable by the standard sqlite3. What is erased is
overwritten (secure_delete); what is written is on the disk before anything follows from it (WAL,
synchronous=FULL).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kiosk_server.people.errors import NobodyYet, PeopleNewer, PeopleUnreadable

if TYPE_CHECKING:
    from kiosk_server.people.moment import Moment

FILE = "people.sqlite3"
_SCHEMA = (
    """
    CREATE TABLE account (
        login TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL, must_change INTEGER NOT NULL,
        code_secret TEXT, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
        locked_by TEXT, locked_at TEXT, left_at TEXT
    ) STRICT;
    CREATE TABLE role (
        login TEXT NOT NULL REFERENCES account, role TEXT NOT NULL, office TEXT NOT NULL,
        PRIMARY KEY (login, role, office)
    ) STRICT;
    CREATE TABLE used_code (
        login TEXT NOT NULL REFERENCES account, step INTEGER NOT NULL, PRIMARY KEY (login, step)
    ) STRICT;
    CREATE TABLE tries (
        who TEXT NOT NULL, device TEXT NOT NULL,
        many INTEGER NOT NULL, boot TEXT NOT NULL, up_s REAL NOT NULL,
        PRIMARY KEY (who, device)
    ) STRICT;
    CREATE TABLE device (
        sha256 TEXT NOT NULL, login TEXT NOT NULL REFERENCES account, PRIMARY KEY (sha256, login)
    ) STRICT;
    CREATE TABLE session (
        sha256 TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES account, begun_at TEXT NOT NULL,
        boot TEXT NOT NULL, begun_s REAL NOT NULL, seen_s REAL NOT NULL
    ) STRICT;
    CREATE TABLE act (
        no INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL, act TEXT NOT NULL,
        about TEXT NOT NULL, chain TEXT NOT NULL
    ) STRICT;
    """,
)
"""What each version of the file adds to the one before; PRAGMA user_version says which it is."""


class Act(NamedTuple):
    """One thing that was done to an account, or that happened to it."""

    no: int
    at: str
    by: str
    act: str
    about: str
    chain: str  # SHA-256 over the line before and this one

    def follows(self, before: str) -> bool:
        """Whether nobody changed or took out a line."""
        return self.chain == _chained(before, self)


class People:
    """The open file of one office, its roles, and its watch."""

    def __init__(  # noqa: PLR0913 - one keyword for each thing that the house says
        self,
        folder: Path,
        watch: Callable[[], Moment],
        roles: frozenset[str],
        *,
        coded: frozenset[str] = frozenset(),
        of_offices: frozenset[str] = frozenset(),
        new: bool = False,
    ) -> None:
        """Open it; roles of `coded` log in with a one-time code, those `of_offices` may be of some only.

        Not `new`, it must be there.
        Raises NobodyYet, PeopleNewer, PeopleUnreadable.
        """
        self.watch, self.roles, self.coded, self.of_offices = watch, roles, coded, of_offices
        self._alone = threading.RLock()
        path = folder / FILE
        if not new and not path.exists():
            raise NobodyYet
        with _told():
            self._db = _opened(path)
            self._migrate()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The file as it stands; raises PeopleUnreadable."""
        with self._alone, _told():
            yield self._db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else writes meanwhile, in no process; raises PeopleUnreadable."""
        with self._alone, _told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _migrate(self) -> None:
        """Bring an older file up, one version after the other, all in one transaction."""
        with self.writing() as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found > len(_SCHEMA):
                raise PeopleNewer(found=found, known=len(_SCHEMA))
            for statement in ";".join(_SCHEMA[found:]).split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {len(_SCHEMA)}")


def noted(db: sqlite3.Connection, now: Moment, by: str, act: str, about: str) -> None:
    """Write down who did what, chained to what was written before; nothing secret is ever told."""
    row = db.execute("SELECT no, chain FROM act ORDER BY no DESC LIMIT 1").fetchone() or (0, "")
    made = Act(row[0] + 1, now.instant, by, act, about, "")
    db.execute("INSERT INTO act VALUES (?,?,?,?,?,?)", made._replace(chain=_chained(row[1], made)))


def acts(people: People) -> tuple[Act, ...]:
    """All that was done, first to last."""
    with people.reading() as db:
        return tuple(Act(*row) for row in db.execute("SELECT * FROM act ORDER BY no"))


def first_broken(found: tuple[Act, ...]) -> int:
    """The number of the first line that does not follow from those before it; 0 where all do."""
    before = ["", *(one.chain for one in found)]
    return next((at for at, one in enumerate(found, 1) if one.no != at or not one.follows(before[at - 1])), 0)


def _chained(before: str, one: Act) -> str:
    return hashlib.sha256(msgspec.json.encode([before, *one[:-1]])).hexdigest()


def _opened(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # -wal and -shm take its mode
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What SQLite or the disk says, as a sentence; SQLite's own words name no value of a row."""
    try:
        yield
    except sqlite3.Error as e:
        raise PeopleUnreadable(why=getattr(e, "sqlite_errorname", "") or "SQLite") from e
    except OSError as e:
        raise PeopleUnreadable(why=e.strerror) from e
