"""Notices of land cases on their way: the same three steps as a batch, in the logs of all villages concerned.

A notice is one event; its files are events beside it, and their bytes wait in the proposal until
it is published: `feed/v/<village>/blob/sha256/<two letters>/<digest>`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.county import proposals
from sync.county.lines import Events
from sync.county.parts import notice_part
from sync.county.proposals import Proposal
from sync.county.publisher import fresh_id, instant, random_salt
from sync.county.writer import durable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from boards.model.land_notice import Attachment, LandNotice
    from sync.county.folder import County

Files = tuple[tuple["Attachment", bytes], ...]


class NoticeConcernsNobody(Refusal):
    """No village of this county is in the case."""

    code = "notice-concerns-nobody"
    fault = Fault.COUNTY
    sentence = "案件“{project}”的面积表里没有本县的村。"
    advice = "请核对案件文件里的村名和代码，再与资料包的村名单对照。"


def record_of(notice: LandNotice) -> str:
    """Name of a notice's record: case, kind, revision. One is published once."""
    return f"{batch_of(notice.case_id)}-{notice.kind.value}-{notice.revision}"


def batch_of(case_id: str) -> str:
    """What holds the events of a case together. A case's own number may be long and private-looking."""
    return f"land-{_mark(case_id)}"


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

    Raises NoticeConcernsNobody.
    """
    villages = [village for village in county.pack.villages if village.code in (to or notice.villages)]
    if not villages:
        raise NoticeConcernsNobody(project=notice.project)
    rec = record_of(notice)
    lines = {}
    for village in villages:
        events = Events(batch_of(notice.case_id), village.code, instant(now), salt)
        attached = (events.attach(f"{rec}-{n}", rec, one) for n, (one, _) in enumerate(files, start=1))
        lines[village.code] = (events.notice(rec, notice), *attached)
    made = Proposal(
        id=fresh_id(county, now, rec),
        kind="notice",
        made_at=instant(now),
        batch=rec,
        programme_name=notice.project,
        title=f"{notice.title}（{notice.doc_no}）",
        file="",
        source_sha256=hashlib.sha256(wire.canonical(notice)).hexdigest(),
        parts=tuple(notice_part(county, village, lines[village.code]) for village in villages),
    )
    for one, data in files:
        durable(county.proposals / made.id / "blobs" / one.sha256, data)
    proposals.keep(county, made, lines)
    return made


def in_feed(county: County, notice: LandNotice) -> dict[str, LandNotice]:
    """The notice as each village's log has it, by village; a log without it is not in the answer."""
    rec = record_of(notice)
    found = ((village, _published(county.log(village).lines(), rec)) for village in notice.villages)
    return {village: shown for village, shown in found if shown is not None}


def _published(lines: Iterable[bytes], rec: str) -> LandNotice | None:
    for line in lines:
        head, body = wire.framed(line)
        told = wire.commitment(head)
        if told.kind == wire.Kind.NOTICE and body is not None and wire.head_of(head).rec == rec:
            value = wire.body_of(told.kind, body)
            assert isinstance(value, wire.NoticeBody)
            return value.notice
    return None


def waiting(county: County, rec: str) -> Proposal | None:
    """The newest proposal of a notice."""
    made = [one for one in proposals.proposals(county) if one.kind == "notice" and one.batch == rec]
    return made[-1] if made else None


def _mark(text: str) -> str:
    """Ten letters of a digest: ASCII, and no run of digits that could be taken for a number of a person."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))
