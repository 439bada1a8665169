"""The working copy on its way to the line: held against what is published, proposed with what it changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import LineFault
from sync.county.founding.lacking import lacking
from sync.county.founding.starting import TO_FILL
from sync.county.packs import acts
from sync.county.packs.difference import differences
from sync.county.packs.history import PublishedPack, published_packs
from sync.county.packs.lines import with_value
from sync.county.packs.meaning import meaning
from sync.county.publish import proposals
from sync.county.publish.published.left_behind import refuse_left_behind
from sync.county.publish.publisher import propose_target
from sync.pack import PackNotWhole, pack_files, packed, parsed_pack, unpacked
from sync.trust_layout import TARGET_LIMIT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from boards.model.pack import Pack
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal


CARE = "请注意："
"""So begins what a reviewer reads first."""


class PackUnfilled(Refusal):
    """A template's gaps must not hang in the villages."""

    code = "pack-unfilled"
    fault = Fault.PERSON
    sentence = "补贴{names}还有“待填”的地方没有填，没有提交。"
    advice = "每一处在哪里，county pack check 会列出来；填好再提交。"


class NothingChanged(Refusal):
    """The working copy is what is published."""

    code = "pack-nothing-changed"
    fault = Fault.PERSON
    sentence = "资料包和已发布的 {version} 版一样，没有什么要发布。"
    advice = "请先修改（county pack edit），用 county pack diff 看过再提交。"


class VersionTaken(Refusal):
    """Two packs of one version could not be told apart at the foot of a page."""

    code = "pack-version-taken"
    fault = Fault.PERSON
    sentence = "资料包版本 {version} 已经发布过，没有提交。"
    advice = "请加上 --version auto 再提交，按年份接着编号；或在 pack.toml 里写一个没有用过的版本。"


class PackWaits(Refusal):
    """One pack at a time: a second one would undo the first."""

    code = "pack-waits"
    fault = Fault.PERSON
    sentence = "已有一份资料包（{id}）等待审核或发布，没有再提交。"
    advice = "请先审核、发布它；要改的，先取消它（county cancel）再提交。"


class PackOfAnother(Refusal):
    """The pack names another county than this folder publishes for."""

    code = "pack-of-another-county"
    fault = Fault.PERSON
    sentence = "资料包的县代码是 {found}，这个发布目录是 {county} 的，没有提交。"
    advice = "请核对 pack.toml 的 county_code；另一个县要用 county init 另建发布目录。"


class NoSuchPack(Refusal):
    """That version was never published."""

    code = "pack-version-unknown"
    fault = Fault.PERSON
    sentence = "没有发布过版本 {version} 的资料包。"
    advice = "发布过的版本见 county pack log。"


class NotPublishedYet(Refusal):
    """Going back would lose what nobody has published."""

    code = "pack-not-published-yet"
    fault = Fault.PERSON
    sentence = "工作副本里有还没有发布的修改，没有改动。"
    advice = "请先用 county pack diff 看看；确定不要的，加上 --discard 再运行。"


class Done(NamedTuple):
    """What an act on the working copy did, what it means for lists that hang, and what remains to be done."""

    told: tuple[str, ...]
    cares: tuple[str, ...]
    left: tuple[str, ...]  # what is wrong with the pack, and what is missing or odd in the files changed
    whole: bool


def edit(county: County, act: acts.Act, today: date) -> Done:
    """Do it to the working copy, one at a time.

    Raises PackNotWhole, NotInPack, MoreNeeded, EditByHand, ProgrammeThere, NotWritten, CountyBusy.
    """
    with county.writing((acts.WORKING,)):
        folder = county.folder / "pack"
        before = _readable(folder)
        done = acts.edited(folder, act)
        after = _readable(folder)
        lacks = lacking(pack_files(folder), (), today) if done.files else []
    cares = meaning(county, before, after) if before and after else ()
    left = (str(one) for one in lacks if one.kind == "wrong" or one.file in done.files)
    return Done(done.told, cares, tuple(left), not done.left)


def _readable(folder: Path) -> Pack | None:
    try:
        return parsed_pack(pack_files(folder))
    except PackNotWhole:
        return None


def versioned(county: County, version: str, now: datetime) -> None:
    """Another version in pack.toml; `auto` goes on counting in its year. Raises PackNotWhole, EditByHand."""
    named = next_version(county, now.year) if version == "auto" else version
    with county.writing((acts.WORKING,)):
        acts.edited(county.folder / "pack", acts.head("version", named))


