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

    def unfit(self) -> str:
        """What of the table cannot be read back, "" when all of it can."""
        for part in (self.case, self.notice, self.area, self.compensation, *self.values.values()):
            if len(set(part.values())) != len(part):
                return "同一个位置对应了两个字段"
        taken = {**self.constants, **self.derived}
        if len(taken) != len(self.constants) + len(self.derived) or set(taken) & {*self.case, *self.notice}:
            return "字段名重复"
        return ""
