"""What a sheet is printed on."""

from __future__ import annotations

from enum import StrEnum


class Paper(StrEnum):
    """A3 shows the same page larger, to be read from further away."""

    A4 = "a4"
    A3 = "a3"

    @property
    def scale(self) -> float:
        """How much larger than on A4 everything is."""
        return 420 / 297 if self is Paper.A3 else 1.0
