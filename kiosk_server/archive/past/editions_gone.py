"""Printed papers that hang no more: editions a later one replaced, lists and notices the county took back.

Told from the projection and the heads of the log; no line is read.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.land.kinds import NoticeKind
from kiosk_server.archive.event_heads import body_of, event_head
from kiosk_server.archive.keys import log_span, number_of, sheet_span
from kiosk_server.archive.lines import decoded_head
from kiosk_server.archive.past.withdrawals import came_on, taken_back
from kiosk_server.archive.statements import EDITIONS, EVERY_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.land.notice import LandNotice
    from boards.sheets.sheet import SheetHead
    from kiosk_server.archive.land_board import LandShelf


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """One paper that no longer says what the board says."""

    code: str
    title: str
    edition: int
    since: date  # the day it was known here
    now: str = ""  # code of what took its place; "" when the county took it back
    now_edition: int = 0
    notice: bool = False  # of a land case, else a list
    came: int  # where in the log it was published, and where it was replaced or taken back
    went: int


def gone(shelf: LandShelf) -> tuple[Gone, ...]:
    """Every one of a village, lists first; use it inside a snapshot."""
    return (*_lists(shelf), *_notices(shelf))


def _lists(shelf: LandShelf) -> Iterator[Gone]:
    withdrawn: list[tuple[SheetHead, int, int, str]] = []
    editions: dict[int, list[tuple[SheetHead, int, str, str]]] = defaultdict(list)
    for batch, leaf, rec, head, state, _ in shelf.db.execute(EDITIONS, sheet_span(shelf.log)).fetchall():
        editions[batch].append((decoded_head(head), leaf, rec, state))
    for papers in editions.values():
        newest, went, rec, state = papers[-1]
        for head, came, _, _ in papers[:-1]:
            if state == "shown":
                since = newest.imported_on or came_on(shelf, went)
                yield _gone(head, came, went, since, now=newest.code, now_edition=newest.edition)
        if state == "withdrawn":
            withdrawn += [(head, came, went if head is not newest else 0, rec) for head, came, _, _ in papers]
    if withdrawn:
        yield from _withdrawn(shelf, withdrawn)


def _gone(head: SheetHead, came: int, went: int, since: date, **now: Any) -> Gone:  # noqa: ANN401 - fields
    return Gone(
        code=head.code,
        title=head.title,
        edition=head.edition,
        since=since,
        came=number_of(came),
        went=number_of(went),
        **now,
    )


def _withdrawn(shelf: LandShelf, papers: list[tuple[SheetHead, int, int, str]]) -> Iterator[Gone]:
    """Every edition of lists that were taken back; older ones had gone before."""
    went = taken_back(shelf, {rec for _, _, _, rec in papers})
    for head, came, replaced, rec in papers:
        if rec in went:
            yield _gone(head, came, replaced or went[rec], came_on(shelf, went[rec]))


def _notices(shelf: LandShelf) -> Iterator[Gone]:
    """Corrected ones, those of a case that was stopped, those taken back."""
    standing: dict[str, list[tuple[int, str, LandNotice]]] = defaultdict(list)
    rows = shelf.db.execute(EVERY_NOTICE, log_span(shelf.log)).fetchall()
    for key, code, case, withdrawn, head, body in rows:
        try:
            notice = body_of(event_head(head).kind, body or b"").notice
        except msgspec.MsgspecError:  # erased, or not what was signed: `kiosk verify` says so
            continue
        if withdrawn:
            yield _gone_notice(shelf, notice, code, (key, withdrawn))
        else:
            standing[case].append((key, code, notice))
    for case in standing.values():
        case.sort(key=lambda one: (one[2].posted_on, one[2].number))
        newest = {one[2].kind: one for one in case}
        stop = newest.get(NoticeKind.STOP)
        for key, code, notice in case:
            went, now, by = stop or newest[notice.kind]
            if went != key:
                yield _gone_notice(shelf, notice, code, (key, went), now=now, now_edition=by.revision)


def _gone_notice(
    shelf: LandShelf,
    notice: LandNotice,
    code: str,
    keys: tuple[int, int],
    **now: Any,  # noqa: ANN401 - fields
) -> Gone:
    came, went = map(number_of, keys)
    title, since = f"{notice.project}{notice.title}", came_on(shelf, keys[1])
    told: dict[str, Any] = {"title": title, "edition": notice.revision, "since": since, "notice": True}
    return Gone(code=code, came=came, went=went, **told, **now)
