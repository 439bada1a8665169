"""G6: all is paid within sixty days of the acquisition notice (浙土 §46)."""

from __future__ import annotations

from collections.abc import Iterator

from boards.model.findings import Finding, note, warning
from boards.model.land.compensation import paid_in_full
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import NoticeKind


def paid_in_time(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """What is still open is late after the law's day, counted from the first acquisition notice.

    Only an acquisition notice that says that it begins anew moves that day, not one that is corrected.
    """
    finals, limit = case.posted(NoticeKind.FINAL), case.rules.pay_within
    if notice.kind is not NoticeKind.PAY or not finals or limit is None:
        return
    announced = next((one for one in reversed(finals) if one.restarts), finals[0]).posted_on
    posted, rows = notice.posted_on, notice.compensation or ()
    if announced is None or posted is None or not rows or paid_in_full(rows):
        return
    due = case.calendar.deadline(announced, limit).day
    if posted > due:
        rule = f"征收土地公告后{limit}内应当足额支付（《浙江省土地管理条例》第四十六条）"
        yield warning("PAYMENT_OVERDUE", f"{rule}，最迟{due}，公示时仍未付清。")
    else:
        yield note("PAYMENT_OPEN", f"尚未付清，最迟应在{due}前足额支付。")
