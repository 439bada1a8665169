"""The years of a village that the county closed, as its log has them, and whether they still hold."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.codes import sheet_digest, short_code
from boards.model.kept.annual import Annual
from boards.model.kept.overtaken import overtaken
from boards.model.kept.summed import YearList, is_sum_of
from boards.model.payouts import Phase
from sync import wire
from sync.county.publish.published.lists import lists_in
from sync.events import close_record
from sync.log.tree import leaf_hash
from sync.log_files import VillageLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sync.county.county import County

_OF_A_YEAR = b'"kind":"year.close"'  # as canonical JSON writes it: most lines of a log are payouts


class ClosedYear(msgspec.Struct, frozen=True, kw_only=True):
    """The newest edition of a year, its number, and whether it still holds."""

    annual: Annual
    code: str  # a kiosk that has another of this code takes the next
    issued: str
    overtaken: bool
    differs: bool

    @property
    def holds(self) -> bool:
        """Whether the figures may be called 已由县里核定."""
        return not (self.overtaken or self.differs)


def closed_year(county: County, village: str, year: int) -> ClosedYear | None:
    """A year as the county closed it last, None while it has not. A log is read once while it stands."""
    log = county.log(village)
    return _read(county.feed, village, log.origin, log.state().root).get(year)


def closed_years(county: County, village: str) -> tuple[ClosedYear, ...]:
    """Every year of a village that is closed, the oldest first."""
    log = county.log(village)
    found = _read(county.feed, village, log.origin, log.state().root)
    return tuple(found[year] for year in sorted(found))


def year_lists(lines: Iterable[bytes]) -> tuple[YearList, ...]:
    """Every list of these lines that was not taken back, in its newest edition."""
    return tuple(
        YearList(
            batch=one.batch,
            edition=one.close.edition,
            terms=one.close.terms,
            count=one.close.count,
            sum_fen=one.close.sum_fen,
            left_out=one.close.left_out,
        )
        for one in lists_in(lines).values()
        if not one.withdrawn
    )


def annual_of(line: bytes) -> tuple[wire.Head, Annual] | None:
    """Head and figures of a line that closes a year; None for any other, and where the body is erased."""
    raw, body = wire.framed(line)
    if _OF_A_YEAR not in raw or body is None:
        return None
    return wire.head_of(raw), cast("wire.YearBody", wire.body_of(wire.Kind.YEAR, body)).annual


@lru_cache(maxsize=2048)
def _read(feed: Path, village: str, origin: str, _root: bytes) -> dict[int, ClosedYear]:
    lines = list(VillageLog(feed, village, origin).lines())
    newest: dict[int, int] = {}
    for at, line in enumerate(lines):
        if _OF_A_YEAR in line and (found := annual_of(line)):
            newest[found[1].year] = at
    return {year: _closed(lines, at, origin) for year, at in newest.items()}


def _closed(lines: Sequence[bytes], at: int, origin: str) -> ClosedYear:
    found = annual_of(lines[at])
    assert found is not None, "it was one a moment ago"
    head, annual = found
    lists = [one for one in year_lists(lines[:at]) if _pays(one, annual.year)]
    closes = {one.batch: close_record(one.batch) for one in lists}
    pays, erased = partial(_pays_in, lines, annual.year), partial(_erased, lines)
    hashes = [leaf_hash(wire.framed(lines[at])[0])]
    digest = sheet_digest(hashes, origin=origin, batch=head.rec, edition=head.rev, count=1, sum_fen=0)
    return ClosedYear(
        annual=annual,
        code=short_code(digest),
        issued=head.issued,
        overtaken=overtaken(_behind(lines, at), closes, pays, erased),
        differs=not is_sum_of(annual, lists),
    )


def _pays(one: YearList, year: int) -> bool:
    return (one.terms.phase, one.terms.fiscal_year) == (Phase.PAYMENT, year)


def _behind(lines: Sequence[bytes], at: int) -> Iterator[tuple[int, wire.Head]]:
    for later in range(at + 1, len(lines)):
        yield later, wire.head_of(wire.framed(lines[later])[0])


def _pays_in(lines: Sequence[bytes], year: int, at: int) -> bool:
    raw, body = wire.framed(lines[at])
    if body is None:
        return False
    terms = cast("wire.CloseBody", wire.body_of(wire.head_of(raw).kind, body)).close.terms
    return (terms.phase, terms.fiscal_year) == (Phase.PAYMENT, year)


def _erased(lines: Sequence[bytes], at: int) -> Iterator[str]:
    body = wire.framed(lines[at])[1]
    indexes = cast("wire.EraseBody", wire.body_of(wire.Kind.ERASE, body)).indexes if body else ()
    for index in indexes:
        yield wire.head_of(wire.framed(lines[index])[0]).rec
