"""Villages and their 12-digit statistical codes (统计用区划代码, domain §1.7)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

import msgspec

CODE_FORM = "应是 12 位村代码，例如 330590100201"
VillageCode = Annotated[str, msgspec.Meta(pattern=r"^\d{12}$", extra={"shape": f"{CODE_FORM}，加英文引号"})]
"""6 digits county + 3 township + 3 village."""


class Village(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One village as the county pack lists it. `name` is the short name (岭东村), without 委会."""

    code: VillageCode
    name: str
    town: str
    county: str
    hamlets: tuple[str, ...] = ()  # 自然村、小地名 that rosters write instead: for their reading only


def hamlets_of(cell: str) -> tuple[str, ...]:
    """小王庄、上塘 → the names, as a list of villages writes them beside a village."""
    return tuple(filter(None, (name.strip() for name in re.split("[、，,;；/ ]", cell))))


_CODE = re.compile(r"[1-9][0-9]{11}", re.ASCII)
_COMMITTEES = (
    ("社区", ("社区居民委员会", "社区居委会", "社区村委会", "社区委会")),
    ("村", ("村村民委员会", "村村委会", "村民委员会", "村委会", "村居委会")),
    ("", ("居民委员会", "居委会", "委员会", "委会")),
)


def county_of(code: str) -> str:
    """330590100201 → 330590."""
    return code[:6]


def town_of(code: str) -> str:
    """330590100201 → 330590100, the township's 9 digits."""
    return code[:9]


def is_village_code(text: str) -> bool:
    """12 digits whose township and village parts can belong to a village or community.

    Township (GB/T 10114): 001-099 街道, 100-199 镇, 200-399 乡, 400-599 farms, forest farms, zones.
    Village: 001-199 residents', 200-399 villagers' committee; 000 is the township's own row.
    """
    return _CODE.fullmatch(text) is not None and 1 <= int(text[6:9]) <= 599 and 1 <= int(text[9:]) <= 399


@lru_cache(maxsize=4_096)  # a case's rows name the same few villages again and again
def short_name(official: str) -> str:
    """岭东村委会 → 岭东村, 浮星桥社区居委会 → 浮星桥社区, 南街居委会 → 南街; a short name stays."""
    name = official.strip()
    for kept, endings in _COMMITTEES:
        for ending in endings:
            if name.endswith(ending) and len(name) - len(ending) + len(kept) > 1:
                return name.removesuffix(ending) + kept
    return name
