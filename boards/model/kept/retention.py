"""How long archives are kept (保管期限): the county sets the classes in its pack. Pure.

Apart from posting terms (windows.py) and from limits on names: what leaves the public page stays
in the archive.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec


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

_SHAPE: Final = '应是 "permanent"（永久）、"30"、"10" 或 "3"（年），加英文引号，例如 "30"'
KeptFor = Annotated[Kept, msgspec.Meta(extra={"shape": _SHAPE})]
"""A class as a pack writes it."""


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The county's classes by kind: one field for each ArchiveKind."""

    annual: KeptFor = USUAL[ArchiveKind.ANNUAL]
    list: KeptFor = USUAL[ArchiveKind.LIST]
    application: KeptFor = USUAL[ArchiveKind.APPLICATION]
    notice: KeptFor = USUAL[ArchiveKind.NOTICE]
    attachment: KeptFor = USUAL[ArchiveKind.ATTACHMENT]
    register: KeptFor = USUAL[ArchiveKind.REGISTER]
    backfill: KeptFor = USUAL[ArchiveKind.BACKFILL]

    def of(self, kind: ArchiveKind) -> Kept:
        """The class of a kind."""
        kept: Kept = getattr(self, kind)
        return kept


def retained_until(kept: Kept, year: int) -> date | None:
    """The last day on which a record of a year must be kept; None: for good.

    The clock runs from 1 January after the year the record belongs to, whenever the record was made.
    """
    return None if kept is Kept.PERMANENT else date(year + int(kept), 12, 31)


def has_elapsed(kept: Kept, year: int, today: date) -> bool:
    """Whether a record may be put up for appraisal (鉴定): its time is over, and it is not kept for good."""
    last = retained_until(kept, year)
    return last is not None and last < today
