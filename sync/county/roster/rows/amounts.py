"""The amount of one line, from its column or its parts together: never guessed, never 0 when unread."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.errors import Refusal
from boards.model.findings import Level
from boards.model.money import fen_from_words, rounded_fen, yuan
from sync.county.formats.cells import figure, squeezed
from sync.county.roster.columns.thresholds import AMOUNT_LIMIT
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table, Tell

VALUELESS = {
    "error": ("CELL_ERROR", "单元格是错误值（如 #REF!、#DIV/0!），请改成正确的内容。"),
    "formula": ("FORMULA_NOT_CALCULATED", "公式没有算出的结果，请在 Excel 或 WPS 中打开并保存一次。"),
}
_DASH = re.compile(r"[-－–—―/／]{1,4}|无")


class Amounts:
    """Reads the amounts in the lines of one table."""

    def __init__(self, table: Table, tell: Tell) -> None:
        self._picked, self._spans, self._faults = table.picked, table.spans, table.grid.faults
        self._money, self._tell = table.picked.money, tell
        self._in_words = next(iter(table.band.of(What.IN_WORDS)), None)

    def of(self, index: int, cells: list[Value]) -> Decimal | None:
        """Yuan as written: the amount, or its parts together; an error (and None) when it cannot be read."""
        if not self._money:
            return Decimal(0)  # an application list: who applied for what area
        read = [self._part(index, cells, column) for column in self._money]
        known = [part for part in read if part is not None]
        if not known:
            return None
        amount = sum(known[1:], known[0])
        other = self._picked.rival.value(cells) if self._picked.rival else None
        if other is not None and other != amount:
            message = "两列金额的表头一样，数却不一样，请确认哪一列是实发。"
            self._tell(Level.WARNING, "AMOUNTS_DISAGREE", self._money[0], message)
        if self._in_words:
            self._words_agree(squeezed(self._in_words.cell(cells)), self._in_words, amount)
        if amount < 0:
            self._tell(Level.ERROR, "NEGATIVE_AMOUNT", self._money[0], "金额是负数，不能公示为发放。")
        return amount

    def _words_agree(self, text: str, column: Column, amount: Decimal) -> None:
        """大写 beside 小写 is held against it, line by line (domain §1.8)."""
        fen = fen_in_words(text) if text else rounded_fen(amount)
        if fen is None:
            self._tell(Level.WARNING, "WORDS_UNREADABLE", column, "大写金额写得不规范，无法核对。")
        elif fen != rounded_fen(amount):
            message = f"大写金额是{yuan(fen)}元，与数字{yuan(rounded_fen(amount))}元不一致。"
            self._tell(Level.ERROR, "WORDS_MISMATCH", column, message)

    def _part(self, index: int, cells: list[Value], column: Column) -> Decimal | None:
        read = figure(column.cell(cells))
        if read.full_width:
            self._tell(Level.NOTE, "FULLWIDTH_DIGITS", column, "全角数字按半角处理。")
        value = column.read(read)
        if value is not None and abs(value) < AMOUNT_LIMIT:
            return value * column.meaning.factor
        if read.empty and len(self._money) > 1:
            return Decimal(0) if any(one.number(cells) is not None for one in self._money) else None
        if (index, column.index) in self._faults:
            return None  # told already
        if (fen := fen_in_words(squeezed(column.cell(cells)))) is not None:
            return Decimal(fen) / 100
        area = self._picked.quantity  # a dash beside an area may be an amount nobody typed
        if area and not area.number(cells) and _DASH.fullmatch(squeezed(column.cell(cells))):
            self._tell(Level.NOTE, "AMOUNT_DASH", column, "金额写的是横线，按没有金额（0 元）处理。")
            return Decimal(0)
        if read.empty and self._spans.owner(index, column.index)[0] != index:
            self._tell(
                Level.ERROR, "MERGED_DATA_CELLS", column, "金额单元格与上一行合并，看不出这一行的金额。"
            )
        else:
            message = "金额是空的。" if read.empty else "金额不是能读出来的数字。"
            self._tell(Level.ERROR, "AMOUNT_UNREADABLE", column, message)
        return None


def fen_in_words(text: str) -> int | None:
    """An amount written out, in fen; None for anything else."""
    try:
        return fen_from_words(text)
    except Refusal:
        return None
