"""How a batch stands in one village's log: its records by revision, and its newest close."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from boards.model.batch_close import merged
from boards.model.errors import Fault, Refusal
from boards.model.payouts import BatchClose, LeftOut, LeftOutReason, Payout, Phase, WhyLeftOut
from sync import wire
from sync.county.publish.listing import households
from sync.events import close_record


class RecordNotFound(Refusal):
    """No such record stands on the list."""

    code = "record-not-found"
    fault = Fault.PERSON
    sentence = "{village} 的公示记录里没有 {rec}，或它已经撤下。"
    advice = "请核对记录编号（批次号加四位序号）。"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record through its revisions. `payout` is None once withdrawn or erased."""

    rev: int
    payout: Payout | None
    bodies: tuple[int, ...] = ()  # log indexes of the bodies that name the person; none once erased


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One batch in one village."""

    village: str
    batch: str
    records: dict[str, Record]
    close: BatchClose
    erasures: int = 0
    withdrawn: bool = False  # the whole list

    def record(self, rec: str) -> Record:
        """A record of this batch; raises RecordNotFound."""
        if rec not in self.records:
            raise RecordNotFound(village=self.village, rec=rec)
        return self.records[rec]


def standing(village: str, batch: str, lines: Iterable[bytes]) -> Standing:
    """Read a batch from its log's lines; raises RecordNotFound when it was never closed here."""
    records: dict[str, Record] = {}
    close: BatchClose | None = None
    erasures, withdrawn = 0, False
    for index, line in enumerate(lines):
        raw, body = wire.framed(line)
        head = wire.head_of(raw, index)
        if head.batch != batch:
            continue
        if head.kind in {wire.Kind.PUBLISH, wire.Kind.CORRECT}:
            records[head.rec] = _revised(records.get(head.rec), head, body, index)
        elif head.kind == wire.Kind.WITHDRAW and head.rec == close_record(batch):
            withdrawn = True
        elif head.kind == wire.Kind.WITHDRAW:
            named = records[head.rec].bodies  # and the reason of the withdrawal may
            records[head.rec] = Record(rev=head.rev, payout=None, bodies=named and (*named, index))
        elif head.kind == wire.Kind.ERASE:
            erasures = head.rev
        elif head.kind == wire.Kind.CLOSE and body:
            close = cast("wire.CloseBody", wire.body_of(head.kind, body, index)).close
    if close is None:
        raise RecordNotFound(village=village, rec=batch)
    return Standing(
        village=village, batch=batch, records=records, close=close, erasures=erasures, withdrawn=withdrawn
    )


def _revised(before: Record | None, head: wire.Head, body: bytes | None, index: int) -> Record:
    bodies = before.bodies if before else ()
    if body is None:
        return Record(rev=head.rev, payout=None, bodies=bodies)
    value = cast("wire.PublishBody | wire.CorrectBody", wire.body_of(head.kind, body, index))
    return Record(rev=head.rev, payout=value.payout, bodies=(*bodies, index))


def restated(old: Standing, records: dict[str, Record], stop: int) -> BatchClose:
    """The batch as its next edition: rows taken off are left out from now on, to the fen."""
    payouts = [record.payout for record in records.values() if record.payout]
    gone = [
        record.payout
        for rec, record in old.records.items()
        if record.payout and rec in records and records[rec].payout is None
    ]
    total = sum(payout.amount_fen for payout in payouts)
    left_out = _more_left_out(old.close.left_out, gone)
    source = total + sum(part.sum_fen for part in left_out)
    return msgspec.structs.replace(
        old.close,
        edition=old.close.edition + 1,
        stop=stop,
        count=len(payouts),
        households=households(payouts),
        sum_fen=total,
        by_programme={old.close.terms.programme: total},
        left_out=left_out,
        source_total_fen=source,
        left_out_why=_why_left_out(old.close, gone),
        control=old.close.control if source == old.close.source_total_fen else None,  # it was of the old sum
    )


def _why_left_out(before: BatchClose, gone: list[Payout]) -> tuple[WhyLeftOut, ...]:
    """Whoever is taken off is left out for a reason that is not told; a close that told none goes on so."""
    told_none = before.left_out and not before.left_out_why
    if not gone or told_none or before.terms.phase is Phase.APPLICATION:
        return before.left_out_why
    return merged((*before.left_out_why, WhyLeftOut(why="", households=households(gone))))


def _more_left_out(before: tuple[LeftOut, ...], gone: list[Payout]) -> tuple[LeftOut, ...]:
    if not gone:
        return before
    parts = {part.reason: part for part in before}
    unlisted = parts.get(LeftOutReason.UNLISTED)
    parts[LeftOutReason.UNLISTED] = LeftOut(
        reason=LeftOutReason.UNLISTED,
        count=len(gone) + (unlisted.count if unlisted else 0),
        sum_fen=sum(payout.amount_fen for payout in gone) + (unlisted.sum_fen if unlisted else 0),
    )
    return tuple(parts[reason] for reason in LeftOutReason if reason in parts)
