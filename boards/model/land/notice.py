"""One notice of a land case as the county published it (domain §2.3), and what follows from it alone.

Everything stands as printed: figures are never corrected. What is computed from it (the lawful
last day, who may still act) is never stored, so that a holiday notice that comes later moves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from boards.model.calendar.workdays import Term
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import NoticeKind
from boards.model.land.registration import Registration
from boards.model.money import Fen
from boards.model.place import VillageCode

FILE_LIMIT_BYTES = 20 << 20  # of one map or scan


class NoticeContact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where people turn to with a notice in hand: an office and its public phone, as printed."""

    office: str
    phone: str = ""


class NoticeApproval(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The approval an acquisition notice rests on (批准文件, 条例 §31)."""

    authority: str = ""
    doc_no: str = ""
    approved_on: date | None = None
    received_on: date | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file that belongs to a notice: a boundary map, a scan. Its bytes travel under their digest."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


class LandNotice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One notice (公告) of one case, in the log of every village it concerns."""

    case_id: str
    number: int  # place in the case, from 1
    kind: NoticeKind
    revision: int = 1  # of its kind; above 1 it corrects the one before (G8)
    project: str
    purpose: str
    county: str
    title: str
    doc_no: str
    issuer: str
    posted_on: date
    issued_on: date | None = None  # 成文日期, where it differs from the day of posting
    villages: tuple[VillageCode, ...]
    posted_at: tuple[str, ...] = ()  # boards, as written
    areas: tuple[LandParcel, ...] = ()
    total: Area | None = None
    term: Term | None = None  # the period it states
    stated_until: date | None = None  # the last day it states
    survey_from: date | None = None
    survey_to: date | None = None
    registration: Registration | None = None
    compensation: tuple[CompensationRow, ...] = ()
    due_fen: Fen | None = None  # total as printed
    paid_fen: Fen | None = None
    resettled: int | None = None  # 安置对象, people
    approval: NoticeApproval | None = None
    contacts: tuple[NoticeContact, ...] = ()
    reason: str = ""  # why a case is stopped, or a notice corrected
    text: str = ""  # in full, one paragraph a line
    attachments: tuple[str, ...] = ()  # names, as listed under the text
    risk_assessed_on: date | msgspec.UnsetType = msgspec.UNSET  # of a plan; written only where it is known
    counted_from: date | msgspec.UnsetType = msgspec.UNSET  # of a correction that says so

    @property
    def signed_on(self) -> date:
        """Day under the signature."""
        return self.issued_on or self.posted_on

    @property
    def since(self) -> date:
        """Day its period counts from: its posting, or that of the notice whose period goes on (G8)."""
        return self.counted_from or self.posted_on

    @property
    def anew(self) -> bool:
        """Whether it corrects another notice and a period begins with it."""
        return self.revision > 1 and self.since == self.posted_on


def own_areas(notice: LandNotice, village: str) -> tuple[LandParcel, ...]:
    """What is taken of one village's land."""
    return tuple(parcel for parcel in notice.areas if parcel.village_code == village)


def sum_of(parcels: Iterable[LandParcel]) -> Area:
    """Sum of printed figures, unit by unit; a unit that some line lacks has no sum."""
    lines = [parcel.area for parcel in parcels]
    return Area(ha=_sum([one.ha for one in lines]), mu=_sum([one.mu for one in lines]))


def _sum(figures: list[Decimal | None]) -> Decimal | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(figures) else None
