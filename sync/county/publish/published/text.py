"""What is published, as a clerk reads it: one line a list, figures and codes, never names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.codes import grouped
from boards.model.money import yuan
from boards.model.payouts import Phase
from boards.model.periods import same_period
from sync.county.publish.parts import closing
from sync.county.publish.proposals import checked_lines, proposals
from sync.county.publish.published.lists import published_lists, short_codes
from sync.county.publish.published.years import closed_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.payouts import Terms
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.county.publish.published.lists import PublishedList
    from sync.county.publish.published.years import ClosedYear


def published_text(
    county: County, villages: Iterable[Village], programme: str = "", of: Terms | None = None
) -> Iterator[str]:
    """The lists of these villages; of a programme by name or code, of the programme and period of another."""
    for village in villages:
        wanted = [
            one
            for one in published_lists(county, village.code).values()
            if programme in {"", one.close.terms.programme, one.close.terms.programme_name}
            and (of is None or same_period(one.close.terms, of))
        ]
        codes = short_codes(county, village.code) if wanted else {}
        for one in wanted:
            yield _line(village, one, codes[one.batch])
        if not programme and of is None:
            yield from (_year(village, year) for year in closed_years(county, village.code))


def _line(village: Village, one: PublishedList, code: str) -> str:
    terms, close = one.close.terms, one.close
    kind = "申报公示" if terms.phase is Phase.APPLICATION else "发放结果"
    about = f"{terms.programme_name} {terms.fiscal_year}年 期号 {terms.period_no} {kind}"
    figures = f"第 {close.edition} 版 {close.count} 行 {yuan(close.sum_fen)} 元"
    gone = "  已撤下" if one.withdrawn else ""
    return f"{village.town}{village.name}  {about}  {figures}  短码 {grouped(code)}  批次 {one.batch}{gone}"


def _year(village: Village, closed: ClosedYear) -> str:
    """One closed year, and whether it still holds."""
    annual = closed.annual
    stands = "" if closed.holds else "  须重新核定"
    figures = f"第 {annual.edition} 版 {len(annual.rows)} 个项目 {yuan(annual.sum_fen)} 元"
    return (
        f"{village.town}{village.name}  {annual.year}年度汇总  {figures}  短码 {grouped(closed.code)}{stands}"
    )


def published_already(county: County, made: Proposal) -> list[str]:
    """Of a batch that waits: what everybody can read of its programme and period, in any village or phase.

    Only the logs of villages that something was proposed for are read: a county's feed is large.
    """
    if made.kind != "batch" or not made.parts:
        return []
    body, stem = closing(checked_lines(county, made.id, made.parts[0])), made.batch.removesuffix("-app")
    alike = [one for one in proposals(county) if one.batch.removesuffix("-app") == stem]
    villages = [one for one in county.pack.villages if any(one.code in other.villages for other in alike)]
    return [*published_text(county, villages, of=body.close.terms)] if body else []
