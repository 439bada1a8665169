"""A case stage by stage: what is due, faultless and unpublished is proposed; the rest says why not."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Refusal
from boards.model.findings import Finding, error, grave
from boards.model.land.notice import LandNotice
from boards.model.land.order import may_follow
from boards.model.land.terms import rules_of
from boards.model.windows import workdays_of
from sync.county.land.attachments import attachment
from sync.county.land.check import checked_folder
from sync.county.land.notice_of_stage import notices_of
from sync.county.publish.land_notices import InFeed, digest_of, in_feed, propose_notice, record_of, waiting
from sync.county.publish.proposals import Proposal, stands

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sync.county.county import County
    from sync.county.land.case_folder import CaseFolder
    from sync.county.land.report import LandReport
    from sync.county.land.stages import Stage


class Fate(StrEnum):
    """What became of a stage."""

    PUBLISHED = "published"  # it was before
    WITHDRAWN = "withdrawn"  # it was published and taken down again
    WAITING = "waiting"  # proposed before, not yet published
    PROPOSED = "proposed"  # just now
    NOT_DUE = "not_due"  # its day of posting is still to come
    HELD = "held"  # its own findings, or a stage before it, hold it


class StageFate(msgspec.Struct, frozen=True, kw_only=True):
    """One stage after `propose-land`."""

    notice: LandNotice
    fate: Fate
    why: tuple[Finding, ...] = ()  # what holds it
    proposal: Proposal | None = None


def report_of(county: County, case: CaseFolder) -> LandReport:
    """What `county check-land` says of a case, by the county's own villages, calendar and rules."""
    pack = county.pack
    return checked_folder(case, workdays_of(pack), pack.villages, rules_of(pack.county_code))


def anybodys(_issuer: str) -> None:
    """Notices of every issuer are whoever's who acts: nobody has accounts."""


def propose_case(
    county: County, case: CaseFolder, now: datetime, may: Callable[[str], object] = anybodys
) -> tuple[StageFate, ...]:
    """Propose every stage that may go; nothing overtakes a stage that is held (土管法 §47).

    `may` raises for an issuer whose notices are not his who acts: such a stage is held.
    """
    villages = county.pack.villages
    report = report_of(county, case)
    fates: list[StageFate] = []
    for stage, notice in notices_of(case.read.case, villages, case.texts):
        holding = [one for one in (*report.findings, *report.stages[stage.index].findings) if grave(one)]
        held = next((one.notice for one in fates if one.fate is Fate.HELD), None)
        if held is not None:
            sentence = f"前面的“{held.title}”没有通过，后面的环节不能先发布（《土地管理法》第四十七条）。"
            holding.append(error("EARLIER_STAGE_HELD", sentence))
        holding += may_follow((one.notice.kind for one in fates), notice.kind)
        fates.append(_fate(county, case, stage, notice, tuple(holding), now, may))
    return tuple(fates)


def _fate(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    county: County,
    case: CaseFolder,
    stage: Stage,
    notice: LandNotice,
    holding: tuple[Finding, ...],
    now: datetime,
    may: Callable[[str], object],
) -> StageFate:
    """What becomes of one stage. What waits is what was handed in: a file changed since goes in anew."""
    rec = record_of(notice)
    shown = in_feed(county, notice)
    missing = [village for village in notice.villages if village not in shown]
    if shown and not missing:
        return _done(notice, next(iter(shown.values())))
    made = waiting(county, rec)
    if made is not None and stands(county, made) != "published":
        sentence = f"“{notice.title}”提交后案件文件又改过，待审核的还是原来的：请审核人退回，再重新提交。"
        edited = made.source_sha256 != digest_of(notice)
        why = (error("WAITING_NOTICE_DIFFERS", sentence),) if edited else ()
        return StageFate(notice=notice, fate=Fate.WAITING, why=why, proposal=made)
    if holding:
        return StageFate(notice=notice, fate=Fate.HELD, why=holding)
    if notice.posted_on > civil_day(now):
        return StageFate(notice=notice, fate=Fate.NOT_DUE)
    try:
        may(notice.issuer)
        files = tuple(attachment(case.folder / PurePath(name).name) for name in stage.file.attachments or ())
        proposal = propose_notice(county, notice, files, now, to=tuple(missing))
    except Refusal as refusal:
        return StageFate(notice=notice, fate=Fate.HELD, why=(error(refusal.code, "".join(refusal.told())),))
    return StageFate(notice=notice, fate=Fate.PROPOSED, proposal=proposal)


def _done(notice: LandNotice, hung: InFeed) -> StageFate:
    """A stage that every village has: as it was, taken down, or changed in the file since.

    A published notice is never edited: what changed is a notice of its own (G8). A day it was published
    without (of its signature, of the risk assessment) is no change of it.
    """
    if hung.withdrawn:
        return StageFate(notice=notice, fate=Fate.WITHDRAWN)
    shown = hung.notice
    signed, risk = shown.issued_on or notice.issued_on, shown.risk_assessed_on or notice.risk_assessed_on
    same = msgspec.structs.replace(shown, villages=notice.villages, issued_on=signed, risk_assessed_on=risk)
    if same == notice:
        return StageFate(notice=notice, fate=Fate.PUBLISHED)
    changed = error(
        "PUBLISHED_NOTICE_CHANGED",
        f"“{notice.title}”已经发布，案件文件后来又改过：已发布的公告不能改，请另作更正公告，"
        "有新的文号和张贴日，公告期重新计算（《浙江省土地管理条例》第四十二条）。",
    )
    return StageFate(notice=notice, fate=Fate.HELD, why=(changed,))
