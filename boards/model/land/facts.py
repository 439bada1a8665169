"""What the law looks at in a land case: plain facts, each of which may be missing, and no file or page.

What a case does not tell of is not judged; each rule of the law says so where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from boards.model.calendar.workdays import Term, WorkCalendar
from boards.model.findings import Finding, error
from boards.model.land.areas import LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import NoticeKind
from boards.model.land.terms import LandRules


class PublicInterestGround(StrEnum):
    """The six needs of the public for which land may be taken (土管法 §45, items 1 to 6)."""

    MILITARY_DIPLOMACY = "military_diplomacy"  # 军事和外交
    INFRASTRUCTURE = "infrastructure"  # 能源、交通、水利、通信、邮政等基础设施
    PUBLIC_SERVICE = "public_service"  # 科教文卫体、生态、防灾、文物、社区、福利、市政、优抚、英烈等公共事业
    RELOCATION_HOUSING = "relocation_housing"  # 扶贫搬迁、保障性安居工程
    AREA_DEVELOPMENT = "area_development"  # 成片开发
    OTHER_LAW = "other_law"  # 法律规定的其他情形


class WindowFacts(msgspec.Struct, frozen=True, kw_only=True):
    """When and where owners register."""

    start: date | None = None
    end: date | None = None
    place: str | None = None
    phone: str | None = None


class ApprovalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The approval document (批准文件); its number has its own form."""

    authority: str | None = None
    approved_on: date | None = None
    doc_no: str | None = None
    received: date | None = None
    publish_by: date | None = None


class HearingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who held the plan unlawful, and the hearing that followed (条例 §28)."""

    notified_on: Annotated[date, Meta(description="day the notice of the hearing was made public")] | None = (
        None
    )
    held_on: date | None = None
    objectors: Annotated[int, Meta(description="members who hold the plan unlawful")] | None = None
    members: Annotated[int, Meta(description="members of the collectives with a vote")] | None = None


class AgreementFacts(msgspec.Struct, frozen=True, kw_only=True):
    """补偿安置协议: signed, and declared unsigned in the application (条例 §29)."""

    signed: int | None = None
    unsigned: int | None = None
    owners: Annotated[int, Meta(description="owners and users who are to sign")] | None = None


class NoticeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One notice, as far as it is known."""

    index: int  # place in the file
    kind: NoticeKind | None = None  # None: none we know
    correction: bool = False
    restarts: bool | None = None  # what a correction says of its period: runs anew, goes on; None: nothing
    title: str | None = None
    doc_no: str | None = None
    issuer: str | None = None
    posted_on: date | None = None
    term: Term | None = None  # the period it states
    stated_until: date | None = None  # the last day it states
    from_posting_day: bool = False  # it says that it counts the day of posting
    survey_from: date | None = None
    survey_to: date | None = None
    registration: WindowFacts | None = None
    approval: ApprovalFacts | None = None
    areas: tuple[LandParcel, ...] | None = None
    compensation: tuple[CompensationRow, ...] | None = None
    resettled: int | None = None
    reason: str | None = None
    boards: tuple[str, ...] | None = None  # where it hangs, as written
    concerned: tuple[tuple[str, str], ...] = ()  # villages it takes land from, each with its township or ""
    misplaced: bool = False  # its day of posting breaks the order of the law

    @property
    def begins(self) -> bool:
        """Whether a period begins with its posting: a correction's as it says, else if it states one (G8)."""
        told = self.term is not None if self.restarts is None else self.restarts
        return told or not self.correction


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A case, as far as it is known, and what it is held against. Notices stand at their `index`."""

    notices: tuple[NoticeFacts, ...]
    calendar: WorkCalendar
    rules: LandRules
    purpose: str | None = None
    risk_assessed_on: date | None = None
    hearing: HearingFacts = HearingFacts()
    agreements: AgreementFacts = AgreementFacts()
    applied_on: date | None = None
    ground: PublicInterestGround | None = None
    in_year_plan: bool | None = None
    development_plan: str | None = None

    def posted(self, kind: NoticeKind) -> list[NoticeFacts]:
        """Notices of a kind with a day of posting, in the order of these days."""
        dated = (one for one in self.notices if one.kind is kind and one.posted_on)
        return sorted(dated, key=lambda one: (one.posted_on or date.max, one.index))

    def newest(self, kind: NoticeKind, on: date | None = None) -> NoticeFacts | None:
        """Newest notice of a kind posted on or before a day (None: ever)."""
        found = [one for one in self.posted(kind) if one.posted_on and (on is None or one.posted_on <= on)]
        return found[-1] if found else None

    def standing(self, kind: NoticeKind) -> list[NoticeFacts]:
        """Notices of a kind that count: posted, and not out of order."""
        return [one for one in self.posted(kind) if not one.misplaced]

    def running(self, kind: NoticeKind, on: date | None = None) -> NoticeFacts | None:
        """The notice whose period counts on a day (None: in the end): the newest that begins one (G8)."""
        began = [one for one in self.standing(kind) if one.begins and one.posted_on]
        return next((one for one in reversed(began) if on is None or (one.posted_on or on) <= on), None)

    def window(self, on: date | None = None) -> tuple[date, date] | None:
        """First and last day to register that count on a day: the plan's, or as a correction moved them."""
        kinds = (NoticeKind.PLAN, NoticeKind.REGISTER)
        told = [one for kind in kinds for one in self.standing(kind) if kind in kinds[:1] or one.correction]
        told = [one for one in told if one.posted_on and (on is None or one.posted_on <= on)]
        told.sort(key=lambda one: (one.posted_on or date.max, one.index))
        return next((found for one in reversed(told) if (found := window_of(one))), None)

    @property
    def plan(self) -> NoticeFacts | None:
        """The plan that counts; None where it, or what it rests on, is not all there."""
        plans = self.standing(NoticeKind.PLAN)
        grounded = self.standing(NoticeKind.START) and self.standing(NoticeKind.SURVEY)
        return plans[-1] if plans and grounded and any(map(window_of, plans)) else None

    @property
    def judged_at(self) -> NoticeFacts | None:
        """The notice that what lies between plan and acquisition is reported at."""
        return self.plan and (self.newest(NoticeKind.FINAL) or self.plan)


Law = Callable[[NoticeFacts, CaseFacts], Iterator[Finding]]


def window_of(notice: NoticeFacts) -> tuple[date, date] | None:
    """First and last day to register, where a notice gives both."""
    window = notice.registration
    return (window.start, window.end) if window and window.start and window.end else None


def refused(code: str, sentence: str) -> Finding:
    """What the law does not allow yet, or not like this."""
    return error(code, f"{sentence}请按规定补齐后再发布。")
