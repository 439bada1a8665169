"""One moment of the archive: what is read together, and what holds until something is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from kiosk_server.archive.engines.connection import Connection

T = TypeVar("T")
MOST_KEPT = 256  # answers: villages × what is asked of them on a day


class Snapshot:
    """A stretch of reading that belongs to one moment; a stretch inside another one joins it.

    It can be held: what is read until it is let go joins it too. A stretch that fails lets it go: on a
    damaged page or a lost connection nothing more can be read in it.
    """

    __slots__ = ("_begun", "_db", "_held", "depth")

    def __init__(self, db: Connection, begun: Callable[[], object]) -> None:
        """`begun` is called in each new transaction, before anything else is read in it."""
        self._db, self._begun = db, begun
        self.depth, self._held = 0, False

    def hold(self) -> None:
        """Begin, and stay until it is let go."""
        self.__enter__()
        self._held = True

    def let_go(self) -> None:
        """Hold it no more; saying it twice does no harm."""
        if self._held:
            self._held = False
            self.__exit__(None)

    def __enter__(self) -> None:
        """Begin, unless begun."""
        if self.depth == 0:
            self._db.begin_snapshot()
            try:
                self._begun()
            except BaseException:
                self._db.end_snapshot()
                raise
        self.depth += 1

    def __exit__(self, raised: object, *_: object) -> None:
        """End with the outermost."""
        self.depth -= 1
        if self.depth == 0:
            self._db.end_snapshot()
        elif raised:
            self.let_go()


class Kept:
    """Answers that cost a walk through a village's lists; once something was written, a new one is begun."""

    __slots__ = ("_answers", "_most")

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Nothing has been asked yet; `most` answers are kept."""
        self._answers: dict[Hashable, Any] = {}
        self._most = most

    def of(self, asked: Hashable, find: Callable[[], T]) -> T:
        """The answer as found before, or found now."""
        if asked not in self._answers:
            if len(self._answers) >= self._most:
                self._answers.clear()
            self._answers[asked] = find()
        answer: T = self._answers[asked]
        return answer
