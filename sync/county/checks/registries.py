"""What a county knows of households beside the roster. No ID is in it: a household is its keyed hash."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A beneficiary in the county's registry (补贴对象库)."""

    name: str
    village: str  # 12-digit code
    gone: bool = False  # 注销: dead, moved away


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """Land of a household no subsidy is paid for."""

    mu: Decimal
    why: str  # 设施农业用地、抛荒 …


class Registries(msgspec.Struct, frozen=True, kw_only=True):
    """The registries of a county, each by household; None: the county gives none."""

    people: Mapping[str, Person] | None = None
    contracts: Mapping[str, Decimal] | None = None  # 确权承包面积, mu
    excluded_land: Mapping[str, Excluded] | None = None

    def given(self, *names: str) -> bool:
        """Whether all of these registries are there."""
        return all(getattr(self, name) is not None for name in names)
