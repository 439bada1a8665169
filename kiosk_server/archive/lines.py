"""Lines as shown, each checked against the event it came from (settled §12, line §6).

A row is believed only when its leaf's body has the digest its leaf's head commits to, and says
word for word what the row says. Whoever changes a row must change the signed event too, and
that the nightly check of the whole log finds (`verify.py`).
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.payouts import Payout
from boards.sheets import sheet
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
    publish_body,
)
from kiosk_server.archive.keys import line_of, log_of, number_of
from kiosk_server.archive.statements import ERASED, LISTED, WITHDRAWN, WORDS, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.pack import MaskPolicy

_sha256 = hashlib.sha256
_AMOUNT = WORDS.index("amount_fen")


class RowsDoNotMatch(Refusal):
    """What is in the tables is not what the county signed."""

    code = "rows-do-not-match"
    fault = Fault.MACHINE
    sentence = "数据校验失败：{village} 的名单（批次 {batch}）与县里签名的记录不一致，暂停展示。"
    advice = "请运行 kiosk rebuild 恢复，并报告县里的技术人员。"


SELECT = (
    "SELECT payout.id, payout.leaf, payout.household, leaf.head, leaf.body, CAST(json_array("  # noqa: S608
    "payout.standing, payout.gone, payout.was, payout.rec, payout.rev, "
    f"json_array({', '.join(f'payout.{word}' for word in WORDS)})) AS BLOB) "
    "FROM payout LEFT JOIN leaf ON leaf.id = payout.leaf WHERE "
)
"""Lines and the events behind them. What a row says is one JSON text: nineteen values take twice as long."""

_written, _read = msgspec.json.Encoder().encode, msgspec.json.Decoder(list).decode


class Mismatch(Exception):  # noqa: N818 - says what happened; never leaves the archive
    """One row is not what its event says."""


class Checked(msgspec.Struct, frozen=True, gc=False):
    """One row with the event behind it."""

    line: int
    household: int
    amount_fen: int
    standing: str
    head: bytes
    payout: Payout | None  # None when taken down
    reason: str = ""  # why it was corrected
    corrected_at: str = ""
    was: int = 0


IN_SPAN = f"{SELECT} payout.id BETWEEN ? AND ? ORDER BY payout.id"
OF_HOUSEHOLD = f"{SELECT} payout.household = ? ORDER BY payout.id DESC"


def rows_of(db: sqlite3.Connection, select: str, asked: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Rows of IN_SPAN or OF_HOUSEHOLD; raises Mismatch where a text is none."""
    try:
        for row in db.execute(select, asked):  # noqa: UP028 - a cursor objects to being closed with a generator
            yield row
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # locked, unreadable, full: not the row's fault
            raise
        raise Mismatch from e  # JSON holds no bytes


def checked(db: sqlite3.Connection, row: tuple[Any, ...], leaves: tuple[int, int], batch: str) -> Checked:
    """Hold a row of SELECT against its event, one of the `leaves` of its log; raises Mismatch."""
    key, leaf, household, head, body, said = row
    if head.__class__ is not bytes or not leaves[0] <= leaf <= leaves[1]:
        raise Mismatch
    event = event_head(head)
    if event.batch != batch:
        raise Mismatch
    if event.kind == PUBLISH and body.__class__ is bytes and _sha256(body).hexdigest() == event.body:
        payout = publish_body(body).payout
        if said == _written((LISTED, 0, 0, event.rec, event.rev, words(payout))):
            return Checked(line_of(key), household, payout.amount_fen, LISTED, head, payout)
    return _uncommon(db, row, event)


def all_checked(
    db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]], leaves: tuple[int, int], batch: str
) -> list[Checked]:
    """Rows of SELECT as `checked` gives them, all at once while each is as published; raises Mismatch."""
    rows = list(rows)
    return _as_published(rows, leaves, batch) or [checked(db, row, leaves, batch) for row in rows]


