"""Notices of land cases on their way: the same three steps as a batch, in the logs of all villages concerned.

A notice is one event; its files are events beside it, and their bytes wait in the proposal until
it is published: `feed/v/<village>/blob/sha256/<two letters>/<digest>`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.county.publish.hands import instant
from sync.county.publish.land_review_text import notice_text
from sync.county.publish.parts import notice_part
from sync.county.publish.proposals import Proposal, keep, proposals, stands
from sync.county.publish.publisher import fresh_id, random_salt
from sync.durable import durable
from sync.events import Events, EventTooLong, PrivateNumberInFeed, letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from boards.model.land.notice import Attachment, LandNotice
    from boards.model.place import Village
    from sync.county.county import County

LAND = "land-"  # how the batch of a case begins
_LAND_BATCH = b'"batch":"land-'  # as canonical JSON writes it: most lines of a log are payouts
_OF_NOTICES = frozenset({wire.Kind.NOTICE, wire.Kind.WITHDRAW})
Files = tuple[tuple["Attachment", bytes], ...]
Lines = dict["Village", tuple[bytes, ...]]


class NoticeConcernsNobody(Refusal):
    """No village of this county is in the case."""

    code = "notice-concerns-nobody"
    fault = Fault.COUNTY
    sentence = "案件“{project}”的面积表里没有本县的村。"
    advice = "请核对案件文件里的村名和代码，再与资料包的村名单对照。"


class NoticeNotFound(Refusal):
    """No notice with this number hangs anywhere."""

    code = "notice-not-found"
    fault = Fault.PERSON
    sentence = "各村的公开栏上没有文号为“{doc_no}”的征地公告。"
    advice = "请核对文号（含〔〕和年份）；已经撤下的公告不能再撤。"


class WithdrawalWaits(Refusal):
    """The withdrawal was proposed already."""

    code = "withdrawal-waits"
    fault = Fault.PERSON
    sentence = "撤下“{doc_no}”已经提交过（{id}），还没有发布。"
    advice = "请审核、发布那一件；理由要改的，请审核人退回后重新提交。"


class NoticeTooLong(Refusal):
    """A notice with its tables is longer than an event may be."""

    code = "notice-too-long"
    fault = Fault.COUNTY
    sentence = "“{title}”连同面积表和补偿表太长，超过 {limit} 字节，不能发布。"
    advice = "请把长表做成 PDF 附件，公告里留合计。"


class NoticeHoldsNumber(Refusal):
    """An ID, card or private phone number stands in a notice or in the name of a file."""

    code = "notice-holds-number"
    fault = Fault.COUNTY
    sentence = "“{title}”里有身份证号、银行卡号或个人手机号，不能发布。"
    advice = "请删去号码后重新提交；对外的联系电话写在 registration.phone。"


def record_of(notice: LandNotice) -> str:
    """Name of a notice's record: case, kind, revision. One is published once."""
    return f"{batch_of(notice.case_id)}-{notice.kind.value}-{notice.revision}"


def digest_of(notice: LandNotice) -> str:
    """What a notice says, as one digest: shows whether a file was changed since it was proposed."""
    return hashlib.sha256(wire.canonical(notice)).hexdigest()


def batch_of(case_id: str) -> str:
    """What holds the events of a case together. A case's own number may be long and private-looking."""
    return LAND + letters(hashlib.sha256(case_id.encode()).digest()[:5])


