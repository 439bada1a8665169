"""How far the county is with a year: every village by the rule of the checklist, its town, the county.

The county knows what it published and closed; whether a list was printed, posted or put away only its village
knows, and those columns stay empty (domain §1.10).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from boards.model.payouts import Phase
from boards.model.place import Village
from boards.sheets.checklist import COUNTYS, MEANING, Checklist, Colour, OfList, OfYear, checklist, reconciled
from sync.county.publish.published.lists import published_lists
from sync.county.publish.published.years import ClosedYear, closed_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sync.county.county import County
    from sync.county.publish.published.lists import PublishedList


class VillageStands(msgspec.Struct, frozen=True, kw_only=True):
    """One village's year as the county sees it."""

    village: Village
    checklist: Checklist
    lists: int  # published and not taken back
    closed: ClosedYear | None

    @property
    def year_told(self) -> str:
        """Whether the year is closed, and still holds."""
        if self.closed is None:
            return "年度汇总未核定"
        edition = f"第 {self.closed.annual.edition} 版"
        return f"年度汇总已核定（{edition}）" if self.closed.holds else f"年度汇总须重新核定（现为{edition}）"


def standing(county: County, year: int, today: date) -> tuple[VillageStands, ...]:
    """Every village of the pack, in its order."""
    return tuple(_stands(county, village, year, today) for village in county.pack.villages)


def told(found: Sequence[VillageStands], year: int) -> Iterator[str]:
    """The county in one line, its towns, and every village with what is left to do."""
    yield f"{year} 年度：{_summed_up(found)}"
    yield f"{COUNTYS}：公布、金额核对、年度核定都已办好；打印、存档村里才知道，请在村里看 kiosk year"
    for town in dict.fromkeys(one.village.town for one in found):
        own = [one for one in found if one.village.town == town]
        yield f"{town}：{_summed_up(own)}"
        for one in own:
            yield from _village(one)


def _stands(county: County, village: Village, year: int, today: date) -> VillageStands:
    lists = [
        _of_list(village, one)
        for one in published_lists(county, village.code).values()
        if not one.withdrawn and (one.close.terms.phase, one.close.terms.fiscal_year) == (Phase.PAYMENT, year)
    ]
    closed = closed_year(county, village.code, year)
    of_year = OfYear(year=year, annual=closed.annual, holds=closed.holds) if closed else OfYear(year=year)
    listed = checklist(lists, of_year, today)
    return VillageStands(village=village, checklist=listed, lists=len(lists), closed=closed)


def _of_list(village: Village, one: PublishedList) -> OfList:
    close = one.close
    return OfList(
        programme=close.terms.programme,
        programme_name=close.terms.programme_name,
        period_no=close.terms.period_no,
        batch=one.batch,
        edition=close.edition,
        sum_fen=close.sum_fen,
        reconciled=reconciled(close.control, village.name, close.source_total_fen, 0),
    )


def _summed_up(found: Iterable[VillageStands]) -> str:
    some = tuple(found)
    colours = Counter(one.checklist.colour for one in some)
    held = sum(one.closed is not None and one.closed.holds for one in some)
    again = sum(one.closed is not None and not one.closed.holds for one in some)
    means = {**MEANING, Colour.GREEN: COUNTYS}
    counted = "，".join(f"{colour}（{means[colour]}）{colours[colour]} 个" for colour in Colour)
    missing = len(some) - held - again
    return (
        f"{len(some)} 个村，{counted}；年度汇总已核定 {held} 个，须重新核定 {again} 个，未核定 {missing} 个"
    )


def _village(one: VillageStands) -> Iterator[str]:
    words = one.checklist.words
    yield f"  {one.village.name} {one.village.code}  {words}；已公布 {one.lists} 份名单，{one.year_told}"
    for row in one.checklist.rows:
        name = f"{row.programme_name} {row.period_no}".rstrip()
        yield from (f"    {row.colour} {name}：{what}" for what in row.left)