def _as_published(rows: list[tuple[Any, ...]], leaves: tuple[int, int], batch: str) -> list[Checked] | None:
    """Two decoder calls and one comparison for a page; None where a row wants to be looked at."""
    try:
        events, payouts = all_heads([row[3] for row in rows]), all_published([row[4] for row in rows])
    except (TypeError, msgspec.MsgspecError):
        return None
    made, first, last = [], *leaves
    for (key, leaf, household, head, body, _), event, payout in zip(rows, events, payouts, strict=True):
        if not (first <= leaf <= last and event.batch == batch and event.kind == PUBLISH):
            return None
        if _sha256(body).hexdigest() != event.body:
            return None
        made.append(Checked(line_of(key), household, payout.amount_fen, LISTED, head, payout))
    written = [
        (LISTED, 0, 0, event.rec, event.rev, words(payout))
        for event, payout in zip(events, payouts, strict=True)
    ]
    return made if _written(written) == b"[%b]" % b",".join([row[5] for row in rows]) else None


def _uncommon(db: sqlite3.Connection, row: tuple[Any, ...], event: EventHead) -> Checked:
    """A row that is not byte for byte what was published first: corrected, taken down, or not the county's.

    JSON has more than one spelling for some texts, so it may also be a plain row.
    """
    key, _, household, head, body, said = row
    standing, gone, was, rec, rev, row_words = _read(said)
    if event.rec != rec:
        raise Mismatch
    if body.__class__ is not bytes or standing != LISTED:
        return _taken_down(db, row, event, (standing, gone, row_words[_AMOUNT]))
    if event.rev != rev or _sha256(body).hexdigest() != event.body or event.kind not in {PUBLISH, CORRECT}:
        raise Mismatch
    value = body_of(event.kind, body)
    if words(value.payout) != tuple(row_words):
        raise Mismatch
    why = (value.reason.text, event.issued, was) if event.kind == CORRECT else ()
    return Checked(line_of(key), household, value.payout.amount_fen, LISTED, head, value.payout, *why)


def _taken_down(
    db: sqlite3.Connection, row: tuple[Any, ...], event: EventHead, said: tuple[str, int, int]
) -> Checked:
    """A withdrawn or erased line needs the event that took it down; its amount is its head's."""
    (key, leaf, _, head, body, _), (standing, gone, amount_fen) = row, said
    found = db.execute("SELECT head, body FROM leaf WHERE id = ?", (gone,)).fetchone()
    if found is None or event.amount_fen != amount_fen or log_of(gone) != log_of(leaf):
        raise Mismatch
    by = event_head(found[0])
    if standing == WITHDRAWN:
        proven = by.kind == WITHDRAW and by.rec == event.rec
    else:
        erased = standing == ERASED and body is None and by.kind == ERASE
        proven = erased and number_of(leaf) in body_of(ERASE, found[1]).indexes
    if not proven:
        raise Mismatch
    return Checked(line_of(key), 0, amount_fen, standing, head, None)


def in_sheet_order(rows: list[Checked]) -> bool:
    """Whether the county's own numbers rise from line to line."""
    numbers = [one.payout.seq for one in rows if one.payout is not None]
    return numbers == sorted(set(numbers))


def line_shown(db: sqlite3.Connection, one: Checked, *, sensitive: bool, mask: MaskPolicy) -> sheet.Line:
    """The line of a checked row; a corrected one says what it was before, when and why it changed."""
    if one.payout is None:
        return sheet.gone_line(number=one.line, amount_fen=one.amount_fen, erased=one.standing == ERASED)
    household = number_of(one.household)
    line = sheet.line_of(one.payout, number=one.line, household=household, sensitive=sensitive, mask=mask)
    if not one.was:
        return line
    before = db.execute("SELECT head FROM leaf WHERE id = ?", (one.was,)).fetchone()
    if before is None:
        raise Mismatch
    return msgspec.structs.replace(
        line,
        corrected_from_fen=event_head(before[0]).amount_fen,  # in the head, even when the body was erased
        corrected_on=civil_day(datetime.fromisoformat(one.corrected_at)),
        corrected_why=one.reason,
    )


REASONS = (Mismatch, KeyError, TypeError, UnicodeDecodeError, msgspec.MsgspecError)
"""What checking a row may raise when somebody changed it."""
