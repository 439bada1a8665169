"""Which records stand twice, for four bytes a record.

Of every record 42 bits of its hash are kept: ten say the bucket, 32 stand in it. Two equal
ones make a suspicion, and only suspicions are looked at again, whole, in a second reading.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BUCKETS = 1 << 10
_KEPT = (1 << 32) - 1
SUSPECTS_MAX = 20_000


class Repeats:
    """Hashes of the records seen so far. Python's own hash: it differs between processes, not within one."""

    def __init__(self) -> None:
        self._buckets = [array("I") for _ in range(_BUCKETS)]

    @property
    def kept_bytes(self) -> int:
        """Memory the hashes take."""
        return sum(bucket.__sizeof__() for bucket in self._buckets)

    def add(self, record: list[str]) -> None:
        """Remember a record."""
        number = hash(tuple(record))
        self._buckets[number & _BUCKETS - 1].append(number >> 10 & _KEPT)

    def suspects(self) -> set[tuple[int, int]]:
        """Bucket and hash of what was seen more than once; no more than are worth a second look."""
        found: set[tuple[int, int]] = set()
        for at, bucket in enumerate(self._buckets):
            once: set[int] = set()
            for number in bucket if len(set(bucket)) < len(bucket) else ():
                if number in once:
                    found.add((at, number))
                once.add(number)
            if len(found) >= SUSPECTS_MAX:
                break
        return found


def repeated(
    records: Iterable[tuple[int, list[str]]], suspects: set[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Line of each record that stood before, and the line where it stood first."""
    first: dict[tuple[str, ...], int] = {}
    for line, record in records:
        whole = tuple(record)
        number = hash(whole)
        if (number & _BUCKETS - 1, number >> 10 & _KEPT) in suspects:
            earlier = first.setdefault(whole, line)
            if earlier != line:
                yield line, earlier
