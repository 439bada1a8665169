"""The judge: witnesses are heard in their order, and the heaviest testimony wins.

Never a sum: two weak words are not one strong one. Of equal ones the meaning that stands first in the table
of words wins.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import CellFinding, Level
from sync.county.roster.columns.additions import additions_of
from sync.county.roster.columns.evidence import Evidence, Witness
from sync.county.roster.columns.local import LOCAL
from sync.county.roster.columns.picked import PICKING, Picked, areas, only, rates
from sync.county.roster.columns.related import RELATED
from sync.county.roster.columns.thresholds import DOUBT, WEIGHED
from sync.county.roster.columns.words import ORDER, Meaning, Role, What, spoken, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.county.roster.columns.column import Column, Sample
    from sync.county.roster.columns.units import Stated

_NOTHING = Evidence(what=What.OTHER)


def by_itself(sample: Sample) -> Sample:
    """The sample as each column speaks for itself, before it is parted into tables."""
    return judged(sample, LOCAL)


def among_others(sample: Sample) -> Sample:
    """The sample of one table as its columns speak of each other."""
    return judged(sample, RELATED)


def judged(sample: Sample, witnesses: Iterable[Witness]) -> Sample:
    """The sample after each witness was asked about each column; everyone knows what was said before."""
    for witness, at in product(witnesses, range(len(sample.columns))):
        column, name = sample.columns[at], witness.__name__
        if said := [msgspec.structs.replace(one, by=name) for one in witness(column, sample)]:
            struck = {index for one in said for index in one.instead}
            columns = (
                _heard(one, said if one is column else [_instead(column, one, name)])
                if one is column or one.index in struck
                else one
                for one in sample.columns
            )
            sample = msgspec.structs.replace(sample, columns=tuple(columns))
    return sample


def _instead(column: Column, struck: Column, name: str) -> Evidence:
    """What is said of a column that another one strikes out: one of its kind, or an amount made otherwise."""
    alike = struck.meaning.what is column.meaning.what
    why = f"计入的是列{column.letter}" if alike else f"列{column.letter}不是由它算出的"
    return Evidence(counts=-1, why=why, by=name)


def _heard(column: Column, said: Iterable[Evidence]) -> Column:
    """A column with what was said of it, and what it means by all of that."""
    evidence = (*column.evidence, *said)
    best = max((one for one in evidence if one.what), key=_heaviest, default=_NOTHING)
    united = max((one for one in evidence if one.unit), key=lambda one: one.weight, default=_NOTHING)
    unit, factor = united.unit or ("", Decimal(1))
    meaning = Meaning(
        what=best.what or What.OTHER,
        role=best.role,
        unit=unit,
        factor=factor,
        score=best.weight,
        rank=max((one.rank for one in evidence if one.rank is not None), default=0),
    )
    return msgspec.structs.replace(column, meaning=meaning, evidence=evidence)


def _heaviest(evidence: Evidence) -> tuple[int, int]:
    return evidence.weight, -ORDER[evidence.what or What.OTHER]


def doubts(sheet: str | None, columns: Iterable[Column]) -> Iterator[CellFinding]:
    """Columns of which two strong witnesses say different things, and nobody who weighed both."""
    for column in columns:
        claims = {one.what: one for one in column.evidence if one.what and one.weight >= DOUBT}
        letter, mine = column.letter, column.meaning.what
        theirs = next((what for what in claims if what is not mine), None)
        if theirs and column.meaning.score < WEIGHED:
            yield CellFinding(
                level=Level.WARNING,
                code="COLUMN_DOUBTED",
                sheet=sheet,
                column=letter,
                message=f"列{letter}说不准是{spoken(mine)}还是{spoken(theirs)}：{claims[mine].why}，{claims[theirs].why}。"
                f"请看清这一列，用 --map {letter}={mine} 或 --map {letter}={theirs} 指明。",
            )


def units_disagree(sheet: str | None, table: Picked, around: Stated) -> Iterator[CellFinding]:
    """Amounts whose header states one unit and the line around the table another (settled §39)."""
    for column in table.money:
        unit, factor = unit_of(column.meaning.what, column.path)
        if unit and around.money and around.money[1] != factor:
            yield CellFinding(
                level=Level.WARNING,
                code="UNITS_DISAGREE",
                sheet=sheet,
                column=column.letter,
                message=f"列{column.letter}的表头写的单位是“{unit}”，表外注明的是“{around.money[0]}”，请确认哪个对。",
            )


def picked(table: Sample) -> Picked:
    """Which columns make a payee row, by up to 60 of its rows."""
    sample = judged(table, PICKING)
    money, quantity, rate = sample.standing(What.AMOUNT), only(areas(sample)), only(rates(sample))
    amount = only(money)
    twins = [one for one in sample.of(What.AMOUNT) if one.said_by("same_value_twin")]
    return Picked(
        columns=sample.columns,
        people=_by_role(sample.standing(What.NAME)),
        ids=_by_role(sample.standing(What.ID)),
        amount=amount,
        rival=twins[-1] if amount and twins else None,
        parts=() if amount else money,
        quantity=quantity,
        rate=rate,
        proven=bool(amount and amount.said_by("proven_by_factors")),
        additions=tuple(additions_of(money, quantity, sample)),
    )


def _by_role(columns: Sequence[Column]) -> dict[Role, Column]:
    return {column.meaning.role: column for column in reversed(columns)}
