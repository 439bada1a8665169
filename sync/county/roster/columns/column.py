"""A column as understood, the columns of one table, and a table with some of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from sync.county.formats.cells import Figure, figure, squeezed
from sync.county.formats.grid import Value, column_letter
from sync.county.roster.columns.clerk import Given
from sync.county.roster.columns.digit_boxes import amount_in
from sync.county.roster.columns.evidence import Evidence
from sync.county.roster.columns.units import AREAS, COUNTED, MONEY, Stated
from sync.county.roster.columns.words import Meaning, What

PLACES = frozenset({What.VILLAGE, What.TOWN, What.GROUP})
LAND = (What.AREA, What.AREA_CONTRACT, What.AREA_EXCLUDED)
_UNITS = {
    **dict.fromkeys((What.AMOUNT, What.DEDUCTION, What.PRICE), MONEY),
    **dict.fromkeys(LAND, AREAS),
}
MEASURES = frozenset({What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.HOUSEHOLDS})


class Column(msgspec.Struct, frozen=True, gc=False):
    """One column of one band: the words over it from top to bottom, what it means, and who said so."""

    index: int
    path: tuple[str, ...]
    meaning: Meaning = Meaning(what=What.OTHER)
    evidence: tuple[Evidence, ...] = ()
    boxes: tuple[int, ...] = ()  # the columns of an amount written one figure a cell,
    behind: int = 0  # and how many of them stand behind the point

    @property
    def indexes(self) -> tuple[int, ...]:
        """Every column of the sheet it is read from."""
        return self.boxes or (self.index,)

    @property
    def header(self) -> str:
        """The words over it in one line."""
        return "/".join(self.path)

    @property
    def letter(self) -> str:
        """Its letter in a spreadsheet program."""
        return column_letter(self.index)

    @property
    def over(self) -> str:
        """The words that stand over this column and its neighbours; "" for none."""
        return squeezed(self.path[0]) if len(self.path) > 1 else ""

    @property
    def known(self) -> bool:
        """Whether anybody said what it is, be it that it is not used."""
        return self.meaning.what is not What.OTHER or bool(self.meaning.score)

    @property
    def counts(self) -> bool:
        """Whether nobody said that another one of its kind counts."""
        return all(one.counts >= 0 for one in self.evidence)

    @property
    def why(self) -> str:
        """Why it is taken for what it is, in the clerk's words; the words over it first."""
        agreed = {None, self.meaning.what}
        spoke = (one for one in self.evidence if one.by == "header_words" or one.what in agreed)
        return "，".join(dict.fromkeys(one.why for one in spoke if one.why))

    def said_by(self, witness: str) -> bool:
        """Whether this witness spoke of the column."""
        return any(one.by == witness for one in self.evidence)

    def cell(self, line: list[Value]) -> Value:
        """What stands in this column of a line, "" where the line is shorter."""
        if self.boxes:
            return amount_in([line[at] if at < len(line) else "" for at in self.boxes], self.behind)
        return line[self.index] if self.index < len(line) else ""

    def number(self, line: list[Value]) -> Decimal | None:
        """The number in this column of a line, in the column's own unit; None for anything else."""
        return self.read(figure(self.cell(line)))

    def read(self, cell: Figure) -> Decimal | None:
        """A cell in the column's own unit. What the cell says itself governs: 0.24万元 under 元 is 2,400."""
        units = _UNITS.get(self.meaning.what) if cell.unit else None
        if units is None or cell.value is None or cell.unit in COUNTED:
            return cell.value
        stated = units.get(cell.unit)
        return None if stated is None else cell.value * stated / self.meaning.factor

    def value(self, line: list[Value]) -> Decimal | None:
        """The number in this column of a line, in our unit: yuan, mu, things."""
        number = self.number(line)
        return None if number is None else number * self.meaning.factor


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one table; two bands stand side by side under one header row."""

    columns: tuple[Column, ...]

    def programmes(self, amount: Column | None) -> dict[str, list[Column]]:
        """The columns under each programme's words: one amount that is not the row's own, and its factors."""
        under: dict[str, list[Column]] = {}
        for column in self.columns:
            under.setdefault(column.over, []).append(column)
        return {
            words: columns
            for words, columns in under.items()
            if words
            and {What.AREA, What.RATE} & {one.meaning.what for one in columns}
            and len(paid := [one.index for one in columns if one.meaning.what is What.AMOUNT]) == 1
            and (amount is None or paid != [amount.index])
        }

    def of(self, *whats: What) -> tuple[Column, ...]:
        """Columns of these meanings, from left to right."""
        return tuple(column for column in self.columns if column.meaning.what in whats)

    @property
    def lists_payees(self) -> bool:
        """Names people and says how much: a detail table."""
        return bool(self.of(What.NAME)) and bool(
            self.of(What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.IN_KIND)
        )

    @property
    def sums_places(self) -> bool:
        """Names places instead of people: a summary table."""
        return not self.of(What.NAME) and bool(self.of(*PLACES)) and bool(self.of(*MEASURES))


class Sample(Band, frozen=True, kw_only=True):
    """The columns of a table, some of its rows, and what is known beside them: what witnesses look at."""

    rows: Sequence[list[Value]]
    hidden: frozenset[int] = frozenset()  # indexes of columns nobody sees
    units: Stated = Stated()  # above or under the table
    given: Given = {}  # by the clerk
    formats: Mapping[int, str] = {}  # number formats that show another figure, of columns that have but one

    def cells(self, column: Column) -> list[Value]:
        """What stands in a column, row by row."""
        return [column.cell(row) for row in self.rows]

    def standing(self, *whats: What) -> tuple[Column, ...]:
        """Columns of these meanings that no other one keeps from counting."""
        return tuple(column for column in self.of(*whats) if column.counts)
