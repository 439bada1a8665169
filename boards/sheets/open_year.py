"""What of a village's year is open data: nothing about fewer than three households (rules §4).

A list of fewer is in no figure at all, so no subtraction brings it out. A correction is told only where no
sum of it and everything told before is of fewer, or where no figure moves. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from boards.model.batch_close import FEWEST
from boards.model.kept.annual import AnnualRow
from boards.model.pack import Programme
from boards.model.place import Village
from boards.sheets.given_away import Brought, Family, gives_away
from boards.sheets.land.views import CaseView
from boards.sheets.sheet import SheetHead
from boards.sheets.year import year_rows

Share = tuple[int, Decimal | None]
"""Amount and quantity of one row."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of a list, with the shares its households have on it."""

    head: SheetHead
    shares: Mapping[Family, tuple[Share, ...]]  # none of organisations
    whole: bool = True  # no row was erased since: whose it was nobody can tell

    @property
    def figures(self) -> tuple[object, ...]:
        """What open data tells of it: households, quantity with its unit, sum."""
        quantity = None if self.head.quantity is None else (self.head.quantity, self.head.unit)
        return self.head.households, quantity, self.head.sum_fen

    @property
    def brought(self) -> tuple[Brought, ...]:
        """What each household brings to either figure."""
        return (
            dict.fromkeys(self.shares, 1),
            {one: sum([quantity or 0 for _, quantity in of], Decimal(0)) for one, of in self.shares.items()},
            {one: sum(fen for fen, _ in of) for one, of in self.shares.items()},
        )

    def may_follow(self, known: Sequence[Edition]) -> bool:
        """Whether nobody who keeps what is known learns of fewer than three households."""
        if all(one.whole for one in (self, *known)):
            return not any(self._gives_away(which, known) for which in range(len(self.figures)))
        return all(self.figures == one.figures for one in known)

    def _gives_away(self, which: int, known: Sequence[Edition]) -> bool:
        """Whether one of its figures does, beside those of its kind that are known."""
        kind = [one.brought[which] for one in (*known, self) if one.figures[which] is not None]
        return self.figures[which] is not None and gives_away(kind)


class OpenYear(msgspec.Struct, frozen=True, kw_only=True):
    """One village's year as open data."""

    village: Village
    year: int
    totals: tuple[AnnualRow, ...]  # households 0: not told; of a sensitive programme no lists
    lists: tuple[SheetHead, ...]  # of payments, none of a sensitive programme
    cases: tuple[CaseView, ...]  # of land, with a notice of this year
    somebody: frozenset[str] = frozenset()  # everybody the village's lists name: no project is called so

    @property
    def moved_on(self) -> date | None:
        """The newest day that anything of it came here or was posted."""
        days = [head.imported_on for head in self.lists if head.imported_on]
        return max([*days, *(one.notice.posted_on for case in self.cases for one in case.hung)], default=None)


def enough(families: Iterable[Family]) -> bool:
    """Whether so many households may be told of as one figure."""
    known = tuple(families)
    named = {(name, group) for _, name, group in known}
    marked = {mark or (name, group) for mark, name, group in known}
    return min(len(named), len(marked)) >= FEWEST


def different(lists: Iterable[Iterable[int]]) -> int:
    """How many different households stand on these lists, told one after the other; 0: it would say too much.

    How many came with each list and how many came again can be told from the count before it, and how many
    are not on a list from the list's own.
    """
    told, seen, came = [frozenset(one) for one in lists], set[int](), list[int]()
    for one in told:
        came += [len(one - seen), len(one & seen)]
        seen |= one
    came += [len(seen - one) for one in told]
    return 0 if any(0 < few < FEWEST for few in came) else len(seen)


def told(editions: Sequence[Edition]) -> SheetHead | None:
    """The edition of the last one's list that open data tells; None: it tells nothing of it.

    `editions` are in the order of the log, those of a list that was taken back for this one before its own.
    """
    newest, so_far, known = editions[-1], list[Edition](), list[Edition]()
    for one in editions:
        fits = enough(one.shares) and one.may_follow(known)
        if fits:
            so_far.append(one)
        if fits or not one.whole:  # before its row was erased it may have been told
            known.append(one)
    own = [one.head for one in so_far if one.head.batch == newest.head.batch]
    if not own or not enough(newest.shares):
        return None
    head, terms = own[-1], newest.head.terms
    sensitive = terms.sensitive or any(one.head.terms.sensitive for one in editions)
    about = {"rate_text": head.terms.rate_text, "sensitive": sensitive}
    return msgspec.structs.replace(head, terms=msgspec.structs.replace(terms, **about))


def open_year(  # noqa: PLR0913 - what a year is made of
    village: Village,
    year: int,
    *,
    lists: Iterable[SheetHead],
    cases: Iterable[CaseView],
    households: Callable[[tuple[SheetHead, ...]], int],
    programmes: Mapping[str, Programme],
    today: date,
    somebody: frozenset[str] = frozenset(),
) -> OpenYear:
    """The year; `households` counts different ones over several lists, 0 where that would say too much.

    Of a sensitive programme only households and sum of a whole year, once it is over: from month to month
    the figures would tell who came or went.
    """
    lists = tuple(lists)
    sensitive = {code for code, one in programmes.items() if one.sensitive}
    sensitive |= {head.terms.programme for head in lists if head.terms.sensitive}
    summed = [head for head in lists if today.year > year or head.terms.programme not in sensitive]
    return OpenYear(
        village=village,
        year=year,
        totals=tuple(_total(row, programmes, sensitive) for row in year_rows(summed, households)),
        lists=tuple(head for head in lists if head.terms.programme not in sensitive),
        cases=tuple(case for case in cases if any(one.notice.posted_on.year == year for one in case.hung)),
        somebody=somebody,
    )


def _total(row: AnnualRow, programmes: Mapping[str, Programme], sensitive: set[str]) -> AnnualRow:
    listed = programmes.get(row.programme)
    row = msgspec.structs.replace(row, department=listed.department if listed else "")
    if row.programme not in sensitive:
        return row
    return msgspec.structs.replace(row, rate_text="", quantity=None, unit="", batches=())
