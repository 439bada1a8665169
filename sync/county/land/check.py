"""All checks of a land case, stage by stage: a pure function from what was read to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.workdays import TermNotPossible, WorkCalendar
from boards.model.findings import Finding, error, gravity
from boards.model.land.facts import AgreementFacts, CaseFacts, HearingFacts, Law
from boards.model.land.law import LAW
from boards.model.land.order import misplaced
from boards.model.land.periods import stated_end
from boards.model.land.terms import ZHEJIANG, LandRules
from sync.county.gazetteer import Gazetteer
from sync.county.land.areas import area_findings
from sync.county.land.corrections import correction_findings
from sync.county.land.payments import compensation_findings
from sync.county.land.report import LandReport, StageReport
from sync.county.land.stages import Stage, Whole, notice_facts, stage_is_known, understood
from sync.county.land.texts import (
    attachments_fit,
    field_findings,
    file_findings,
    number_findings,
    private_findings,
    text_is_there,
    words_findings,
)
from sync.county.land.villages import concerned, slips_of, village_findings
from sync.county.land.wording.agrees import text_agrees
from sync.county.land.wording.parts import text_parts
from sync.county.reading import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from boards.model.errors import Refusal
    from boards.model.place import Village
    from sync.county.land.case_file import CaseFile
    from sync.county.land.case_folder import CaseFolder
    from sync.county.land.case_json import ReadCase

    Check = Callable[[Stage, Whole], Iterator[Finding]]


def lawful(rule: Law) -> Check:
    """Hold a stage against a rule of the law; a day beyond the calendar is said, and ends no check."""

    def check(stage: Stage, whole: Whole) -> Iterator[Finding]:
        try:
            yield from rule(whole.facts.notices[stage.index], whole.facts)
        except TermNotPossible as refusal:
            yield error(refusal.code, "".join(refusal.told()))

    return check


CHECKS: tuple[Check, ...] = (
    *map(lawful, LAW),
    stage_is_known,
    correction_findings,
    number_findings,
    area_findings,
    compensation_findings,
    village_findings,
    words_findings,
    private_findings,
    field_findings,
    text_agrees,
    text_parts,
    text_is_there,
    attachments_fit,
)


def checked(  # noqa: PLR0913, PLR0917 - what lies in a folder arrives as arguments
    read: ReadCase,
    calendar: WorkCalendar,
    villages: Iterable[Village] | None = None,
    texts: Mapping[str, str] | None = None,
    rules: LandRules = ZHEJIANG,
    files: Mapping[str, Finding] | None = None,
) -> LandReport:
    """Check a case that was read; `texts` by file name, `files` what is to be said of attachments."""
    known = None if villages is None else Gazetteer(villages)
    whole = _whole(read.case, calendar, rules, known)._replace(texts=texts, files=files or {})
    reports = tuple(_stage_report(stage, whole, read) for stage in whole.stages)
    findings = (*(one for index, one in read.unreadable if index is None), *file_findings(whole))
    told = LandReport(
        verdict=Verdict.OK, case_id=read.case.case_id or None, stages=reports, findings=findings
    )
    return msgspec.structs.replace(told, verdict=Verdict.HOLD) if told.grave else told


def checked_folder(
    case: CaseFolder, calendar: WorkCalendar, villages: Iterable[Village] | None, rules: LandRules
) -> LandReport:
    """Check a case as it lies in its folder: the one verdict, for who asks and for who publishes."""
    return checked(case.read, calendar, villages, case.texts, rules, case.files)


def refused(refusal: Refusal) -> LandReport:
    """Report of a file that could not be read at all."""
    return LandReport(
        verdict=Verdict.REFUSED, case_id=None, findings=(error(refusal.code, " ".join(refusal.told())),)
    )


def _whole(
    case: CaseFile,
    calendar: WorkCalendar,
    rules: LandRules,
    villages: Gazetteer | None,
) -> Whole:
    """Everything a check may look at, from what was read."""
    stages = understood(case)
    notices = [notice_facts(stage, concerned(stage, stages, villages)) for stage in stages]
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
    return Whole(case, stages, facts, villages, slips=slips_of(stages, villages))


def _stage_report(stage: Stage, whole: Whole, read: ReadCase) -> StageReport:
    found = [one for index, one in read.unreadable if index == stage.index]
    found += (finding for check in CHECKS for finding in check(stage, whole))
    end = stated_end(whole.facts.notices[stage.index], whole.facts)
    return StageReport(
        stage=stage.file.stage,
        doc_no=stage.file.doc_no,
        last_day=end.day if end else None,
        provisional=bool(end and end.provisional),
        findings=tuple(sorted(dict.fromkeys(found), key=gravity)),
    )
