"""Which lines belong to one household (settled §5).

1. Lines with the county's keyed hash are one household when the hash is the same.
2. A line without one belongs to the only household of that village, group and name.
3. Where that is not unique, in this list or among the households known, each line is a
   household of its own: candidates side by side, and no total across lists.

Numbers are given in log order and never twice, wherever an import stops: a rebuild
gives the same ones. (After an erasure the log is folded, and numbered, without what was erased.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from boards.model.names import surname_of
from kiosk_server.archive.keys import log_span, mark_of
from kiosk_server.archive.lines import in_parts
from kiosk_server.archive.statements import (
    DROP_HOUSEHOLD,
    DROP_UNUSED,
    KEYLESS_BEFORE,
    MARK_HOUSEHOLD,
    MARKS,
    MOVE_LINES,
    NAMES,
    NEXT_HOUSEHOLD,
    PLACE,
    TO_JOIN,
)

if TYPE_CHECKING:
    from boards.model.payouts import Payout
    from kiosk_server.archive.engines.connection import Connection

Named = tuple[str, str]  # name, group


class Households:
    """The households of one log while events are being taken in; a village's fit in memory."""

    def __init__(self, db: Connection, log: int) -> None:
        self._db, self._span = db, log_span(log)
        (self.next_key,) = db.execute(NEXT_HOUSEHOLD, (log,)).fetchone()
        self._marks: dict[int, int] | None = None
        self._named: dict[Named, list[int]] | None = None  # only a list with keyless lines asks for it

    def placed(self, payouts: list[Payout]) -> list[int]:
        """Household key of each payout of a chunk, in log order; new households are stored."""
        if self._marks is None:
            self._marks = dict(self._db.execute(MARKS, self._span).fetchall())
        marks, known = [mark_of(p.household) if p.household else 0 for p in payouts], self._marks
        if 0 in marks:
            return self._placed_one_by_one(payouts, marks, known)
        unknown = [(mark, p) for mark, p in zip(marks, payouts, strict=True) if mark not in known]
        new = dict(unknown)
        if len(new) < len(unknown):  # a household that stands twice here has the name of its first line
            new.update(reversed(unknown))
        known.update(zip(new, count(self.next_key)))
        if self._named is not None:
            for key, payout in enumerate(new.values(), self.next_key):
                self._named.setdefault((payout.holder, payout.group), []).append(key)
        self._append([*new], [*new.values()])
        return [known[mark] for mark in marks]

    def _placed_one_by_one(self, payouts: list[Payout], marks: list[int], known: dict[int, int]) -> list[int]:
        """The same where some line has no hash: its name is looked up among those before it."""
        named = self._named = self._names() if self._named is None else self._named
        keys: list[int] = []
        new: list[tuple[int, Payout]] = []
        for payout, mark in zip(payouts, marks, strict=True):
            same_name = named.setdefault((payout.holder, payout.group), [])
            key = known.get(mark, 0) if mark else same_name[0] if len(same_name) == 1 else 0
            if not key:
                key = self.next_key + len(new)
                new.append((mark, payout))
                same_name.append(key)
                if mark:
                    known[mark] = key
            keys.append(key)
        self._append([mark for mark, _ in new], [payout for _, payout in new])
        return keys

    def _names(self) -> dict[Named, list[int]]:
        """All households of the log by name and group."""
        named: dict[Named, list[int]] = {}
        for name, group, key in self._db.execute(NAMES, self._span):
            named.setdefault((name, group), []).append(key)
        return named

    def _append(self, marks: list[int], payouts: list[Payout]) -> None:
        if not marks:
            return
        first, self.next_key = self.next_key, self.next_key + len(marks)
        columns: dict[str, Sequence[object]] = {
            "id": range(first, self.next_key),
            "mark": marks,
            "surname": [surname_of(payout.holder, payout.kind) for payout in payouts],
            "name": [payout.holder for payout in payouts],
            "group_name": [payout.group for payout in payouts],
        }
        self._db.append("household", columns)

    def back_to(self, next_key: int) -> None:
        """Forget the households made since, after a rollback."""
        self.next_key = next_key
        self._marks = self._named = None

    def settle(self, batch: int, since: int, *, keyless: bool) -> None:
        """At a batch's close, when the whole list is known: part the ambiguous, join the obvious.

        `since` is the key of the first household that came with the list; `keyless` tells whether any of
        its lines had no hash.
        """
        keyless_before = self._db.execute(KEYLESS_BEFORE, (self._span[0], since - 1)).fetchone()
        joined = bool(keyless_before) and self._join_keyed(since)
        parted = keyless and self._part_same_names(batch)
        if joined or parted:  # households were joined or went away
            self._marks = self._named = None
            self._db.execute(DROP_UNUSED, (since, self._span[1]))

    def _part_same_names(self, batch: int) -> bool:
        """Rule 3: lines without a hash whose group and name stand twice in the list."""
        named: Counter[Named] = Counter()
        keyless: list[tuple[int, Payout]] = []
        for rows, payouts, _ in in_parts(self._db, batch):
            named.update((p.holder, p.group) for p in payouts)
            keyless += [(row[0], p) for row, p in zip(rows, payouts, strict=True) if not p.household]
        parted = [(line, p) for line, p in keyless if named[p.holder, p.group] > 1]
        first = self.next_key
        self._append([0] * len(parted), [payout for _, payout in parted])
        for key, (line, _) in enumerate(parted, first):
            self._db.execute(PLACE, (key, line))
        return bool(parted)

    def _join_keyed(self, since: int) -> bool:
        """A list with hashes after one without: the only two of a group and name are one household."""
        pairs = self._db.execute(TO_JOIN, (*self._span, since, self._span[1], since)).fetchall()
        for old, new, mark in pairs:
            self._db.execute(MOVE_LINES, (old, new))
            self._db.execute(DROP_HOUSEHOLD, (new,))
            self._db.execute(MARK_HOUSEHOLD, (mark, old))
        return bool(pairs)
