"""A village's year as a folder that anybody can check without this program (案卷导出): an RFC 8493 bag.

    data/feed/              heads of the whole log, the year's events, the signed checkpoint, keys, proofs
    data/sheets/ notices/   each item as figures and as paper; attachments/ beside them
    data/register.ndjson    what this machine did

The same state and the same moment (`as_of`) give the same bytes on every machine (settled §12).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.kept.register import Act, Entry, stamped
from boards.sheets.dossier import Dossier, DossierItem
from boards.sheets.sheet import Sheet
from kiosk_server.dossier.bag import Bag
from kiosk_server.dossier.filling import Filling
from kiosk_server.dossier.human import written
from kiosk_server.dossier.items import canonical
from kiosk_server.dossier.moment import feed_files, moment
from kiosk_server.dossier.names import plain_name
from kiosk_server.dossier.tools import checkers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from boards.model.place import Village
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.dossier.moment import Asked, Holder, Moment
    from kiosk_server.press.worker import Press

TOOLS: Final = "核对工具"  # beside the bag, never in it: on the medium lie archival files only
PRIVATE: Final = "含个人信息，仅供检查与留存"


class Exported(NamedTuple):
    """What came of it."""

    folder: Path
    manifest: str  # digest of manifest-sha256.txt
    files: int
    octets: int
    missing: int  # files of notices that never came here
    withheld: int  # records of the year whose text this machine keeps back
    undrawn: tuple[str, ...]  # characters for want of which a paper was left out, one a paper
    there_already: bool

    @property
    def lacks(self) -> bool:
        """Whether something of the year is not in it."""
        return bool(self.missing or self.withheld or self.undrawn)


async def exported(holder: Holder, asked: Asked) -> Exported:
    """Hand out a village's year; safe to stop, safe to repeat.

    Raises what `moment` raises, RegisterBent, FolderNotThere, ExportStopped, ExportBusy, OtherBagThere.
    """
    read = moment(holder, asked)
    with Bag(asked.into, _name(asked.village, asked.year, asked.as_of)) as bag:
        for path, data in feed_files(asked, read):
            bag.put(path, data)
        filling = Filling(holder, asked, read, bag)
        dossier = _dossier(asked, read, filling, await filling.items())
        bag.put("data/register.ndjson", b"".join(map(canonical, read.register)))
        await _for_people(holder.press, dossier, bag)
        await _tools(holder.press, dossier, bag)
        manifest = bag.close(_info(asked, read, dossier))
    lacking = filling.missing, len(read.log.withheld), tuple(filling.undrawn)
    return Exported(bag.whole, manifest, len(bag.files), bag.octets, *lacking, bag.there)


async def _for_people(press: Press, dossier: Dossier, bag: Bag) -> None:
    """Tables, metadata, first page, contents, register; the cover last, which counts all other files."""
    ledgers = asyncio.create_task(press.dossier(dossier))
    await asyncio.sleep(0)  # the press draws them while the tables are written
    try:
        for path, data in written(dossier):
            bag.put(f"data/{path}", data)
        drawn = await ledgers
    finally:
        ledgers.cancel()
    for path, data in drawn.items():
        bag.put(f"data/{path}", data)
    bag.put("data/案卷封面.pdf", await press.cover(dossier, len(bag.files), bag.octets))


async def _tools(press: Press, dossier: Dossier, bag: Bag) -> None:
    """What checks it, beside it: a program, a page, and the five steps on paper that name both by digest."""
    tools = checkers()
    for name, data in tools.items():
        bag.beside(f"{TOOLS}/{name}", data)
    digests = {name: sha256(data).hexdigest() for name, data in tools.items()}
    steps = await press.five_steps(dossier, len(bag.files), bag.octets, digests)
    bag.beside(f"{TOOLS}/核对五步_{bag.name}.pdf", steps)


class Acted(NamedTuple):
    """Who handed it out, why and when."""

    at: datetime
    by: str
    reason: str


def record(register: Register, asked: Asked, done: Exported, acted: Acted) -> None:
    """Write a finished export into the register; one that was there already, only if it is not in it.

    Raises DiskFull, RegisterBent.
    """
    village = asked.village.code
    known = {one.sha256 for one in register.entries(village) if one.act is Act.EXPORT}
    if done.there_already and done.manifest in known:
        return
    entry = Entry(
        at=stamped(acted.at),
        suspect=asked.suspect,
        act=Act.EXPORT,
        village=village,
        year=asked.year,
        sha256=done.manifest,
        size_bytes=done.octets,
        name=done.folder.name,
        by=acted.by,
        reason=acted.reason,
        outcome="complete",
    )
    register.write(entry)


def told(done: Exported) -> Iterator[str]:
    """What a person reads of it."""
    if done.missing:
        yield f"! 有 {done.missing} 份公告附件没有收到，或补录的文件不在了，已在说明里写明"
    if done.withheld:
        yield f"! 有 {done.withheld} 条记录因含个人号码，本机没有保存正文；核对时会逐条点名，不算全部相符"
    if done.undrawn:
        what = f"没有画成PDF（缺字 {_characters(done.undrawn)}），内容在 .json 和表格里"
        yield f"! 有 {len(done.undrawn)} 件{what}"
        yield "  请安装字库 fonts-noto-cjk、fonts-babelstone-han，再导出到另一个文件夹；不行请县里核对这个字"
    what = "已经在那里，内容相同" if done.there_already else "已导出"
    yield f"✓ {done.folder} {what}：{done.files} 个文件，{done.octets} 字节"
    yield f"  清单校验码（manifest-sha256.txt）：{done.manifest}"
    yield f"  {PRIVATE}"


def begun(came: datetime, into: Path, village: Village, year: int, now: datetime) -> datetime | None:
    """The moment of an export that was stopped in this folder, or finished today; None where there is none.

    So the same command goes on where it stopped, and done twice on a day finds what it did. One that was
    begun before the newest records `came` cannot go on.
    """
    today = into / _name(village, year, now)
    for folder in (*sorted(into.glob(f"{village.code}_*_{year}年_*.part")), today):
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            feed = (folder / "data/feed/feed.json").read_bytes()
            moment = datetime.fromisoformat(msgspec.json.decode(feed, type=_Begun).as_of)
            if came <= moment <= now:
                return moment
    return None


def _characters(undrawn: Sequence[str]) -> str:
    """Each once."""
    return "、".join(sorted(set(undrawn)))


class _Begun(msgspec.Struct):
    as_of: str


def _name(village: Village, year: int, as_of: datetime) -> str:
    """How the bag is called; ten signs are left for what stands behind a name on its way."""
    return plain_name(f"{village.code}_{village.name}_{year}年_{civil_day(as_of)}", 10)


def _dossier(asked: Asked, read: Moment, filling: Filling, items: tuple[DossierItem, ...]) -> Dossier:
    settled, withheld, missing = read.year.settled, len(read.log.withheld), filling.missing
    undrawn = filling.undrawn
    notes = (
        (asked.suspect, "导出时本机时钟不可信"),
        (read.kept.forked, "县里的记录曾出现两个互相矛盾的版本"),
        (withheld > 0, f"有 {withheld} 条记录因含个人号码没有保存正文"),
        (missing > 0, f"有 {missing} 份文件没有收到"),
        (bool(undrawn), f"有 {len(undrawn)} 件因缺字（{_characters(undrawn)}）没有画成PDF"),
        (settled is not None and not settled.holds, "年度汇总核定以后，名单又有变动"),
    )
    return Dossier(
        village=asked.village,
        year=asked.year,
        as_of=asked.as_of,
        items=items,
        register=read.register,
        sheets=tuple(one.drawn for one in read.papers if isinstance(one.drawn, Sheet)),
        origin=read.signed.origin,
        size=read.signed.size,
        root=read.root,
        keys=tuple(map(str, read.keys)),
        pack_version=filling.pack_version,
        annual=filling.annual,
        note="；".join(note for holds, note in notes if holds),
    )


def _info(asked: Asked, read: Moment, dossier: Dossier) -> dict[str, str]:
    """What bag-info.txt says (RFC 8493 §2.2.2)."""
    village = asked.village
    return {
        "Bagging-Date": civil_day(asked.as_of).isoformat(),
        "Source-Organization": f"{village.county}{village.town}{village.name}",
        "External-Description": f"{village.name}{asked.year}年公开档案：惠农补贴、征地公告（{PRIVATE}）",
        "Village": village.code,
        "Year": str(asked.year),
        "As-Of": asked.instant,
        "Origin": read.signed.origin,
        "Checkpoint-Size": str(read.signed.size),
        "Checkpoint-Root": read.root,
        "Personal-Information": PRIVATE,
        "Note": dossier.note,
    }
