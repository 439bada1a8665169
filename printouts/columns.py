"""The columns of each variant of the payout sheet, in millimetres (paper §1, settled §13).

Sensitive programmes (disability, medical) show names and amounts only, whatever the variant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from boards.model.money import yuan
from boards.sheets.sheet import Line, Sheet, SheetHead, Variant
from printouts.cells import LEAST_PT
from printouts.fonts import Role

ROWS, ROW_PAD_MM = 12, 0.8
NAME_LEAST_PT = 11.0
SHORT_GROUP, WIDER_MM = 5, 5.0  # 大埠头一组 has a usual column, a longer name a wider one
BLOCK_MM, GAP_MM = 131.0, 5.0
FULL_MM = 2 * BLOCK_MM + GAP_MM

Printed: TypeAlias = Any
"""What a row is made of: a line of a list, a programme of a year."""


class Column(NamedTuple):
    """One column: `breaks` where a long text goes onto several lines; a figure becomes smaller first.

    No text of a column is smaller than `least_pt`: its row grows instead.
    """

    label: str
    width: float
    role: Role
    size_pt: float
    align: str  # l, c, r
    breaks: bool
    text: Callable[[Printed], str]
    least_pt: float = LEAST_PT
    old: Callable[[Printed], str] = lambda _: ""  # what was corrected: small, struck through


class Layout(NamedTuple):
    """Blocks of 12 rows side by side, fewer where rows are high."""

    columns: tuple[Column, ...]
    blocks: int
    names_at: int = 1  # the column of what a row is about: a number stands before it
    air_mm: float = ROW_PAD_MM  # above and below the texts of a row together

    @property
    def block_mm(self) -> float:
        """The width of one block."""
        return _width(self.columns)

    @property
    def per_page(self) -> int:
        """Most lines on one page."""
        return ROWS * self.blocks


def layout_of(sheet: Sheet) -> Layout:
    """Layout of a sheet, by its variant and by what its lines carry."""
    head, places, number = sheet.head, places_of(sheet), _number(13)
    more = WIDER_MM if any(len(line.group) > SHORT_GROUP for line in sheet.lines) else 0.0
    for_others = any(line.beneficiary for line in sheet.lines)
    if head.terms.sensitive:
        people = (_name("户主", 36), _beneficiary(36)) if for_others else (_name("姓名", 72),)
        return Layout((number, *people, _amount(46)), 2)
    if head.variant is Variant.AREA:
        measures = (_quantity(head, 25, places), _amount(37 - more))
        return Layout((number, _name("户主", 37), _group(19 + more), *measures), 2)
    if head.variant is Variant.APPLICATION:
        quantity = _quantity(head, 46 - more, places, "申报")
        return Layout((number, _name("申报户", 46), _group(26 + more), quantity), 2)
    if head.variant is Variant.IN_KIND:
        return Layout((number, _name("户主", 35), _group(17 + more), _things(36 - more), _signature(30)), 2)
    if for_others or any(line.item for line in sheet.lines):
        return Layout(_item_columns(sheet, _group(16 + 2 * more), for_others=for_others), 1)
    last = (_group(14 + more), *_measures(sheet, 22, 25), _amount(28))
    return Layout((_number(11), _name("户主", BLOCK_MM - 11 - _width(last)), *last), 2)


def _item_columns(sheet: Sheet, group: Column, *, for_others: bool) -> tuple[Column, ...]:
    """A2 across the whole page: who it is for, what for, at which rate."""
    number, last = _number(13), (group, *_measures(sheet, 24, 32), _amount(38))
    room = FULL_MM - number.width - _width(last)
    if not any(line.item for line in sheet.lines):
        return (number, _name("户主", room / 2), _beneficiary(room / 2), *last)
    if not for_others:
        return (number, _name("户主", 46), _item(room - 46), *last)
    people = (_name("户主", 34), _beneficiary(34))
    return (number, *people, _item(room - _width(people)), *last)


def _measures(sheet: Sheet, quantity_mm: float, rate_mm: float) -> Iterator[Column]:
    """Quantity and rate, each only where some line has one."""
    if any(line.quantity is not None for line in sheet.lines):
        yield _quantity(sheet.head, quantity_mm, places_of(sheet))
    if any(line.rate is not None for line in sheet.lines):
        label = f"标准（元/{sheet.head.unit}）" if sheet.head.unit else "标准（元）"
        yield Column(label, rate_mm, Role.DATA, 13, "r", breaks=False, text=lambda line: plain(line.rate))


def _width(columns: Iterable[Column]) -> float:
    return sum(column.width for column in columns)


def plain(number: Decimal | None, places: int | None = None) -> str:
    """1243.60 → "1,243.60": as published, or with so many decimals that a column lines up."""
    if number is None:
        return ""
    return f"{number:,f}" if places is None else f"{number:,.{places}f}"


def places_of(sheet: Sheet) -> int:
    """Most decimals any quantity of the sheet was published with: nothing is rounded away."""
    numbers = [sheet.head.quantity, *(line.quantity for line in sheet.lines)]
    return max((len(f"{number:f}".partition(".")[2]) for number in numbers if number is not None), default=0)


def _number(width: float) -> Column:
    return Column("序号", width, Role.DATA, 12, "c", breaks=False, text=lambda line: str(line.seq))


def _name(label: str, width: float) -> Column:
    return _people(label, width, lambda line: line.holder)


def _beneficiary(width: float) -> Column:
    return _people("享受人", width, lambda line: line.beneficiary or line.holder)


def _people(label: str, width: float, text: Callable[[Line], str]) -> Column:
    return Column(label, width, Role.HEI, 15, "l", breaks=True, text=text, least_pt=NAME_LEAST_PT)


def _group(width: float) -> Column:
    return Column("小组", width, Role.DATA, 12.5, "c", breaks=True, text=lambda line: line.group)


def _quantity(head: SheetHead, width: float, places: int, prefix: str = "") -> Column:
    """面积（亩） where one unit holds for all, else each line carries its own unit."""
    unit = head.unit
    word = "面积" if unit in {"亩", "公顷"} else "数量"
    label = f"{prefix}{word}（{unit}）" if unit else prefix + word

    def text(line: Line) -> str:
        number = plain(line.quantity, places if unit else None)
        return number if unit or not number else number + line.unit

    return Column(label, width, Role.DATA, 14, "r", breaks=False, text=text)


def _item(width: float) -> Column:
    return Column("项目", width, Role.DATA, 13, "l", breaks=True, text=lambda line: line.item)


def _things(width: float) -> Column:
    return Column("物资", width, Role.DATA, 13, "l", breaks=True, text=lambda line: line.in_kind or line.item)


def _signature(width: float) -> Column:
    return Column("领取人签名", width, Role.DATA, 12, "c", breaks=False, text=lambda _: "")


def _amount(width: float) -> Column:
    return Column(
        "金额（元）",
        width,
        Role.HEI,
        15,
        "r",
        breaks=False,
        text=lambda line: yuan(line.amount_fen),
        old=lambda line: "" if line.corrected_from_fen is None else yuan(line.corrected_from_fen),
    )
