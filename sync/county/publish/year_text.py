"""A year that is proposed, in words: every figure of every village, and what the edition before it said.

Made of the very lines that will be appended and of the log they extend, and made again when they are signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.money import yuan
from sync.county.publish.published.years import annual_of, closed_year
from sync.county.publish.review_text import REASONS
from sync.county.publish.year_rows import village_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.proposals import Part, Proposal

APART = "\n\n"
"""What stands between two villages."""


def year_text(county: County, village: Village, annual: Annual) -> str:
    """One village's year, against the edition that stands."""
    return "\n".join(_told(county, village, annual))


def year_stands(county: County, found: Proposal, part: Part, lines: Sequence[bytes]) -> bool:
    """Whether a part's line closes the year as its log adds up, as its next edition, in the words read.

    The sums are made again of the log: what is signed is no figure that somebody wrote into the proposal.
    """
    closes = annual_of(lines[0]) if len(lines) == 1 else None
    if closes is None or part.village not in found.villages:
        return False
    head, annual = closes
    village = next(one for one in county.pack.villages if one.code == part.village)
    told = dict(zip(found.villages, found.shown.split(APART), strict=False))
    as_read = told.get(part.village) == year_text(county, village, annual)
    own = annual.village == part.village
    named = own and (head.batch, head.rec, head.rev) == (found.batch, found.batch, annual.edition)
    figures = (part.edition, part.sum_fen) == (annual.edition, annual.sum_fen)
    return as_read and named and figures and still_due(county, annual)


def still_due(county: County, annual: Annual) -> bool:
    """Whether these figures are what the village's log comes to now, and the next edition of its year."""
    before = closed_year(county, annual.village, annual.year)
    good = frozenset(one.batch for row in annual.rows for one in row.batches if one.makes_good)
    lines = list(county.log(annual.village).lines())
    now = village_year(lines, annual.year, county.pack, good)
    same = tuple(bare(row) for row in annual.rows) == tuple(map(bare, now.rows))
    adds_up = annual.sum_fen == sum(row.sum_fen for row in now.rows)
    return same and adds_up and annual.edition == (before.annual.edition if before else 0) + 1


def bare(row: AnnualRow) -> AnnualRow:
    """A row without the county's remark: what is computed of it."""
    return msgspec.structs.replace(row, note="")


def _told(county: County, village: Village, annual: Annual) -> Iterator[str]:
    before = closed_year(county, village.code, annual.year)
    old = {row.programme: row for row in before.annual.rows} if before else {}
    head = f"{village.town}{village.name} {village.code}  {annual.year} 年度  第 {annual.edition} 版"
    yield f"{head}  合计 {yuan(annual.sum_fen)} 元{_was(before.annual.sum_fen if before else None)}"
    yield f"  编制单位：{annual.office}　监督电话：{annual.phone}　核定日期：{annual.decided_on}"
    for row in annual.rows:
        yield from _row(row, old.get(row.programme), first=before is None)
    for code in old.keys() - {row.programme for row in annual.rows}:
        yield f"  上一版有、这一版没有：{old[code].programme_name} {yuan(old[code].sum_fen)} 元"
    if not annual.rows:
        yield "  本年度没有发放名单"


def _was(fen: int | None) -> str:
    return "" if fen is None else f"（上一版 {yuan(fen)} 元）"


def _row(row: AnnualRow, old: AnnualRow | None, *, first: bool) -> Iterator[str]:
    new = "" if first or old else "（上一版没有）"
    counted = [f"{row.households} 户"]
    counted += [] if row.people is None else [f"{row.people} 人"]
    counted += [] if row.quantity is None else [f"{row.quantity} {row.unit}"]
    was = _was(old.sum_fen if old else None)
    yield f"  {row.programme_name}  {' '.join(counted)}  {yuan(row.sum_fen)} 元{was}{new}"
    for one in row.batches:
        yield f"    {batch_told(one)}"
    said = {one.batch: one.makes_good for one in row.batches}
    for one in old.batches if old else ():
        if one.makes_good and said.get(one.batch) is False:
            yield f"    上一版作更正发放、这一版不作：{one.batch}"
    if row.carried_fen:
        yield f"    其中次年发放（结转） {yuan(row.carried_fen)} 元"
    if row.note:
        yield f"    备注：{row.note}"
    if row.left_out:
        parts = (f"{REASONS[one.reason]} {one.count} 行 {yuan(one.sum_fen)} 元" for one in row.left_out)
        yield f"    不在合计内：{'、'.join(parts)}"


def batch_told(one: AnnualBatch) -> str:
    """One list as the county's people name it: period, day, sum, edition and batch."""
    again = "，更正发放" if one.makes_good else ""
    day = f"{one.paid_on} 发放 " if one.paid_on else ""
    return f"期号 {one.period_no}  {day}{yuan(one.sum_fen)} 元（第 {one.edition} 版{again}，{one.batch}）"
