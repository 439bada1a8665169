"""Whether figures of one list, told one after the other, give away one or two households (rules §4).

Each figure adds up what its households bring. Whoever keeps all of them can add and subtract as they like:
what is left must be of nobody, or of three households and more. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Final, TypeAlias

from boards.model.batch_close import FEWEST

Family: TypeAlias = tuple[int | str, str, str]
"""The county's mark of a household ("" or 0: none), its name and group: alike in either, it is one here."""

Brought: TypeAlias = Mapping[Family, int | Decimal]
"""What each household brings to one figure; 0: nothing."""

MOST: Final = 8
_Key: TypeAlias = int | str | tuple[str, str]
_Pattern: TypeAlias = frozenset[frozenset[int]]
"""The figures, by their numbers, to which a household brings one and the same."""


def gives_away(figures: Sequence[Brought]) -> bool:
    """Whether some sum of the figures, each taken any number of times, is of one or two households alone.

    Of more than `MOST` figures it is not asked: they may.
    """
    if len(figures) > MOST:
        return True
    patterns = Counter(_patterns(figures))
    by_row = Counter(row for one, households in patterns.items() for row in [*one] * households)
    if _rank(row for row, households in by_row.items() if households >= FEWEST) == _rank(by_row):
        return False
    few = [one for one, households in patterns.items() if households < FEWEST]
    groups = [group for size in range(1, FEWEST) for group in combinations(few, size)]
    return any(
        _rank({row for one in patterns if one not in some for row in one}) < _rank(by_row)
        for some in groups
        if sum(patterns[one] for one in some) < FEWEST
    )


def _patterns(figures: Sequence[Brought]) -> Iterable[_Pattern]:
    """One for each household."""
    whose = _whose(figures)
    brought: dict[_Key, list[int | Decimal]] = defaultdict(lambda: [0] * len(figures))
    for at, figure in enumerate(figures):
        for family, share in figure.items():
            brought[whose[family]][at] += share
    for shares in brought.values():
        values = set(shares) - {0}
        yield frozenset(frozenset(at for at, one in enumerate(shares) if one == value) for value in values)


def _whose(figures: Sequence[Brought]) -> dict[Family, _Key]:
    """Which household each family is: one mark or one name in one group is one.

    Without marks a name that comes or goes may be another's new spelling: all of these count as one.
    """
    above: dict[_Key, _Key] = {}

    def top(key: _Key) -> _Key:
        while above.setdefault(key, key) != key:
            key = above[key]
        return key

    every = {family for figure in figures for family in figure}
    always = set.intersection(*({family[1:] for family in figure} for figure in figures))
    for mark, *named in every:
        known = (named[0], named[1])
        if mark or known not in always:
            above[top(known)] = top(mark or "")
    return {family: top(family[1:]) for family in every}


def _rank(rows: Iterable[frozenset[int]]) -> int:
    """How many of these equations (the takings of these figures come to 0) say something of their own."""
    kept: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        left = dict.fromkeys(row, Fraction(1))
        while left and (first := min(left)) in kept:
            by, less = left[first] / kept[first][first], kept[first]
            left = {at: left.get(at, 0) - by * less.get(at, 0) for at in left.keys() | less.keys()}
            left = {at: value for at, value in left.items() if value}
        if left:
            kept[first] = left
    return len(kept)
