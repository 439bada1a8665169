"""A case file as the law sees it: its facts, whatever words and tables they stand in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.workdays import Term, Unit
from boards.model.land.areas import Area, LandParcel
from boards.model.land.facts import AgreementFacts, CaseFacts, HearingFacts, NoticeFacts
from boards.model.land.order import misplaced
from sync.county.land.payments import compensation_rows
from sync.county.land.stages import Whole, understood
from sync.county.land.villages import concerned, slips_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.land.terms import LandRules
    from sync.county.gazetteer import Gazetteer
    from sync.county.land.case_file import AreaFile, CaseFile, PeriodFile
    from sync.county.land.stages import Stage

_UNITS = {"working_days": Unit.WORKING_DAY, "days": Unit.CALENDAR_DAY}
_FROM_POSTING_DAY = re.compile(
    "(?!.*after).*(?:posting day|day of posting|same day|当日|张贴之日)", re.DOTALL
)


def whole_of(
    case: CaseFile,
    calendar: WorkCalendar,
    rules: LandRules,
    villages: Gazetteer | None = None,
    texts: Mapping[str, str] | None = None,
) -> Whole:
    """Everything a check may look at, from what was read."""
    stages = understood(case)
    notices = tuple(_facts_of(stage, concerned(stage, stages, villages)) for stage in stages)
    wrong = misplaced(notices)
    facts = CaseFacts(
        notices=tuple(msgspec.structs.replace(one, misplaced=one.index in wrong) for one in notices),
        calendar=calendar,
        rules=rules,
        purpose=case.purpose,
        risk_assessed_on=case.risk_assessed_on,
        hearing=case.hearing or HearingFacts(),
        agreements=case.agreements or AgreementFacts(),
        applied_on=case.applied_on,
        ground=case.ground,
        in_year_plan=case.in_year_plan,
        development_plan=case.development_plan,
    )
    return Whole(case, stages, facts, villages, texts or {}, slips_of(stages, villages))


def stated_term(period: PeriodFile | None) -> Term | None:
    """Length a notice states, None where it states none."""
    if period is None or period.kind is None or period.n is None:
        return None
    return Term(n=period.n, unit=_UNITS[period.kind])


def _facts_of(stage: Stage, villages: tuple[tuple[str, str], ...]) -> NoticeFacts:
    file, period = stage.file, stage.file.period
    return NoticeFacts(
        index=stage.index,
        kind=stage.kind,
        correction=stage.correction,
        title=file.title,
        doc_no=file.doc_no,
        issuer=file.issuer,
        posted_on=file.posted_on,
        term=stated_term(period),
        stated_until=period.last_day_stated if period else None,
        from_posting_day=bool(period and _FROM_POSTING_DAY.match(period.starts or "")),
        survey_from=file.survey_from,
        survey_to=file.survey_to,
        registration=file.registration,
        approval=file.approval,
        areas=None if file.areas is None else tuple(map(_parcel, file.areas)),
        compensation=None if file.compensation is None else compensation_rows(file),
        resettled=file.resettled,
        reason=file.reason,
        boards=file.posted_at,
        concerned=villages,
    )


def _parcel(row: AreaFile) -> LandParcel:
    area = Area(ha=row.ha, mu=row.mu)
    return LandParcel(village=row.village or "", land_class=row.land_type or "", area=area)
