"""What has been kept long enough, and what a signed list lets go of (keeping §8). Safe to stop and repeat.

Events of the log and lines of the register are never destroyed; the signed list itself stays in the vault.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.appraisal import Item, Listed
from boards.model.kept.register import Act, Entry
from boards.model.kept.retention import ArchiveKind, Kept, has_elapsed
from boards.model.pack import LISTS, Pack, kept_as
from kiosk_server.archive import land_board

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from kiosk_server.archive.board import Board
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.desk.keeping import Keeping

_PUT_IN, _TAKEN_OUT = {Act.PRINT, Act.BACKFILL}, {Act.DESTROY, Act.ERASE}


class ClockSuspect(Refusal):
    """Nobody knows whether any time is over."""

    code = "appraisal-clock"
    fault = Fault.MACHINE
    sentence = "本机时钟可疑，不能判断保管期限是否已满，没有开列，也没有销毁。"
    advice = "请校准本机时间，同步一次（kiosk sync）后再试。"


class NotElapsed(Refusal):
    """A line names what is not to be destroyed: kept longer, for good, changed, or not here."""

    code = "appraisal-not-elapsed"
    fault = Fault.PERSON
    sentence = "清单上有 {count} 份不能销毁（第一份 sha256 {first}…）：期限没有满、本机没有，或写法不同。"
    advice = "一份也没有销毁；请重新开列（kiosk appraise --list），再由两人签名。"


class ListElsewhere(Refusal):
    """A list of another village."""

    code = "appraisal-other-village"
    fault = Fault.PERSON
    sentence = "这份清单是 {village} 的。"
    advice = "请在那个村的一体机上运行，或核对 --village。"


def elapsed(
    entries: Iterable[Entry], pack: Pack, village: str, today: date, never: Collection[str]
) -> Iterator[Item]:
    """A village's files by the register whose time is over on a day, in the order they came.

    A file that several lines put in is kept as long as the longest of them wants; one of an unknown kind or
    year, and what `never` names (files of notices, signed lists), is no item.
    """
    for digest, claims in _claims(entries).items():
        items = [_item(one, pack) for one in claims]
        over = [one for one in items if one and has_elapsed(one.kept, one.year, today)]
        if len(over) == len(claims) and digest not in never and claims[0].village == village:
            yield over[-1]


def _claims(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """By digest, every line that put a file in and that nothing took out since."""
    found: dict[str, list[Entry]] = {}
    for one in entries:
        if one.sha256 and one.act in _PUT_IN:
            found.setdefault(one.sha256, []).append(one)
        elif one.sha256 and one.act in _TAKEN_OUT:
            found.pop(one.sha256, None)
    return found


def _item(entry: Entry, pack: Pack) -> Item | None:
    """A line of the register as an item, None where nobody can say how long it is kept."""
    kind = ArchiveKind.BACKFILL if entry.act is Act.BACKFILL else _KNOWN.get(entry.kind)
    if kind is None or not entry.year:
        return None
    kept = _class(pack, kind, entry.record)
    came = "" if entry.suspect else entry.at[:10]
    about = entry.title, entry.name, kind, entry.record, kept, entry.year, entry.code, came
    return Item(str(entry.sha256), *about)


_KNOWN = {str(kind): kind for kind in ArchiveKind}


def _class(pack: Pack, kind: ArchiveKind, record: str) -> Kept:
    """The class of a record; of a list whose programme the pack no longer has, the longest of any."""
    programme = "".join(record.split("-")[1:2])  # 330590-rice-2025-01
    codes = {one.code for one in pack.programmes}
    if kind not in LISTS or programme in codes:
        return kept_as(pack, kind, programme)
    order = list(Kept)  # the longest first
    return min((kept_as(pack, kind, one) for one in {"", *codes}), key=order.index)


def never(board: Board, entries: Iterable[Entry]) -> frozenset[str]:
    """Files that no list may name: those of notices, and lists that were signed."""
    with board.snapshot():
        hang = {
            one.sha256
            for village in board.villages()
            for one in land_board.all_enclosures(board.land(village), ever=True)
        }
    return frozenset(hang | {str(one.sha256) for one in entries if one.act is Act.APPRAISE})


class Signed(NamedTuple):
    """A list as both signed it: its bytes, and what it names."""

    name: str
    raw: bytes
    listed: Listed

    @property
    def sha256(self) -> str:
        """What the register calls it by."""
        return sha256(self.raw).hexdigest()


def destroy(keeping: Keeping, signed: Signed, items: Sequence[Item], about: Entry) -> int:
    """Let go of everything a list names; how many files went. Raises NotElapsed before anything goes.

    First the list is kept, then each file has its line before it goes: whatever stops this, the register
    says no less than what was done, and the same list goes on from there. `about` says when and by whom.
    """
    keeping.begin()
    done = {one.sha256 for one in destroyed(keeping.register, signed)}
    asked = {digest: line for digest, line in signed.listed.lines.items() if digest not in done}
    before = [one for one in items if one.came <= signed.listed.day]
    meant = {one.line: one for one in before if asked.get(one.sha256) == one.line}
    here = {line: one for line, one in meant.items() if keeping.vault.read(one.sha256) is not None}
    wrong = [digest for digest, line in asked.items() if line not in here]
    if wrong:
        raise NotElapsed(count=len(wrong), first=wrong[0][:12])
    lists = {one.sha256 for one in keeping.register.entries() if one.act is Act.APPRAISE}
    if signed.sha256 not in lists:
        told = {"title": "鉴定清单", "size_bytes": len(signed.raw), "name": signed.name}
        keeping.keep(signed.raw, msgspec.structs.replace(about, act=Act.APPRAISE, **told))
    for one in here.values():
        keeping.take_away(_line(about, one, signed))
    return len(here)


def destroyed(register: Register, signed: Signed) -> tuple[Entry, ...]:
    """Every line about a file that went by this list, now or before."""
    return tuple(one for one in register.entries() if one.act is Act.DESTROY and one.reason == _why(signed))


def _why(signed: Signed) -> str:
    return f"鉴定清单 sha256 {signed.sha256}"


def _line(about: Entry, item: Item, signed: Signed) -> Entry:
    return msgspec.structs.replace(
        about,
        act=Act.DESTROY,
        year=item.year,
        record=item.record,
        title=item.title,
        kind=item.kind,
        sha256=item.sha256,
        code=item.code,
        name=item.name,
        reason=_why(signed),
    )
