"""One land acquisition case: its steps as they happened, and what follows from them (domain §2.2).

A case is its steps. Nothing is edited: a correction is a further step, and the newest material
notice of a kind is the one that counts, with its period from its own posting (G8).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeVar

import msgspec

from boards.model.calendar.workdays import LastDay, Term, WorkCalendar
from boards.model.land.compensation import CompensationRow
from boards.model.land.terms import (
    ZHEJIANG,
    Approver,
    LandRules,
    LandTaken,
    NoticeKind,
    PublicInterestGround,
    Registration,
)


class LandState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    PRE_ANNOUNCED = "pre_announced"  # 预公告
    SURVEYED = "surveyed"  # 现状调查结果已公示
    RISK_ASSESSED = "risk_assessed"  # 社会稳定风险已评估; runs beside the survey
    PLAN_ANNOUNCED = "plan_announced"  # 补偿安置方案公告
    HEARING = "hearing"  # 已听证
    PLAN_FINALISED = "plan_finalised"  # 方案确定
    REGISTERED = "registered"  # 补偿登记结束
    AGREEMENTS_SIGNED = "agreements_signed"  # 协议签订
    APPLIED = "applied"  # 已报批
    APPROVED = "approved"  # 已批准
    ACQUISITION_ANNOUNCED = "acquisition_announced"  # 征收土地公告
    PAYING = "paying"  # 补偿费用支付中
    PAID = "paid"  # 足额支付
    CLOSED = "closed"  # 办结
    WITHDRAWN = "withdrawn"  # 撤回或终止


class PlaceKind(StrEnum):
    """The three kinds of posting place the law names (条例 §26: 乡镇、村、村民小组)."""

    TOWNSHIP = "township"
    VILLAGE = "village"
    GROUP = "group"


class PostingPlace(msgspec.Struct, frozen=True, kw_only=True):
    """One board a notice must hang on."""

    kind: PlaceKind
    name: str  # 竹垓乡, 竹垓村, 竹垓村第三村民小组


class PostingEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Proof that one notice hung at one place: the digest of its photo. Each place wants its own (G7)."""

    doc_no: str
    place: PostingPlace
    posted_on: date
    photo_sha256: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What every notice says about itself."""

    doc_no: str
    posted_on: date
    term: Term | None = None  # the period it states
    places: tuple[PostingPlace, ...] = ()  # where it is to hang
    material: bool = True  # False: a correction that leaves the content as it was


class Step(msgspec.Struct, frozen=True, kw_only=True, tag_field="step"):
    """Something that happened to a case. `to` is the state it leads to."""

    to: ClassVar[LandState]


class PreAnnounced(Step, frozen=True, kw_only=True, tag="pre_announced"):
    """征收土地预公告 with its survey plan."""

    to: ClassVar[LandState] = LandState.PRE_ANNOUNCED
    notice: Notice
    survey_from: date
    survey_to: date


class Surveyed(Step, frozen=True, kw_only=True, tag="surveyed"):
    """The result of the survey was posted."""

    to: ClassVar[LandState] = LandState.SURVEYED
    notice: Notice
    survey_from: date
    survey_to: date


class RiskAssessed(Step, frozen=True, kw_only=True, tag="risk_assessed"):
    """社会稳定风险评估 was completed."""

    to: ClassVar[LandState] = LandState.RISK_ASSESSED
    completed_on: date


class PlanAnnounced(Step, frozen=True, kw_only=True, tag="plan_announced"):
    """征地补偿安置公告; again when its content changes."""

    to: ClassVar[LandState] = LandState.PLAN_ANNOUNCED
    notice: Notice
    registration: Registration


class HearingHeld(Step, frozen=True, kw_only=True, tag="hearing_held"):
    """A hearing took place; its notice was public before."""

    to: ClassVar[LandState] = LandState.HEARING
    notified_on: date
    held_on: date


class PlanFinalised(Step, frozen=True, kw_only=True, tag="plan_finalised"):
    """The plan stands; `objectors` members held it unlawful."""

    to: ClassVar[LandState] = LandState.PLAN_FINALISED
    finalised_on: date
    objectors: int = 0
    changed: bool = False  # since it was last announced


class RegistrationClosed(Step, frozen=True, kw_only=True, tag="registration_closed"):
    """The window for 补偿登记 has ended."""

    to: ClassVar[LandState] = LandState.REGISTERED
    closed_on: date


class AgreementsSigned(Step, frozen=True, kw_only=True, tag="agreements_signed"):
    """补偿安置协议: how many signed, how many are declared unsigned in the application."""

    to: ClassVar[LandState] = LandState.AGREEMENTS_SIGNED
    signed: int
    declared_unsigned: int = 0


class Applied(Step, frozen=True, kw_only=True, tag="applied"):
    """The application was sent up."""

    to: ClassVar[LandState] = LandState.APPLIED
    applied_on: date
    in_year_plan: bool = False  # 纳入国民经济和社会发展年度计划
    development_plan_no: str = ""  # 批准的成片开发方案


class Approved(Step, frozen=True, kw_only=True, tag="approved"):
    """The approval document, and when the county received it."""

    to: ClassVar[LandState] = LandState.APPROVED
    authority: Approver
    doc_no: str
    approved_on: date
    received_on: date


class AcquisitionAnnounced(Step, frozen=True, kw_only=True, tag="acquisition_announced"):
    """征收土地公告. A late one is still owed to the villagers, so it carries the reason it is late."""

    to: ClassVar[LandState] = LandState.ACQUISITION_ANNOUNCED
    notice: Notice
    vacate_by: date | None = None  # 腾退期限
    overdue_reason: str = ""


class PaymentPublished(Step, frozen=True, kw_only=True, tag="payment_published"):
    """支付情况公示: the rows as they stand."""

    to: ClassVar[LandState] = LandState.PAYING
    notice: Notice
    rows: tuple[CompensationRow, ...]


class PaidInFull(Step, frozen=True, kw_only=True, tag="paid_in_full"):
    """Everything that is due has been paid."""

    to: ClassVar[LandState] = LandState.PAID
    paid_on: date
    overdue_reason: str = ""


class CaseClosed(Step, frozen=True, kw_only=True, tag="case_closed"):
    """Nothing is left to do or to show but the record."""

    to: ClassVar[LandState] = LandState.CLOSED
    closed_on: date


class Withdrawn(Step, frozen=True, kw_only=True, tag="withdrawn"):
    """撤回或终止, with the reason that is published."""

    to: ClassVar[LandState] = LandState.WITHDRAWN
    withdrawn_on: date
    reason: str


AnyStep = (
    PreAnnounced
    | Surveyed
    | RiskAssessed
    | PlanAnnounced
    | HearingHeld
    | PlanFinalised
    | RegistrationClosed
    | AgreementsSigned
    | Applied
    | Approved
    | AcquisitionAnnounced
    | PaymentPublished
    | PaidInFull
    | CaseClosed
    | Withdrawn
)
S = TypeVar("S", bound=Step)


class LandAcquisitionCase(msgspec.Struct, frozen=True, kw_only=True):
    """One acquisition of collective land, from its first notice to the last payment (征地案件)."""

    case_id: str
    project: str
    purpose: str
    ground: PublicInterestGround
    places: tuple[PostingPlace, ...]  # every board its notices must hang on
    land: LandTaken
    members: int  # of the collectives concerned, adults with a vote
    owners: int  # who must sign or be declared unsigned
    state: LandState = LandState.DRAFT
    steps: tuple[AnyStep, ...] = ()
    evidence: tuple[PostingEvidence, ...] = ()

    def latest(self, kind: type[S]) -> S | None:
        """Return the newest step of a kind, None where there is none."""
        return next((step for step in reversed(self.steps) if isinstance(step, kind)), None)

    def first(self, kind: type[S]) -> S:
        """Return the first step of a kind that is known to have happened; LookupError otherwise."""
        return _known(next((step for step in self.steps if isinstance(step, kind)), None), kind)

    def last(self, kind: type[S]) -> S:
        """Return the newest step of a kind that is known to have happened; LookupError otherwise."""
        return _known(self.latest(kind), kind)


PeriodStep = PreAnnounced | PlanAnnounced | AcquisitionAnnounced
P = TypeVar("P", bound=PreAnnounced | PlanAnnounced | AcquisitionAnnounced)


def counting(case: LandAcquisitionCase, kind: type[P]) -> list[P]:
    """Notices of a kind that started a period: the first, and each one with changed content (G8)."""
    notices = [step for step in case.steps if isinstance(step, kind)]
    return [step for step in notices if step.notice.material or step is notices[0]]


def period_end(
    case: LandAcquisitionCase, kind: type[PeriodStep], calendar: WorkCalendar, rules: LandRules = ZHEJIANG
) -> LastDay | None:
    """Last day of the posting period that counts now, of the newest notice that started one.

    Never before the statutory minimum; a longer term of the notice itself counts.
    """
    started: list[PeriodStep] = list(counting(case, kind))
    if not started:
        return None
    notice, minimum = started[-1].notice, rules.minimum(_NOTICE_OF[kind])
    ends = [calendar.posting_end(notice.posted_on, term) for term in (notice.term, minimum) if term]
    return max(ends, key=lambda end: end.day, default=None)


def without_evidence(case: LandAcquisitionCase, doc_no: str) -> tuple[PostingPlace, ...]:
    """Places where one notice is not yet proved to hang: open duties of the village office (G7)."""
    proved = {one.place for one in case.evidence if one.doc_no == doc_no and one.photo_sha256}
    return tuple(place for place in case.places if place not in proved)


_NOTICE_OF: dict[type[Step], NoticeKind] = {
    PreAnnounced: NoticeKind.START,
    PlanAnnounced: NoticeKind.PLAN,
    AcquisitionAnnounced: NoticeKind.FINAL,
}


def _known(step: S | None, kind: type[S]) -> S:
    if step is None:
        raise LookupError(kind.__name__)
    return step
