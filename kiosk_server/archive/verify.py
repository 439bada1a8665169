"""Re-hashing whole lists and whole logs: nightly, before print and before export (DECISIONS 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.codes import SheetDigest
from kiosk_server.archive.keys import line_span, log_of_batch, log_span, number_of
from kiosk_server.archive.lines import REASONS, Checked, RowsDoNotMatch, checked, in_sheet_order, rows_of
from sync.log.tree import extended, leaf_hash

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from boards.sheets.sheet import SheetHead


def whole_batch(db: sqlite3.Connection, batch: int, head: SheetHead) -> list[Checked]:
    """Every line of a list, checked one by one and all together by the sheet's digest; raises RowsDoNotMatch.

    A row too many has no event, one too few changes the count, and a signed event altered
    together with its row changes the digest, which stands on the printed sheet.
    """
    refusal = RowsDoNotMatch(village=head.village.name, batch=head.batch)
    log = log_of_batch(batch)
    (origin,) = db.execute("SELECT origin FROM log WHERE id = ?", (log,)).fetchone()
    digest = SheetDigest(
        origin=origin, batch=head.batch, edition=head.edition, count=head.count, sum_fen=head.sum_fen
    )
    rows, hashes = [], []
    try:
        for row in rows_of(db, line_span(batch)):
            one = checked(db, row, log, head.batch)
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
    """Whether the stored events of a log still make the tree that was verified when they came."""
    size, frontier = db.execute("SELECT size, frontier FROM log WHERE id = ?", (log,)).fetchone()
    numbers: list[int] = []

    def hashes() -> Iterator[bytes]:
        for key, head in db.execute(
            "SELECT id, head FROM leaf WHERE id BETWEEN ? AND ? ORDER BY id", log_span(log)
        ):
            numbers.append(number_of(key))
            yield leaf_hash(head)

    made = b"".join(extended(0, (), hashes()))
    return numbers == list(range(size)) and made == bytes(frontier)
