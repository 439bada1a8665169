"""Free text beside a row: what may be published of it, and what is said where it may not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from boards.model.findings import Level
from boards.model.privacy.withheld import told_in_text
from boards.model.privacy.words import WordKind, words_in
from sync.county.formats.cells import text_of
from sync.county.roster.columns.thresholds import FRAME_CELLS, FRAME_ROWS

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.roster.columns.column import Column
    from sync.county.roster.rows.table import Table, Tell

_PLOTS = re.compile(r"地块|小班|坐落|位置|图斑")
_KINDS = {
    WordKind.ADDRESS: ("UNMASKED_ADDRESS_IN_TEXT", "文字里有门牌住址，公示只写到村、组。"),
    WordKind.HEALTH: ("HEALTH_IN_TEXT", "文字里有疾病或残疾情况，公示时必须去掉。"),
    WordKind.EMAIL: ("UNMASKED_CONTACT_IN_TEXT", "文字里有电子邮箱，公示时必须去掉。"),
    WordKind.PLATE: ("UNMASKED_CONTACT_IN_TEXT", "文字里有车牌号，公示时必须去掉。"),
    WordKind.QQ: ("UNMASKED_CONTACT_IN_TEXT", "文字里有 QQ 号，公示时必须去掉。"),
    WordKind.WECHAT: ("UNMASKED_CONTACT_IN_TEXT", "文字里有微信号，公示时必须去掉。"),
}


class FreeText:
    """Reads the texts beside the rows of one table; one with something personal in it is dropped whole."""

    def __init__(self, table: Table, tell: Tell) -> None:
        self._about, self._tell = said_over(table), tell

    def of(self, cells: list[Value], columns: tuple[Column, ...], item: str = "") -> str:
        """Texts of one line together; `item` is the programme or thing the line itself names."""
        texts = []
        for column in columns:
            text = text_of(column.cell(cells))
            words = self._about + item, column.header
            if private := (told_in_text(text) or _private_words(text, *words)) if text else None:
                self._tell(Level.WARNING, private[0], column, private[1])
            elif text:
                texts.append(text)
        return " ".join(texts)


def said_over(table: Table) -> str:
    """What the list calls itself: its sheet and the lines over its first header (P6)."""
    over = table.grid.rows[: min(table.block.start, FRAME_ROWS)]
    titles = (row for row in over if sum(cell not in {"", None} for cell in row) <= FRAME_CELLS)
    words = (cell for row in titles for cell in row if isinstance(cell, str))
    return "　".join((table.grid.name or "", *words))


@lru_cache(maxsize=4096)
def _private_words(text: str, about: str, header: str) -> tuple[str, str] | None:
    """Code and message when words of a text must not be public; a plot's number is no door's."""
    plot = bool(_PLOTS.search(header))
    return next(
        (_KINDS[kind] for kind in words_in(text, about) if not (plot and kind is WordKind.ADDRESS)), None
    )
