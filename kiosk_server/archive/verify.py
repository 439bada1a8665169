"""Re-hashing whole lists and whole logs: nightly, and before print (settled §12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import SheetDigest
from boards.sheets.sheet import SheetHead
from kiosk_server.archive.event_heads import event_head
from kiosk_server.archive.keys import batch_span, line_span, log_of_batch, log_span, number_of
from kiosk_server.archive.lines import (
    IN_SPAN,
    REASONS,
    Checked,
    RowsDoNotMatch,
    checked,
    in_sheet_order,
    rows_of,
)
from sync.log.tree import extended, leaf_hash
from sync.wire import body_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_HEAD = msgspec.json.Decoder(SheetHead, strict=False)


def whole_batch(db: sqlite3.Connection, batch: int, head: SheetHead) -> list[Checked]:
    """Every line of a list, checked one by one and all together by the sheet's digest; raises RowsDoNotMatch.

    A row too many has no event, one too few changes the count, and a signed event altered
    together with its row changes the digest, which stands on the printed sheet.
    """
    refusal = RowsDoNotMatch(village=head.village.name, batch=head.batch)
    log = log_of_batch(batch)
    leaves = log_span(log)
    (origin,) = db.execute("SELECT origin FROM log WHERE id = ?", (log,)).fetchone()
    digest = SheetDigest(
        origin=origin, batch=head.batch, edition=head.edition, count=head.count, sum_fen=head.sum_fen
    )
    rows, hashes = [], []
    try:
        for row in rows_of(db, IN_SPAN, line_span(batch)):
            one = checked(db, row, leaves, head.batch)
            rows.append(one)
            hashes.append((row[1], leaf_hash(one.head)))
    except REASONS as e:
        raise refusal from e
    for _, hashed in sorted(hashes):
        digest.add(hashed)
    in_place = [one.line for one in rows] == list(range(1, head.count + 1)) and in_sheet_order(rows)
    adds_up = sum(one.amount_fen for one in rows) == head.sum_fen
    if not (in_place and adds_up) or digest.hexdigest() != head.digest:
        raise refusal
    return rows


def whole_log(db: sqlite3.Connection, log: int) -> bool:
    """Whether the stored events of a log still make the tree that was verified when they came.

    Every body that is here must be the one its head commits to; one that is not here was erased
    by the county, or withheld.
    """
    size, frontier = db.execute("SELECT size, frontier FROM log WHERE id = ?", (log,)).fetchone()
    numbers: list[int] = []

    def hashes() -> Iterator[bytes]:
        for key, head, body in db.execute(
            "SELECT id, head, body FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id", log_span(log)
        ):
            if body is None or body_digest(body) == event_head(head).body:
                numbers.append(number_of(key))
            yield leaf_hash(head)

    try:
        made = b"".join(extended(0, (), hashes()))
    except (TypeError, msgspec.MsgspecError):  # somebody put something else in a head's or body's place
        return False
    return numbers == list(range(size)) and made == bytes(frontier)


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of one village's log and lists found."""

    village: str
    origin: str
    leaves: int
    log_holds: bool
    batches: int  # lists that are shown
    wrong: tuple[str, ...]  # those that are not what the log says

    @property
    def well(self) -> bool:
        """Whether everything is as it came."""
        return self.log_holds and not self.wrong


def verified(db: sqlite3.Connection) -> tuple[Verified, ...]:
    """Check every log and every list that is shown, line by line."""
    found = []
    for log, village, origin, size in db.execute("SELECT id, village, origin, size FROM log ORDER BY id"):
        shown = db.execute(
            "SELECT batch.id, batch.name, sheet.head FROM batch LEFT JOIN sheet "
            "ON sheet.batch = batch.id AND sheet.edition = batch.edition "
            "WHERE batch.id BETWEEN ? AND ? AND batch.state = 'shown'",
            batch_span(log),
        ).fetchall()
        wrong = []
        for batch, name, head in shown:
            try:
                whole_batch(db, batch, _HEAD.decode(head or b""))
            except (RowsDoNotMatch, msgspec.MsgspecError):
                wrong.append(name)
        made = Verified(
            village=village,
            origin=origin,
            leaves=size,
            log_holds=whole_log(db, log),
            batches=len(shown),
            wrong=tuple(wrong),
        )
        found.append(made)
    return tuple(found)
