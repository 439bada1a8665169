"""Which notice a stage of the file is, which ones correct others, and what each tells the law.

The order of notices is that of the posting days, whatever the order in the file (settled §32).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.calendar.workdays import Term, Unit
from boards.model.findings import Finding, warning
from boards.model.land.areas import LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.money import Fen
from boards.model.place import short_name
from sync.county.land.case_file import CaseFile, CorrectedFile, PeriodFile, StageFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.county.gazetteer import Gazetteer

_KIND_NAMED = {alias: kind for kind, row in KINDS.items() for alias in row.aliases}
_UNITS = {"working_days": Unit.WORKING_DAY, "days": Unit.CALENDAR_DAY}
_FROM_POSTING_DAY = re.compile(
    "(?!.*after).*(?:posting day|day of posting|same day|当日|张贴之日)", re.DOTALL
)
_BY_TITLE = sorted(KINDS, key=lambda kind: KINDS[kind].title_order)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the file, understood: its kind (None: none we know), and whether it corrects another."""

    index: int
    file: StageFile
    kind: NoticeKind | None
    correction: bool

    @property
    def posted_on(self) -> date | None:
        """Day it was posted; None where the file does not say."""
        return self.file.posted_on


class Whole(NamedTuple):
    """All that a check of one stage may look at."""

    case: CaseFile
    stages: tuple[Stage, ...]
    facts: CaseFacts  # what the law looks at; its notices stand as the stages do
    villages: Gazetteer | None = None  # the county's list, where there is one
    texts: Mapping[str, str] | None = None  # texts of the notices by file name; None: none was looked for
    slips: Mapping[str, str] = {}  # village names the county does not know, and which village is meant
    files: Mapping[str, Finding] = {}  # what is to be said of attachments, by name

    def text(self, stage: Stage) -> str:
        """The text of a notice; "" where there is none."""
        return (self.texts or {}).get(stage.file.text_file or "", "")

    def village(self, written: str | None) -> str:
        """Short name of the village that is meant: one slip of the pen is one finding, not one a notice."""
        name = short_name(written or "")
        return self.slips.get(name, name)

    def newest(self, kind: NoticeKind, on: date | None = None) -> Stage | None:
        """Newest notice of a kind posted on or before a day (None: ever)."""
        found = self.facts.newest(kind, on)
        return self.stages[found.index] if found else None


def understood(case: CaseFile) -> tuple[Stage, ...]:
    """Every stage with its kind; a second notice of a kind, by posting day, corrects the first."""
    kinds = [_kind_of(stage, case) for stage in case.stages]
    firsts: dict[NoticeKind, int] = {}
    by_day = sorted(
        range(len(kinds)),  # what calls itself a correction was not the first
        key=lambda i: (called_correction(case.stages[i]), case.stages[i].posted_on or date.max, i),
    )
    for index in by_day:
        kind = kinds[index]
        if kind is not None and not corrected_names(case.stages[index]):
            firsts.setdefault(kind, index)
    return tuple(
        Stage(
            index=index,
            file=stage,
            kind=kind,
            correction=bool(corrected_names(stage)) or (kind is not None and firsts[kind] != index),
        )
        for index, (stage, kind) in enumerate(zip(case.stages, kinds, strict=True))
    )


def called_correction(file: StageFile) -> bool:
    """Whether a notice calls itself a correction of another."""
    return bool(corrected_names(file)) or "correct" in file.stage.lower() or "更正" in (file.title or "")


def notice_facts(stage: Stage, villages: tuple[tuple[str, str], ...]) -> NoticeFacts:
    """A stage as the law sees it; `villages` are those it takes land from, each with its township or ""."""
    file, period = stage.file, stage.file.period
    areas = (
        LandParcel(village=row.village or "", land_class=row.land_type or "", area=row.area)
        for row in file.areas or ()
    )
    return NoticeFacts(
        index=stage.index,
        kind=stage.kind,
        correction=stage.correction,
        restarts=file.correction.restarts,
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
        areas=None if file.areas is None else tuple(areas),
        compensation=None if file.compensation is None else compensation_rows(file),
        resettled=file.resettled,
        reason=file.reason,
        boards=file.posted_at,
        concerned=villages,
    )


def stated_term(period: PeriodFile | None) -> Term | None:
    """Length a notice states, None where it states none."""
    if period is None or period.kind is None or period.n is None:
        return None
    return Term(n=period.n, unit=_UNITS[period.kind])


def compensation_rows(stage: StageFile) -> tuple[CompensationRow, ...]:
    """Rows of a notice as the model knows them."""
    return tuple(
        CompensationRow(
            village=row.village or "",
            item=row.item or "",
            basis=row.basis or "",
            amount=None if row.amount_fen is None else Fen(row.amount_fen),
            paid=None if row.paid_fen is None else Fen(row.paid_fen),
        )
        for row in stage.compensation or ()
    )


def stage_is_known(stage: Stage, _whole: Whole) -> Iterator[Finding]:
    """Only a stage whose notice we know can be held against the law, and be published."""
    if stage.kind is None:
        names = "、".join(sorted(kind.value for kind in KINDS))
        yield warning("STAGE_UNKNOWN", f"环节“{stage.file.stage}”不是约定的名称（{names}），不能发布。")


def corrected_names(stage: StageFile) -> tuple[str, ...]:
    """Name, number, or both, of what a notice says that it corrects."""
    told = stage.corrects
    names = (told.stage, told.doc_no) if isinstance(told, CorrectedFile) else (told,)
    return tuple(name for name in names if name)


def kind_named(name: str) -> NoticeKind | None:
    """The kind of notice a word of the case file stands for: plan, plan_corrected."""
    word = re.match(r"[a-z]*", name.strip().lower())
    return _KIND_NAMED.get(word[0]) if word else None


def _kind_of(stage: StageFile, case: CaseFile) -> NoticeKind | None:
    named = corrected_names(stage)
    for name in (stage.stage, *named):
        if kind := kind_named(name):
            return kind
    corrected = next((one for one in case.stages if {one.stage, one.doc_no} & set(named)), None)
    titles = (stage.title or "", corrected.title or "" if corrected else "")
    return next((kind for title in titles for kind in _BY_TITLE if KINDS[kind].title.search(title)), None)
