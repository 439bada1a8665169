"""The sheet of a land notice: everything a printed notice says, in order. Pure; no clock, no language.

The text stands as the county published it. Rows of areas and compensation that were published with
the notice but that its text does not carry follow after the signature as tables of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from boards.model.calendar.workdays import LastDay
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import KINDS
from boards.model.land.notice import LandNotice
from boards.model.money import yuan
from boards.model.payouts import Digest
from boards.model.place import Village
from boards.sheets.land.notice_text import Block, Table, blocks_of, figures_in
from boards.sheets.land.views import HungNotice

AREAS_CAPTION = "附表　征收土地面积"
COMPENSATION_CAPTION = "附表　征地补偿费用"
WITH_THE_NOTICE = "（与公告同时由县里发布）"


class NoticeSheet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One notice for the wall of one village (paper §2). `digest` is the notice's 校验码 on its board."""

    village: Village  # where it is posted
    rec: str = ""  # its record in the village's log
    case_id: str
    project: str
    issuer: str
    title: str
    doc_no: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...] = ()  # after the signature
    attachments: tuple[str, ...] = ()
    anew: bool = False  # it corrects an earlier one, and its period starts anew (G8)
    signed_on: date
    posted_on: date
    since: date  # from which its period counts
    until: LastDay | None = None  # of the posting period, as the law counts it
    office: str = ""
    phone: str = ""
    code: str
    digest: Digest


def notice_sheet(hung: HungNotice, village: Village, until: LastDay | None) -> NoticeSheet:
    """Compose one notice; `until` is its `posting_end`."""
    notice = hung.notice
    contact = notice.contacts[0] if notice.contacts else None
    return NoticeSheet(
        village=village,
        rec=hung.rec,
        case_id=notice.case_id,
        project=notice.project,
        issuer=notice.issuer,
        title=notice.title.removeprefix(notice.issuer).strip() or notice.title,
        doc_no=notice.doc_no.strip("（）() "),
        blocks=blocks_of(notice),
        tables=tables_beside(notice),
        attachments=notice.attachments,
        anew=notice.anew,
        since=notice.since,
        signed_on=notice.signed_on,
        posted_on=notice.posted_on,
        until=until,
        office=contact.office if contact else notice.issuer,
        phone=contact.phone if contact else "",
        code=hung.code,
        digest=hung.digest,
    )


def tables_beside(notice: LandNotice) -> tuple[Table, ...]:
    """Tables of the rows that the text does not carry; a text that carries them all has none."""
    lines, needs = notice.text.splitlines(), KINDS[notice.kind].needs
    tables = []
    if "areas" in needs and not all(
        _carried(lines, row.land_class, (row.area.ha, row.area.mu)) for row in notice.areas
    ):
        tables.append(_areas(notice.areas, notice.total))
    sums = [
        (row.item, [Decimal(fen).scaleb(-2) for fen in (row.amount, row.paid) if fen is not None])
        for row in notice.compensation
    ]
    if "compensation" in needs and not all(_carried(lines, item, figures) for item, figures in sums):
        tables.append(_compensation(notice.compensation, notice.due_fen, notice.paid_fen))
    return tuple(tables)


def _carried(lines: Iterable[str], word: str, figures: Iterable[Decimal | None]) -> bool:
    """Whether some line has the word and one of the figures, however many decimals it is written with."""
    known = set(figures) - {None}
    return not known or any(word in line and known & figures_in(line) for line in lines)


def _areas(rows: tuple[LandParcel, ...], total: Area | None) -> Table:
    owners = any(row.owner for row in rows)
    return Table(
        caption=AREAS_CAPTION + WITH_THE_NOTICE,
        head=("村", *(("权利人",) if owners else ()), "地类", "面积（公顷）", "面积（亩）"),
        rows=tuple(
            (row.village, *((row.owner,) if owners else ()), row.land_class, *_printed(row.area))
            for row in rows
        ),
        total=("合计", *_printed(total)) if total else (),
    )


def _printed(area: Area) -> tuple[str, str]:
    """Both figures as published, "—" for one that was not."""
    ha, mu = ("—" if figure is None else f"{figure:f}" for figure in (area.ha, area.mu))
    return ha, mu


def _compensation(rows: tuple[CompensationRow, ...], due: int | None, paid: int | None) -> Table:
    """Sum columns only where something was published in them."""
    with_basis, with_paid = any(row.basis for row in rows), any(row.paid is not None for row in rows)
    columns = [("村", [row.village for row in rows]), ("补偿项目", [row.item for row in rows])]
    if with_basis:
        columns.append(("计算依据", [row.basis for row in rows]))
    columns.append(("应付（元）", [_amount(row.amount) for row in rows]))
    if with_paid:
        columns.append(("已付（元）", [_amount(row.paid) for row in rows]))
    sums = (_amount(due), *((_amount(paid),) if with_paid else ()))
    return Table(
        caption=COMPENSATION_CAPTION + WITH_THE_NOTICE,
        head=tuple(name for name, _ in columns),
        rows=tuple(zip(*(column for _, column in columns), strict=True)),
        total=("合计", *sums) if due is not None else (),
    )


def _amount(fen: int | None) -> str:
    return "—" if fen is None else yuan(fen)
