"""From a checked case.json to the notices that are published: one `LandNotice` a stage.

Only what the file says goes over; the head and the foot of the text (issuer, title, number,
signature) have fields of their own, so the text keeps what lies between.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from boards.model.land.areas import LandParcel
from boards.model.land.kinds import KINDS, RANK, NoticeKind
from boards.model.land.notice import LandNotice, NoticeApproval, NoticeContact
from boards.model.land.registration import Registration
from boards.model.money import Fen
from boards.model.place import Village, short_name
from sync.county.land.stages import Stage, compensation_rows, stated_term, understood
from sync.county.land.wording.facts import between, head_of, signed_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.county.land.case_file import AreaFile, CaseFile, StageFile


def notices_of(
    case: CaseFile, villages: Iterable[Village], texts: Mapping[str, str]
) -> tuple[tuple[Stage, LandNotice], ...]:
    """Every stage that can be a notice (known kind, posted on a day), in the order of the postings."""
    known = tuple(villages)
    stages = [stage for stage in understood(case) if stage.kind and stage.posted_on]
    stages.sort(key=_in_order)
    before: dict[NoticeKind, LandNotice] = {}
    made = []
    for number, stage in enumerate(stages, start=1):
        assert stage.kind is not None
        notice = _notice(case, stage, known, texts, number, before.get(stage.kind))
        before[stage.kind] = notice
        made.append((stage, notice))
    return tuple(made)


def _in_order(stage: Stage) -> tuple[date, int, bool, int]:
    """By the day of posting; of one day in the order of the law, whatever the order in the file."""
    assert stage.kind is not None
    return stage.posted_on or date.max, RANK[stage.kind], stage.correction, stage.index


def concerned(case: CaseFile, villages: Iterable[Village]) -> tuple[str, ...]:
    """Codes of all villages of the county a case takes land from, in the county's order."""
    codes = {row.village_code for stage in case.stages for row in stage.areas or ()}
    names = {(row.town, short_name(row.village or "")) for stage in case.stages for row in stage.areas or ()}
    return tuple(one.code for one in villages if one.code in codes or (one.town, one.name) in names)


def _notice(  # noqa: PLR0913, PLR0917
    case: CaseFile,
    stage: Stage,
    villages: tuple[Village, ...],
    texts: Mapping[str, str],
    number: int,
    before: LandNotice | None,
) -> LandNotice:
    file, kind, posted = stage.file, stage.kind, stage.posted_on
    assert kind is not None
    assert posted is not None
    text = texts.get(file.text_file or "", "")
    body, listed = between(text, head_of(file), file.issuer)
    signed = file.issued_on or signed_day(text)
    period = file.period
    notice = LandNotice(
        case_id=case.case_id,
        number=number,
        kind=kind,
        revision=before.revision + 1 if before else 1,
        project=case.project or case.case_id,
        purpose=case.purpose or "",
        county=case.county or "",
        title=file.title or KINDS[kind].name,
        doc_no=file.doc_no or "",
        issuer=file.issuer or f"{case.county or ''}人民政府",
        posted_on=posted,
        issued_on=signed if file.issued_on or signed != posted else None,
        villages=concerned(case, villages),
        posted_at=tuple(place for place in file.posted_at or () if place),
        areas=tuple(_parcel(row, villages) for row in file.areas or ()),
        total=file.totals.area if file.totals else None,
        term=stated_term(period),
        stated_until=period.last_day_stated if period else None,
        survey_from=file.survey_from,
        survey_to=file.survey_to,
        registration=_registration(file),
        compensation=compensation_rows(file),
        due_fen=None if file.compensation_total_fen is None else Fen(file.compensation_total_fen),
        paid_fen=None if file.paid_total_fen is None else Fen(file.paid_total_fen),
        resettled=file.resettled,
        approval=_approval(file),
        contacts=tuple(_contacts(case, file)),
        reason=file.reason or _correction(file),
        text=body,
        attachments=listed,
        risk_assessed_on=(case.risk_assessed_on if kind is NoticeKind.PLAN else None) or msgspec.UNSET,
    )
    restarts = file.correction.restarts
    return notice if before is None or restarts is None else _counted(notice, before, restarts=restarts)


def _counted(notice: LandNotice, before: LandNotice, *, restarts: bool) -> LandNotice:
    """A correction whose period runs anew from its posting, or goes on as that of the notice before it."""
    if restarts:
        return msgspec.structs.replace(notice, counted_from=notice.posted_on)
    return msgspec.structs.replace(
        notice,
        counted_from=before.since,
        term=notice.term or before.term,
        stated_until=notice.stated_until or before.stated_until,
    )


def _correction(file: StageFile) -> str:
    told = file.correction
    return f"原为“{told.wrong}”，现更正为“{told.right}”。" if told.wrong and told.right else ""


def _parcel(row: AreaFile, villages: tuple[Village, ...]) -> LandParcel:
    name = short_name(row.village or "")
    code = row.village_code or next(
        (one.code for one in villages if one.name == name and row.town in {None, one.town}), None
    )
    return LandParcel(
        village=row.village or "",
        village_code=code,
        land_class=row.land_type or "",
        owner=row.owner or "",
        group=row.group or "",
        area=row.area,
    )


def _registration(file: StageFile) -> Registration | None:
    window = file.registration
    if window is None or window.start is None or window.end is None:
        return None
    return Registration(
        start=window.start, end=window.end, place=window.place or "", phone=window.phone or ""
    )


def _approval(file: StageFile) -> NoticeApproval | None:
    approval = file.approval
    if approval is None:
        return None
    return NoticeApproval(
        authority=approval.authority or "",
        doc_no=approval.doc_no or "",
        approved_on=approval.approved_on,
        received_on=approval.received,
    )


def _contacts(case: CaseFile, file: StageFile) -> Iterator[NoticeContact]:
    """The township office of the case, with the phone any of its notices gives for registration."""
    if office := case.town_office or file.issuer:
        windows = (file.registration, *(one.registration for one in case.stages))
        yield NoticeContact(
            office=office, phone=next((one.phone for one in windows if one and one.phone), "")
        )
