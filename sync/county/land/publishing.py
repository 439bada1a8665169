"""A case stage by stage: what is sound, due and not yet published is proposed; the rest says why not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from boards.model.land_notice import LandNotice
from sync.county import proposals
from sync.county.land.attachments import attachment
from sync.county.land.bridge import notices_of
from sync.county.land.check import checked
from sync.county.land.findings import grave
from sync.county.notices import propose_notice, published_records, record_of, waiting
from sync.county.proposals import Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from boards.model.calendar import WorkCalendar
    from sync.county.folder import County
    from sync.county.land.findings import LandReport
    from sync.county.land.reading import ReadCase
    from sync.county.land.stages import Stage


class Fate(StrEnum):
    """What became of a stage."""

    PUBLISHED = "published"  # it was before
    WAITING = "waiting"  # proposed before, not yet published
    PROPOSED = "proposed"  # just now
    NOT_DUE = "not_due"  # its day of posting is still to come
    HELD = "held"  # its own findings, or a stage before it, hold it


class StageFate(msgspec.Struct, frozen=True, kw_only=True):
    """One stage after `propose-land`."""

    notice: LandNotice
    fate: Fate
    codes: tuple[str, ...] = ()  # findings that hold it
    proposal: Proposal | None = None


def propose_case(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    county: County,
    read: ReadCase,
    texts: Mapping[str, str],
    folder: Path,
    calendar: WorkCalendar,
    now: datetime,
    today: date,
) -> tuple[StageFate, ...]:
    """Propose every stage that may go; nothing overtakes a stage that is held (土管法 §47)."""
    report = checked(read, calendar, county.pack.villages, texts)
    fates: list[StageFate] = []
    for stage, notice in notices_of(read.case, county.pack.villages, texts):
        codes = _holding(report, stage)
        stopped = any(one.fate is Fate.HELD for one in fates)
        fates.append(_fate(county, stage, notice, codes, folder, now, today, stopped=stopped))
    return tuple(fates)


def _holding(report: LandReport, stage: Stage) -> tuple[str, ...]:
    """Codes of what holds a stage: its own findings and those of the file as a whole."""
    found = (*report.findings, *report.stages[stage.index].findings)
    return tuple(dict.fromkeys(one.code for one in found if grave(one)))


def _fate(  # noqa: PLR0913, PLR0917
    county: County,
    stage: Stage,
    notice: LandNotice,
    codes: tuple[str, ...],
    folder: Path,
    now: datetime,
    today: date,
    *,
    stopped: bool,
) -> StageFate:
    rec = record_of(notice)
    if _everywhere(county, notice, rec):
        return StageFate(notice=notice, fate=Fate.PUBLISHED)
    made = waiting(county, rec)
    if made is not None and proposals.stands(county, made) != "published":
        return StageFate(notice=notice, fate=Fate.WAITING, proposal=made)
    if codes or stopped:
        return StageFate(notice=notice, fate=Fate.HELD, codes=codes)
    if notice.posted_on > today:
        return StageFate(notice=notice, fate=Fate.NOT_DUE)
    files = tuple(attachment(folder / name) for name in stage.file.attachments or ())
    return StageFate(notice=notice, fate=Fate.PROPOSED, proposal=propose_notice(county, notice, files, now))


def _everywhere(county: County, notice: LandNotice, rec: str) -> bool:
    logs = [published_records(county.log(village).lines()) for village in notice.villages]
    return bool(logs) and all(rec in records for records in logs)
