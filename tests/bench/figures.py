"""What a benchmark measured, judged over three runs: the median counts, and a busy machine judges nothing."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

RUNS = 3
BUSY_PERCENT = 15.0
"""Of all cores, taken by others before a run: beyond that no figure is judged."""


class Figure(NamedTuple):
    """One measured value; without a target it only informs."""

    what: str
    value: float
    target: float | None = None
    at_least: bool = False
    said: str = ""  # both sides of a ratio, with units

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self, values: Iterable[float] = ()) -> str:
        """What a person reads, with the values of all runs."""
        wanted = "" if self.target is None else f"({'≥' if self.at_least else '≤'} {self.target:g})"
        verdict = "" if self.target is None else "ok" if self.holds else "MISSED"
        runs = " ".join(f"{one:.2f}" for one in values)
        return (
            f"{self.what:<48} {self.value:9.2f}  {wanted:<10} {verdict:<6}  {runs:<24}  {self.said}".rstrip()
        )


def three_runs(bench: Callable[[], Iterable[Figure]]) -> Iterator[tuple[Figure, list[float]]]:
    """Each figure with the median of three runs as its value, and the three values."""
    runs = [list(bench()) for _ in range(RUNS)]
    for same in zip(*runs, strict=True):
        middle = median(one.value for one in same)
        shown = next(one for one in same if one.value == middle)
        yield shown, [one.value for one in same]


def taken_by_others(seconds: float = 1.0) -> float:
    """Percent of all cores that others use while we wait."""
    psutil.cpu_percent()
    return float(psutil.cpu_percent(interval=seconds))
