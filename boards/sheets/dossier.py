"""A village's year as an archive hands it out (案卷): its items in order, and what proves them. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec

from boards.model.kept.annual import Annual
from boards.model.kept.register import Entry
from boards.model.kept.retention import ArchiveKind, Kept
from boards.model.payouts import Digest
from boards.model.place import Village
from boards.sheets.sheet import Sheet

STATES: Final = {
    "": "",
    "superseded": "已被代替",
    "withdrawn": "已撤下",
    "erased": "已删除",
    "held": "未保存正文",
}
SHORTEST_FIRST: Final = (Kept.YEARS_3, Kept.YEARS_10, Kept.YEARS_30, Kept.PERMANENT)


class DossierFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an item: its path in the bag with / between folders ("data/sheets/01_….pdf")."""

    path: str
    sha256: Digest
    size_bytes: int


class DossierItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item (件), as a yearly file lists it (DA/T 22, DA/T 46 words)."""

    number: int  # 件号, from 1
    title: str  # 题名
    made_by: str  # 责任者
    day: date  # 日期
    kept: Kept  # 保管期限
    pages: int  # 页数 of its PDF or scan; 0 where it has none
    kind: ArchiveKind
    record: str = ""  # batch, or record of a notice or of the year
    edition: int = 0
    code: str = ""  # short code
    digest: str = ""  # 校验码
    count: int = 0  # lines of a list
    households: int = 0
    sum_fen: int | None = None
    printed: bool = False  # the PDF is the one that was printed here, by the register
    backfilled: bool = False  # 补录: never shown as if published on its day
    state: str = ""  # "" in force; "superseded", "withdrawn", "erased", "held"
    undrawn: str = ""  # the character that kept it from becoming a PDF, as U+XXXX
    files: tuple[DossierFile, ...] = ()

    @property
    def standing(self) -> str:
        """What a list of contents says beside it (备注): edition, state, taken in later, no PDF and why."""
        edition = f"第{self.edition}版" if self.edition > 1 or self.state == "superseded" else ""
        later, undrawn = "补录" if self.backfilled else "", f"没有PDF：缺字{self.undrawn}"
        return " ".join(filter(None, (edition, STATES[self.state], later, self.undrawn and undrawn)))


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one village and year at one moment."""

    village: Village
    year: int
    as_of: datetime  # UTC
    items: tuple[DossierItem, ...]
    register: tuple[Entry, ...]  # of this village; without the export that is being made
    sheets: tuple[Sheet, ...]  # newest edition of each list, lines as they may be shown in the archive
    origin: str
    size: int  # leaves under the checkpoint
    root: str  # base64, as the checkpoint says
    keys: tuple[str, ...]  # verifier keys of publisher and reviewer, one line each
    pack_version: str
    note: str = ""  # what an inspector should know first: clock suspect, a log that was forked
    annual: Annual | None = None  # the year's figures, decided or as they stand; None: none

    @property
    def title(self) -> str:
        """What the file is called (案卷题名)."""
        return f"{self.village.name}{self.year}年惠民惠农补贴与征地公告"

    @property
    def kept(self) -> Kept:
        """How long the whole is kept: as the item that is kept longest."""
        return max((item.kept for item in self.items), key=SHORTEST_FIRST.index, default=Kept.YEARS_30)

    @property
    def decided(self) -> bool:
        """Whether the county has closed the year: its figures are an event, and have a digest."""
        return any(item.kind is ArchiveKind.ANNUAL and item.digest for item in self.items)

    @property
    def paid(self) -> tuple[DossierItem, ...]:
        """Payment lists in force: none replaced, taken back or only applied for, nor the year itself."""
        return tuple(item for item in self.items if item.kind is ArchiveKind.LIST and not item.state)

    @property
    def paid_fen(self) -> int:
        """What they come to, each list once."""
        return sum(item.sum_fen or 0 for item in self.paid)

    def reference(self, item: DossierItem) -> str:
        """What an item is asked for by (档号): village, year, kind, number."""
        return f"{self.village.code}-{self.year}-{item.kind}-{item.number:03d}"
