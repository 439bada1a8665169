"""Where things stand in the files of all generators, and how a clerk changes a sheet: rows and columns come and go."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tests.nets.draws import drawn
from tests.roster import county_files, county_generator
from tests.roster.county_clerk import Clerk, group_of
from tests.roster.county_files import GROUPS, Page
from tests.roster.county_generator import CountyFile, Truth, county_file
from tests.roster.people_faults import LAST_YEAR
from tests.roster.strategies import lists

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

TOTALS, PARTS = {"合计", "总计", "合计：", "共计", "计", "累计"}, {"小计", "组小计", "本页小计"}
SUMS = TOTALS | PARTS
FACTORS = (Decimal(1), Decimal(10000), Decimal(1000), Decimal("0.1"), Decimal("0.01"))
LAYOUTS = ("clerk", *county_generator.LAYOUTS, *(f"plain {one}" for one in county_files.LAYOUTS))


class Unfit(Exception):  # noqa: N818 - no error: this layout cannot carry this fault
    """Another file must be drawn."""


class Spot(NamedTuple):
    """A payee where he stands; the factor makes yuan of his amount's cell."""

    page: Page
    row: int
    name: int
    amount: int
    factor: Decimal
    village: str
    fen: int

    @property
    def cells(self) -> list:
        return self.page.rows[self.row]

    @property
    def yuan(self) -> Decimal:
        """The amount as it is written."""
        return self.cells[self.amount]


def file_of(layout: str, seed: int) -> CountyFile:
    """A sound file of any layout we know: of both generators, and of the plain county."""
    if layout == "clerk":
        sheet = Clerk(seed).sheet()
        payees = [(one, group_of(one) if sheet.has_groups else "") for one in sheet.payees]
        rows = [(one.name, one.village.code, group, one.fen) for one, group in payees]
        return CountyFile(seed, layout, f"{sheet.file}.xlsx", [sheet.page], Truth(rows, sheet.total))
    if not layout.startswith("plain "):
        return county_file(seed, layout)
    plain, homes = layout.removeprefix("plain "), drawn(lists(), seed)
    rows = [(one.name, one.village.code, GROUPS[one.group - 1] + "组", one.fen) for one in homes]
    total = sum(one.fen for one in homes)
    return CountyFile(seed, plain, "名册.xlsx", county_files.LAYOUTS[plain](homes), Truth(rows, total))


def listing(file: CountyFile) -> list[Page]:
    """The sheets that list payees of this year."""
    return [one for one in file.pages if not (one.hidden or one.name in {LAST_YEAR, "汇总表", "汇总"})]


def spots(file: CountyFile, page: Page | None = None) -> list[Spot]:
    """Every payee where he stands, of a sheet or of all of them."""
    taken: dict[tuple[int, int, int], Spot] = {}
    for name, village, _, fen in file.truth.rows:
        found = (one for sheet in listing(file) for one in _named(sheet, name, village, fen))
        if one := next((one for one in found if (id(one.page), *one[1:3]) not in taken), None):
            taken[id(one.page), *one[1:3]] = one
    return [one for one in taken.values() if page is None or one.page is page]


def _named(page: Page, name: str, village: str, fen: int) -> Iterator[Spot]:
    money_first = "享受补贴人" in page.rows[0]
    for at, row in enumerate(page.rows):
        for column in (column for column, cell in enumerate(row) if cell == name):
            for amount in reversed(range(0 if money_first else column + 1, len(row))):
                is_number = isinstance(row[amount], Decimal)
                if factor := is_number and next(
                    (one for one in FACTORS if row[amount] * one * 100 == fen), 0
                ):
                    yield Spot(page, at, column, amount, factor, village, fen)
                    break


def some(file: CountyFile, chance: random.Random, count: int = 1, *, people: bool = False) -> list[Spot]:
    """Payees drawn by the seed, in their order; `people`: no organisations."""
    found = [one for one in spots(file) if one.fen and (not people or len(one.cells[one.name]) < 4)]
    if len(found) < count:
        raise Unfit
    return sorted(chance.sample(found, count), key=lambda one: (file.pages.index(one.page), one.row))


def one_of(file: CountyFile, chance: random.Random, **which: bool) -> Spot:
    return some(file, chance, **which)[0]


def squeezed(cell: object) -> str:
    return str(cell).replace(" ", "").replace("　", "")


