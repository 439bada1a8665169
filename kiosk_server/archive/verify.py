"""Re-hashing whole lists and whole logs: nightly, and before print (settled §12)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import SheetDigest
from boards.model.names import surname_of
from boards.sheets.sheet import SheetHead
from kiosk_server.archive.event_heads import (
    CORRECT,
    ERASE,
    PUBLISH,
    all_published,
    body_of,
)
from kiosk_server.archive.keys import batch_span, line_span, log_of_batch, log_span, mark_of, number_of
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
    BATCHES_SHOWN,
    HOUSEHOLDS,
    LEAVES,
    LINES_IN_SPAN,
    LOG_REACHED,
    LOGS_TO_VERIFY,
    ORIGIN,
    PEOPLE_OF_LOG,
    listed,
)
from sync.log.tree import extended, leaf_hash
from sync.seams import Progress, silent
from sync.wire import MalformedEvent, body_digest, commitment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_server.archive.engines.connection import Connection

LINES = {PUBLISH, CORRECT}
_HEAD = msgspec.json.Decoder(SheetHead, strict=False)


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
    in_place = [one.line for one in rows] == list(range(1, head.count + 1)) and in_sheet_order(rows)
    adds_up = sum(one.amount_fen for one in rows) == head.sum_fen
    if not (in_place and adds_up) or digest.hexdigest() != head.digest:
        raise refusal
    return rows


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
    except (TypeError, MalformedEvent):  # somebody put something else in a head's or body's place
        return False
    return numbers == list(range(size)) and not missing and made == bytes(frontier)


def _erased(body: bytes) -> tuple[int, ...]:
    """The events an erase names; one that cannot be read names none."""
    try:
        indexes: tuple[int, ...] = body_of(ERASE, body).indexes
    except msgspec.MsgspecError:
        return ()
    return indexes


def people_hold(db: Connection, log: int) -> bool:
    """Whether every household is named, grouped and marked as some line of the log says."""
    said: set[tuple[int, str, str, str]] = set()
    for _, head, body, _ in db.execute(LEAVES, log_span(log)):
        if body and commitment(head).kind in LINES:
            with suppress(msgspec.MsgspecError):  # signed nonsense stands on no board
                (payout,) = all_published([body])
                mark = mark_of(payout.household) if payout.household else 0
                said.add((mark, surname_of(payout.holder, payout.kind), payout.holder, payout.group))
    return all(tuple(row) in said for row in db.execute(PEOPLE_OF_LOG, log_span(log)))


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of one village's log and lists found."""

    village: str
    origin: str
    leaves: int
    log_holds: bool
    batches: int  # lists that are shown
    wrong: tuple[str, ...]  # those that are not what the log says
    people_hold: bool  # the index of names says what the log says

    @property
    def tables_hold(self) -> bool:
        """Whether what is projected is what the log makes of it."""
        return not self.wrong and self.people_hold

    @property
    def well(self) -> bool:
        """Whether everything is as it came."""
        return self.log_holds and self.tables_hold


def verified(db: Connection, progress: Progress = silent) -> tuple[Verified, ...]:
    """Check every log and every list that is shown, line by line."""
    found = []
    for log, village, origin, size in db.execute(LOGS_TO_VERIFY).fetchall():
        shown = db.execute(BATCHES_SHOWN, batch_span(log)).fetchall()
        wrong = []
        for number, (batch, name, head) in enumerate(shown):
            progress(number, len(shown))
            try:
                whole_batch(db, batch, _HEAD.decode(head or b""))
            except (RowsDoNotMatch, msgspec.MsgspecError):
                wrong.append(name)
        holds = whole_log(db, log)
        made = Verified(
            village=village,
            origin=origin,
            leaves=size,
            log_holds=holds,
            batches=len(shown),
            wrong=tuple(wrong),
            people_hold=not holds or people_hold(db, log),  # a log that is damaged says nothing of people
        )
        found.append(made)
    return tuple(found)
