"""Checks of places: which village of the county's list is meant (VILLAGE_UNKNOWN)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, warning
from boards.model.place import short_name
from sync.county.gazetteer import Gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.land.case_file import AreaFile
    from sync.county.land.stages import Stage, Whole


def village_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Villages by name and code, in the areas and in the compensation."""
    rows = {(row.town, row.village, row.village_code): row for row in stage.file.areas or ()}
    named = {short_name(row.village or "") for row in rows.values()}
    for row in rows.values():
        if whole.villages is not None:
            yield from _listed(row, whole.villages)
        else:
            yield from _like_elsewhere(row, whole.stages)
    for name in sorted({short_name(row.village or "") for row in stage.file.compensation or ()} - named):
        if whole.villages is not None and not _known(name, whole.villages):
            yield _unknown(name, whole.villages.nearest(name))


def slips_of(stages: Iterable[Stage], villages: Gazetteer | None) -> dict[str, str]:
    """Names the county does not know, and the village of the case each is most like (itself: like none)."""
    if villages is None:
        return {}
    files = [stage.file for stage in stages]
    written = {short_name(row.village or "") for file in files for row in file.areas or ()}
    written |= {short_name(row.village or "") for file in files for row in file.compensation or ()}
    here = Gazetteer(village for village in villages.villages if village.name in written)
    strange = sorted(name for name in written if name and not _known(name, villages))
    return {name: here.nearest(name) or name for name in strange}


def concerned(
    stage: Stage, stages: Iterable[Stage], villages: Gazetteer | None
) -> tuple[tuple[str, str], ...]:
    """Villages a notice takes land from, each with its township; "" stands for a name in question."""
    rows = (row for row in stage.file.areas or () if row.village)
    return tuple({_proper_name(row, stages, villages): row.town or "" for row in rows}.items())


def _listed(row: AreaFile, villages: Gazetteer) -> Iterator[Finding]:
    name = short_name(row.village or "")
    coded = villages.by_code.get(row.village_code or "")
    if not name and coded is None:
        yield error("VILLAGE_MISSING", "面积表有一行没有村名。")
    elif name and not _known(name, villages):
        yield _unknown(name, coded.name if coded else villages.nearest(name, row.town or ""))
    elif row.village_code and coded is None:
        yield error("VILLAGE_CODE_UNKNOWN", f"{name}的代码{row.village_code}不在本县村名单里。")
    elif coded is not None and name and coded.name != name:
        yield error("VILLAGE_CODE_MISMATCH", f"代码{row.village_code}是{coded.name}，写的是{name}。")
    elif coded is not None and row.town and coded.town and coded.town != row.town:
        yield error(
            "VILLAGE_TOWN_MISMATCH", f"{name}（{row.village_code}）属于{coded.town}，写的是{row.town}。"
        )
    elif coded is None and row.town and name not in {v.name for v in villages.villages if v.town == row.town}:
        yield error("VILLAGE_TOWN_MISMATCH", f"{row.town}没有{name}。")


def _like_elsewhere(row: AreaFile, stages: Iterable[Stage]) -> Iterator[Finding]:
    """Without a list: the name most notices give to the same code."""
    names = Counter(
        short_name(other.village or "")
        for stage in stages
        for other in stage.file.areas or ()
        if row.village_code and other.village_code == row.village_code
    )
    usual = names.most_common(1)[0][0] if names else None
    name = short_name(row.village or "")
    if usual is not None and names[usual] > names[name]:
        yield warning(
            "VILLAGE_NAME_DIFFERS", f"代码{row.village_code}在其他公告中是{usual}，这里写的是{name}。"
        )


def _proper_name(row: AreaFile, stages: Iterable[Stage], villages: Gazetteer | None) -> str:
    """Name to look for on the boards; "" where the name itself is in question."""
    name = short_name(row.village or "")
    if villages is None:
        return name if not any(_like_elsewhere(row, stages)) else ""
    coded = villages.by_code.get(row.village_code or "")
    if coded is not None:
        return coded.name
    return name if _known(name, villages) else ""


def _known(name: str, villages: Gazetteer) -> bool:
    found = villages.find(name)
    return bool(found.code) or found.ambiguous


def _unknown(name: str, nearest: str) -> Finding:
    hint = f"，是不是{nearest}？" if nearest else "。"
    return error("VILLAGE_UNKNOWN", f"本县村名单里没有“{name}”{hint}")