def sums(
    file: CountyFile, labels: set[str] = TOTALS, page: Page | None = None
) -> list[tuple[Page, int, int]]:
    """Sheet, row and column of every amount of a sum, on a sheet or on all of them."""
    found = []
    for sheet in listing(file) if page is None else [page]:
        columns = {one.amount for one in spots(file, sheet)}
        for at, row in enumerate(sheet.rows):
            said = {squeezed(cell) for cell in row if isinstance(cell, str)}
            if said & labels or any(one.startswith("共") and one.endswith("户") for one in said):
                numbers = (column for column, cell in enumerate(row) if isinstance(cell, Decimal))
                found += [(sheet, at, column) for column in numbers if column in columns]
    return found


def a_sum(file: CountyFile, chance: random.Random, labels: set[str] = TOTALS) -> tuple[Page, int, int]:
    if found := sums(file, labels):
        return chance.choice(found)
    raise Unfit


def only_sum(file: CountyFile) -> tuple[Page, int, int]:
    """The one total of a file of one sheet."""
    if len(found := sums(file, SUMS)) != 1 or len(listing(file)) > 1:
        raise Unfit
    return found[0]


def factor_of(file: CountyFile, page: Page) -> Decimal:
    return spots(file, page)[0].factor


def heads(file: CountyFile, page: Page) -> list[int]:
    """The rows of a sheet that hold the header of the names; none for tables side by side."""
    here = spots(file, page)
    wide = {row for row, left, _, right in page.merges if left == 0 and right > 2}
    for at in reversed(range(min((one.row for one in here), default=0))):
        cells, column = page.rows[at], here[0].name
        word = cells[column] if column < len(cells) else ""
        plain = squeezed(word) if sum(cell != "" for cell in cells) > 2 else ""
        if len(plain) > 1 and at not in wide and plain not in SUMS and plain[0] not in "（0123456789":
            rows = [row for row, other in enumerate(page.rows) if other[column : column + 1] == [word]]
            if cells.count(word) == 1:
                return rows
            break
    raise Unfit


def headed(file: CountyFile, page: Page) -> list[str]:
    """The texts of the header, as far as it is one line."""
    return [cell for cell in page.rows[heads(file, page)[0]] if isinstance(cell, str)]


def add_column(file: CountyFile, head: str, value: Callable[[Spot, int], object]) -> None:
    """One more column at the right of every table, with everybody's number from 1."""
    number = 0
    for page in listing(file):
        rows, here = heads(file, page), spots(file, page)
        width = max(
            1 + max((at for at, cell in enumerate(row) if cell != ""), default=0) for row in page.rows
        )
        page.rows = [[*row[:width], *[""] * (width + 1 - len(row[:width]))] for row in page.rows]
        for at in rows:
            page.rows[at][width] = head
        for spot in here:
            number += 1
            spot.cells[width] = value(spot, number)


BOXES = ("十万", "万", "千", "百", "十", "元", "角", "分")


def box(file: CountyFile) -> None:
    """Amounts in boxes, one figure a cell, under one header line over one list."""
    for page in listing(file):
        rows, columns = heads(file, page), {one.amount for one in spots(file, page)}
        if len(columns) > 1 or factor_of(file, page) != 1 or any(top >= rows[0] for top, *_ in page.merges):
            raise Unfit
        (at,) = columns
        page.rows = [
            [*row[:at], *(BOXES if number in rows else _boxed(*row[at : at + 1])), *row[at + 1 :]]
            for number, row in enumerate(page.rows)
        ]


def _boxed(cell: object = "") -> list:
    """A figure a cell from the right; what is no amount stands in the first."""
    if not isinstance(cell, Decimal):
        return [cell, *[""] * (len(BOXES) - 1)]
    figures = str(int(cell * 100))
    if len(figures) > len(BOXES) or cell < 0:
        raise Unfit
    return [*[""] * (len(BOXES) - len(figures)), *map(int, figures)]


def insert(page: Page, at: int, *cells: object) -> None:
    """A new row; what is below moves down."""
    page.rows.insert(at, list(cells))
    page.merges = [
        (top + (top >= at), left, end + (end >= at), right) for top, left, end, right in page.merges
    ]


def drop(page: Page, at: int) -> None:
    """A row is deleted; merges shrink."""
    del page.rows[at]
    moved = ((top - (top > at), left, end - (end >= at), right) for top, left, end, right in page.merges)
    page.merges = [one for one in moved if one[2] >= one[0] and one[:2] != one[2:]]


def texts(file: CountyFile) -> str:
    """What stands around the lists and in their headers."""
    cells = (str(cell) for page in file.pages for row in page.rows[:5] for cell in row)
    return "　".join((file.name, *(page.name for page in file.pages), *cells))


def says(file: CountyFile, *words: str) -> bool:
    return any(word in texts(file) for word in words)
