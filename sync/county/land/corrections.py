"""Checks of corrections: after what they correct, while the case may still change, with a new period (G8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING

from boards.model.document_numbers import same_number
from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import same_land
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.order import may_follow
from sync.county.land.parcels import Listed
from sync.county.land.payments import by_item
from sync.county.land.stages import (
    Stage,
    Whole,
    called_correction,
    compensation_rows,
    corrected_names,
    kind_named,
)
from sync.county.land.wording import facts as said

if TYPE_CHECKING:
    from boards.model.land.facts import NoticeFacts

_RESTART = "《浙江省土地管理条例》第四十二条"


def correction_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """A correction comes after its notice and before the land is acquired; what it changes hangs anew."""
    yield from _names_its_notice(stage, whole)
    yield from _says_what_changes(stage, whole)
    facts = whole.facts.notices[stage.index]
    if stage.kind is None or stage.posted_on is None or facts.misplaced:
        return
    same = [one for one in whole.stages if one.kind is stage.kind and not called_correction(one.file)]
    first = min((one.posted_on for one in same if one.posted_on), default=None)
    if first and first > stage.posted_on and called_correction(stage.file):
        yield error(
            "CORRECTION_BEFORE_ORIGINAL",
            f"更正公告{stage.posted_on}张贴，早于它更正的{KINDS[stage.kind].name}（{first}）。",
        )
    elif stage.correction or stage.kind is NoticeKind.STOP:
        yield from _refused(stage.kind, stage, whole)
    if stage.correction:
        yield from _period_findings(stage.kind, facts, stage, whole)


def _names_its_notice(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What a correction says that it corrects is one notice of the case."""
    others = [one for one in whole.stages if one is not stage]
    meant = [{one.index for one in others if _is_named(one, name)} for name in corrected_names(stage.file)]
    if meant and not set.intersection(*meant):
        names = "、".join(corrected_names(stage.file))
        yield error("CORRECTS_UNKNOWN", f"案件里没有它更正的公告（{names}）。")


def _is_named(stage: Stage, name: str) -> bool:
    if stage.file.stage == name or same_number(stage.file.doc_no or "", name):
        return True
    return stage.kind is not None and stage.kind is kind_named(name)


def _says_what_changes(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What was wrong and what is right, both or neither; the text that hangs says what is right."""
    told = stage.file.correction
    wrong, right = said.plain(told.wrong or "").strip(), said.plain(told.right or "").strip()
    if not stage.correction and (wrong or right or told.restarts is not None):
        yield warning("CORRECTS_MISSING", "写了更正的内容，没有写明更正哪一份公告（corrects）。")
    if bool(wrong) != bool(right) or (wrong and wrong == right):
        sentence = "更正要同时写明原来的内容（wrong）和更正后的内容（right），两者不同。"
        yield error("CORRECTION_UNCLEAR", sentence)
    text = said.plain(whole.text(stage))
    missing = said.figures(right) - said.figures(text) if text.strip() else set()
    if missing:
        yield warning(
            "TEXT_DIFFERS", f"正文没有写更正后的{'、'.join(sorted(missing))}，案件文件更正为“{right}”。"
        )


def _refused(kind: NoticeKind, stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What publishing would refuse; a stage the case lacks is said where it is missed."""
    kinds = {one.kind for one in whole.stages}
    lacking = [one for one in (NoticeKind.START, NoticeKind.SURVEY) if one not in kinds]
    known = [one for one in whole.facts.notices if one.kind and one.posted_on and not one.misplaced]
    known.sort(key=lambda one: (one.posted_on or date.max, one.index))
    before = takewhile(lambda one: one.index != stage.index, known)
    yield from may_follow([*lacking, *(one.kind for one in before if one.kind)], kind)


def _period_findings(kind: NoticeKind, facts: NoticeFacts, stage: Stage, whole: Whole) -> Iterator[Finding]:
    """A correction that changes something hangs anew; one whose period goes on keeps it as it was."""
    minimum, row = whole.facts.rules.minimum(kind), KINDS[kind]
    if minimum is None:
        return
    running = whole.facts.running(kind, stage.posted_on)
    missing = f"没有写明公告期；{row.name}不少于{minimum}（{row.period_article}）。"
    if facts.begins:
        if facts.term is None:
            yield error("PERIOD_MISSING", f"公告期重新计算，{missing}")
    elif changed := "、".join(_changed(stage, whole)):
        article = _RESTART if kind is NoticeKind.PLAN else row.period_article
        yield warning(
            "PERIOD_NOT_RESTARTED",
            f"更正改变了{changed}，没有写明新的公告期：应当重新公布，公告期不少于{minimum}（{article}）。",
        )
    elif facts.restarts is None:
        yield note("PERIOD_MISSING", missing)
    elif running and facts.term not in {None, running.term}:
        yield warning(
            "PERIOD_DIFFERS", f"公告期不重新计算，写成了{facts.term}，原来是{running.term or '没有写明'}。"
        )


def _changed(stage: Stage, whole: Whole) -> Iterator[str]:
    """What a correction says otherwise than the notice before it; what it does not repeat stands."""
    before = [
        one
        for one in whole.stages
        if one.kind is stage.kind and one.posted_on and stage.posted_on
        if (one.posted_on, one.correction, one.index) < (stage.posted_on, stage.correction, stage.index)
    ]
    if not before:
        return
    was = max(before, key=lambda one: (one.posted_on or date.min, one.index))
    if _other_land(stage, was, whole):
        yield "面积"
    promised, now = (by_item(compensation_rows(one.file), whole) for one in (was, stage))
    if any(promised.get(key) != fen for key, fen in now.items()):
        yield "补偿"
    if stage.file.resettled is not None and was.file.resettled not in {None, stage.file.resettled}:
        yield "安置对象"
    window, old = stage.file.registration, was.file.registration
    if window and old and (window.start, window.end) != (old.start, old.end):
        yield "登记期限"


def _other_land(stage: Stage, was: Stage, whole: Whole) -> bool:
    before, now = Listed(was, whole), stage.file.areas or ()
    for row in now if before.rows else ():
        twins = before.same(row)
        if not twins or (len(twins) == 1 and not same_land(row.area, twins[0].area)):
            return True
    totals, old = stage.file.totals, was.file.totals
    return totals is not None and old is not None and not same_land(totals.area, old.area)
