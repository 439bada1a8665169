"""Which notice a stage is, which ones correct others, and whether they were posted in the lawful order.

The order is that of the posting days, whatever the order in the file (settled §32).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.findings import Finding, error, note, warning
from boards.model.land.terms import NoticeKind
from boards.model.place import short_name
from sync.county.land.case_file import CaseFile, StageFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.land.terms import LandRules
    from sync.county.gazetteer import Gazetteer

_NAMES = {
    "start": NoticeKind.START,
    "pre": NoticeKind.START,
    "preannouncement": NoticeKind.START,
    "survey": NoticeKind.SURVEY,
    "plan": NoticeKind.PLAN,
    "compensation": NoticeKind.PLAN,
    "register": NoticeKind.REGISTER,
    "registration": NoticeKind.REGISTER,
    "final": NoticeKind.FINAL,
    "acquisition": NoticeKind.FINAL,
    "pay": NoticeKind.PAY,
    "payment": NoticeKind.PAY,
    "stop": NoticeKind.STOP,
    "withdrawn": NoticeKind.STOP,
}
_TITLES = (
    (re.compile("终止|撤回"), NoticeKind.STOP),
    (re.compile("支付"), NoticeKind.PAY),
    (re.compile("登记"), NoticeKind.REGISTER),
    (re.compile("补偿安置"), NoticeKind.PLAN),
    (re.compile("现状调查"), NoticeKind.SURVEY),
    (re.compile("预公告|启动公告|拟征收"), NoticeKind.START),
    (re.compile("征收公告|征收土地公告"), NoticeKind.FINAL),
)
_PLAIN_TITLES = (
    (re.compile("终止征收|终止土地征收|撤回"), NoticeKind.STOP),
    (re.compile("支付"), NoticeKind.PAY),
    (re.compile("补偿登记的?(?:通告|公告|通知)"), NoticeKind.REGISTER),
    (re.compile("补偿安置(?:方案)?的?公告"), NoticeKind.PLAN),
    (re.compile("现状调查(?:结果|成果|情况)的?(?:公示|公告)"), NoticeKind.SURVEY),
    (re.compile("征收.*(?:预公告|启动公告)|拟征收"), NoticeKind.START),
    (re.compile("(?<!拟)征收土地公告|土地征收公告"), NoticeKind.FINAL),
)
"""Titles that can mean nothing else."""
_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}
_BEFORE = {
    NoticeKind.SURVEY: (NoticeKind.START, "《土地管理法实施条例》第二十六条"),
    NoticeKind.PLAN: (NoticeKind.SURVEY, "《土地管理法实施条例》第二十七条"),
    NoticeKind.REGISTER: (NoticeKind.PLAN, "《土地管理法》第四十七条"),
    NoticeKind.FINAL: (NoticeKind.PLAN, "《土地管理法》第四十七条"),
    NoticeKind.PAY: (NoticeKind.FINAL, "《浙江省土地管理条例》第四十六条"),
    NoticeKind.STOP: (NoticeKind.START, "《土地管理法实施条例》第二十六条"),
}
KIND_NAMES = {
    NoticeKind.START: "征收土地预公告",
    NoticeKind.SURVEY: "土地现状调查结果公示",
    NoticeKind.PLAN: "征地补偿安置公告",
    NoticeKind.REGISTER: "征地补偿登记通告",
    NoticeKind.FINAL: "征收土地公告",
    NoticeKind.PAY: "补偿费用支付情况公示",
    NoticeKind.STOP: "终止征收土地公告",
}


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
    calendar: WorkCalendar
    rules: LandRules
    villages: Gazetteer | None = None  # the county's list, where there is one
    texts: Mapping[str, str] = {}  # texts of the notices by file name
    blamed: frozenset[int] = frozenset()  # stages out of order
    slips: Mapping[str, str] = {}  # village names the county does not know, and which village is meant

    def village(self, written: str | None) -> str:
        """Short name of the village that is meant: one slip of the pen is one finding, not one a notice."""
        name = short_name(written or "")
        return self.slips.get(name, name)

    def newest(self, kind: NoticeKind, on: date | None = None) -> Stage | None:
        """Newest notice of a kind posted on or before a day (None: ever)."""
        found = [
            stage
            for stage in self.stages
            if stage.kind is kind and stage.posted_on and (on is None or stage.posted_on <= on)
        ]
        return max(found, key=lambda stage: (stage.posted_on or date.min, stage.index), default=None)


def understood(case: CaseFile) -> tuple[Stage, ...]:
    """Every stage with its kind; a second notice of a kind, by posting day, corrects the first."""
    kinds = [_kind_of(stage, case) for stage in case.stages]
    firsts: dict[NoticeKind, int] = {}
    by_day = sorted(range(len(kinds)), key=lambda i: (case.stages[i].posted_on or date.max, i))
    by_day.sort(key=lambda i: called_correction(case.stages[i]))  # what calls itself one was not the first
    for index in by_day:
        kind = kinds[index]
        if kind is not None and not _corrected_names(case.stages[index]):
            firsts.setdefault(kind, index)
    return tuple(
        Stage(
            index=index,
            file=stage,
            kind=kind,
            correction=bool(_corrected_names(stage)) or (kind is not None and firsts[kind] != index),
        )
        for index, (stage, kind) in enumerate(zip(case.stages, kinds, strict=True))
    )


def called_correction(file: StageFile) -> bool:
    """Whether a notice calls itself a correction of another."""
    return bool(_corrected_names(file)) or "correct" in file.stage.lower() or "更正" in (file.title or "")


def out_of_order(stages: tuple[Stage, ...]) -> frozenset[int]:
    """Indices of the stages whose posting day breaks the order of the law, as few as explain it.

    Kept is the heaviest chain of notices in order. A stage whose own dates contradict its posting
    day weighs less; of two that cannot both stand the later step is blamed, as it rests on the other.
    """
    chain = sorted(
        (stage for stage in stages if stage.kind and stage.posted_on and not stage.correction),
        key=lambda stage: _RANK[stage.kind] if stage.kind else 0,
    )
    best: list[tuple[int, list[int]]] = []
    for i, stage in enumerate(chain):
        assert stage.posted_on is not None
        before = [best[j] for j in range(i) if (chain[j].posted_on or date.max) <= stage.posted_on]
        weight, kept = max(before, key=lambda one: one[0], default=(0, []))
        # Each step's own share falls with its rank, so that at equal counts the earlier steps are kept.
        share = 1000 - i - (500 if _doubtful(stage) else 0)
        best.append((weight + share, [*kept, stage.index]))
    _, kept = max(best, key=lambda one: one[0], default=(0, []))
    return frozenset(stage.index for stage in chain) - frozenset(kept)


def order_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Place of a stage in the case: known, in order, after what it rests on (domain §2.2)."""
    if stage.kind is None:
        yield note("STAGE_UNKNOWN", f"环节“{stage.file.stage}”不是约定的名称，只做了一般检查。")
        return
    if stage.index in whole.blamed:
        yield error("STAGE_OUT_OF_ORDER", _order_sentence(stage, whole.stages))
    needed = _BEFORE.get(stage.kind)
    if stage.correction or needed is None:
        return
    if not any(other.kind is needed[0] for other in whole.stages):
        name = KIND_NAMES[needed[0]]
        yield warning("EARLIER_STAGE_MISSING", f"案件里没有{name}，本公告以它为前提（{needed[1]}）。")


