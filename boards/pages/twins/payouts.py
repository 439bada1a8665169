"""Lists and programmes for programs (settled §8): from the very view the page is made of.

An allowlist of its own: a field that is added to a payout or a sheet does not get here by itself. Money
is whole fen, areas and rates are decimal text, days are ISO. Nobody's household has a number here.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from boards.model.calendar.workdays import Term
from boards.model.pack import Guide
from boards.model.payouts import Control, LeftOut, Phase
from boards.pages.frame.wording import under
from boards.sheets.sheet import Line, Variant
from boards.sheets.views import ListView, Posted, ProgrammesView, ProgrammeView


class ListLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as it hangs, masked as on the page."""

    seq: int
    holder: str
    beneficiary: str = ""
    group: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None  # yuan per unit
    amount_fen: int
    item: str = ""
    in_kind: str = ""
    remark: str = ""
    corrected_from_fen: int | None = None
    corrected_on: date | None = None
    corrected_why: str = ""


class ListHead(msgspec.Struct, frozen=True, kw_only=True):
    """One list with its figures; `digest` and `code` are those on the printed sheet."""

    page: str  # address of the page for people
    twin: str  # address of its lines as JSON
    batch: str
    title: str
    programme: str
    programme_name: str
    phase: Phase
    variant: Variant
    fiscal_year: int
    period_no: str
    paid_on: date | None
    funds: str
    rate_text: str
    office: str
    count: int
    households: int
    quantity: Decimal | None
    unit: str
    sum_fen: int
    left_out: tuple[LeftOut, ...]
    control: Control | None
    edition: int
    digest: str
    code: str
    imported_on: date | None
    objection: Term  # from the day of posting: the one deadline (settled §36)
    shown_until: date
    provisional: bool  # a holiday notice to come may move that day
    open: bool  # names may be shown today
    sensitive: bool


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list. Out of its window, and of a sensitive programme always, there are no lines."""

    village: str
    list: ListHead
    page: int
    pages: int
    lines: tuple[ListLine, ...]


class ProgrammesOfYear(msgspec.Struct, frozen=True, kw_only=True):
    """All lists of one year, newest first."""

    village: str
    year: int
    years: tuple[int, ...]
    sum_fen: int
    lists: tuple[ListHead, ...]


class GuideTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Who may apply, how much, how, with what, until when, where, by which rule."""

    who: str
    standard: str
    how: str
    materials: str
    deadline: str
    office: str
    basis: str


class ProgrammePage(msgspec.Struct, frozen=True, kw_only=True):
    """One programme of the county: its guide, and its lists in this village."""

    village: str
    programme: str
    name: str
    department: str
    kind: Literal["area", "item", "person", "in_kind"]
    sensitive: bool
    guide: GuideTexts
    lists: tuple[ListHead, ...]


def list_page(view: ListView) -> ListPage:
    """The lines that the page shows, unless the programme is sensitive."""
    head = view.posted.head
    named = view.posted.open and not head.terms.sensitive
    return ListPage(
        village=head.village.code,
        list=list_head(view.posted),
        page=view.page,
        pages=view.pages,
        lines=tuple(_line(line) for line in view.lines) if named else (),
    )


def programmes_of_year(village: str, view: ProgrammesView) -> ProgrammesOfYear:
    """The lists of a year with their sum."""
    lists = tuple(list_head(posted) for posted in view.posted)
    return ProgrammesOfYear(
        village=village, year=view.year, years=view.years, sum_fen=view.sum_fen, lists=lists
    )


def programme_page(village: str, view: ProgrammeView) -> ProgrammePage:
    """The guide and the lists of a programme."""
    programme = view.programme
    return ProgrammePage(
        village=village,
        programme=programme.code,
        name=programme.name,
        department=programme.department,
        kind=programme.kind,
        sensitive=programme.sensitive,
        guide=_guide(programme.guide),
        lists=tuple(list_head(posted) for posted in view.posted),
    )


def list_head(posted: Posted) -> ListHead:
    """A list without its lines."""
    head, terms, village = posted.head, posted.head.terms, posted.head.village.code
    return ListHead(
        page=under(village, "payouts", head.batch),
        twin=under(village, "json", "payouts", head.batch),
        batch=head.batch,
        title=head.title,
        programme=terms.programme,
        programme_name=terms.programme_name,
        phase=terms.phase,
        variant=head.variant,
        fiscal_year=terms.fiscal_year,
        period_no=terms.period_no,
        paid_on=terms.paid_on,
        funds=terms.funds,
        rate_text="" if terms.sensitive else terms.rate_text,
        office=terms.office,
        count=head.count,
        households=head.households,
        quantity=head.quantity,
        unit=head.unit,
        sum_fen=head.sum_fen,
        left_out=head.left_out,
        control=head.control,
        edition=head.edition,
        digest=head.digest,
        code=head.code,
        imported_on=head.imported_on,
        objection=posted.deadline.term,
        shown_until=posted.until.day,
        provisional=posted.until.provisional,
        open=posted.open,
        sensitive=terms.sensitive,
    )


def _line(line: Line) -> ListLine:
    return ListLine(**{name: getattr(line, name) for name in ListLine.__struct_fields__})


def _guide(guide: Guide) -> GuideTexts:
    return GuideTexts(**{name: getattr(guide, name) for name in GuideTexts.__struct_fields__})
