"""What overtakes a closed year: a list of it that came, changed or went behind it in the log. Pure.

An erasure takes words away and no money: a line that is withdrawn only to be erased, before its list is
closed again, overtakes nothing. One that had left its list before stays gone, whatever is erased later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

KINDS: Final = ("publish", "correct", "withdraw", "erase", "batch.close")
"""Plain texts, as the line calls them; a test holds them to it."""

_PUBLISH, _CORRECT, _WITHDRAW, _ERASE, _CLOSE = KINDS


class Happened(Protocol):
    """What the head of an event says."""

    @property
    def kind(self) -> str:
        """What it does."""

    @property
    def rec(self) -> str:
        """To which record."""

    @property
    def batch(self) -> str:
        """Of which list."""


def overtaken(
    behind: Iterable[tuple[int, Happened]],
    closes: Mapping[str, str],
    pays: Callable[[int], bool],
    erased: Callable[[int], Iterable[str]],
) -> bool:
    """Whether anything behind a closed year bears on it.

    `closes` are the lists it counted, with the records of their closes; `pays` says whether a close is that
    of a payment list of the year, `erased` which records an event erases.
    """
    down: set[str] = set()
    for at, event in behind:
        if event.batch not in closes:
            if event.kind == _CLOSE and pays(at):
                return True
        elif event.kind in {_PUBLISH, _CORRECT} or (event.kind, event.rec) == (
            _WITHDRAW,
            closes[event.batch],
        ):
            return True
        elif event.kind == _WITHDRAW:
            down.add(event.rec)
        elif event.kind == _ERASE:
            down -= {*erased(at)}
        elif event.kind == _CLOSE and down:
            return True
    return bool(down)
