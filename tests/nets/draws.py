"""Examples of Hypothesis strategies from a seed alone.

Hypothesis itself mixes constants it finds in our sources into what it draws: its examples change when
code is moved. Here each choice comes from `random.Random`, so the same seed is the same example.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis.control import BuildContext
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.internal.conjecture.providers import PrimitiveProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy


class Seeded(PrimitiveProvider):
    """Every choice evenly within its bounds."""

    def __init__(self, conjecturedata, *, seed: int):
        super().__init__(conjecturedata)
        self.chance = random.Random(seed)

    def draw_boolean(self, p=0.5):
        return self.chance.random() < p

    def draw_integer(self, min_value=None, max_value=None, *, weights=None, shrink_towards=0):
        low = min_value if min_value is not None else (max_value or 0) - 10**6
        return self.chance.randint(low, max_value if max_value is not None else low + 10**6)

    def draw_float(self, *, min_value, max_value, allow_nan=True, smallest_nonzero_magnitude):
        return self.chance.uniform(max(min_value, -1e9), min(max_value, 1e9))

    def draw_string(self, intervals, *, min_size=0, max_size=20):
        length = self.chance.randint(min_size, min(max_size, min_size + 20))
        return "".join(chr(intervals[self.chance.randrange(len(intervals))]) for _ in range(length))

    def draw_bytes(self, min_size=0, max_size=20):
        return self.chance.randbytes(self.chance.randint(min_size, min(max_size, min_size + 20)))


def drawn(strategy: SearchStrategy, seed: int):
    """The example of a seed; the next seed's where this one leads nowhere."""
    return next(_examples(strategy, seed))


def _examples(strategy: SearchStrategy, seed: int) -> Iterator:
    for attempt in range(100):
        data = ConjectureData(random=None, provider=Seeded, provider_kw={"seed": seed + attempt * 10**6})
        try:
            with BuildContext(data, wrapped_test=_examples):
                yield data.draw(strategy)
        except StopTest:
            continue
