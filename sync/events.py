"""The bytes of events, as the county emits them: canonical, salted, and without anybody's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.gate import PrivacyGate

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from boards.model.kept.annual import Annual
    from boards.model.land.notice import Attachment, LandNotice
    from boards.model.payouts import BatchClose, Payout


class PrivateNumberInFeed(Refusal):
    """An ID, card or private phone number was about to be published."""

    code = "private-number-in-feed"
    fault = Fault.COUNTY
    sentence = "{village} 名单第 {line} 行里有身份证号、银行卡号或手机号，不能发布。"
    advice = "什么都没有发布；请在花名册里删去备注等栏中的号码后重新提交。"


class EventTooLong(Refusal):
    """An event beyond the entry limit."""

    code = "event-too-long"
    fault = Fault.COUNTY
    sentence = "{village} 名单第 {line} 行太长，超过 {limit} 字节。"
    advice = "什么都没有发布；请缩短备注等文字后重新提交。"


def close_record(batch: str) -> str:
    """Name of the record of a batch's close: whoever withdraws it withdraws the whole list."""
    return f"{batch}-close"


def year_record(county_code: str, year: int) -> str:
    """Name of a year's batch and of its record: one a village's log, its revisions are the editions."""
    return f"{county_code}-year-{year}"


class Events:
    """Makes the lines of one batch in one village's log, without their newlines."""

    def __init__(self, batch: str, village: str, issued: str, salt: Callable[[], str]) -> None:
        """`salt` gives 16 random bytes as letters, afresh for each body."""
        self.batch, self.village, self.issued, self.salt = batch, village, issued, salt
        self.gate = PrivacyGate()

    def record(self, seq: int) -> str:
        """Name of the record on line `seq` of the first edition."""
        return f"{self.batch}-{seq:04d}"

    def publish(self, payout: Payout) -> bytes:
        """A new row."""
        return self._line(
            self.record(payout.seq), 1, wire.PublishBody(payout=payout, salt=self.salt()), payout.amount_fen
        )

    def correct(self, rec: str, rev: int, payout: Payout, reason: wire.Reason) -> bytes:
        """A row's new value."""
        return self._line(
            rec, rev, wire.CorrectBody(payout=payout, reason=reason, salt=self.salt()), payout.amount_fen
        )

    def withdraw(self, rec: str, rev: int, reason: wire.Reason) -> bytes:
        """A row leaves the boards."""
        return self._line(rec, rev, wire.WithdrawBody(reason=reason, salt=self.salt()))

    def erase(self, rev: int, indexes: tuple[int, ...], reason: wire.Reason) -> bytes:
        """Bodies are erased everywhere; `rev` counts the erasures of this batch."""
        return self._line(
            f"{self.batch}-erase", rev, wire.EraseBody(indexes=indexes, reason=reason, salt=self.salt())
        )

    def close(self, close: BatchClose) -> bytes:
        """The batch is whole."""
        return self._line(
            close_record(self.batch), close.edition, wire.CloseBody(close=close, salt=self.salt())
        )

    def notice(self, rec: str, notice: LandNotice) -> bytes:
        """A notice of a land case."""
        return self._line(rec, 1, wire.NoticeBody(notice=notice, salt=self.salt()))

    def attach(self, rec: str, notice: str, attachment: Attachment) -> bytes:
        """A file of a notice."""
        return self._line(rec, 1, wire.AttachBody(notice=notice, attachment=attachment, salt=self.salt()))

    def year(self, annual: Annual) -> bytes:
        """The county's figures of a year; the batch is the year's own."""
        return self._line(self.batch, annual.edition, wire.YearBody(annual=annual, salt=self.salt()))

    def _line(self, rec: str, rev: int, body: msgspec.Struct, amount_fen: int | None = None) -> bytes:
        raw = wire.canonical(body)
        head = wire.Head(
            v=wire.VERSION,
            kind=_KINDS[type(body)],
            rec=rec,
            rev=rev,
            batch=self.batch,
            issued=self.issued,
            body=wire.body_digest(raw),
            amount_fen=amount_fen,
        )
        encoded, line = wire.canonical(head), rec.removeprefix(f"{self.batch}-")
        if len(raw) > wire.ENTRY_LIMIT_BYTES or len(encoded) > wire.ENTRY_LIMIT_BYTES:
            raise EventTooLong(village=self.village, line=line, limit=wire.ENTRY_LIMIT_BYTES)
        if self.gate.holds_back(encoded, raw):
            raise PrivateNumberInFeed(village=self.village, line=line)
        return wire.line(encoded, raw)[:-1]


def letters(data: bytes) -> str:
    """Bytes as letters a-p: no digit run that could look like a number of somebody's."""
    return data.hex().translate(_LETTERS)


_KINDS = {body: kind for kind, body in wire.BODIES.items()}
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
