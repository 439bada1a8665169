"""Re-hashing whole lists, before print, and whole logs, nightly (settled §12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import SheetDigest
from boards.sheets.payout_sheet import says_its_close
from kiosk_server.archive.engines.connection import as_bytes
from kiosk_server.archive.event_heads import (
    CLOSE,
    ERASE,
    body_of,
    event_head,
)
from kiosk_server.archive.keys import line_span, log_of_batch, log_span, number_of
from kiosk_server.archive.lines import (
    AT_ONCE,
    REASONS,
    Checked,
    Household,
    RowsDoNotMatch,
    all_checked,
    in_sheet_order,
    require_members,
)
from kiosk_server.archive.statements import (
    CLOSE_OF_SHEET,
    HOUSEHOLDS,
    LEAVES,
    LINES_IN_SPAN,
    LOG_REACHED,
    ORIGIN,
    listed,
)
from sync.log.tree import extended, leaf_hash
from sync.wire import MalformedEvent, body_digest, commitment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.engines.connection import Connection


def whole_batch(db: Connection, batch: int, head: SheetHead) -> list[Checked]:
    """Every line of a list, checked one by one and all together by the sheet's digest; raises RowsDoNotMatch.

    A row too many has no event, one too few changes the count, and a signed event altered
    together with its row changes the digest, which stands on the printed sheet.
    """
    refusal = RowsDoNotMatch(village=head.village.name, batch=head.batch)
    (origin,) = db.execute(ORIGIN, (log_of_batch(batch),)).fetchone()
    digest = SheetDigest(
        origin=origin, batch=head.batch, edition=head.edition, count=head.count, sum_fen=head.sum_fen
    )
    rows: list[Checked] = []
    hashes: list[tuple[int, bytes]] = []
    asked = db.execute(LINES_IN_SPAN, line_span(batch))
    try:
        while some := asked.fetchmany(AT_ONCE):
            believed = all_checked(db, some, [head.batch] * len(some))
            require_members(believed, _households(db, believed))
            rows += believed
            hashes += [(row[1], leaf_hash(row[7])) for row in some]
    except REASONS as e:
        raise refusal from e
    for _, hashed in sorted(hashes):
        digest.add(hashed)
    in_place = [one.line for one in rows] == list(range(1, head.count + 1))
    in_place = in_place and in_sheet_order(one.payout for one in rows)
    adds_up = sum(one.amount_fen for one in rows) == head.sum_fen
    if not (in_place and adds_up) or digest.hexdigest() != head.digest or not _as_closed(db, batch, head):
        raise refusal
    return rows


def _as_closed(db: Connection, batch: int, head: SheetHead) -> bool:
    """Whether the stored head says what the close says, and that close is the one its event commits to."""
    try:
        raw, body = db.execute(CLOSE_OF_SHEET, (batch, head.edition)).fetchone()
        event = event_head(raw)
        signed = event.batch == head.batch and body_digest(body) == event.body
        return signed and says_its_close(head, body_of(CLOSE, body).close)
    except REASONS:
        return False


def _households(db: Connection, rows: list[Checked]) -> dict[int, Household]:
    asked = HOUSEHOLDS.format(keys=listed({one.household for one in rows}))
    return {key: (mark, name, group) for key, mark, name, group in db.execute(asked)}


def whole_log(db: Connection, log: int) -> bool:
    """Whether the stored events of a log still make the tree that was verified when they came.

    Every body that is here must be the one its head commits to. One that is not here was withheld
    when it came, or an erase of this log names it: nobody else takes a body away.
    """
    size, frontier = db.execute(LOG_REACHED, (log,)).fetchone()
    numbers: list[int] = []
    missing: set[int] = set()

    def hashes() -> Iterator[bytes]:
        for key, head, body, trouble in db.execute(LEAVES, log_span(log)):
            commits = commitment(head)  # of any version, as when it came
            if body is None and not trouble:
                missing.add(number_of(key))
            elif commits.kind == ERASE and body is not None:
                missing.difference_update(_erased(body))
            if body is None or body_digest(body) == commits.body:
                numbers.append(number_of(key))
            yield leaf_hash(head)

    try:
        made = b"".join(extended(0, (), hashes()))
        return (
            len(numbers) == size
            and numbers == list(range(size))
            and not missing
            and made == as_bytes(frontier)
        )
    except (TypeError, ValueError, MalformedEvent):  # something else lies in a head's or body's place
        return False


def _erased(body: bytes) -> tuple[int, ...]:
    """The events an erase names; one that cannot be read names none."""
    try:
        indexes: tuple[int, ...] = body_of(ERASE, body).indexes
    except msgspec.MsgspecError:
        return ()
    return indexes
