"""Between cells and findings: payee lines, totals and summary lines, as the walk over a file met them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

import msgspec

from sync.county.reading import Row

Extent: TypeAlias = tuple[int, int]
"""Half-open range of entries."""


class Inner(msgspec.Struct, frozen=True, gc=False):
    """A total inside a row that is not what its parts come to, as written."""

    column: str
    stated: Decimal
    summed: Decimal
    others: tuple[Decimal, ...]  # figures beside them that may be the difference
    of_money: bool  # else of areas


class Family(msgspec.Struct, frozen=True, gc=False):
    """What a row says of a family that shares an account."""

    household: str = ""  # 户号, or the number its lines have in common
    kin: bool = False  # named as somebody's: 与户主关系, or 夫妻 in a remark


class Unseen(msgspec.Struct, frozen=True, gc=False):
    """A payee whose row is hidden, or whose name or figures are struck out (then in this column)."""

    sheet: str | None
    row: int
    struck: str = ""


class Note(msgspec.Struct, frozen=True, gc=False):
    """A sentence under a list that says that somebody is not paid."""

    sheet: str | None
    row: int
    text: str


ALONE = Family()


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One payee row with what checks need and nobody publishes."""

    row: Row
    amount: Decimal | None  # yuan, exactly as written (a third decimal is still here)
    product: Decimal | None  # quantity × rate in yuan, rounded to the fen, where the table says both
    twin: int  # equal for rows that say the same of the same person
    amount_column: str = ""
    seq_column: str = ""
    known_by: str = ""  # the payee's own ID, where name and ID are surely one person's
    written_rate: Decimal | None = None  # as its own cell has it: a rate may also be merged down
    inner: tuple[Inner, ...] = ()  # nearly always empty
    place_column: str = ""  # of its village, where it has one
    as_text: bool = False  # its amount is a text in a workbook, which spreadsheet programs do not sum
    account: str = ""  # its digits, where whole
    family: Family = ALONE
    things: tuple[str, ...] = ()  # what tells two rows of one person apart: plot, item, day …


FIRST_LINE, HEADING = "首行", "表头上方"
"""Sources of what is said over a list by a line that is no title: its first, or one that names a village."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a text around a list says of it; "" for what it does not say, or says twice."""

    source: str  # 文件名, 标题, 工作表名, 落款, FIRST_LINE, HEADING
    text: str
    village: str  # code; a name like one of ours that is none
    named: tuple[str, ...]  # codes of all villages in it
    town: str
    year: str
    programme: str


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the entries from `start` on, up to the next title."""

    sheet: str | None
    start: int
    said: tuple[Said, ...]


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """How quantity, rate and amount of one table go together, by its first rows."""

    stated: tuple[Decimal, ...] = ()  # by the title, for everybody
    title: str = ""  # what the list calls itself
    binds: bool = False  # most rows have a rate of their own, and it is the title's
    lived: Decimal | None = None  # the one rate its rows live by, written or not
    followed: bool = False  # the title's rate makes the amount of a row at least
    implied: Decimal | None = None  # makes nearly all amounts, where neither column nor title says it


class TableFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one table shows as a whole. Columns are letters; "" where it has none."""

    sheet: str | None
    extent: Extent  # its entries
    beside: bool  # to the right of another one, under the same header
    preface: str  # the lines over the first header of its sheet
    amount: str
    amount_header: str
    shown_as: str  # the number format by which its amounts are read; "" for none
    rate: str
    account: str
    counted: frozenset[str]  # people and figures: what a row is paid by
    goods: bool  # a column says what is given in kind
    unread_money: tuple[tuple[str, str], ...]  # columns nobody understood that may be amounts, with headers
    rates: Rates
    shares: dict[str, str]  # programmes in a row whose amount is quantity × rate: the column of that amount


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A line that sums others: where, what it declares, and how many entries came before it."""

    sheet: str | None
    row: int
    column: str
    rank: int  # 0 小计, 1 合计, 2 总计
    at: int  # entries before it in the whole file
    start: int  # entries before its block
    opened: int  # entries before its sheet
    amount: Decimal | None = None  # yuan
    quantity: Decimal | None = None  # 亩 or things, in the same unit as its rows
    quantity_column: str = ""
    words: str = ""
    inner: tuple[Inner, ...] = ()  # sums of the parts that are not the sum of the total
    beside: Extent | None = None  # entries of all tables beside each other, where one sum stands under them


class SummaryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One place's line of a summary sheet: cross-checked, never a payee."""

    sheet: str | None
    row: int
    column: str
    village: str  # code or text
    group: str = ""
    amount: Decimal
    total: bool = False  # 合计 of the summary itself
    households: int | None = None
    households_column: str = ""
    quantity: Decimal | None = None
    quantity_column: str = ""


Layouts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Corrections by a layout's fingerprint: column letter → meaning."""
