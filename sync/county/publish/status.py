"""How the county's publishing stands: what waits, and whether every land case hangs (征地信息全覆盖)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from boards.model.land.register import Completeness, completeness
from sync.county.erasures import unfinished
from sync.county.publish import proposals
from sync.county.publish.land_notices import notices_in
from sync.log_files import VillageLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.county.county import County


class CountyStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the county's folder; its field names are the contract of `county status --json`."""

    pack: str  # version
    proposed: int  # wait for the second person
    reviewed: int  # wait for publication
    land: Completeness
    unfinished: tuple[str, ...] = ()  # villages whose log waits for an erasure to be carried through


def status(county: County) -> CountyStatus:
    """Count what waits, and hold the list of land cases against what the logs hold."""
    standing = [proposals.stands(county, one) for one in proposals.proposals(county)]
    return CountyStatus(
        pack=county.pack.version,
        proposed=standing.count("proposed"),
        reviewed=standing.count("reviewed"),
        land=land_status(county),
        unfinished=unfinished(county),
    )


def told(county: County, found: CountyStatus) -> Iterator[str]:
    """The status in sentences."""
    yield f"{county.pack.county}，资料包第 {found.pack} 版"
    yield f"待审核 {found.proposed} 件，已审核待发布 {found.reviewed} 件"
    if found.unfinished:
        names = {village.code: village.name for village in county.pack.villages}
        stuck = "、".join(names[one] for one in found.unfinished)
        yield f"{stuck}：有一次删除还没有做完，请检查磁盘空间和目录权限；之后任何一条 county 命令都会接着做"
    yield from land_told(county, found.land)


def land_told(county: County, land: Completeness) -> Iterator[str]:
    """征地信息全覆盖 in sentences: how many must hang, what is missing where, what the list does not know."""
    names = {village.code: f"{village.town}{village.name}" for village in county.pack.villages}
    yield f"征地信息全覆盖：应公开 {land.due} 件，已全部公开 {land.due - len(land.gaps)} 件"
    for gap in land.gaps:
        yield f"  缺 {gap.project}（{gap.case_id}）：{'、'.join(names.get(one, one) for one in gap.villages)}"
    if land.unlisted:
        yield f"  已公开但不在县里清单上：{'、'.join(land.unlisted)}，请更新清单"


def land_status(county: County) -> Completeness:
    """The list of land cases against the logs; a log that has not moved is not read again."""
    logs = {village.code: county.log(village.code) for village in county.pack.villages}
    shown = {code: _cases_in(county.feed, code, log.origin, log.state().root) for code, log in logs.items()}
    return completeness(county.pack.land_cases, shown)


@lru_cache(maxsize=2048)
def _cases_in(feed: Path, village: str, origin: str, _root: bytes) -> frozenset[str]:
    """Cases that hang by the log with this root."""
    shown = notices_in(VillageLog(feed, village, origin).lines()).values()
    return frozenset(one.notice.case_id for one in shown if not one.withdrawn)
