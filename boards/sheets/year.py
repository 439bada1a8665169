"""The village's year (年度汇总): a row a programme, exactly the sum of its lists, or what the county settled.

R9, domain §1.5. One `YearSheet` is what the page, the paper, the table and the voice are made of. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from boards.model.batch_close import FEWEST
from boards.model.calendar.civil_day import day_told
from boards.model.calendar.workdays import Term, Unit
from boards.model.kept.annual import AnnualRow, Settled, unmeasured
from boards.model.kept.summed import YearList, summed
from boards.model.pack import Windows
from boards.model.payouts import PayeeKind, Payout
from boards.model.place import Village
from boards.sheets.sheet import SheetHead

Heads: TypeAlias = tuple[SheetHead, ...]
DUE: Final = (12, 31)
REMINDED: Final = (12, 1)
"""From 1 December on a year that is not settled says how long there is."""
YEAR_TERM: Final = Term(n=Windows().wall_days, unit=Unit.CALENDAR_DAY)
"""公示期 of the summary: the usual one of a payout list; the pack has none of the year's own."""


class YearSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One village's year. While `settled` holds, rows and sum are the county's, else those of the lists."""

    village: Village
    year: int
    rows: tuple[AnnualRow, ...]
    sum_fen: int
    listed_fen: int  # what the lists here come to
    lists: int  # how many these are
    as_of: date  # the day it was summed; of the county's figures the day they were decided
    office: str = ""  # 编制单位
    phone: str = ""  # 监督电话
    digest: str  # 校验码
    code: str = ""  # short code; "" before the year is settled
    settled: Settled | None = None  # the newest decision, also one that holds no more

    @property
    def holds(self) -> bool:
        """Whether it may be called 已由县里核定."""
        return self.settled is not None and self.settled.holds

    @property
    def edition(self) -> int:
        """Of the county's figures; 0 while none hold."""
        return self.settled.annual.edition if self.settled and self.holds else 0

    @property
    def record(self) -> str:
        """How the county's log calls it."""
        return year_of_village(self.village.code, self.year)

    @property
    def stamp(self) -> str:
        """What tells two papers of a year apart: the short code, or while there is none the digest."""
        return self.code or self.digest[:8].upper()

    @property
    def title(self) -> str:
        """岭东村2025年惠民惠农财政补贴资金年度汇总表."""
        return title_of_year(self.village, self.year)


def title_of_year(village: Village, year: int) -> str:
    """What the paper of a village's year is called, whatever it says."""
    return f"{village.name}{year}年惠民惠农财政补贴资金年度汇总表"


def year_of_village(village: str, year: int) -> str:
    """Record and batch of a year's figures: the county's code, then the year."""
    return f"{village[:6]}-year-{year}"


def year_sheet(  # noqa: PLR0913 - a year has these origins and no fewer
    village: Village,
    year: int,
    heads: Heads,
    rows: tuple[AnnualRow, ...],
    settled: Settled | None,
    *,
    today: date,
    office: str,
    phone: str,
) -> YearSheet:
    """The year as it stands on a day: `rows` are the sums of `heads`, the lists here."""
    listed = sum(row.sum_fen for row in rows)
    if settled and settled.holds:
        annual = settled.annual
        sensitive = {head.terms.programme for head in heads if head.terms.sensitive}
        return YearSheet(
            village=village,
            year=year,
            rows=tuple(unmeasured(row) if row.programme in sensitive else row for row in annual.rows),
            sum_fen=annual.sum_fen,
            listed_fen=listed,
            lists=len(heads),
            as_of=annual.decided_on,
            office=annual.office or office,
            phone=annual.phone or phone,
            digest=settled.digest,
            code=settled.code,
            settled=settled,
        )
    return YearSheet(
        village=village,
        year=year,
        rows=rows,
        sum_fen=listed,
        listed_fen=listed,
        lists=len(heads),
        as_of=today,
        office=office,
        phone=phone,
        digest=so_far_digest(village, year, heads),
        settled=settled,
    )


def so_far_digest(village: Village, year: int, heads: Iterable[SheetHead]) -> str:
    """校验码 of a year that is not settled: SHA-256 over the lists it sums, in the editions they have."""
    named = sorted((head.batch, head.edition, head.digest) for head in heads)
    lines = "".join(f"{batch} {edition} {digest}\n" for batch, edition, digest in named)
    return hashlib.sha256(f"village-kiosk year v1\n{village.code}\n{year}\n{lines}".encode()).hexdigest()


