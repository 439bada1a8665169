"""The account of a line, and whether its line says that a family shares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.county.formats.cells import squeezed, text_of
from sync.county.roster.columns.thresholds import LONGEST_ACCOUNT, SHORTEST_ACCOUNT
from sync.county.roster.columns.words import What
from sync.county.roster.entries import ALONE, Family

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.roster.rows.table import Table

_HOUSEHOLD = re.compile(r"户[口籍]?(?:编?[号码]|编码|本号?|序)$|家庭(?:编?[号码]|编码)")
_RELATION = re.compile(r"关系")
_KIN = re.compile(
    r"夫妻|夫妇|[父母][子女]|祖孙|兄弟|姐妹|姊妹|配偶|妻|丈夫|[长次三]?[子女媳孙婿]$|之[妻夫子女父母媳孙]"
    r"|同一?户|一户|家庭|共用|[父母]亲?$|爱人|老伴"
)
_BESIDE = frozenset({What.OTHER, What.SEQ, What.REMARK, What.HOUSEHOLDS, What.ITEM, What.REASON})


def names_kin(text: str) -> bool:
    """Whether a relation or a remark names somebody as one of a family."""
    return bool(_KIN.search(squeezed(text)))


class Accounts:
    """Reads the account of each line of one table."""

    def __init__(self, table: Table) -> None:
        column, seq = (next(iter(table.band.of(what)), None) for what in (What.ACCOUNT, What.SEQ))
        beside = table.band.of(*_BESIDE)
        self.column = column
        self._households = [one for one in beside if _HOUSEHOLD.search(squeezed(one.header))]
        self._relations = [one for one in beside if _RELATION.search(one.header)]
        merged = seq and any(
            one.left <= seq.index <= one.right and one.bottom > one.top for one in table.grid.merges
        )
        self._seq, self._spans = seq if merged else None, table.spans
        self.of_families = bool(self._households or self._relations or self._seq)

    def number(self, cells: list[Value]) -> str:
        """Its digits; "" where there are none, or masked ones."""
        cell = self.column.cell(cells) if self.column else ""
        if type(cell) is not str or not cell.isdecimal():
            cell = squeezed(text_of(cell)).replace("-", "")
        whole = SHORTEST_ACCOUNT <= len(cell) <= LONGEST_ACCOUNT and cell.isdecimal() and cell.isascii()
        return cell if whole else ""

    def family(self, index: int, cells: list[Value]) -> Family:
        """Its household's number, or its own number where that is merged over lines; whether it names kin."""
        household = next(filter(None, (text_of(one.cell(cells)) for one in self._households)), "")
        if self._seq and not household:
            top = self._spans.owner(index, self._seq.index)[0]
            household = f"{top}" if self._spans.bottom(index, self._seq.index) > top else ""
        kin = any(names_kin(text_of(one.cell(cells))) for one in self._relations)
        return Family(household, kin) if household or kin else ALONE
