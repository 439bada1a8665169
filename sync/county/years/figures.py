"""The county's own annual figures, typed or from a table: never taken from the lists they are held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import FaultsInFile, LineFault
from sync.county.formats import book_of
from sync.county.formats.errors import ReadingTookTooLong, RosterRefused, WorkbookDamaged
from sync.county.intake.process import read_roster
from sync.county.years.table import YearSheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boards.model.pack import Pack
    from sync.county.years.table import Stated

TABLE_MAX_BYTES = 8 << 20


class YearTableUnreadable(FaultsInFile):
    """The table of annual figures is not as it should be: every fault with its line."""

    code = "year-table-unreadable"
    sentence = "年度数据表有不对的地方：{told}\n共 {count} 处。"


class YearTableTooLarge(Refusal):
    """A table of a county's annual figures is small; this is something else."""

    code = "year-table-too-large"
    fault = Fault.PERSON
    sentence = "年度数据表超过 8 MB，不像是各村、各项目的合计。"
    advice = "请换成每个村、每个项目一行的汇总表。"


class FigureTwice(Refusal):
    """Two figures are stated for one village and programme."""

    code = "figure-twice"
    fault = Fault.PERSON
    sentence = "{village} 的 {programme} 写了两次年度金额。"
    advice = "请每个村、每个项目只写一个数。"


def stated_once(stated: Iterable[Stated], pack: Pack) -> dict[tuple[str, str], Stated]:
    """The figures by village and programme; raises FigureTwice."""
    found: dict[tuple[str, str], Stated] = {}
    for one in stated:
        key = one.village, one.programme
        if key in found:
            names = {v.code: v.town + v.name for v in pack.villages} | {
                p.code: p.name for p in pack.programmes
            }
            raise FigureTwice(village=names[one.village], programme=names[one.programme])
        found[key] = one
    return found


def stated_in(data: bytes, pack: Pack) -> tuple[Stated, ...]:
    """The figures of a table; raises YearTableUnreadable, YearTableTooLarge and a RosterRefused."""
    if len(data) > TABLE_MAX_BYTES:
        raise YearTableTooLarge
    grids = book_of(data).sheets
    read = [YearSheet(grid, pack, named=len(grids) > 1) for grid in grids]
    found = [one for sheet in read for one in sheet.stated]
    faults = [fault for sheet in read for fault in sheet.faults]
    if not faults and not any(sheet.heads for sheet in read):
        faults = [LineFault(1, "", "没有表头：要有 村、项目、金额（元）这几列，或村一列、每个项目一列")]
    if not faults and not found:
        faults = [LineFault(1, "", "没有一行年度金额")]
    if faults:
        raise YearTableUnreadable(faults)
    return tuple(found)


def require_readable(name: str, data: bytes) -> None:
    """Have a child with limits read a table first, so that what breaks a parser breaks there.

    Raises WorkbookDamaged, ReadingTookTooLong, YearTableTooLarge. What it is otherwise refused for as a
    roster is no matter here.
    """
    if len(data) > TABLE_MAX_BYTES:
        raise YearTableTooLarge
    try:
        read_roster(name, data)
    except (WorkbookDamaged, ReadingTookTooLong):
        raise
    except RosterRefused:
        return
