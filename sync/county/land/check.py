"""All checks of a land case, stage by stage: a pure function from what was read to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.findings import Finding, Level, error, note
from boards.model.land.terms import ZHEJIANG, LandRules
from sync.county.gazetteer import Gazetteer
from sync.county.land.approval import approval_findings
from sync.county.land.areas import area_findings
from sync.county.land.corrections import correction_findings
from sync.county.land.elements import element_findings
from sync.county.land.findings import LandReport, StageReport, verdict_of
from sync.county.land.payments import compensation_findings
from sync.county.land.periods import period_findings, registration_findings, stated_end, survey_findings
from sync.county.land.procedure import procedure_findings
from sync.county.land.stages import Stage, Whole, order_findings, out_of_order, title_findings, understood
from sync.county.land.text_agrees import text_agrees
from sync.county.land.texts import (
    file_findings,
    number_findings,
    private_findings,
    words_findings,
)
from sync.county.land.villages import posting_findings, slips_of, village_findings
from sync.county.reading import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.errors import Refusal
    from boards.model.place import Village
    from sync.county.land.case_json import ReadCase

_CHECKS = (
    order_findings,
    title_findings,
    correction_findings,
    element_findings,
    number_findings,
    period_findings,
    survey_findings,
    registration_findings,
    approval_findings,
    procedure_findings,
    area_findings,
    compensation_findings,
    village_findings,
    posting_findings,
    words_findings,
    private_findings,
    text_agrees,
)
_GRAVEST = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def checked(
    read: ReadCase,
    calendar: WorkCalendar,
    villages: Iterable[Village] | None = None,
    texts: Mapping[str, str] | None = None,
    rules: LandRules = ZHEJIANG,
) -> LandReport:
    """Check a case that was read; `texts` are the notices' texts by file name."""
    stages = understood(read.case)
    gazetteer = None if villages is None else Gazetteer(villages)
    whole = Whole(
        case=read.case,
        stages=stages,
        calendar=calendar,
        rules=rules,
        villages=gazetteer,
        texts=texts or {},
        blamed=out_of_order(stages),
        slips=slips_of(stages, gazetteer),
    )
    reports = tuple(_stage_report(stage, whole, read) for stage in stages)
    findings = (*(one for index, one in read.unreadable if index is None), *file_findings(whole))
    return LandReport(
        verdict=verdict_of(findings, reports),
        case_id=read.case.case_id or None,
        stages=reports,
        findings=findings,
    )


def refused(refusal: Refusal) -> LandReport:
    """Report of a file that could not be read at all."""
    return LandReport(
        verdict=Verdict.REFUSED, case_id=None, findings=(error(refusal.code, " ".join(refusal.told())),)
    )


def _stage_report(stage: Stage, whole: Whole, read: ReadCase) -> StageReport:
    found: list[Finding] = [one for index, one in read.unreadable if index == stage.index]
    for check in _CHECKS:
        found.extend(check(stage, whole))
    name = stage.file.text_file
    if not name:
        found.append(note("TEXT_MISSING", "没有公告正文（text_file），发布前要有。"))
    elif name not in whole.texts:
        found.append(note("TEXT_NOT_READ", f"没有读到公告正文{name}，只核对了案件文件。"))
    end = stated_end(stage, whole.calendar)
    return StageReport(
        stage=stage.file.stage,
        doc_no=stage.file.doc_no,
        last_day=end.day if end else None,
        provisional=bool(end and end.provisional),
        findings=tuple(sorted(dict.fromkeys(found), key=lambda one: _GRAVEST[one.level])),
    )