def _order_sentence(stage: Stage, stages: tuple[Stage, ...]) -> str:
    assert stage.kind is not None
    assert stage.posted_on is not None
    rank = _RANK[stage.kind]
    for other in stages:
        if other.kind is None or other.posted_on is None or other.correction:
            continue
        early = _RANK[other.kind] < rank and other.posted_on > stage.posted_on
        late = _RANK[other.kind] > rank and other.posted_on < stage.posted_on
        if early or late:
            order = "早于" if early else "晚于"
            return (
                f"{KIND_NAMES[stage.kind]}（{stage.posted_on}）{order}{KIND_NAMES[other.kind]}（{other.posted_on}），"
                "环节先后不符合规定（《土地管理法》第四十七条）。"
            )
    return f"{KIND_NAMES[stage.kind]}的张贴日期与其他环节的先后不符（《土地管理法》第四十七条）。"


def _doubtful(stage: Stage) -> bool:
    """Whether a stage's own dates contradict its posting day."""
    file, posted = stage.file, stage.posted_on
    assert posted is not None
    stated = file.period.last_day_stated if file.period else None
    later = (
        stage.kind is NoticeKind.START and file.survey_from is not None and file.survey_from < posted,
        stated is not None and stated <= posted,
        file.approval is not None and file.approval.received is not None and file.approval.received > posted,
    )
    return any(later)


def title_findings(stage: Stage, _whole: Whole) -> Iterator[Finding]:
    """A title that plainly names another notice than the stage it stands in."""
    named = {kind for pattern, kind in _PLAIN_TITLES if pattern.search(stage.file.title or "")}
    if stage.kind is not None and not stage.correction and named and stage.kind not in named:
        names = "、".join(KIND_NAMES[kind] for kind in NoticeKind if kind in named)
        sentence = f"标题“{stage.file.title}”是{names}的标题，这个环节是{KIND_NAMES[stage.kind]}。"
        yield warning("TITLE_NOT_STAGE", sentence)


def _corrected_names(stage: StageFile) -> tuple[str, ...]:
    told = stage.corrects
    if told is None or isinstance(told, str):
        return (told,) if told else ()
    return tuple(name for name in (told.stage, told.doc_no) if name)


def _kind_of(stage: StageFile, case: CaseFile) -> NoticeKind | None:
    named = _corrected_names(stage)
    for name in (stage.stage, *named):
        word = re.match(r"[a-z]*", name.strip().lower())
        if word and word[0] in _NAMES:
            return _NAMES[word[0]]
    corrected = next((one for one in case.stages if {one.stage, one.doc_no} & set(named)), None)
    titles = (stage.title or "", corrected.title or "" if corrected else "")
    found = (kind for title in titles for pattern, kind in _TITLES if pattern.search(title))
    return next(found, None)
