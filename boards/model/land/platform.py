"""How a land case is written for a province's platform: one table of the county pack (domain §2.3).

Left the platform's names, right the places in our case file. What the table does not name travels
beside it, listed; so a case that was exported and imported again is the same case.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Derived = Literal["approved_year", "towns", "villages", "module"]
"""What can be computed from a case: 批准年度, 所属乡镇, 所属村居, 批前公告 or 批后项目."""


class PlatformTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The platform's fields by part of the case; every name stands for one place and back."""

    name: str
    case: dict[str, str] = {}
    derived: dict[str, Derived] = {}
    notice: dict[str, str] = {}
    area: dict[str, str] = {}
    compensation: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}  # by place of a notice: the platform's word to ours
    constants: dict[str, str] = {}  # what the platform wants with every notice

    def unfit(self) -> dict[tuple[str, ...], str]:
        """What of the table cannot be read back, by its place; empty when all of it can."""
        found: dict[tuple[str, ...], str] = {}
        parts: dict[tuple[str, ...], dict[str, str]] = {("case",): self.case, ("notice",): self.notice}
        parts |= {("area",): self.area, ("compensation",): self.compensation}
        parts |= {("values", name): said for name, said in self.values.items()}
        for way, part in parts.items():
            seen: dict[str, str] = {}
            for name, place in part.items():
                if (first := seen.setdefault(place, name)) != name:
                    found[*way, name] = f"和 {first} 对应了同一个位置，一个位置只能有一个字段"
        taken = {**self.case, **self.notice}
        for part_name, names in (("derived", self.derived), ("constants", self.constants)):
            for name in names:
                if name in taken or (part_name == "constants" and name in self.derived):
                    found[part_name, name] = "这个字段名已经用过，一个字段名只能用一次"
        return found
