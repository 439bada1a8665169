"""A year as the county closed it, held against the lists of its own log: the event alone is not believed.

Two questions, two sources. Are its figures those of the lists as they stood when it was closed: asked of
the heads that were composed, and reconciled, from the lines. And has anything that bears on them come
behind it: asked of the events of the log.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.annual import Annual, Settled
from boards.model.kept.overtaken import overtaken
from boards.model.kept.summed import is_sum_of
from boards.model.payouts import Phase
from boards.sheets.year import list_of
from kiosk_server.archive.engines.troubles import ArchiveDamaged
from kiosk_server.archive.event_heads import CLOSE, body_of, event_head
from kiosk_server.archive.keys import in_log, log_of, log_span, number_of, sheet_span
from kiosk_server.archive.lines import decoded_head
from kiosk_server.archive.past.withdrawals import event_at, taken_back
from kiosk_server.archive.statements import HEADS, YEAR_BY_CODE, YEAR_CLOSED, YEAR_EDITIONS, YEAR_LISTS
from sync.wire import body_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.kept.summed import YearList
    from kiosk_server.archive.engines.connection import Connection
    from kiosk_server.archive.event_heads import EventHead
    from kiosk_server.archive.land_board import LandShelf

_CLOSES = CLOSE.encode()


class YearDoesNotMatch(Refusal):
    """The stored figures of a year are not those that were signed."""

    code = "year-does-not-match"
    fault = Fault.MACHINE
    sentence = "本机保存的{year}年度汇总与县里签名的不一致，没有显示。"
    advice = "请管理员运行 kiosk verify；若仍如此，请通知县里。"


def settled(shelf: LandShelf, village: str, year: int) -> Settled | None:
    """The newest edition that can be read, and whether it holds; None where there is none.

    Raises YearDoesNotMatch. Use it inside a snapshot.
    """
    try:
        return _settled(shelf, village, year)
    except (ArchiveDamaged, msgspec.MsgspecError, TypeError, ValueError) as e:  # changed by somebody
        raise YearDoesNotMatch(year=year) from e


def _settled(shelf: LandShelf, village: str, year: int) -> Settled | None:
    editions = shelf.db.execute(YEAR_CLOSED, (year, *log_span(shelf.log))).fetchall()
    for newer, (key, code, digest, day, raw, body) in enumerate(editions):
        annual = _signed(raw, body, village, year)
        if annual is not None:
            lists = [*_lists_before(shelf, key, year)]
            closes = {one.batch: rec for rec, one in lists}
            pays, erased = partial(_pays_in, shelf, year), partial(_erased, shelf)
            return Settled(
                annual=annual,
                index=number_of(key),
                digest=digest,
                code=code,
                arrived_on=date.fromisoformat(day),
                overtaken=newer > 0 or overtaken(_behind(shelf, key, closes), closes, pays, erased),
                differs=not is_sum_of(annual, (one for _, one in lists)),
            )
    return None


class YearEdition(NamedTuple):
    """One edition of a year, also one whose words are gone: what its paper carries, and when it came."""

    year: int
    edition: int
    code: str
    came_on: date
    number: int  # in the village's log


def editions_of_years(shelf: LandShelf) -> tuple[YearEdition, ...]:
    """Every one of a village, in the order of its log."""
    return tuple(
        YearEdition(year, edition, code, date.fromisoformat(day), number_of(key))
        for year, edition, code, day, key in shelf.db.execute(YEAR_EDITIONS, log_span(shelf.log))
    )


def year_of_code(db: Connection, code: str) -> tuple[str, int] | None:
    """Village and year a printed code names, of any edition; None where no year has it."""
    found = db.execute(YEAR_BY_CODE, (code,)).fetchone()
    return (found[0], found[1]) if found else None


def _signed(raw: bytes, body: bytes | None, village: str, year: int) -> Annual | None:
    """The figures of an edition; None where they were withheld or erased, or never could be read."""
    if body is None:
        return None
    event = event_head(raw)
    if body_digest(body) != event.body:
        raise YearDoesNotMatch(year=year)
    try:
        annual: Annual = body_of(event.kind, body).annual
    except msgspec.MsgspecError:
        return None
    ours = (annual.village, annual.year, annual.edition) == (village, year, event.rev)
    return annual if ours else None


def _lists_before(shelf: LandShelf, key: int, year: int) -> Iterator[tuple[str, YearList]]:
    """The payment lists of a year as they stood at this event, in their newest editions, by their closes."""
    rows = shelf.db.execute(YEAR_LISTS, (year, *sheet_span(shelf.log), key)).fetchall()
    newest = {batch: (rec, raw) for batch, rec, raw, _ in rows}
    withdrawn = {rec for _, rec, _, state in rows if state == "withdrawn"}
    gone = taken_back(shelf, withdrawn) if withdrawn else {}
    for rec, raw in newest.values():
        if gone.get(rec, key) >= key:
            yield rec, list_of(decoded_head(raw))


def _behind(shelf: LandShelf, key: int, closes: Iterable[str]) -> Iterator[tuple[int, EventHead]]:
    """The events behind another one that may bear on these lists, by their leaves: most are others' lines."""
    named = [_CLOSES, *(name.encode() for name in closes)]
    for later, raw in shelf.db.execute(HEADS, (key + 1, log_span(shelf.log)[1])):
        if any(one in raw for one in named):
            with suppress(msgspec.MsgspecError):  # of a form that came after this version
                yield later, event_head(raw)


def _pays_in(shelf: LandShelf, year: int, key: int) -> bool:
    """Whether a close is that of a payment list of the year."""
    _, body = event_at(shelf, key)
    terms = body.close.terms if body else None
    return terms is not None and (terms.phase, terms.fiscal_year) == (Phase.PAYMENT, year)


def _erased(shelf: LandShelf, key: int) -> Iterator[str]:
    """The records whose words an event erases."""
    _, body = event_at(shelf, key)
    for index in body.indexes if body else ():
        event: EventHead | None = event_at(shelf, in_log(log_of(key), index))[0]
        if event:
            yield event.rec
