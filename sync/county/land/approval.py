"""Checks of the approval: received before it is announced, announced in time, nothing skipped (G3, G5)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import M2_PER_HA, Area, square_metres
from boards.model.land.refusals import WrongApprover
from boards.model.land.terms import Approver, LandTaken, NoticeKind, approver_of
from sync.county.land.periods import lawful_end
from sync.county.land.stages import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sync.county.land.case_file import ApprovalFile, AreaFile
    from sync.county.land.stages import Stage, Whole

_CLASSES = {
    "basic_farmland_ha": re.compile("^(?!.*(?:非|不|除|以外)).*基本农田"),
    "other_arable_ha": re.compile("耕地|水田|旱地|水浇地"),
    "other_ha": re.compile("林|园地|草地|建设用地|未利用地|宅基地|住宅|道路|水域|水面|坑塘|沟渠|滩涂|裸"),
}
_PROVINCE = re.compile("省|自治区|(?:北京|天津|上海|重庆)市")
_CENTRAL = re.compile("国务院|中央")


def approval_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Dates of the approval against the acquisition notice and the notices before it."""
    approval, posted = stage.file.approval, stage.posted_on
    if approval is None:
        return
    if approval.approved_on and approval.received and approval.received < approval.approved_on:
        yield error(
            "APPROVAL_DATES", f"收到批准文件（{approval.received}）早于批准日期（{approval.approved_on}）。"
        )
    yield from _approver(approval, stage)
    if posted:
        yield from _announced(approval, stage, posted, whole)
    if not stage.correction:
        yield from _skipped(approval, stage, whole)


def land_taken(rows: Iterable[AreaFile]) -> LandTaken:
    """Hectares by the classes that decide who approves; classes we do not know count for none."""
    sums = dict.fromkeys(_CLASSES, Decimal(0))
    for row in rows:
        kind = next((kind for kind, words in _CLASSES.items() if words.search(row.land_type or "")), None)
        area = square_metres(Area(ha=row.ha, mu=row.mu))
        if kind is not None and area is not None:
            sums[kind] += area / M2_PER_HA
    return LandTaken(**sums)


def _approver(approval: ApprovalFile, stage: Stage) -> Iterator[Finding]:
    """G4: what is for the State Council is not a province's to approve, unless it did so on its behalf."""
    if not _PROVINCE.search(approval.authority or "") or _CENTRAL.search(approval.authority or ""):
        return
    if approver_of(land_taken(stage.file.areas or ())) is Approver.STATE_COUNCIL:
        yield warning("WRONG_APPROVER", "".join(WrongApprover().told()[:1]))


def _announced(approval: ApprovalFile, stage: Stage, posted: date, whole: Whole) -> Iterator[Finding]:
    for name, day in (("批准日期", approval.approved_on), ("收到批准文件的日期", approval.received)):
        if day and posted < day:
            yield error(
                "POSTED_BEFORE_APPROVAL",
                f"公告{posted}张贴，早于{name}{day}（《土地管理法实施条例》第三十一条）。",
            )
    if approval.received is None:
        return
    last = whole.calendar.posting_end(approval.received, whole.rules.announce_within)
    unsure = "（暂定）" if last.provisional else ""
    if posted > last.day and not stage.correction:
        sentence = (
            f"收到批准文件后应在{whole.rules.announce_within}内公告，最迟{last.day}{unsure}，"
            f"实际{posted}（《土地管理法实施条例》第三十一条）。"
        )
        yield note("ANNOUNCED_PERHAPS_LATE", sentence) if unsure else error("ANNOUNCED_LATE", sentence)
    if approval.publish_by and approval.publish_by != last.day:
        sentence = f"写明最迟{approval.publish_by}公告，按规定应为{last.day}{unsure}。"
        yield note("PUBLISH_BY_DIFFERS", sentence) if unsure else warning("PUBLISH_BY_DIFFERS", sentence)


def _skipped(approval: ApprovalFile, stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Nothing is approved before the notices have hung their time and registration is closed (G3)."""
    approved = approval.approved_on
    if approved is None:
        return
    for kind in (NoticeKind.START, NoticeKind.PLAN):
        notice = whole.newest(kind, stage.posted_on)
        if notice is None or notice.index in whole.blamed:
            continue
        end = lawful_end(notice, whole)
        if end and approved <= end:
            yield error(
                "APPROVED_BEFORE_PERIOD_END",
                f"{approved}批准时，{KIND_NAMES[kind]}的公告期（到{end}）还没有满（《土地管理法》第四十七条）。",
            )
        window = notice.file.registration
        if window and window.start and window.end and window.start <= window.end and approved <= window.end:
            yield warning(
                "APPROVED_BEFORE_REGISTRATION_END",
                f"{approved}批准时，补偿登记（到{window.end}）还没有截止（《土地管理法》第四十七条）。",
            )
