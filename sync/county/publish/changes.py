"""Corrections, withdrawals and erasures: new events that restate their batch (settled §15, §16).

Nothing published is edited. Each verb makes a proposal like any other; `review` and `publish`
carry it on. Its batch gets the next edition, with a batch.close of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.money import yuan
from boards.model.payouts import Phase
from sync.county.checks.year_closed import closed_told
from sync.county.erasures import named_in
from sync.county.publish.amendments import amendment_told
from sync.county.publish.batch_records import Record, RecordNotFound, Standing, restated, standing
from sync.county.publish.hands import instant
from sync.county.publish.parts import notice_part, part_of
from sync.county.publish.proposals import Part, Proposal
from sync.county.publish.published.years import closed_year
from sync.county.publish.publisher import kept_once, random_salt
from sync.county.publish.village_batches import VillageBatch
from sync.events import Events, close_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boards.model.payouts import Payout, Terms
    from sync.county.county import County
    from sync.wire import Reason

ChangeKind = Literal["correct", "withdraw", "erase"]


class ReasonNamesPerson(Refusal):
    """The reason of an erasure says the very name that is to be erased, and would stay in the log."""

    code = "reason-names-person"
    fault = Fault.PERSON
    sentence = "删除的理由或依据里写着要删去的姓名，没有提交。"
    advice = "理由会一直留在日志里，请不写姓名，重新填写。"


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
    rev, before = work.listed()
    fixed = msgspec.structs.replace(payout, seq=before.seq)
    work.revise(fixed, work.events.correct(rec, rev + 1, fixed, reason))
    return work.proposed("correct", reason, amendment_told(before, fixed))


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
    return work.proposed("withdraw", reason, f"{work.title}：撤下")


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

    The heads stay, so the tree still verifies; the bundles are republished with `"b":null`. Raises
    RecordNotFound, ReasonNamesPerson.
    """
    work = _Change(county, village, rec, now, salt)
    record = work.old.record(rec)
    if not record.bodies:
        raise RecordNotFound(village=work.village.name, rec=rec)
    lines = list(county.log(village).lines())
    if any(name in reason.text + reason.basis for name in named_in(lines[at] for at in record.bodies)):
        raise ReasonNamesPerson
    if record.payout and not work.old.withdrawn:
        work.withdraw(reason)
    work.lines.append(work.events.erase(work.old.erasures + 1, record.bodies, reason))
    return work.proposed("erase", reason, f"{work.title}：内容全部删除，不能恢复", record.bodies)


class _Change:
    """One change of one record, on its way to a proposal."""

    def __init__(
        self, county: County, village: str, rec: str, now: datetime, salt: Callable[[], str]
    ) -> None:
        found = next((one for one in county.pack.villages if one.code == village), None)
        if found is None:
            raise RecordNotFound(village=village, rec=rec)
        self.county, self.village, self.rec, self.now = county, found, rec, now
        self.batch = rec.rpartition("-")[0]
        self.title = f"记录 {rec.removeprefix(f'{self.batch}-')}"  # for the reviewer: its number, no name
        log = county.log(village)
        self.old: Standing = standing(village, self.batch, log.lines())
        self.start = log.state().size
        self.events = Events(self.batch, village, instant(now), salt)
        self.records, self.lines = dict(self.old.records), list[bytes]()

    def listed(self) -> tuple[int, Payout]:
        """Revision and value of the record, which must stand on the list; raises RecordNotFound."""
        record = self.old.record(self.rec)
        if record.payout is None or self.old.withdrawn:
            raise RecordNotFound(village=self.village.name, rec=self.rec)
        return record.rev, record.payout

    def revise(self, payout: Payout | None, line: bytes) -> None:
        """Take a new revision of the record in; without a payout it leaves the list."""
        self.records[self.rec] = Record(rev=self.records[self.rec].rev + 1, payout=payout)
        self.lines.append(line)

    def withdraw(self, reason: Reason) -> None:
        """Take the record off the list; raises RecordNotFound."""
        rev, _ = self.listed()
        self.revise(None, self.events.withdraw(self.rec, rev + 1, reason))

    def proposed(
        self, kind: ChangeKind, reason: Reason, shown: str, erased: tuple[int, ...] = ()
    ) -> Proposal:
        """Close the next edition and keep the proposal."""
        close = restated(self.old, self.records, self.start + len(self.lines))
        self.lines.append(self.events.close(close))
        share = VillageBatch(village=self.village, lines=tuple(self.lines), close=close)
        return self.kept(kind, reason, shown, part_of(self.county, share, erased))

    def kept(self, kind: ChangeKind, reason: Reason, shown: str, part: Part) -> Proposal:
        """Keep the proposal of these lines; raises ProposalWaits."""
        close = self.old.close
        if kind != "erase" and _in_closed_year(self.county, self.village.code, close.terms):
            shown = f"{shown}；{closed_told(close.terms.fiscal_year)}"
        made = Proposal(
            id="",
            kind=kind,
            made_at=instant(self.now),
            batch=self.batch,
            office=close.terms.office,
            programme_name=close.terms.programme_name,
            title="",
            file="",
            source_sha256=close.source_sha256,
            parts=(part,),
            reason=" ".join(filter(None, (reason.code, reason.text, reason.basis))),
            shown=shown,
        )
        lines = {self.village.code: tuple(self.lines)}
        with self.county.writing((self.village.code,)):
            return kept_once(self.county, made, f"{self.batch}-{kind}", self.now, lines)


def _in_closed_year(county: County, village: str, terms: Terms) -> bool:
    """Whether a payment list belongs to a year that the county has closed."""
    return terms.phase is Phase.PAYMENT and closed_year(county, village, terms.fiscal_year) is not None