class Standing(NamedTuple):
    """The working copy against what is published."""

    told: tuple[str, ...]  # the difference
    cares: tuple[str, ...]  # what it means, for a reviewer to read first

    def lines(self) -> Iterator[str]:
        """As a reviewer reads it."""
        yield from (f"{CARE}{one}" for one in self.cares)
        yield from self.told


def standing(county: County) -> Standing:
    """What the working copy would change; raises PackNotWhole."""
    files = unpacked(packed(pack_files(county.folder / "pack")))
    return _against(county, published_packs(county), files)


def _against(county: County, packs: tuple[PublishedPack, ...], files: Mapping[str, bytes]) -> Standing:
    after = parsed_pack(files)
    if not packs:
        return Standing(differences({}, files), ())
    return Standing(differences(packs[-1].files, files), meaning(county, county.pack, after))


def words_of(county: County, files: Mapping[str, bytes]) -> str:
    """What a reviewer of this pack reads: which it replaces, what it means, what it changes."""
    packs, version = published_packs(county), parsed_pack(files).version
    head = f"县级资料包 {version} 版，{f'代替 {packs[-1].version} 版' if packs else '第一版'}"
    return "\n".join((head, *_against(county, packs, files).lines()))


def _published(county: County) -> Mapping[str, bytes]:
    packs = published_packs(county)
    return packs[-1].files if packs else {}


def next_version(county: County, year: int) -> str:
    """2026-2, where 2026-1 was published."""
    numbered = (re.fullmatch(rf"{year}-(\d+)", one.version) for one in published_packs(county))
    return f"{year}-{max((int(found[1]) for found in numbered if found), default=0) + 1}"


def propose_pack(county: County, now: datetime) -> Proposal:
    """Put the working copy forward for both seats.

    Raises PackNotWhole, PackUnfilled, NothingChanged, VersionTaken, PackWaits, PackOfAnother,
    VillageStillShows.
    """
    content = packed(pack_files(county.folder / "pack"))
    pack, packs = parsed_pack(unpacked(content)), published_packs(county)
    _refuse_waiting(county)
    _refuse_too_large(content)
    _refuse_unfilled(pack)
    if pack.county_code != county.settings.county_code:
        raise PackOfAnother(found=pack.county_code, county=county.settings.county_code)
    if packs:
        _refuse_after(county, packs, pack, unpacked(content))
    return propose_target(county, "pack", content, words_of(county, unpacked(content)), now)


def _refuse_after(
    county: County, packs: tuple[PublishedPack, ...], pack: Pack, files: Mapping[str, bytes]
) -> None:
    """A pack that follows another says something else, under a version of its own."""
    if files == packs[-1].files:
        raise NothingChanged(version=pack.version)
    if pack.version in {one.version for one in packs}:
        raise VersionTaken(version=pack.version)
    refuse_left_behind(county, pack.villages)


def _refuse_too_large(content: bytes) -> None:
    """What no kiosk would take is told before anybody signs it."""
    if len(content) > TARGET_LIMIT_BYTES:
        why = f"合起来超过 {TARGET_LIMIT_BYTES >> 20} MB，文件过大或过多"
        raise PackNotWhole([LineFault(1, "", why, "pack.json")])


def _refuse_unfilled(pack: Pack) -> None:
    open_ones = [one.name for one in pack.programmes if f"【{TO_FILL}" in repr(one)]
    if open_ones:
        raise PackUnfilled(names="、".join(f"“{one}”" for one in open_ones))


def _refuse_waiting(county: County) -> None:
    for one in proposals.proposals(county):
        if one.kind == "pack" and proposals.stands(county, one) != "published":
            raise PackWaits(id=one.id)


def back(county: County, version: str, now: datetime, *, discard: bool) -> acts.Edited:
    """The working copy as a published version had it, under a version of its own.

    Raises NoSuchPack, NotPublishedYet, EditByHand, NotWritten.
    """
    wanted = {one.version: one.files for one in published_packs(county)}.get(version)
    if wanted is None:
        raise NoSuchPack(version=version)
    head = wanted["pack.toml"].decode()
    named = with_value(head, ("version",), next_version(county, now.year), "pack.toml")
    with county.writing((acts.WORKING,)):
        here = pack_files(county.folder / "pack")
        if differences(_published(county), here) and not discard:
            raise NotPublishedYet
        return acts.replaced(county.folder / "pack", here, {**wanted, "pack.toml": named.encode()})