def state_told(sheet: YearSheet) -> str:
    """已由县里核定（第1版，2026年1月5日） or 截至2025年12月5日: on paper and in tables, always Chinese."""
    day = day_told(sheet.as_of)
    return f"已由县里核定（第{sheet.edition}版，{day}）" if sheet.holds else f"截至{day}"


def year_read(sheet: YearSheet, today: date) -> date:
    """The day whose year need not be told beside the sheet's own: today's, or none on one of another year.

    截至11月30日 below 2025年 is read as 2025 even where it was summed in 2026.
    """
    return today if today.year == sheet.year else date.min


def days_left(year: int, today: date) -> int:
    """To 31 December, by which a year's results hang (domain §1.5); below 0 it is late."""
    return (date(year, *DUE) - today).days


def reminded(year: int, today: date) -> int | None:
    """How many days are left, from 1 December of the year on; None before, when nobody need hurry."""
    return days_left(year, today) if today >= date(year, *REMINDED) else None


def awaited(year: int, today: date) -> bool:
    """Whether a sum nobody settled belongs on the wall: from 1 December to the end of the next March."""
    return date(year, *REMINDED) <= today <= date(year + 1, 3, 31)


def _whole(head: SheetHead) -> int:
    return head.sum_fen


def year_rows(
    heads: Iterable[SheetHead],
    households: Callable[[Heads], int],
    people: Callable[[Heads], int | None] = lambda _: None,
    carried: Callable[[SheetHead], int] = _whole,
) -> tuple[AnnualRow, ...]:
    """Rows of one year in order of programme code; households and people count different ones over lists.

    `carried` is asked for each list whose last day of payment lies after the year: how much of it was paid
    then. The department is the county pack's to say and stays "" here.
    """
    by_programme: dict[str, list[SheetHead]] = {}
    for head in heads:
        by_programme.setdefault(head.terms.programme, []).append(head)
    some = (tuple(by_programme[code]) for code in sorted(by_programme))
    return tuple(_row(own, households, people, carried) for own in some)


def _row(
    heads: Heads,
    households: Callable[[Heads], int],
    people: Callable[[Heads], int | None],
    carried: Callable[[SheetHead], int],
) -> AnnualRow:
    terms = heads[0].terms
    units = {head.unit for head in heads}
    rates = {head.terms.rate_text for head in heads}
    quantities = [head.quantity for head in heads if head.quantity is not None]
    one_unit = len(units) == 1 and len(quantities) == len(heads)
    found = summed(map(list_of, heads), terms.fiscal_year)[terms.programme]
    row = AnnualRow(
        programme=terms.programme,
        programme_name=terms.programme_name,
        rate_text=rates.pop() if len(rates) == 1 else "",
        households=households(heads),
        people=people(heads),
        quantity=sum(quantities, Decimal(0)) if one_unit else None,
        unit=units.pop() if one_unit else "",
        sum_fen=found.sum_fen,
        carried_fen=sum(carried(head) for head in heads if late(head.terms.paid_on, terms.fiscal_year)),
        batches=found.batches,
        left_out=tuple(part for part in found.left_out if part.count),
    )
    return unmeasured(row) if any(head.terms.sensitive for head in heads) else row


def late(paid_on: date | None, year: int) -> bool:
    """Whether it was paid after its year (结转, R10)."""
    return paid_on is not None and paid_on.year > year


def list_of(head: SheetHead) -> YearList:
    """What counts of a list in its year."""
    return YearList(
        batch=head.batch,
        edition=head.edition,
        terms=head.terms,
        count=head.count,
        sum_fen=head.sum_fen,
        left_out=head.left_out,
    )


def people_named(payouts: Iterable[Payout]) -> int | None:
    """How many persons the lists of a programme that pays persons name: whom it is for, else the holder.

    None where a line names no person, and for fewer than three, whom the neighbours would know.
    """
    every = tuple(payouts)
    if any(one.kind is not PayeeKind.HOUSEHOLD for one in every):
        return None
    named = {(one.household or (one.group, one.holder), one.beneficiary or one.holder) for one in every}
    return len(named) if len(named) >= FEWEST else None
