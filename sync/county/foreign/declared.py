"""Totals a foreign table declares: lines that sum others, and a column with each payee's own total.

A payee's rows may stand together or anywhere. Where they stand together their sum is compared at
once and nothing is kept; only what does not agree there is kept, 24 bytes a run, and added up
over the whole file at the end.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUCKETS = 256


class LineTotals:
    """Lines that sum the rows since the last such line, or all rows above."""

    def __init__(self) -> None:
        self._all_fen = self._since_fen = 0
        self.declared_fen: int | None = None

    def add(self, fen: int) -> None:
        """One more row."""
        self._all_fen += fen
        self._since_fen += fen

    def agrees(self, fen: int) -> tuple[bool, int]:
        """Whether a line's total is the sum of rows above it, and that sum."""
        since, self._since_fen = self._since_fen, 0
        if fen == self._all_fen:
            self.declared_fen = fen
            return True, fen
        self.declared_fen = (self.declared_fen or 0) + fen
        return fen == since, since


class PayeeTotals:
    """Each payee's rows against the total beside them."""

    def __init__(self) -> None:
        self._runs = [(array("q"), array("q"), array("q")) for _ in range(_BUCKETS)]
        self._key: int | None = None
        self._sum_fen = self._declared_fen = 0
        self._each_row_agrees = True

    @property
    def kept_bytes(self) -> int:
        """Memory the unsettled runs take."""
        return sum(part.__sizeof__() for run in self._runs for part in run)

    def add(self, who: int, fen: int, declared_fen: int) -> None:
        """One row of somebody (a hash) who gets so much in all; the total may stand on each row or on one."""
        if who != self._key:
            self._settle()
            self._key, self._sum_fen, self._declared_fen, self._each_row_agrees = who, 0, declared_fen, True
        self._sum_fen += fen
        self._declared_fen = declared_fen or self._declared_fen
        self._each_row_agrees = self._each_row_agrees and fen == declared_fen

    def _settle(self) -> None:
        agrees = self._each_row_agrees or self._sum_fen == self._declared_fen
        if self._key is None or agrees:
            return
        for part, number in zip(
            self._runs[self._key % _BUCKETS], (self._key, self._sum_fen, self._declared_fen), strict=True
        ):
            part.append(number)

    def disagreeing(self) -> Iterator[tuple[int, int, int]]:
        """Who, the sum of the rows, and the total declared, where the two differ over the whole file."""
        self._settle()
        self._key = None
        for run in self._runs:
            sums: dict[int, tuple[int, int]] = {}
            for who, fen, declared in zip(*run, strict=True):
                summed, stated = sums.get(who, (0, 0))
                sums[who] = (summed + fen, declared or stated)
            for who, (summed, stated) in sums.items():
                if summed != stated and summed:
                    yield who, summed, stated
