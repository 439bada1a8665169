"""R5: who was stopped (停发) has a reason and is not paid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.payouts import PayStatus
from sync.county.checks.place import at_row, of_village, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.checks.whole import Publication, Whole


def stopped_are_unpaid(whole: Whole) -> Iterator[CellFinding]:
    """R5: who was stopped carries a reason and is not paid; an amount beside it is not published as paid."""
    for entry in whole.entries:
        if entry.row.status is PayStatus.STOPPED and entry.row.payout.amount_fen:
            yield at_row(entry.row, Level.NOTE, "STOPPED_WITH_AMOUNT", "已停发，金额不按已发放处理。")


def notes_are_heeded(whole: Whole) -> Iterator[CellFinding]:
    """R5: whom a sentence under his list calls dead, stopped or not to be paid (“注：张三已死亡”) waits."""
    for note in whole.notes:
        here = (one for one in whole.entries if one.row.sheet == note.sheet and one.row.payout.amount_fen)
        for entry in here:
            if entry.row.payout.holder in note.text:
                message = f"表下第{note.row}行的话提到这一户，像是不该发放，请核对。"
                yield warned(entry.row, "EXCLUDED_BY_NOTE", message, entry.amount_column)


_STATUS_WORDS = re.compile(
    r"已|停发|停止|暂停|终止|取消|注销|不予|暂缓|发放|支付|补[贴助]|[\s()（）:：,，.。-]"
)


def stopped_say_why(publication: Publication) -> Iterator[CellFinding]:
    """Asked of the roster's rows, for who was stopped is never listed: a reason, and no day of payment."""
    stopped = [row for row in publication.rows if row.status is PayStatus.STOPPED]
    whys = [
        (row, row.stop_reason or row.payout.remark or _STATUS_WORDS.sub("", row.status_text))
        for row in stopped
    ]
    if silent := [row.row for row, why in whys if not why]:
        yield of_village(publication, "R5", "停发没有写原因", *silent)
    if dated := [row.row for row in stopped if row.payout.paid_on and row.payout.amount_fen]:
        yield of_village(publication, "R5", "停发的行写了金额和发放日期", *dated)
