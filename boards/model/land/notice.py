"""One notice of a land case as the county published it (domain §2.3), and what follows from it alone.

Everything stands as printed: figures are never corrected. What is computed from it (the lawful
last day, who may still act) is never stored, so that a holiday notice that comes later moves it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.calendar.workdays import LastDay, Term, WorkCalendar
from boards.model.land.areas import Area, LandParcel
from boards.model.land.case import PlaceKind, PostingEvidence, PostingPlace
from boards.model.land.compensation import CompensationRow
from boards.model.land.terms import LandRules, NoticeKind, Registration
from boards.model.money import Fen
from boards.model.place import VillageCode, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


FILE_LIMIT_BYTES = 20 << 20  # of one map or scan


class NoticeContact(msgspec.Struct, frozen=True, kw_only=True):
    """Where people turn to with a notice in hand: an office and its public phone, as printed."""

    office: str
    phone: str = ""


class NoticeApproval(msgspec.Struct, frozen=True, kw_only=True):
    """The approval an acquisition notice rests on (批准文件, 条例 §31)."""

    authority: str = ""
    doc_no: str = ""
    approved_on: date | None = None
    received_on: date | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that belongs to a notice: a boundary map, a scan. Its bytes travel under their digest."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


class LandNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice (公告) of one case, in the log of every village it concerns."""

    case_id: str
    number: int  # place in the case, from 1
    kind: NoticeKind
    revision: int = 1  # of its kind; above 1 it corrects the one before, and its period starts anew (G8)
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

    @property
    def signed_on(self) -> date:
        """Day under the signature."""
        return self.issued_on or self.posted_on


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """One board a notice must hang on: whether the notice names it, and the proof that it hung (G7)."""

    place: PostingPlace
    named: bool
    stated: str = ""  # as written
    evidence: PostingEvidence | None = None  # its own photo; another place's proves nothing here

    @property
    def open(self) -> bool:
        """Whether the village office still owes this board a posting with its photo."""
        return self.evidence is None


Standing = Literal["coming", "running", "over"]


def posting_end(notice: LandNotice, calendar: WorkCalendar, rules: LandRules) -> LastDay | None:
    """Last day the notice must hang: its own term or the law's, whichever ends later (民法典 §201)."""
    terms = [term for term in (notice.term, rules.minimum(notice.kind)) if term]
    ends = [calendar.posting_end(notice.posted_on, term) for term in terms]
    return max(ends, key=lambda end: end.day, default=None)


def last_day_to_act(notice: LandNotice, calendar: WorkCalendar, rules: LandRules) -> LastDay | None:
    """Until when people may object: the posting period, moved over days off (民法典 §203).

    A notice that promises a later day is held to it; one that promises an earlier day is not.
    """
    end = posting_end(notice, calendar, rules)
    if end is None:
        return None if notice.stated_until is None else LastDay(day=notice.stated_until)
    rolled = calendar.rolled(end.day)
    least = LastDay(day=rolled.day, certainty=max(end, rolled, key=lambda one: one.provisional).certainty)
    stated = notice.stated_until
    return LastDay(day=stated, certainty=least.certainty) if stated and stated > least.day else least


def own_areas(notice: LandNotice, village: str) -> tuple[LandParcel, ...]:
    """What is taken of one village's land."""
    return tuple(parcel for parcel in notice.areas if parcel.village_code == village)


def sum_of(parcels: Iterable[LandParcel]) -> Area:
    """Sum of printed figures, unit by unit; a unit that some line lacks has no sum."""
    lines = [parcel.area for parcel in parcels]
    return Area(ha=_sum([one.ha for one in lines]), mu=_sum([one.mu for one in lines]))


def coverage(
    notice: LandNotice, places: Iterable[PostingPlace], evidence: Iterable[PostingEvidence] = ()
) -> tuple[Coverage, ...]:
    """Each board the law names against the boards the notice names, and against the photos (条例 §26)."""
    proved = {one.place: one for one in evidence if one.doc_no == notice.doc_no and one.photo_sha256}
    return tuple(_covered(place, notice.posted_at, proved.get(place)) for place in places)


def groups_of(notices: Iterable[LandNotice], village: str, code: str) -> tuple[str, ...]:
    """The 村民小组 of a village a case concerns, by its areas and by the boards its notices name."""
    found: dict[str, None] = {}
    for notice in notices:
        told = (parcel.group for parcel in own_areas(notice, code))
        found |= dict.fromkeys(f"{village}{group}" for group in told if group)
        named = (_GROUP.search(place) for place in notice.posted_at if village in place)
        found |= dict.fromkeys(place[0][place[0].find(village) :] for place in named if place)
    return tuple(sorted(found))


def place_of(text: str) -> PlaceKind:
    """Kind of board a notice names: 第三村民小组 is a group, 村务公开栏 a village, the rest an office."""
    if "组" in text:
        return PlaceKind.GROUP
    return PlaceKind.VILLAGE if "村务" in text or "村公" in text else PlaceKind.TOWNSHIP


_GROUP = re.compile(r".*组")


def _covered(place: PostingPlace, stated: tuple[str, ...], evidence: PostingEvidence | None) -> Coverage:
    name = short_name(place.name)
    found = next((one for one in stated if name in one and place_of(one) is place.kind), "")
    return Coverage(place=place, named=bool(found), stated=found, evidence=evidence)


def _sum(figures: list[Decimal | None]) -> Decimal | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(figures) else None
