"""Checks of corrections: after what they correct, while the case may still change, with a new period (G8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile

from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import same_land
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.order import may_follow
from sync.county.land.parcels import Listed
from sync.county.land.payments import by_item
from sync.county.land.stages import Stage, Whole, called_correction, compensation_rows

_RESTART = "《浙江省土地管理条例》第四十二条"


def correction_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """A correction comes after its notice and before the land is acquired; what it changes hangs anew."""
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
    if stage.correction and facts.term is None:
        yield from _without_period(stage.kind, stage, whole)


def _refused(kind: NoticeKind, stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What publishing would refuse; a stage the case lacks is said where it is missed."""
    kinds = {one.kind for one in whole.stages}
    lacking = [one for one in (NoticeKind.START, NoticeKind.SURVEY) if one not in kinds]
    known = [one for one in whole.facts.notices if one.kind and one.posted_on and not one.misplaced]
    known.sort(key=lambda one: (one.posted_on or date.max, one.index))
    before = takewhile(lambda one: one.index != stage.index, known)
    yield from may_follow([*lacking, *(one.kind for one in before if one.kind)], kind)


def _without_period(kind: NoticeKind, stage: Stage, whole: Whole) -> Iterator[Finding]:
    """A notice that may leave its period out is one that changes nothing."""
    minimum, row = whole.facts.rules.minimum(kind), KINDS[kind]
    if minimum is None:
        return
    if changed := "、".join(_changed(stage, whole)):
        article = _RESTART if kind is NoticeKind.PLAN else row.period_article
        yield warning(
            "PERIOD_NOT_RESTARTED",
            f"更正改变了{changed}，没有写明新的公告期：应当重新公布，公告期不少于{minimum}（{article}）。",
        )
    else:
        yield note("PERIOD_MISSING", f"没有写明公告期；{row.name}不少于{minimum}（{row.period_article}）。")


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
