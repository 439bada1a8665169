"""How long archives are kept (保管期限): the county sets the classes in its pack. Pure.

Apart from posting terms (windows.py) and from limits on names: what leaves the public page stays
in the archive.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kept(StrEnum):
    """A class of retention."""

    PERMANENT = "permanent"
    YEARS_30 = "30"
    YEARS_10 = "10"
    YEARS_3 = "3"

    @property
    def words(self) -> str:
        """As an archive writes it: 永久, 30年."""
        return "永久" if self is Kept.PERMANENT else f"{self.value}年"


class ArchiveKind(StrEnum):
    """What kind of record is kept."""

    ANNUAL = "annual"  # 年度汇总
    LIST = "list"  # 发放公示表
    APPLICATION = "application"  # 申报公示表
    NOTICE = "notice"  # 征地公告
    ATTACHMENT = "attachment"  # 公告附件
    REGISTER = "register"  # 登记簿
    BACKFILL = "backfill"  # 补录


USUAL: Final = {
    ArchiveKind.ANNUAL: Kept.PERMANENT,
    ArchiveKind.NOTICE: Kept.PERMANENT,
    ArchiveKind.ATTACHMENT: Kept.PERMANENT,
    ArchiveKind.REGISTER: Kept.YEARS_30,
    ArchiveKind.LIST: Kept.YEARS_30,
    ArchiveKind.APPLICATION: Kept.YEARS_10,
    ArchiveKind.BACKFILL: Kept.YEARS_30,
}
"""Where a pack says nothing; the annex of 村级档案管理办法 was not found (domain, head)."""
