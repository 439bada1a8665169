"""A list for appraisal (鉴定清单): what has been kept long enough, for people to read, strike and sign.

    village-kiosk appraisal v1
    330590100201 岭东村
    2037-01-02 开列：以下档案保管期限已满。……
    - 2019年地力补贴公示表（表.png）｜补录 backfill-1a2b3c4d｜保管10年｜属于2019年，到2029-12-31｜sha256 1a2b…

Its first line begins no checkpoint and no other note, so that a signature under one is never one under the
other (keeping §8). A line says everything that is decided on: what differs from it in one sign is not meant.
Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from boards.model.errors import Fault, Refusal
from boards.model.kept.retention import ArchiveKind, Kept, retained_until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from boards.model.place import Village

TITLE: Final = "village-kiosk appraisal v1"
LARGEST_BYTES: Final = 4 << 20
_ASKED = "开列：以下档案保管期限已满。同意销毁的留下，不同意的整行删去，再由县里发布人、审核人分别签名。"
_KINDS = {
    ArchiveKind.ANNUAL: "年度汇总",
    ArchiveKind.LIST: "发放公示表",
    ArchiveKind.APPLICATION: "申报公示表",
    ArchiveKind.NOTICE: "征地公告",
    ArchiveKind.ATTACHMENT: "公告附件",
    ArchiveKind.REGISTER: "登记簿",
    ArchiveKind.BACKFILL: "补录",
}
_LINE = re.compile(r"- .+，到(\d{4}-\d\d-\d\d)｜sha256 ([0-9a-f]{64})")
_VILLAGE = re.compile(r"([0-9]{12}) (\S.*)")
_DAY = re.compile(rf"(\d{{4}}-\d\d-\d\d) {re.escape(_ASKED)}")


class ListUnreadable(Refusal):
    """A file that is no list for appraisal, or one that names nothing."""

    code = "appraisal-unreadable"
    fault = Fault.PERSON
    sentence = "{name} 不是鉴定清单（{why}）。"
    advice = "请用 kiosk appraise --list 重新开列；只能整行删去不同意销毁的，别处不要改动。"


class Item(NamedTuple):
    """One file that has been kept long enough."""

    sha256: str
    title: str
    name: str
    kind: ArchiveKind
    record: str
    kept: Kept
    year: int
    code: str = ""
    came: str = ""  # the day it was put in, UTC; "" where the clock was not to be believed

    @property
    def line(self) -> str:
        """As it stands on the list."""
        until = retained_until(self.kept, self.year)
        what = re.sub(r"\s+", " ", f"{self.title}（{self.name}）" if self.name else self.title)
        return (
            f"- {what}｜{_KINDS[self.kind]} {self.record}｜保管{self.kept.words}"
            f"｜属于{self.year}年，到{until}｜sha256 {self.sha256}"
        )


class Listed(NamedTuple):
    """What a list names: its village, the days as it writes them, and by digest the very line."""

    village: str
    name: str  # the village's
    day: str  # on which it was made
    latest: str  # the last day on which something of it must be kept
    lines: dict[str, str]


def appraisal(village: Village, items: Iterable[Item], day: date) -> str:
    """The list's text, ending in a line feed."""
    head = (TITLE, f"{village.code} {village.name}", f"{day} {_ASKED}")
    return "".join(f"{line}\n" for line in (*head, *(one.line for one in items)))


def listed(text: str, name: str) -> Listed:
    """Read a list's text, whoever struck lines from it; raises ListUnreadable.

    What people are asked under its head is the same words for everybody who signs.
    """
    title, village, asked, *lines = (*text.split("\n"), "", "")
    found = [_LINE.fullmatch(line) for line in lines if line]
    place, said = _VILLAGE.fullmatch(village), _DAY.fullmatch(asked)
    if title != TITLE or not place or not said:
        raise ListUnreadable(name=name, why="开头不对")
    if not all(found):
        raise ListUnreadable(name=name, why="有一行不是原来的样子")
    if not found:
        raise ListUnreadable(name=name, why="没有列任何档案")
    lines_by = {one[2]: one[0] for one in found if one}
    return Listed(place[1], place[2], said[1], max(one[1] for one in found if one), lines_by)
