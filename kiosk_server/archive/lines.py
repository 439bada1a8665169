"""Lines as shown: each decoded from the event that gives its value and held against it (settled §12).

A row of the table says only on which events a line rests. It is believed when the leaf's body has the
digest its head commits to, when the head belongs to this list of this log, and when what took the place
of another value, or took the line down, is an event that says so. Whoever changes what a line says must
change a signed event, and that the nightly check of the whole log finds (`verify.py`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.payouts import Payout
from boards.sheets import sheet
from boards.sheets.sheet import SheetHead
from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.event_heads import (
    CORRECT,
    ERASE,
    PUBLISH,
    WITHDRAW,
    EventHead,
    all_heads,
    all_published,
    body_of,
    event_head,
)
from kiosk_server.archive.keys import (
    batch_of_line,
    line_of,
    line_span,
    log_of,
    log_of_batch,
    mark_of,
    number_of,
)
from kiosk_server.archive.statements import (
    ERASED,
    EVENT,
    LINES_IN_SPAN,
    LINES_PLAIN,
    LISTED,
    WITHDRAWN,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.pack import MaskPolicy
    from kiosk_server.archive.engines.connection import Connection

_sha256 = hashlib.sha256
AT_ONCE = 2_000
Row = tuple[Any, ...]
"""id, leaf, was, gone, standing, seq, household, head and body, as `statements.LINES_IN_SPAN` has them."""
Plain = tuple[int, int, int, bytes, bytes]
"""id, seq, household, head and body, as `statements.LINES_PLAIN` has them."""
Household = tuple[int, str, str]
"""Mark, name and group."""


class RowsDoNotMatch(Refusal):
    """What is in the tables is not what the county signed."""

    code = "rows-do-not-match"
    fault = Fault.MACHINE
    sentence = "数据校验失败：{village} 的名单（批次 {batch}）与县里签名的记录不一致，暂停展示。"
    advice = "请运行 kiosk rebuild 恢复，并报告县里的技术人员。"


class Mismatch(Exception):  # noqa: N818 - says what happened; never leaves the archive
    """One row does not rest on the events it names."""


REASONS = (Mismatch, KeyError, TypeError, UnicodeDecodeError, msgspec.MsgspecError)
"""What checking a row may raise when somebody changed it."""


class Checked(msgspec.Struct, frozen=True, gc=False):
    """One line, its events believed."""

    line: int
    household: int
    amount_fen: int
    standing: int
    head: bytes
    payout: Payout | None  # None when taken down
    before_fen: int | None = None  # what it was before it was corrected,
    reason: str = ""  # why,
    corrected_at: str = ""  # and when


def all_checked(db: Connection, rows: Iterable[Row], batches: list[str]) -> list[Checked]:
    """Hold rows against their events, one for each name, that of its batch; raises one of REASONS."""
    rows = list(rows)
    if len(rows) != len(batches):
        raise Mismatch
    payouts = _as_published(rows, batches)
    if payouts is None:
        return [checked(db, row, batch) for row, batch in zip(rows, batches, strict=True)]
    return [
        Checked(line_of(row[0]), row[6], payout.amount_fen, LISTED, row[7], payout)
        for row, payout in zip(rows, payouts, strict=True)
    ]


def _as_published(rows: list[Row], batches: list[str]) -> list[Payout] | None:
    """The payouts of rows as they were published; None where one is not, or not the county's."""
    try:
        for key, leaf, was, gone, standing, *_ in rows:  # log_of(leaf), and the log of the line's batch
            if was or gone or standing != LISTED or leaf >> 32 != key >> 40:
                return None
    except TypeError:
        return None
    return _signed(
        [(key, seq, household, head, body) for key, *_, seq, household, head, body in rows], batches
    )


def _signed(lines: list[Plain], batches: list[str]) -> list[Payout] | None:
    """Two decoder calls for a page of lines as they were published; None where one is not the county's."""
    try:
        events, payouts = all_heads([line[3] for line in lines]), all_published([line[4] for line in lines])
    except (TypeError, msgspec.MsgspecError):
        return None
    for (_, seq, _, _, body), event, payout, batch in zip(lines, events, payouts, batches, strict=True):
        if seq != payout.seq or event.batch != batch or event.kind != PUBLISH or event.rev != 1:
            return None
        if _sha256(body).hexdigest() != event.body:
            return None
    return payouts


def checked(db: Connection, row: Row, batch: str) -> Checked:
    """Hold one row against its events: published, corrected, taken down; raises one of REASONS."""
    key, leaf, was, gone, standing, seq, household, head, body = row
    event, log = event_head(head), log_of_batch(batch_of_line(key))
    if log_of(leaf) != log or event.batch != batch:
        raise Mismatch
    if standing != LISTED:
        return _taken_down(db, row, event)
    if gone or event.kind not in {PUBLISH, CORRECT} or _sha256(body).hexdigest() != event.body:
        raise Mismatch
    value = body_of(event.kind, body)
    payout: Payout = value.payout
    if payout.seq != seq or (event.kind == PUBLISH) != (event.rev == 1 and not was):
        raise Mismatch
    made = Checked(line_of(key), household, payout.amount_fen, LISTED, head, payout)
    if event.kind == PUBLISH:
        return made
    before = _event(db, was, log)[0]
    if (before.rec, before.rev) != (event.rec, event.rev - 1):
        raise Mismatch
    return msgspec.structs.replace(
        made,
        before_fen=before.amount_fen,  # in the head, even when the body was erased
        reason=value.reason.text,
        corrected_at=event.issued,
    )


