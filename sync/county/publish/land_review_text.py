"""A proposed notice in words: what the second person reads before signing (先审后发).

Made from the very lines that will be appended, and made again from them when they are signed, so
what is signed is what was read.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from boards.model.calendar.civil_day import civil_day
from boards.model.money import yuan
from sync import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.land.notice import Attachment, LandNotice

LATE_DAYS = 5
_BRINGS_A_FILE = b'"kind":"attach"'  # as canonical JSON writes it: most lines are payouts


def notice_text(lines: Iterable[bytes]) -> str:
    """What these lines say; "" where they are no notice's."""
    return "\n".join(told for line in lines for told in _told(line))


def files_named(lines: Iterable[bytes]) -> tuple[Attachment, ...]:
    """The files these lines bring with a notice."""
    bodies = (_body(line) for line in lines if _BRINGS_A_FILE in line)
    return tuple(body.attachment for body in bodies if isinstance(body, wire.AttachBody))


def _body(line: bytes) -> object:
    head, raw = wire.framed(line)
    return None if raw is None else wire.body_of(wire.commitment(head).kind, raw)


def _told(line: bytes) -> Iterator[str]:
    head, body = wire.framed(line)[0], _body(line)
    if isinstance(body, wire.NoticeBody):
        yield from _notice(body.notice)
        issued = civil_day(datetime.fromisoformat(wire.head_of(head).issued))
        if (days := (issued - body.notice.posted_on).days) > LATE_DAYS:  # it may be back-dated (P12)
            yield f"请核对：张贴日期比提交日早 {days} 天，公告不得倒填日期"
    elif isinstance(body, wire.AttachBody):
        one = body.attachment
        size = -(-one.size_bytes // 1024)
        what = f"{one.media_type}，{size} KB，SHA-256 {one.sha256[:16]}…"
        yield f"附件文件 {one.name}（{what}），请打开看过再签名"
    elif isinstance(body, wire.WithdrawBody):
        yield f"撤下 {wire.head_of(head).rec}，理由：{body.reason.text}"


def _notice(notice: LandNotice) -> Iterator[str]:
    yield f"{notice.title}（{notice.doc_no}），{notice.issuer}，{notice.posted_on} 张贴"
    if notice.revision > 1:
        period = "公告期重新计算" if notice.anew else f"公告期不重新计算，从 {notice.since} 算起"
        yield f"更正公告：同类公告的第 {notice.revision} 版，{period}"
    if notice.reason:
        yield f"原因：{notice.reason}"
    if notice.term:
        yield f"公告期 {notice.term}，写明截止 {notice.stated_until or '未写'}"
    yield f"张贴于 {'、'.join(notice.posted_at)}"
    for parcel in notice.areas:
        yield f"  {parcel.village}{parcel.group} {parcel.land_class} {_area(parcel.area.ha, parcel.area.mu)}"
    if notice.total:
        yield f"  合计 {_area(notice.total.ha, notice.total.mu)}"
    for row in notice.compensation:
        yield f"  {row.village} {row.item} {row.basis} {'' if row.amount is None else yuan(row.amount)} 元"
    if notice.due_fen is not None:
        yield f"  应付合计 {yuan(notice.due_fen)} 元"
    if notice.paid_fen is not None:
        yield f"  已付合计 {yuan(notice.paid_fen)} 元"
    yield notice.text


def _area(ha: object, mu: object) -> str:
    return "，".join(f"{figure} {unit}" for figure, unit in ((ha, "公顷"), (mu, "亩")) if figure is not None)
