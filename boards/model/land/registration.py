"""The window in which owners register for compensation (补偿登记, 土管法 §47)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from boards.model.findings import Finding, error, warning
from boards.model.land.facts import CaseFacts, NoticeFacts, refused, window_of
from boards.model.land.kinds import NoticeKind


class Registration(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When and where owners register."""

    start: date
    end: date
    place: str = ""
    phone: str = ""


def window_is_sound(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """The window is possible, not before its notice, and the same in plan and register notice."""
    window, posted = window_of(notice), notice.posted_on
    if window is None:
        return
    start, end = window
    if end < start:
        yield error("REGISTRATION_DATES", f"补偿登记的截止日{end}早于开始日{start}。")
        return
    if posted and start < posted and notice.kind is NoticeKind.PLAN and not notice.correction:
        yield warning("REGISTRATION_BEFORE_POSTING", f"补偿登记{start}开始，早于公告张贴日{posted}。")
    if posted and end < posted:
        yield warning("REGISTRATION_OVER", f"补偿登记{end}截止，早于公告张贴日{posted}。")
    counts = notice.kind is NoticeKind.REGISTER and not notice.correction
    said = case.window(posted) if counts else None
    if said and said[0] <= said[1] and said != window:
        yield warning(
            "REGISTRATION_DIFFERS", f"登记期限{start}至{end}与补偿安置公告的{said[0]}至{said[1]}不一致。"
        )


def window_is_over(_notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """G3: owners have the whole window of the plan that counts before anything is applied for."""
    window = case.window() if case.plan else None
    if window and case.applied_on and case.applied_on <= window[1]:
        yield refused(
            "land-g3-registration-open",
            f"补偿登记到{window[1]}才截止（《土地管理法》第四十七条），此前不能结束登记或报批。",
        )
