"""Villages and their 12-digit statistical codes (统计用区划代码, DOMAIN §1.7)."""

from __future__ import annotations

from typing import Annotated

import msgspec

VillageCode = Annotated[str, msgspec.Meta(pattern=r"^\d{12}$")]
"""6 digits county + 3 township + 3 village."""


class Village(msgspec.Struct, frozen=True, kw_only=True):
    """One village as the county pack lists it. `name` is the short name (岭东村), without 委会."""

    code: VillageCode
    name: str
    town: str
    county: str