def propose_notice(  # noqa: PLR0913 - the world arrives as arguments
    county: County,
    notice: LandNotice,
    files: Files,
    now: datetime,
    *,
    to: tuple[str, ...] = (),
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose one notice with its files to every village it concerns, or to some (`to`) it has not reached.

    Raises NoticeConcernsNobody, NoticeTooLong, NoticeHoldsNumber.
    """
    villages = [village for village in county.pack.villages if village.code in (to or notice.villages)]
    if not villages:
        raise NoticeConcernsNobody(project=notice.project)
    lines = {village: _lines(notice, village.code, files, now, salt) for village in villages}
    made = _proposal(county, notice, record_of(notice), lines, now)
    for one, data in files:
        durable(county.proposals / made.id / "blobs" / one.sha256, data, private=True)
    return _kept(county, made, lines)


def _lines(
    notice: LandNotice, village: str, files: Files, now: datetime, salt: Callable[[], str]
) -> tuple[bytes, ...]:
    """The notice and its files as events of one village's log."""
    rec = record_of(notice)
    events = Events(batch_of(notice.case_id), village, instant(now), salt)
    try:
        attached = [events.attach(f"{rec}-{n}", rec, one) for n, (one, _) in enumerate(files, start=1)]
        return (events.notice(rec, notice), *attached)
    except EventTooLong as e:
        raise NoticeTooLong(title=notice.title, limit=wire.ENTRY_LIMIT_BYTES) from e
    except PrivateNumberInFeed as e:
        raise NoticeHoldsNumber(title=notice.title) from e


class InFeed(NamedTuple):
    """A notice as one village's log has it."""

    notice: LandNotice
    rec: str
    withdrawn: bool


def in_feed(county: County, notice: LandNotice) -> dict[str, InFeed]:
    """The notice as each village's log has it, by village; a log without it is not in the answer."""
    rec = record_of(notice)
    found = {village: notices_in(county.log(village).lines()).get(rec) for village in notice.villages}
    return {village: shown for village, shown in found.items() if shown is not None}


def notices_in(lines: Iterable[bytes]) -> dict[str, InFeed]:
    """Notices of a log by their record; an erased one is not among them."""
    found: dict[str, InFeed] = {}
    for line in (one for one in lines if _LAND_BATCH in one):
        head, body = wire.framed(line)
        event = wire.commitment(head)
        if event.kind not in _OF_NOTICES or not event.batch.startswith(LAND) or body is None:
            continue
        rec, value = wire.head_of(head).rec, wire.body_of(event.kind, body)
        if isinstance(value, wire.NoticeBody):
            found[rec] = InFeed(value.notice, rec, withdrawn=False)
        elif rec in found:
            found[rec] = found[rec]._replace(withdrawn=True)
    return found


def propose_withdrawal(
    county: County, doc_no: str, reason: wire.Reason, now: datetime, *, salt: Callable[[], str] = random_salt
) -> Proposal:
    """Propose that a notice leaves the boards at once, in every village it hangs.

    Raises NoticeNotFound, WithdrawalWaits.
    """
    found = hanging(county, doc_no)
    first = next(iter(found.values()))
    rec, batch = f"{first.rec}-withdraw", batch_of(first.notice.case_id)
    made_before = waiting(county, rec)
    if made_before is not None and stands(county, made_before) != "published":
        raise WithdrawalWaits(doc_no=doc_no, id=made_before.id)
    lines: Lines = {
        village: (Events(batch, village.code, instant(now), salt).withdraw(one.rec, 2, reason),)
        for village, one in found.items()
    }
    made = _proposal(county, first.notice, rec, lines, now)
    return _kept(
        county, msgspec.structs.replace(made, title=f"撤下：{made.title}", reason=reason.text), lines
    )


def _proposal(county: County, notice: LandNotice, rec: str, lines: Lines, now: datetime) -> Proposal:
    """Something to be done with a notice in these villages, in the words that will be reviewed."""
    return Proposal(
        id=fresh_id(county, now, rec),
        kind="notice",
        made_at=instant(now),
        batch=rec,
        office=notice.issuer,
        programme_name=notice.project,
        title=f"{notice.title}（{notice.doc_no}）",
        file="",
        source_sha256=digest_of(notice),
        parts=tuple(notice_part(county, village, own) for village, own in lines.items()),
        shown=notice_text(next(iter(lines.values()))),
    )


def _kept(county: County, made: Proposal, lines: Lines) -> Proposal:
    keep(county, made, {village.code: own for village, own in lines.items()})
    return made


def hanging(county: County, doc_no: str) -> dict[Village, InFeed]:
    """The notice of a number in every village where it hangs; raises NoticeNotFound."""
    found = {
        village: one
        for village in county.pack.villages
        for one in reversed(notices_in(county.log(village.code).lines()).values())  # the first of a number
        if one.notice.doc_no == doc_no and not one.withdrawn
    }
    if not found:
        raise NoticeNotFound(doc_no=doc_no)
    return found


def waiting(county: County, rec: str) -> Proposal | None:
    """The newest proposal of a notice."""
    made = [one for one in proposals(county) if one.kind == "notice" and one.batch == rec]
    return made[-1] if made else None
