"""Areas of land as notices print them: hectares and mu, kept as published and never corrected (domain §2.4).

1 公顷 = 15 亩 = 10,000 m². A printed figure stands for anything within half a unit of its last place,
so two figures for the same land agree if such values could be equal; anything up to 0.001 亩 agrees.
A real notice prints 11.8078 公顷 and 177.1174 亩 (×15 = 177.1170): that agrees, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

import msgspec

MU_PER_HA = Decimal(15)
M2_PER_HA = Decimal(10_000)
LEAST_TOLERANCE_MU = Decimal("0.001")


class Area(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One area as published; the decimals that are printed are kept (1.2040 is not 1.204)."""

    ha: Decimal | None = None
    mu: Decimal | None = None


class LandParcel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Land of one class in one village that a notice names (一村一地类)."""

    village: str  # as written
    village_code: str | None = None
    land_class: str = ""  # 地类: 耕地, 林地, 建设用地 …
    owner: str = ""  # the collective that owns it
    group: str = ""  # 村民小组 where the notice names it: 第二村民小组
    area: Area


class Agreement(StrEnum):
    """How a sum agrees with the total that is printed under it."""

    EXACT = "exact"
    ROUNDING = "rounding"  # explained by the rounding of the printed figures
    DIFFERENT = "different"


def half_unit(figure: Decimal) -> Decimal:
    """Half a unit of the last printed place: 1.2036 → 0.00005."""
    return Decimal(5).scaleb(int(figure.as_tuple().exponent) - 1)


def tolerance_mu(ha: Decimal, mu: Decimal) -> Decimal:
    """How far hectares × 15 and mu may lie apart: both roundings, in mu, and at least 0.001."""
    return max(half_unit(ha) * MU_PER_HA + half_unit(mu), LEAST_TOLERANCE_MU)


def ha_and_mu_agree(area: Area) -> bool:
    """Whether the two figures can be the same land; true where only one is printed."""
    if area.ha is None or area.mu is None:
        return True
    return abs(area.ha * MU_PER_HA - area.mu) <= tolerance_mu(area.ha, area.mu)


def sum_agreement(parts: Iterable[Decimal], total: Decimal) -> Agreement:
    """Compare printed parts with their printed total."""
    figures = tuple(parts)
    difference = abs(sum(figures, Decimal(0)) - total)
    if difference == 0:
        return Agreement.EXACT
    rounding = sum((half_unit(figure) for figure in (*figures, total)), Decimal(0))
    return Agreement.ROUNDING if difference <= rounding else Agreement.DIFFERENT


def same_land(one: Area, other: Area) -> bool:
    """Whether two notices can mean the same land.

    One agreeing unit is enough: a slip in the other is found where hectares and mu are compared.
    """
    if one == other:
        return True
    pairs = [
        (one.ha, other.ha, MU_PER_HA),
        (one.mu, other.mu, Decimal(1)),
    ]
    judged = [
        abs(left - right) * scale <= max((half_unit(left) + half_unit(right)) * scale, LEAST_TOLERANCE_MU)
        for left, right, scale in pairs
        if left is not None and right is not None
    ]
    return any(judged) if judged else True


def square_metres(area: Area) -> Decimal | None:
    """Canonical area in m², from the hectares where they are printed; None where nothing is."""
    if area.ha is not None:
        return area.ha * M2_PER_HA
    return None if area.mu is None else area.mu * M2_PER_HA / MU_PER_HA
