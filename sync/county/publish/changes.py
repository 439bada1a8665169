"""Corrections, withdrawals and erasures: new events that restate their batch (settled §15, §16).

Nothing published is edited. Each verb makes a proposal like any other; `review` and `publish`
carry it on. Its batch gets the next edition, with a batch.close of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.money import yuan
from sync.county.publish import proposals
from sync.county.publish.amendments import amendment_told
from sync.county.publish.batch_records import Record, RecordNotFound, Standing, restated, standing
from sync.county.publish.parts import notice_part, part_of
from sync.county.publish.proposals import Part, Proposal
from sync.county.publish.publisher import fresh_id, instant, random_salt
from sync.county.publish.village_batches import VillageBatch
from sync.events import Events, close_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boards.model.payouts import Payout
    from boards.model.place import Village
    from sync.county.county import County
    from sync.wire import Reason

ChangeKind = Literal["correct", "withdraw", "erase"]


def correct(  # noqa: PLR0913, PLR0917 - a correction names its record, its value and its reason
    county: County,
    village: str,
    rec: str,
    payout: Payout,
    reason: Reason,
    now: datetime,
    *,
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose a record's new value. `payout` keeps the record's `seq`. Raises RecordNotFound."""
    work = _Change(county, village, rec, now, salt)
    record = work.standing_record()
    fixed = msgspec.structs.replace(payout, seq=record.payout.seq) if record.payout else payout
    work.revise(rec, fixed, work.events.correct(rec, record.rev + 1, fixed, reason))
    told = amendment_told(record.payout, fixed) if record.payout else ""
    return work.proposed("correct", reason, told)


def withdraw(  # noqa: PLR0913
    county: County,
    village: str,
    rec: str,
    reason: Reason,
    now: datetime,
    *,
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose that a record leaves the boards at once. Raises RecordNotFound."""
    work = _Change(county, village, rec, now, salt)
    work.withdraw(reason)
    return work.proposed("withdraw", reason, f"{work.told}：撤下")


def withdraw_list(  # noqa: PLR0913
    county: County,
    village: str,
    batch: str,
    reason: Reason,
    now: datetime,
    *,
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose that a whole list leaves a village's boards at once. Raises RecordNotFound."""
    work = _Change(county, village, close_record(batch), now, salt)
    if work.old.withdrawn:
        raise RecordNotFound(village=work.village.name, rec=batch)
    close = work.old.close
    work.lines.append(work.events.withdraw(work.rec, close.edition + 1, reason))
    shown = f"整份名单撤下：第 {close.edition} 版，{close.households} 户 {yuan(close.sum_fen)} 元，不再公示"
    return work.kept("withdraw", reason, shown, notice_part(county, work.village, tuple(work.lines)))


def erase(  # noqa: PLR0913
    county: County,
    village: str,
    rec: str,
    reason: Reason,
    now: datetime,
    *,
    salt: Callable[[], str] = random_salt,
) -> Proposal:
    """Propose that all bodies of a record are erased everywhere; withdraws it first where it stands.

    The heads stay, so the tree still verifies; the bundles are republished with `"b":null`.
    """
    work = _Change(county, village, rec, now, salt)
    record = work.old.record(rec)
    if not record.bodies:
        raise RecordNotFound(village=work.village.name, rec=rec)
    if record.payout and not work.old.withdrawn:
        work.withdraw(reason)
    work.lines.append(work.events.erase(work.old.erasures + 1, record.bodies, reason))
    return work.proposed("erase", reason, f"{work.told}：内容全部删除，不能恢复", record.bodies)


class _Change:
    """One change of one record, on its way to a proposal."""

    def __init__(
        self, county: County, village: str, rec: str, now: datetime, salt: Callable[[], str]
    ) -> None:
        self.county, self.rec, self.now = county, rec, now
        self.village = _village(county, village, rec)
        self.batch = rec.rpartition("-")[0]
        log = county.log(village)
        self.old: Standing = standing(village, self.batch, log.lines())
        self.start = log.state().size
        self.events = Events(self.batch, village, instant(now), salt)
        self.records, self.lines = dict(self.old.records), list[bytes]()

    def standing_record(self) -> Record:
        """The record, which must stand on the list; raises RecordNotFound."""
        record = self.old.record(self.rec)
        if record.payout is None or self.old.withdrawn:
            raise RecordNotFound(village=self.village.name, rec=self.rec)
        return record

    def revise(self, rec: str, payout: Payout | None, line: bytes) -> None:
        """Take a new revision in."""
        self.records[rec] = Record(rev=self.records[rec].rev + 1, payout=payout)
        self.lines.append(line)

    def withdraw(self, reason: Reason) -> None:
        """Take the record off the list."""
        record = self.standing_record()
        self.revise(self.rec, None, self.events.withdraw(self.rec, record.rev + 1, reason))

    @property
    def told(self) -> str:
        """The record by its number, for the reviewer."""
        return f"记录 {self.rec.removeprefix(f'{self.batch}-')}"

    def proposed(
        self, kind: ChangeKind, reason: Reason, shown: str, erased: tuple[int, ...] = ()
    ) -> Proposal:
        """Close the next edition and keep the proposal."""
        close = restated(self.old, self.records, self.start + len(self.lines))
        self.lines.append(self.events.close(close))
        share = VillageBatch(village=self.village, lines=tuple(self.lines), close=close)
        return self.kept(kind, reason, shown, part_of(self.county, share, erased))

    def kept(self, kind: ChangeKind, reason: Reason, shown: str, part: Part) -> Proposal:
        """Keep the proposal of these lines."""
        close = self.old.close
        made = Proposal(
            id=fresh_id(self.county, self.now, f"{self.batch}-{kind}"),
            kind=kind,
            made_at=instant(self.now),
            batch=self.batch,
            programme_name=close.terms.programme_name,
            title="",
            file="",
            source_sha256=close.source_sha256,
            parts=(part,),
            reason=" ".join(filter(None, (reason.code, reason.text, reason.basis))),
            shown=shown,
        )
        proposals.keep(self.county, made, {self.village.code: tuple(self.lines)})
        return made


def _village(county: County, code: str, rec: str) -> Village:
    for village in county.pack.villages:
        if village.code == code:
            return village
    raise RecordNotFound(village=code, rec=rec)
