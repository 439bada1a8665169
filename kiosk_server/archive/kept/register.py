"""The register of this machine (登记簿): a file that only grows, one line an act.

<data>/register.chain      JSON lines of boards.model.kept.register.Entry, chained
table register_line        the same lines once more, written after the file (keeping §3)

A line that one of the two lost or that somebody changed there is put back from the other.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import closing, contextmanager, suppress
from itertools import count, pairwise, takewhile, zip_longest
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Entry
from kiosk_server.archive.chain import Chain, ChainTorn, follows
from kiosk_server.archive.engines.connection import Connection, Database, reader, writer
from kiosk_server.archive.engines.troubles import named
from kiosk_server.archive.statements import EMPTY, REGISTER_LINES
from sync.durable import durable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")
REGISTER: Final = "register.chain"
_TABLE = "register_line"
_ENTRIES = msgspec.json.Decoder(Entry)


class RegisterBent(Refusal):
    """A line of the register is not the one that was written."""

    code = "register-bent"
    fault = Fault.MACHINE
    sentence = "登记簿被改动过，或缺了中间的行。"
    advice = "请运行 kiosk inspect 查看是哪一处，并把备份的登记簿放回。"


class Register:
    """One machine's register."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        """Nothing is opened yet; `folder` is where everything of this kiosk lives, `database` its archive."""
        self.chain = Chain(folder / REGISTER)
        self._database = database

    def write(self, *entries: Entry) -> None:
        """Append, over lines put back that were lost, and be sure that it is on the disk. Raises DiskFull.

        What cannot be put back is no reason to leave an act out: `kiosk inspect` tells of it.
        """
        with self._alone():
            self._set_right()
            self.chain.append(*map(msgspec.json.encode, entries))
            self._set_right()

    def entries(self, village: str = "") -> tuple[Entry, ...]:
        """What was done, in order, of all villages or of one; () while nothing was. Raises RegisterBent."""
        if not os.path.lexists(self.chain.path):
            return ()
        try:
            told = [_ENTRIES.decode(line) for line in self.chain.entries()]
        except (ChainTorn, msgspec.MsgspecError) as e:
            raise RegisterBent from e
        return tuple(one for one in told if village in {"", one.village})

    def told(self) -> Iterator[Entry]:
        """Every line that can be read, whatever was done to the others, of the file and of its copy."""
        for line in dict.fromkeys((*self.chain.lines(), *_in_order(self._copy() or {}))):
            with suppress(msgspec.MsgspecError):
                yield _ENTRIES.decode(line.partition(b" ")[2])

    def settled(self) -> tuple[int, int] | None:
        """Hold the file and its copy against each other: lines put back in the file, and in the copy.

        None where they tell two stories, or neither can be believed: a person must look.
        """
        with self._alone():
            return self._set_right()

    def _set_right(self) -> tuple[int, int] | None:
        here, rows = self.chain.lines(), self._copy()
        there = _in_order(rows or {})
        whole = agreed(here, there)
        if whole is None:
            return None
        if here != whole:
            self._rewrite(whole)
        strays = sum(not 1 <= number <= max(len(there), len(whole)) for number in rows or ())
        if rows is not None and there != whole:
            self._write_copy(whole, _same(there, whole))
        return _put_back(here, whole), 0 if rows is None else _put_back(there, whole) + strays

    def _rewrite(self, lines: list[bytes]) -> None:
        """The file as it was; what it had become stays beside it."""
        path = self.chain.path
        self.chain.give_way()
        with suppress(FileNotFoundError):
            durable(self.chain.bent, path.read_bytes())
        durable(path, b"".join(line + b"\n" for line in lines))

    def _copy(self) -> dict[int, object] | None:
        """The rows in the database; None where it cannot be asked, or has no such table yet."""
        return self._asked(lambda db: dict(db.execute(REGISTER_LINES).fetchall()), reader)

    def _write_copy(self, lines: list[bytes], same: int) -> None:
        """What is missing or otherwise there; a database that cannot be written to gets it another time."""
        fresh = lines[same:]

        def written(db: Connection) -> None:
            with db.writing():
                for strays in ((-1 << 63, 0), (same + 1, (1 << 63) - 1)):
                    db.execute(EMPTY.format(table=_TABLE), strays)
                if fresh:
                    db.append(_TABLE, {"id": range(same + 1, len(lines) + 1), "line": fresh})

        self._asked(written, writer)

    def _asked(self, act: Callable[[Connection], T], opened: Callable[[Database], Connection]) -> T | None:
        """Do it in the database, where there is one that has the table and answers."""
        if self._database is None:
            return None
        try:
            with closing(opened(self._database)) as db:
                return act(db) if db.has_table(_TABLE) else None
        except Exception as error:
            if not isinstance(error, Refusal) and named(error) is None:
                raise
        return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process writes at a time."""
        path = self.chain.path.with_suffix(".lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _in_order(rows: Mapping[int, object]) -> list[bytes]:
    """The lines from the first one on, up to a number under which none stands."""
    stand = takewhile(lambda line: isinstance(line, bytes | memoryview), map(rows.get, count(1)))
    return [bytes(line) for line in stand if isinstance(line, bytes | memoryview)]


def agreed(here: list[bytes], there: list[bytes]) -> list[bytes] | None:
    """The lines that the file and its copy give together; None where they tell two stories.

    A line counts that follows the one before it. What stands in the file behind the copy's end and does not
    follow was never written by us.
    """
    whole: list[bytes] = []
    for pair in zip_longest(here, there):
        fit = {line for line in pair if line is not None and follows(whole[-1] if whole else b"", line)}
        if not fit:
            break
        if len(fit) > 1:
            believed = [some for some in (here, there) if _holds(some)]
            return believed[0] if len(believed) == 1 else None
        whole += fit
    every_line = len(whole) >= max(len(here), len(there))
    return whole if every_line or 0 < len(there) == len(whole) else None


def _holds(lines: list[bytes]) -> bool:
    """Whether every line follows the one before it."""
    return all(follows(before, line) for before, line in pairwise([b"", *lines]))


def _same(some: list[bytes], whole: list[bytes]) -> int:
    """How many lines are the same, from the first on."""
    pairs = enumerate(zip(some, whole, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(some), len(whole)))


def _put_back(some: list[bytes], whole: list[bytes]) -> int:
    """How many lines were missing, otherwise, or too many."""
    return max(len(some), len(whole)) - _same(some, whole)
