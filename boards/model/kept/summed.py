"""What the lists of a village's year add up to: the figures a year is closed by and held against (R9). Pure.

A list counts in its fiscal year with the edition that is given, whenever it was paid; what was applied for
never counts. What a list left out stays left out, unless another is said to pay again what failed (更正发放);
what fails there once more is counted where it failed first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from boards.model.kept.annual import Annual, AnnualBatch
from boards.model.payouts import LeftOut, LeftOutReason, Phase, Terms

_FAILED = (LeftOutReason.FAILED, LeftOutReason.RETURNED)


class YearList(msgspec.Struct, frozen=True, kw_only=True):
    """One list, as one edition of it says."""

    batch: str
    edition: int
    terms: Terms
    count: int
    sum_fen: int
    left_out: tuple[LeftOut, ...] = ()


class Summed(msgspec.Struct, frozen=True, kw_only=True):
    """One programme of a year."""

    batches: tuple[AnnualBatch, ...]  # by day of payment
    left_out: tuple[LeftOut, ...]
    made_good_fen: int = 0  # paid again beyond anything that had failed: nobody can have meant that

    @property
    def sum_fen(self) -> int:
        """Σ of its lists, to the fen."""
        return sum(one.sum_fen for one in self.batches)


def summed(
    lists: Iterable[YearList], year: int, makes_good: AbstractSet[str] = frozenset()
) -> dict[str, Summed]:
    """The programmes of a year by their codes, of the payment lists among these.

    `makes_good` names the lists that pay again what had failed on another one of their programme.
    """
    by_programme: dict[str, list[YearList]] = {}
    for one in lists:
        if one.terms.phase is Phase.PAYMENT and one.terms.fiscal_year == year:
            by_programme.setdefault(one.terms.programme, []).append(one)
    return {code: _summed(by_programme[code], makes_good) for code in sorted(by_programme)}


def is_sum_of(annual: Annual, lists: Iterable[YearList]) -> bool:
    """Whether a year's figures are, row by row and to the fen, those of these lists and of no others."""
    good = frozenset(one.batch for row in annual.rows for one in row.batches if one.makes_good)
    found = summed(lists, annual.year, good)
    said = {row.programme: Summed(batches=row.batches, left_out=row.left_out) for row in annual.rows}
    adds_up = all(row.sum_fen == said[row.programme].sum_fen for row in annual.rows)
    whole = annual.sum_fen == sum(row.sum_fen for row in annual.rows)
    return said == found and len(said) == len(annual.rows) and adds_up and whole


def _summed(lists: list[YearList], makes_good: AbstractSet[str]) -> Summed:
    placed = sorted(lists, key=lambda one: (str(one.terms.paid_on or ""), one.batch))
    again = [one for one in placed if one.batch in makes_good]
    parts = [(one, part) for one in placed for part in one.left_out]
    first = [part for one, part in parts if one not in again or part.reason not in _FAILED]
    left, beyond = _less(_together(first), sum(o.count for o in again), sum(o.sum_fen for o in again))
    tried = max((one.sum_fen + _failed(one.left_out) for one in again), default=0)
    batches = tuple(_counted(one, makes_good=one.batch in makes_good) for one in placed)
    return Summed(batches=batches, left_out=left, made_good_fen=max(beyond, tried - _failed(first), 0))


def _failed(parts: Iterable[LeftOut]) -> int:
    return sum(part.sum_fen for part in parts if part.reason in _FAILED)


def _counted(one: YearList, *, makes_good: bool) -> AnnualBatch:
    return AnnualBatch(
        batch=one.batch,
        edition=one.edition,
        period_no=one.terms.period_no,
        sum_fen=one.sum_fen,
        paid_on=one.terms.paid_on,
        makes_good=makes_good,
    )


def _together(parts: Sequence[LeftOut]) -> Iterator[LeftOut]:
    """What was left out, by reason in the order of the reasons."""
    for reason in LeftOutReason:
        if same := [part for part in parts if part.reason is reason]:
            count, fen = sum(part.count for part in same), sum(part.sum_fen for part in same)
            yield LeftOut(reason=reason, count=count, sum_fen=fen)


def _less(left: Iterable[LeftOut], count: int, fen: int) -> tuple[tuple[LeftOut, ...], int]:
    """What is still left out once so many that had failed were paid again, and what goes beyond them."""
    still: list[LeftOut] = []
    for part in left:
        good = min(fen, part.sum_fen) if part.reason in _FAILED else 0
        if not good:
            still.append(part)
        elif good < part.sum_fen:
            fewer = max(1, part.count - count)
            still.append(LeftOut(reason=part.reason, count=fewer, sum_fen=part.sum_fen - good))
        else:
            count -= min(count, part.count)
        fen -= good
    return tuple(still), fen