def _taken_down(db: Connection, row: Row, event: EventHead) -> Checked:
    """A withdrawn or erased line needs the event that took it down; its amount is its head's."""
    key, leaf, _, gone, standing, _, _, head, body = row
    by, raw = _event(db, gone, log_of(leaf))
    if standing == WITHDRAWN:
        proven = by.kind == WITHDRAW and (by.rec, by.rev) == (event.rec, event.rev + 1)
    else:
        erased = standing == ERASED and body is None and by.kind == ERASE
        erased = erased and _sha256(raw).hexdigest() == by.body
        proven = erased and number_of(leaf) in body_of(ERASE, raw).indexes
    if not proven:
        raise Mismatch
    return Checked(line_of(key), 0, event.amount_fen or 0, standing, head, None)


def _event(db: Connection, leaf: int, log: int) -> tuple[EventHead, bytes]:
    """Head and body of another event of the same log."""
    found = db.execute(EVENT, (leaf,)).fetchone()
    if found is None or log_of(leaf) != log:
        raise Mismatch
    return event_head(found[0]), found[1]


def in_sheet_order(payouts: Iterable[Payout | None]) -> bool:
    """Whether the county's own numbers rise from line to line; a line that was taken down has none."""
    numbers = [one.seq for one in payouts if one is not None]
    return numbers == sorted(set(numbers))


def require_members(rows: Iterable[Checked], households: dict[int, Household]) -> None:
    """Hold each line to its household: the same hash of the county's, or where it has none, name and group.

    Raises Mismatch, KeyError: whose page a line stands on is said by the tables alone.
    """
    for one in rows:
        if payout := one.payout:
            mark, name, group = households[one.household]
            if payout.household and mark_of(payout.household) != mark:
                raise Mismatch
            if not payout.household and (payout.holder, payout.group) != (name, group):
                raise Mismatch


def line_shown(one: Checked, *, sensitive: bool, mask: MaskPolicy) -> sheet.Line:
    """The line of a checked row; a corrected one says what it was before, when and why it changed."""
    if one.payout is None:
        return sheet.gone_line(number=one.line, amount_fen=one.amount_fen, erased=one.standing == ERASED)
    household = number_of(one.household)
    line = sheet.line_of(one.payout, number=one.line, household=household, sensitive=sensitive, mask=mask)
    if not one.corrected_at:
        return line
    return msgspec.structs.replace(
        line,
        corrected_from_fen=one.before_fen,
        corrected_on=civil_day(datetime.fromisoformat(one.corrected_at)),
        corrected_why=one.reason,
    )


def span_shown(
    db: Connection, span: tuple[int, int], batch: str, *, sensitive: bool, mask: MaskPolicy
) -> tuple[sheet.Line, ...]:
    """Lines that follow each other on a list, first and last by key; raises one of REASONS.

    Mostly none of them was corrected or taken down: then no more is asked of the tables than is shown.
    """
    first, last = span
    plain, count = db.execute(LINES_PLAIN, span).fetchall(), last - first + 1
    payouts = _signed(plain, [batch] * count) if len(plain) == count else None
    if payouts is None:
        rows = db.execute(LINES_IN_SPAN, span).fetchall()
        return rows_shown(db, rows, [batch] * count, sensitive=sensitive, mask=mask)
    if not in_sheet_order(payouts):
        raise Mismatch
    line = sheet.line_of
    lines = [  # line_of(key) and number_of(household), written out
        line(one, number=row[0] & 0xFFFFFF, household=row[2] & 0xFFFFFFFF, sensitive=sensitive, mask=mask)
        for one, row in zip(payouts, plain, strict=True)
    ]
    return tuple(lines)


def rows_shown(
    db: Connection, rows: list[Row], batches: list[str], *, sensitive: bool, mask: MaskPolicy
) -> tuple[sheet.Line, ...]:
    """Lines of a list in the county's order, each held against its events; raises one of REASONS."""
    believed = all_checked(db, rows, batches)
    if not in_sheet_order(one.payout for one in believed):
        raise Mismatch
    return tuple([line_shown(one, sensitive=sensitive, mask=mask) for one in believed])


def in_parts(db: Connection, batch: int) -> Iterator[tuple[list[Row], list[Payout], list[Row]]]:
    """Listed lines of a batch with their payouts, and those taken down, two thousand at a time.

    Decoded, not checked: for counting and parting households in a fold. Raises msgspec.MsgspecError.
    """
    rows = db.execute(LINES_IN_SPAN, line_span(batch))
    while some := rows.fetchmany(AT_ONCE):
        here = [row for row in some if row[4] == LISTED]
        yield here, all_published([row[8] for row in here]), [row for row in some if row[4] != LISTED]


def decoded_head(head: bytes) -> SheetHead:
    """A stored sheet's head; the nightly check makes one that cannot be read again. Raises ArchiveDamaged."""
    try:
        decoded: SheetHead = _HEAD.decode(head)
    except (msgspec.MsgspecError, ValueError, TypeError) as e:
        raise ArchiveDamaged(name="sheet") from e
    return decoded


_HEAD = msgspec.json.Decoder(SheetHead, strict=False)
