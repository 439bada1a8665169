"""Lines that sum others: what they state, in figures, words or a sentence, and whose place they name."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import CellFinding, Level
from sync.county.formats.cells import figure, squeezed
from sync.county.formats.grid import Grid, column_letter
from sync.county.roster.columns.additions import sum_at
from sync.county.roster.columns.units import MONEY
from sync.county.roster.entries import Extent, Inner, Total
from sync.county.roster.rows.amounts import VALUELESS
from sync.county.roster.rows.kinds import Kind, total_rank, written_out
from sync.county.roster.rows.table import Table, figure_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.county.formats.grid import Value
    from sync.county.roster.layout.blocks import Shape
    from sync.county.roster.rows.places import Setting

_YUAN = r"(\d[\d,]*(?:\.\d+)?)(亿元|万元|千元|元)(?![/／每])"
_SUMMED = re.compile(r"(?:计|金额|资金|补[贴助偿][款额金]?|发放)(?:人民币)?[^\d,，;；。]{0,6}" + _YUAN)
_BUDGET = re.compile(r"下达|预算|上级|拨入|计划|结余|上年|去年|申请|累计")
_ANY_YUAN = re.compile(_YUAN)
_HERE = re.compile(r"(?:以上|上述|本表)(?:合计|共计|总计|共)?[:：]?\d{1,6}[户人]")
_HOUSEHOLDS = re.compile(r"(?:共|合计|总计|享受|补[贴助]|涉及|惠及|发放)[^\d]{0,6}(\d{1,6})[户人]")


def total_of(table: Table, index: int, *, at: int, start: int, opened: int) -> Total | None:
    """What a line declares to be the sum of others; None where it states no value.

    `at`, `start`, `opened`: how many entries came before it, its table and its sheet.
    """
    cells, picked = table.grid.rows[index], table.picked
    texts = table.sorter.texts(cells)
    label = "".join(texts.values())
    known = [amount for column in picked.money if (amount := figure_at(cells, column)) is not None]
    amount = sum(known, Decimal(0)) if known else stated_in("　".join(texts.values()))
    words = next((found for text in texts.values() if (found := written_out(text))), "")
    if amount is None and not words:
        return None
    return Total(
        sheet=table.grid.name,
        row=table.grid.line(index),
        column=column_letter(picked.money[0].index) if picked.money and known else "",
        rank=total_rank(label),
        at=at,
        start=start,
        opened=opened,
        amount=amount,
        quantity=figure_at(cells, picked.quantity) if picked.quantity else None,
        quantity_column=column_letter(picked.quantity.index) if picked.quantity else "",
        words=words,
        inner=tuple(_inner(table, cells)),
    )


def _inner(table: Table, cells: list[Value]) -> Iterator[Inner]:
    """Where a line sums every part of a total too, and they are not what it sums of the total."""
    for total, parts, others, of_money in table.picked.additions:
        stated, written = total.number(cells), [part.number(cells) for part in parts]
        summed = sum_at(cells, parts) if None not in written else None
        if stated is not None and summed is not None and stated != summed:
            beside = tuple(abs(one) for column in others if (one := column.number(cells)))
            yield Inner(column_letter(total.index), stated, summed, beside, of_money)


def without_value(table: Table, index: int) -> Iterator[CellFinding]:
    """A total that is an error or an uncalculated formula has no value, which is a finding."""
    for column in table.picked.money:
        if fault := table.grid.faults.get((index, column.index)):
            code, message = VALUELESS[fault]
            yield CellFinding(
                level=Level.ERROR,
                code=code,
                sheet=table.grid.name,
                row=table.grid.line(index),
                column=column_letter(column.index),
                message=message,
            )


def stated_in(text: str) -> Decimal | None:
    """The amount in a sentence: “合计：11户，面积81.36亩，金额7,037.67元”; None for none, or for several."""
    found = _SUMMED.findall(text) or _ANY_YUAN.findall(text)
    if len(found) != 1:
        return None
    number, unit = found[0]
    value = figure(number).value
    return None if value is None else value * MONEY[unit]


def stated_above(grid: Grid, shape: Shape, count: int, opened: int) -> Iterator[Total]:
    """Totals in the lines above a list: “全村共12户，发放资金1,038元”, where that is how many it lists.

    A title also mentions budgets and earlier payments; the number of households says that it is this list.
    """
    for index in range(shape.blocks[0].header_top):
        yield from stated_beside(grid, index, count, opened, at=opened)


def stated_beside(grid: Grid, index: int, count: int, opened: int, *, at: int) -> Iterator[Total]:
    """Totals in a line above or under a list that says how many it lists: “以上共12户，补贴金额1,038元”.

    Another number is another list's (全镇共300户), but “以上共7户” is of this one: R1 counts its households.
    """
    for cell in grid.rows[index]:
        text = squeezed(cell) if isinstance(cell, str) else ""
        listed = _HOUSEHOLDS.search(text) if not _BUDGET.search(text) else None
        of_it = listed and (int(listed[1]) == count or (count and _HERE.match(text)))
        amount = stated_in(text) if of_it else None
        if amount is not None:
            yield Total(
                sheet=grid.name,
                row=grid.line(index),
                column="",
                rank=2,
                at=at,
                start=opened,
                opened=opened,
                amount=amount,
            )


def under_all(totals: Sequence[Total], extent: Extent) -> list[Total]:
    """One sum under tables beside each other is of all their rows; two on one line are each their own's."""
    on_line = Counter(total.row for total in totals if total.amount is not None)
    return [
        msgspec.structs.replace(total, beside=extent) if on_line[total.row] == 1 else total
        for total in totals
    ]


def places_of_sums(table: Table, setting: Setting) -> dict[int, str]:
    """Lines from which a place holds that only a sum names, with its words; "" where it ends.

    “桥南村小计” stands under its rows, or over them: then it is their heading.
    """
    if setting.village or not setting.gazetteer:
        return {}
    sums = {
        index: words
        for index, kind in table.lines()
        if kind is Kind.TOTAL and setting.gazetteer.mentioned(words := table.words(index), setting.town).code
    }
    first = next((index for index, kind in table.lines() if kind is Kind.PAYEE), None)
    if first is None or not sums:
        return {}
    if min(sums) < first:
        table.headings.update(sums)
        return {}
    return dict(zip([first, *(index + 1 for index in sums)], [*sums.values(), ""], strict=True))
