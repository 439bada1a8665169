"""R2: an amount is quantity × rate, rounded half up, within one fen; a rate is the announced one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import CellFinding, Level
from boards.model.money import product_fen, rounded_fen, yuan
from sync.county.checks.place import warned
from sync.county.roster.columns.arithmetic import point_slipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boards.model.payouts import Payout
    from sync.county.checks.whole import Whole
    from sync.county.roster.entries import Entry, Rates, TableFacts

ROUNDING_FEN = 1
MOST_TIMES = 12
FINEST = 6  # so many decimals nobody types: a formula's result, cut by its cell
_HEDGED = re.compile(
    r"其中|最高|最低|不超过|不低于|不高于|以内|以上|上限|封顶|另|叠加|追加|分档|阶梯|至|[~～—]|公顷|平方米|平米|㎡"
)
_NOT_PRODUCT = "AMOUNT_NOT_AREA_TIMES_RATE"


def product_missed(payout: Payout) -> str:
    """How a payout's amount misses its quantity × rate; "" where it follows or has none."""
    if payout.quantity is None or payout.rate is None or payout.in_kind or not payout.amount_fen:
        return ""
    expected = product_fen(payout.quantity, payout.rate)
    return (
        f"数量乘标准为{yuan(expected)}元，金额为{yuan(payout.amount_fen)}元。"
        if _missed(expected, payout.amount_fen)
        else ""
    )


def _missed(expected: int, fen: int) -> bool:
    return abs(expected - fen) > ROUNDING_FEN


def amounts_follow_rates(whole: Whole) -> Iterator[CellFinding]:
    """Amounts follow the rates of tables whose rows are made that way, and rates follow the title."""
    for entry in whole.entries:
        fen, product = entry.row.payout.amount_fen, entry.product
        if product is not None and fen > 0 and entry.amount != product:
            yield from _product(entry, product, fen, entry.amount_column)
    for table in whole.tables:
        entries = whole.entries[slice(*table.extent)]
        yield from _unrounded(entries, table)
        if _title_ignored(table.rates):
            yield CellFinding(
                level=Level.WARNING,
                code="TITLE_RATE_NOT_FOLLOWED",
                sheet=table.sheet,
                message="标题上写的补贴标准没有一行照着算，请核对标准或标题。",
            )
        if table.rates.binds:
            yield from _rates_of_the_title(entries, table)
        if table.rates.implied is not None:
            yield from _slips(entries, table, table.rates.implied)
        if table.shares:
            yield from _shares(entries, table.shares)


def _unrounded(entries: Sequence[Entry], table: TableFacts) -> Iterator[CellFinding]:
    """Amounts with a third decimal: area × rate not yet rounded is one note, with what that makes."""
    exact: list[Decimal] = []
    fen = 0
    for entry in entries:
        if entry.amount is None or entry.amount == round(entry.amount, 2):
            continue
        if _is_exact(entry.row.payout, entry.amount, table.rates.lived):
            exact.append(entry.amount)
            fen += entry.row.payout.amount_fen
        else:
            message = "金额超过两位小数，按四舍五入到分处理，请确认。"
            yield warned(entry.row, "AMOUNT_MORE_THAN_2_DECIMALS", message, entry.amount_column)
    if exact:
        message = (
            f"列{table.amount}有{len(exact)}行是面积（数量）乘标准的原数，没有四舍五入；"
            f"各行按分处理，合计因此相差{yuan(fen - rounded_fen(sum(exact, Decimal(0))))}元。"
        )
        code, column = "AMOUNTS_UNROUNDED", table.amount
        yield CellFinding(level=Level.NOTE, code=code, sheet=table.sheet, column=column, message=message)


def _is_exact(payout: Payout, amount: Decimal, lived: Decimal | None) -> bool:
    """Whether an amount is area × rate in full, or as far as a cell has decimals."""
    rate, exponent = payout.rate or lived, amount.as_tuple().exponent
    if payout.quantity is None or rate is None or not isinstance(exponent, int):
        return False
    exact = payout.quantity * rate
    return amount in {exact, round(exact, -exponent) if exponent <= -FINEST else None}


def _product(entry: Entry, product: Decimal, fen: int, column: str) -> Iterator[CellFinding]:
    expected = rounded_fen(product)
    if _missed(expected, fen):
        yield warned(
            entry.row,
            _NOT_PRODUCT,
            f"面积（数量）乘标准应为{yuan(expected)}元，表上是{yuan(fen)}元。",
            column,
        )


def _title_ignored(rates: Rates) -> bool:
    """Whether the title states one rate, plainly, and all rows live by another, not by its twelfth."""
    if len(rates.stated) != 1 or rates.lived is None or rates.followed or _HEDGED.search(rates.title):
        return False
    low, high = sorted((rates.stated[0], rates.lived))
    return bool(low) and (high % low != 0 or high > MOST_TIMES * low)


def _rates_of_the_title(entries: Sequence[Entry], table: TableFacts) -> Iterator[CellFinding]:
    """A rate beside a title that states another one, in a table that otherwise keeps to it."""
    for entry in entries:
        if entry.written_rate and entry.written_rate not in table.rates.stated:
            yield warned(entry.row, "RATE_NOT_AS_TITLE", "补贴标准与标题上写的不一样，请确认。", table.rate)


def _slips(entries: Sequence[Entry], table: TableFacts, rate: Decimal) -> Iterator[CellFinding]:
    """An amount ten times what the rate of nearly all other rows makes of its area."""
    for entry in entries:
        quantity, amount = entry.row.payout.quantity, entry.amount
        if quantity is not None and amount is not None and point_slipped(quantity * rate, amount):
            yield warned(
                entry.row,
                _NOT_PRODUCT,
                f"别的行都是每单位{rate:f}元，这一行像是小数点错位，请核对面积和金额。",
                table.amount,
            )


def _shares(entries: Sequence[Entry], columns: dict[str, str]) -> Iterator[CellFinding]:
    """Each programme by itself, where a row holds several."""
    for entry in entries:
        for share in entry.row.shares:
            column = columns.get(share.programme)
            if column and share.quantity is not None and share.rate is not None and share.amount_fen > 0:
                yield from _product(entry, share.quantity * share.rate, share.amount_fen, column)
