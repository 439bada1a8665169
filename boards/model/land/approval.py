"""The approval: by the right authority (G4), announced in time (G5), with nothing skipped before it (G3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import M2_PER_HA, LandParcel, square_metres
from boards.model.land.facts import CaseFacts, NoticeFacts, refused
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.land.periods import lawful_end


class LandTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What kinds of land a case takes, in hectares; decides who approves."""

    basic_farmland_ha: Decimal = Decimal(0)  # 永久基本农田
    other_arable_ha: Decimal = Decimal(0)  # 永久基本农田以外的耕地
    other_ha: Decimal = Decimal(0)  # 其他土地


_CLASSES = {
    "basic_farmland_ha": re.compile("^(?!.*(?:非|不|除|以外)).*基本农田"),
    "other_arable_ha": re.compile("耕地|水田|旱地|水浇地"),
    "other_ha": re.compile("林|园地|草地|建设用地|未利用地|宅基地|住宅|道路|水域|水面|坑塘|沟渠|滩涂|裸"),
}
_PROVINCE = re.compile("省|自治区|(?:北京|天津|上海|重庆)市")
_CENTRAL = re.compile("国务院|中央")


def is_for_state_council(land: LandTaken) -> bool:
    """Any 永久基本农田, other arable over 35 ha, other land over 70 ha; else a province's (土管法 §46)."""
    return land.basic_farmland_ha > 0 or land.other_arable_ha > 35 or land.other_ha > 70


def land_taken(parcels: Iterable[LandParcel]) -> LandTaken:
    """Hectares by the classes that decide who approves; classes we do not know count for none."""
    sums = dict.fromkeys(_CLASSES, Decimal(0))
    for parcel in parcels:
        kind = next((kind for kind, words in _CLASSES.items() if words.search(parcel.land_class)), None)
        area = square_metres(parcel.area)
        if kind is not None and area is not None:
            sums[kind] += area / M2_PER_HA
    return LandTaken(**sums)


def approver_is_right(notice: NoticeFacts, _case: CaseFacts) -> Iterator[Finding]:
    """G4: what is for the State Council is not a province's to approve, unless it did so on its behalf."""
    authority = (notice.approval.authority if notice.approval else None) or ""
    central = is_for_state_council(land_taken(notice.areas or ()))
    if central and _PROVINCE.search(authority) and not _CENTRAL.search(authority):
        yield warning(
            "WRONG_APPROVER",
            "征收永久基本农田，或其他耕地超过35公顷，或其他土地超过70公顷的，由国务院批准"
            "（《土地管理法》第四十六条），省级批准文件不够。",
        )


def approval_dates_possible(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G4: applied for, approved, received, in this order (土管法 §46)."""
    approved = notice.approval.approved_on if notice.approval else None
    received = notice.approval.received if notice.approval else None
    if approved is None or received is None:
        return
    if received < approved:
        yield error("APPROVAL_DATES", f"收到批准文件（{received}）早于批准日期（{approved}）。")
    elif (
        case.plan
        and notice is case.newest(NoticeKind.FINAL)
        and case.applied_on
        and approved < case.applied_on
    ):
        dates = f"报批{case.applied_on}，批准{approved}，收到{received}"
        yield refused(
            "land-g4-approval-dates", f"批准文件的日期对不上（《土地管理法》第四十六条）：{dates}。"
        )


def announced_in_time(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G5: announced when the approval has come, within 15 working days of receiving it (条例 §31)."""
    approval, posted = notice.approval, notice.posted_on
    if approval is None or posted is None:
        return
    for name, day in (("批准日期", approval.approved_on), ("收到批准文件的日期", approval.received)):
        if day and posted < day:
            yield error(
                "POSTED_BEFORE_APPROVAL",
                f"公告{posted}张贴，早于{name}{day}（《土地管理法实施条例》第三十一条）。",
            )
    if approval.received is None:
        return
    within = case.rules.announce_within
    last = case.calendar.posting_end(approval.received, within)
    unsure = "（暂定）" if last.provisional else ""
    if posted > last.day and not notice.correction:
        sentence = (
            f"收到批准文件后应在{within}内公告，最迟{last.day}{unsure}，"
            f"实际{posted}（《土地管理法实施条例》第三十一条）。"
        )
        yield note("ANNOUNCED_PERHAPS_LATE", sentence) if unsure else error("ANNOUNCED_LATE", sentence)
    if approval.publish_by and approval.publish_by != last.day:
        sentence = f"写明最迟{approval.publish_by}公告，按规定应为{last.day}{unsure}。"
        yield note("PUBLISH_BY_DIFFERS", sentence) if unsure else warning("PUBLISH_BY_DIFFERS", sentence)


def nothing_skipped(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: nothing is approved before the notices have hung their time and registration is closed."""
    approved = notice.approval.approved_on if notice.approval else None
    if approved is None or notice.correction:
        return
    for kind in (NoticeKind.START, NoticeKind.PLAN):
        running = case.running(kind, notice.posted_on)
        end = lawful_end(running, case) if running else None
        if end and approved <= end:
            yield error(
                "APPROVED_BEFORE_PERIOD_END",
                f"{approved}批准时，{KINDS[kind].name}的公告期（到{end}）还没有满（《土地管理法》第四十七条）。",
            )
    window = case.window(notice.posted_on)
    if window and window[0] <= window[1] and approved <= window[1]:
        yield warning(
            "APPROVED_BEFORE_REGISTRATION_END",
            f"{approved}批准时，补偿登记（到{window[1]}）还没有截止（《土地管理法》第四十七条）。",
        )
