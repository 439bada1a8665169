"""Findings over millions of rows: the first of each kind are kept, the others counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sync.county.reading import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED_MAX = 200


class Said:
    """What was found. It takes no more memory for a million findings than for a few hundred."""

    def __init__(self) -> None:
        self._listed: list[Finding] = []
        self._counts: Counter[tuple[Level, str]] = Counter()

    def tell(self, level: Level, code: str, line: int | None, column: str | None, message: str) -> None:
        """Take in one finding."""
        self._counts[level, code] += 1
        if self._counts[level, code] <= LISTED_MAX:
            self._listed.append(Finding(level=level, code=code, row=line, column=column, message=message))

    def findings(self) -> Iterator[Finding]:
        """All that were listed in order, then how many more there are of each kind."""
        yield from self._listed
        for (level, code), count in self._counts.items():
            if count > LISTED_MAX:
                message = f"同样的情况另有 {count - LISTED_MAX} 处，共 {count} 处。"
                yield Finding(level=level, code=code, message=message)
