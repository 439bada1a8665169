"""Which lines belong to one household (settled §5).

1. Lines with the county's keyed hash are one household when the hash is the same.
2. A line without one belongs to the only household of that village, group and name.
3. Where that is not unique, in this list or among the households known, each line is a
   household of its own: candidates side by side, and no total across lists.

Numbers are given in log order, so a rebuild gives the same ones.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from boards.model.names import surname_of
from boards.model.payouts import PayeeKind
from kiosk_server.archive.engines.sqlite import insert
from kiosk_server.archive.keys import in_log, line_span, log_span, number_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from boards.model.payouts import Payout

_ASKED_AT_ONCE = 500
MOST_LOADED = 50_000  # households read into memory before the first line
MOST_IN_MEMORY = 131_072  # above that each chunk asks the table, and memory stays flat (12 MiB)

Named = tuple[str, str]  # name, group
_V = TypeVar("_V")


def mark_of(household: str) -> int:
    """Up to 63 bits of the county's keyed hash: enough to tell households apart.

    The hash is random letters a to p, so a part of it serves as well as the whole.
    """
    try:
        return int(household[-13:], 26) + 1  # 26 ** 13 < 2 ** 63
    except ValueError:  # another alphabet
        return int.from_bytes(sha256(household.encode()).digest()[:8]) >> 1 or 1


class Households:
    """The households of one log while events are being taken in."""

    def __init__(self, db: sqlite3.Connection, log: int) -> None:
        self._db = db
        self._log = log
        self._span = log_span(log)
        (newest,) = db.execute(
            "SELECT max(id) FROM household WHERE id BETWEEN ? AND ?", self._span
        ).fetchone()
        self.next_key = in_log(log, 1) if newest is None else newest + 1
        self._marks: dict[int, int] | None = None
        if number_of(self.next_key) <= MOST_LOADED:
            sql = "SELECT mark, id FROM household WHERE mark <> 0 AND id BETWEEN ? AND ?"
            self._marks = dict(db.execute(sql, self._span).fetchall())

    def placed(self, payouts: list[Payout]) -> list[int]:
        """Household key of each payout of a chunk, in log order; new households are stored."""
        marks = [mark_of(p.household) if p.household else 0 for p in payouts]
        by_mark = self._by_mark(marks)
        if 0 not in marks:
            return self._placed_by_mark(payouts, marks, by_mark)
        by_name = self._by_name({(p.holder, p.group) for p in payouts if not p.household})
        first = next_key = self.next_key
        new: list[tuple[int, Payout]] = []
        keys = []
        for payout, mark in zip(payouts, marks, strict=True):
            if mark:
                key = by_mark.get(mark, 0)
            else:
                same_name = by_name[payout.holder, payout.group]
                key = same_name[0] if len(same_name) == 1 else 0
            if not key:
                key, next_key = next_key, next_key + 1
                new.append((mark, payout))
                if mark:
                    by_mark[mark] = key
                if by_name:
                    by_name.setdefault((payout.holder, payout.group), []).append(key)
            keys.append(key)
        self.next_key = next_key
        self._store(first, new)
        return keys

    def _placed_by_mark(self, payouts: list[Payout], marks: list[int], by_mark: dict[int, int]) -> list[int]:
        """The same where every line has the county's hash: names need not be asked."""
        new: dict[int, Payout] = {}
        for mark, payout in zip(marks, payouts, strict=True):
            if mark not in by_mark:
                new.setdefault(mark, payout)
        by_mark.update(zip(new, count(self.next_key)))
        self._store(self.next_key, list(new.items()))
        self.next_key += len(new)
        return [by_mark[mark] for mark in marks]

    def _store(self, first: int, new: list[tuple[int, Payout]]) -> None:
        rows = [
            (key, mark, surname_of(payout.holder, payout.kind), payout.holder, payout.group)
            for key, (mark, payout) in enumerate(new, first)
        ]
        insert(self._db, "household", rows)

    def back_to(self, next_key: int) -> None:
        """Forget the households made since, after a rollback."""
        self.next_key, self._marks = next_key, None

    def _by_mark(self, marks: list[int]) -> dict[int, int]:
        """Households by their marks: all there are, or those of a chunk where they are too many."""
        if self._marks is not None and len(self._marks) <= MOST_IN_MEMORY:
            return self._marks
        self._marks = None
        found: dict[int, int] = {}
        for part in _parts(sorted(set(marks) - {0})):
            holes = ", ".join("?" * len(part))
            sql = f"SELECT mark, id FROM household WHERE mark IN ({holes}) AND id BETWEEN ? AND ?"  # noqa: S608
            found.update(self._db.execute(sql, (*part, *self._span)))
        return found

    def _by_name(self, wanted: set[Named]) -> dict[Named, list[int]]:
        found: dict[Named, list[int]] = {named: [] for named in wanted}
        for part in _parts(sorted({name for name, _ in wanted})):
            holes = ", ".join("?" * len(part))
            sql = (
                f"SELECT name, group_name, id FROM household WHERE name IN ({holes}) "  # noqa: S608
                "AND id BETWEEN ? AND ? ORDER BY id"
            )
            for name, group, key in self._db.execute(sql, (*part, *self._span)):
                found.setdefault((name, group), []).append(key)
        return found

    def settle(self, batch: int, since: int, *, keyless: bool) -> None:
        """At a batch's close, when the whole list is known: part the ambiguous, join the obvious.

        `since` is the key of the first household that came with the list; `keyless` tells
        whether any of its lines had no hash.
        """
        keyless_before = "SELECT 1 FROM household WHERE mark = 0 AND id BETWEEN ? AND ? LIMIT 1"
        joined = bool(self._db.execute(keyless_before, (self._span[0], since - 1)).fetchone())
        joined = joined and self._join_keyed(since)
        if not (keyless and self._part_same_names(batch)) and not joined:
            return
        self._marks = None  # households were joined or went away
        self._db.execute(
            "DELETE FROM household WHERE id BETWEEN ? AND ? "
            "AND NOT EXISTS (SELECT 1 FROM payout WHERE payout.household = household.id)",
            (since, self._span[1]),
        )

    def _part_same_names(self, batch: int) -> bool:
        """Rule 3: lines without a hash whose group and name stand twice in the list."""
        span = line_span(batch)
        rows = self._db.execute(
            "SELECT id, holder, group_name, kind FROM payout WHERE id BETWEEN ? AND ? AND keyed = 0 "
            "AND standing = 'listed' AND (group_name, holder) IN (SELECT group_name, holder FROM payout "
            "WHERE id BETWEEN ? AND ? AND standing = 'listed' GROUP BY group_name, holder "
            "HAVING count(*) > 1) ORDER BY id",
            (*span, *span),
        ).fetchall()
        for line, holder, group, kind in rows:
            key, self.next_key = self.next_key, self.next_key + 1
            self._db.execute(
                "INSERT INTO household (id, mark, surname, name, group_name) VALUES (?, 0, ?, ?, ?)",
                (key, surname_of(holder, PayeeKind(kind)), holder, group),
            )
            self._db.execute("UPDATE payout SET household = ? WHERE id = ?", (key, line))
        return bool(rows)

    def _join_keyed(self, since: int) -> bool:
        """A list with hashes after one without: the only two of a group and name are one household."""
        pairs = self._db.execute(
            "SELECT max(old.id), max(new.id), max(new.mark) FROM household AS new "
            "JOIN household AS old ON old.name = new.name AND old.group_name = new.group_name "
            "AND old.id BETWEEN ? AND ? WHERE new.id BETWEEN ? AND ? AND new.mark <> 0 "
            "AND old.id <> new.id GROUP BY new.group_name, new.name "
            "HAVING count(*) = 1 AND max(old.mark) = 0 AND max(old.id) < ?",
            (*self._span, since, self._span[1], since),
        ).fetchall()
        for old, new, mark in pairs:
            self._db.execute("UPDATE payout SET household = ? WHERE household = ?", (old, new))
            self._db.execute("DELETE FROM household WHERE id = ?", (new,))
            self._db.execute("UPDATE household SET mark = ? WHERE id = ?", (mark, old))
        return bool(pairs)


def _parts(values: list[_V]) -> Iterable[list[_V]]:
    return (values[at : at + _ASKED_AT_ONCE] for at in range(0, len(values), _ASKED_AT_ONCE))
