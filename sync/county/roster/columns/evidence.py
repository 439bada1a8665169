"""What a witness says of a column, and why, in the clerk's words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from sync.county.roster.columns.words import Role, What

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.county.roster.columns.column import Column, Sample


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One testimony on a column: what it is, in which unit, how high it stands, whether it counts."""

    why: str = ""
    what: What | None = None
    weight: int = 0
    role: Role = Role.ANYONE
    unit: tuple[str, Decimal] | None = None  # its name and the factor to ours
    rank: int | None = None  # among columns of one meaning the highest is the one that counts
    counts: int = 0  # + it is proven that this one of its kind counts, − it does not
    instead: tuple[int, ...] = ()  # columns that do not count because this one does
    by: str = ""  # who said it


Witness: TypeAlias = "Callable[[Column, Sample], Iterator[Evidence]]"
"""A rule on what a column is, by itself or among its neighbours. It says nothing where it does not know."""
