"""Composer of payout sheets and application lists (paper §1, settled §9, §12, §13). Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from boards.model.batch_close import merged
from boards.model.pack import Programme
from boards.model.payouts import BatchClose, Phase, Terms, WhyLeftOut
from boards.model.place import Village
from boards.sheets.sheet import SheetHead, Variant

ProgrammeKind = Literal["area", "item", "person", "in_kind"]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the lines of one batch add up to, counted here and not believed from the close."""

    count: int
    households: int
    sum_fen: int
    quantity: Decimal | None = None  # None unless every line has one, in one unit
    unit: str = ""
    rates: int = 0  # how many different rates
    for_others: bool = False  # some beneficiary is not the holder
    in_kind: bool = False
    items: bool = False


def variant_of(phase: Phase, kind: ProgrammeKind, found: Totals) -> Variant:
    """Choose the layout (settled §13).

    Applications have no money; things need a signature column; A has one rate in its head and
    the holder in every line; whatever does not fit A (another beneficiary, an item, several
    rates) is A2.
    """
    if phase is Phase.APPLICATION:
        return Variant.APPLICATION
    if found.in_kind or kind == "in_kind":
        return Variant.IN_KIND
    plain = kind == "area" and not (found.for_others or found.items or found.rates > 1)
    return Variant.AREA if plain else Variant.ITEM


def title_of(village: Village, terms: Terms) -> str:
    """岭东村2025年耕地地力保护补贴发放公示表, or …申报公示表 before payment."""
    what = "申报" if terms.phase is Phase.APPLICATION else "发放"
    return f"{village.name}{terms.fiscal_year}年{terms.programme_name}{what}公示表"


def sheet_head(  # noqa: PLR0913 - a head has these seven origins and no fewer
    close: BatchClose,
    found: Totals,
    *,
    village: Village,
    batch: str,
    programme: Programme | None,
    digest: str,
    code: str,
    imported_on: date,
) -> SheetHead:
    """Compose the head of one edition; totals are the counted ones, which reconciled with the close.

    `programme` is the pack's, None where it has none: what is sensitive there is so on every sheet.
    """
    sensitive = close.terms.sensitive or (programme is not None and programme.sensitive)
    terms = msgspec.structs.replace(close.terms, sensitive=sensitive)
    return SheetHead(
        village=village,
        batch=batch,
        edition=close.edition,
        variant=variant_of(terms.phase, programme.kind if programme else "area", found),
        title=title_of(village, terms),
        terms=terms,
        count=found.count,
        households=found.households,
        quantity=None if sensitive else found.quantity,
        unit="" if sensitive else found.unit,
        sum_fen=found.sum_fen,
        left_out=close.left_out,
        source_total_fen=close.source_total_fen,
        control=close.control,
        digest=digest,
        code=code,
        mask_policy=close.mask_policy,
        imported_on=imported_on,
        left_out_why=_why(close, sensitive=sensitive),
    )


def says_its_close(head: SheetHead, close: BatchClose) -> bool:
    """Whether a stored head still says what the county's close says: nobody changed a word or figure of it.

    What the close cannot know (layout, total quantity, day of arrival, the pack's word for sensitive) is not
    asked.
    """
    sensitive = head.terms.sensitive
    terms = msgspec.structs.replace(close.terms, sensitive=sensitive)
    told = msgspec.structs.replace(
        head,
        edition=close.edition,
        title=title_of(head.village, terms),
        terms=terms,
        count=close.count,
        households=close.households,
        sum_fen=close.sum_fen,
        left_out=close.left_out,
        source_total_fen=close.source_total_fen,
        control=close.control,
        mask_policy=close.mask_policy,
        left_out_why=_why(close, sensitive=sensitive),
    )
    return told == head and head.village.code == terms.village and sensitive >= close.terms.sensitive


def _why(close: BatchClose, *, sensitive: bool) -> tuple[WhyLeftOut, ...]:
    told = (
        WhyLeftOut(why="" if sensitive else one.why, households=one.households) for one in close.left_out_why
    )
    return merged(told)
