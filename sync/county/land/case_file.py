"""The file `county check-land` reads: one case with all its stages (case.schema.json is made from here).

Every field but the list of stages may be missing: what a stage lacks is a finding, not a crash.
Unknown fields are refused. Areas are decimal text as printed, amounts whole fen, dates 2025-09-24.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from boards.model.land.areas import Area
from boards.model.land.facts import (
    AgreementFacts,
    ApprovalFacts,
    HearingFacts,
    PublicInterestGround,
    WindowFacts,
)

Figure = Annotated[Decimal, Meta(description="as printed, trailing zeros included; text or number")]
WholeFen = Annotated[int, Meta(description="amount in fen")]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """An area as it is printed, in either unit or both."""

    ha: Figure | None = None
    mu: Figure | None = None

    @property
    def area(self) -> Area:
        """Both figures."""
        return Area(ha=self.ha, mu=self.mu)


class AreaFile(Figures, frozen=True, kw_only=True):
    """Land of one class in one village."""

    town: str | None = None
    village: str | None = None
    village_code: str | None = None
    owner: str | None = None
    group: Annotated[str, Meta(description="村民小组, where the notice names it: 第二村民小组")] | None = None
    land_type: str | None = None


class TotalsFile(Figures, frozen=True, kw_only=True):
    """The totals printed under the areas."""


class PeriodFile(msgspec.Struct, frozen=True, kw_only=True):
    """The posting period a notice states."""

    kind: Literal["working_days", "days"] | None = None
    n: int | None = None
    starts: str | None = None
    last_day_stated: date | None = None


class RegistrationFile(WindowFacts, frozen=True, kw_only=True):
    """When and where owners register."""

    start: date | None = msgspec.field(name="from", default=None)
    end: date | None = msgspec.field(name="to", default=None)


class ApprovalFile(ApprovalFacts, frozen=True, kw_only=True):
    """The approval document (批准文件); its number has its own form."""

    approved_on: date | None = msgspec.field(name="date", default=None)


class CompensationFile(msgspec.Struct, frozen=True, kw_only=True):
    """One item of compensation; `paid_fen` only in the payment publicity."""

    village: str | None = None
    item: str | None = None
    basis: str | None = None
    amount_fen: WholeFen | None = None
    paid_fen: WholeFen | None = None


class CorrectionFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction says of itself: at the notice, or beside what it corrects."""

    wrong: Annotated[str, Meta(description="what the corrected notice said")] | None = None
    right: Annotated[str, Meta(description="what it should have said")] | None = None
    restarts: Annotated[bool, Meta(description="whether the posting period runs anew")] | None = None


class CorrectedFile(CorrectionFile, frozen=True, kw_only=True):
    """The stage a notice corrects, where it is given by name and number."""

    stage: str | None = None
    doc_no: str | None = None


class StageFile(CorrectionFile, frozen=True, kw_only=True):
    """One notice of the case: start, survey, plan, register, final, pay, or a correction of one."""

    stage: str = ""
    title: str | None = None
    doc_no: str | None = None
    issuer: str | None = None
    corrects: (
        Annotated[
            str | CorrectedFile,
            Meta(description="name or document number of the stage this notice corrects, or both"),
        ]
        | None
    ) = None
    posted_on: date | None = None
    issued_on: Annotated[date, Meta(description="date of signature (成文日期)")] | None = None
    posted_at: tuple[str, ...] | None = None
    areas: tuple[AreaFile, ...] | None = None
    totals: TotalsFile | None = None
    period: PeriodFile | None = None
    survey_from: date | None = None
    survey_to: date | None = None
    compensation: tuple[CompensationFile, ...] | None = None
    compensation_total_fen: WholeFen | None = None
    paid_total_fen: WholeFen | None = None
    resettled: int | None = None
    registration: RegistrationFile | None = None
    approval: ApprovalFile | None = None
    extra_line: str | None = None
    reason: Annotated[str, Meta(description="why the case is stopped, or what is corrected")] | None = None
    attachments: (
        Annotated[tuple[str, ...], Meta(description="files beside this one: PNG, JPEG or PDF")] | None
    ) = None
    secrecy_review: (
        Annotated[str, Meta(description="who looked through the attachments before publication, and when")]
        | None
    ) = None
    text_file: Annotated[str, Meta(description="name of a text beside this file")] | None = None

    @property
    def correction(self) -> CorrectionFile:
        """What it says of itself as a correction, wherever that stands."""
        beside = self.corrects if isinstance(self.corrects, CorrectedFile) else CorrectionFile()
        return CorrectionFile(
            wrong=self.wrong or beside.wrong,
            right=self.right or beside.right,
            restarts=beside.restarts if self.restarts is None else self.restarts,
        )


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """One land acquisition case."""

    case_id: str = ""
    county_code: str | None = None
    county: str | None = None
    project: str | None = None
    purpose: str | None = None
    town_office: str | None = None
    ground: Annotated[PublicInterestGround, Meta(description="item of 土地管理法 §45")] | None = None
    in_year_plan: (
        Annotated[bool, Meta(description="in the yearly plan of development (§45, items 4 and 5)")] | None
    ) = None
    development_plan: Annotated[str, Meta(description="number of the approved 成片开发方案")] | None = None
    risk_assessed_on: Annotated[date, Meta(description="day the 社会稳定风险评估 was completed")] | None = (
        None
    )
    hearing: HearingFacts | None = None
    agreements: AgreementFacts | None = None
    applied_on: Annotated[date, Meta(description="day the application was sent up")] | None = None
    stages: tuple[StageFile, ...]
