"""What a new pack means for lists that hang and for who is named: a reviewer reads this first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from boards.model.kept.retention import ArchiveKind, Kept
from boards.model.pack import LISTS, Pack, Programme, kept_as
from boards.model.windows import named_too_long
from sync.county.packs.words import HEAD
from sync.county.publish.published.left_behind import hanging
from sync.county.publish.published.lists import published_lists

if TYPE_CHECKING:
    from boards.model.place import Village
    from sync.county.county import County

_LESS = tuple(Kept)  # from for good down to three years
_SHOWN = ("one_star", "middle_star", "full")
"""How names are shown, from the surname alone to all."""


def meaning(county: County, before: Pack, after: Pack) -> tuple[str, ...]:
    """Sentences about what goes from one pack to the other; none where nothing needs care."""
    now = {one.code: one.windows for one in after.programmes}
    moved = any(now.get(one.code) != one.windows for one in before.programmes)
    hang = _lists(county, before) if moved else {}  # a thousand logs are not read for a telephone number
    return tuple(
        chain(
            _villages(county, before, after),
            _programmes(before, after, hang),
            _names(before, after),
            _kept(before, after),
        )
    )


def _lists(county: County, before: Pack) -> dict[str, int]:
    """How many lists of each programme hang."""
    found: dict[str, int] = {}
    for village in before.villages:
        for one in published_lists(county, village.code).values():
            if not one.withdrawn:
                found[one.close.terms.programme] = found.get(one.close.terms.programme, 0) + 1
    return found


def _villages(county: County, before: Pack, after: Pack) -> Iterator[str]:
    stay, known = {one.code for one in after.villages}, {one.code for one in before.villages}
    come = {(one.town, one.name): one for one in after.villages if one.code not in known}
    for one in (one for one in before.villages if one.code not in stay):
        called = f"{one.town}{one.name}"
        if other := come.get((one.town, one.name)):
            yield _renumbered(called, one, other)
        if count := hanging(county, one.code):
            yield f"撤销的{called}还公开着 {count} 份名单或公告：先撤下它们，否则不能提交"


def _renumbered(called: str, old: Village, new: Village) -> str:
    codes = f"{old.code} 改为 {new.code}"
    return f"{called}的村代码由 {codes}：原代码的名单不会跟过来，新代码从头公布，一体机要重新配对"


def _programmes(before: Pack, after: Pack, hang: dict[str, int]) -> Iterator[str]:
    now = {one.code: one for one in after.programmes}
    for old in before.programmes:
        new, lists = now.get(old.code), hang.get(old.code, 0)
        if new is None and lists:
            yield f"撤销的补贴“{old.name}”还有 {lists} 份名单在公开：名单不变，公示期改按通用的 7 天计算"
        if new is None:
            continue
        if old.sensitive and not new.sensitive:
            yield (
                f"补贴“{new.name}”不再是只公布姓名和金额：今后的名单会公布面积等各项，姓名也显示更久；"
                "已公布的名单不变"
            )
        if lists and old.windows != new.windows:
            yield (
                f"补贴“{new.name}”有 {lists} 份名单在公开，公示期一改，屏上的截止日随着变，"
                "已张贴的纸不会变：请村里重新打印"
            )


def _names(before: Pack, after: Pack) -> Iterator[str]:
    if _SHOWN.index(after.mask.names) > _SHOWN.index(before.mask.names):
        yield "姓名显示放宽了：所有在公开的名单都会多露出姓名里的字"
    told = set(named_too_long(before))
    for name in (one for one in named_too_long(after) if one not in told):
        yield f"“{name}”是敏感项目，姓名显示超过 30 天"


def _kept(before: Pack, after: Pack) -> Iterator[str]:
    for kind in ArchiveKind:
        said = HEAD[f"retention.{kind}"]
        yield from _shorter(said, before.retention.of(kind), after.retention.of(kind))
    known = {one.code for one in before.programmes}
    for one in (one for one in after.programmes if one.code in known):
        for kind in sorted(LISTS):
            yield from _own(one, kind, before, after)


def _own(one: Programme, kind: ArchiveKind, before: Pack, after: Pack) -> Iterator[str]:
    """A programme whose own class moved."""
    own = {old.code: old.retention for old in before.programmes}[one.code]
    if own != one.retention:
        said = f"补贴“{one.name}”的{HEAD[f'retention.{kind}']}"
        yield from _shorter(said, kept_as(before, kind, one.code), kept_as(after, kind, one.code))


def _shorter(said: str, was: Kept, now: Kept) -> Iterator[str]:
    if _LESS.index(now) > _LESS.index(was):
        yield f"{said}由{was.words}缩短为{now.words}：到期的会提前进入鉴定销毁"
