"""What every file format becomes: sheets of plain cells, with what a reader must know of their shape."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

import msgspec

Value: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
"""One cell as stored. An empty cell is ""."""

Fault: TypeAlias = Literal["error", "formula"]
"""Why a cell has no value: #REF! and the like, or a formula nobody calculated."""


class Merge(msgspec.Struct, frozen=True, gc=False):
    """A merged range, zero-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def across(self) -> int:
        """How many columns it covers."""
        return self.right - self.left + 1


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet: rows of equal or unequal length, merges, and what is hidden.

    `lines` numbers the rows where that is not simply 1, 2, 3 … (CSV: physical lines).
    """

    name: str | None  # None in a text file
    rows: list[list[Value]]
    merges: tuple[Merge, ...] = ()
    lines: tuple[int, ...] = ()
    visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    faults: dict[tuple[int, int], Fault] = {}  # by row and column
    struck: frozenset[tuple[int, int]] = frozenset()  # cells whose text is struck out, by row and column
    scaled: dict[tuple[int, int], str] = {}  # number formats that show another figure than is stored
    comments: tuple[tuple[str, str], ...] = ()  # cell reference and text

    def line(self, index: int) -> int:
        """Row number a clerk sees beside this row."""
        return self.lines[index] if self.lines else index + 1


class Aside(msgspec.Struct, frozen=True, gc=False):
    """A text of a file that stands in no cell. It is searched for private numbers and goes nowhere."""

    place: str  # 页眉、页脚, 文档属性 …
    text: str
    sheet: str | None = None


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """A file as read by one format."""

    format: str  # xlsx, xls, ods, html, spreadsheetml, csv, tsv
    sheets: tuple[Grid, ...]
    looked_twice: bool = True  # False: what is hidden could not be determined
    asides: tuple[Aside, ...] = ()
    linked: bool = False  # some values were taken from other files when it was last calculated


_POWER = re.compile(r"[万亿%‰]|[千百]元")
_DRAWN = re.compile(r"[0#?](?:[!\\]\.|\"\.\")([0#?]*)")
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?,])")
_WRITTEN = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|[\\_*!].")
_CONDITION, _DRAWS = re.compile(r"\[[<>=]"), re.compile(r"[0#?@A-Za-z]")
_APART = re.compile(r";.*|\[[^\]]*\]", re.DOTALL)


def scales(code: str) -> bool:
    """Whether a number format shows another figure than is stored, a unit, or no figure: 0!.0000, 0.00万."""
    plain = _APART.sub("", code)
    return bool(_POWER.search(plain)) or divided_by(code) != 1 or hides(code)


def hides(code: str) -> bool:
    """Whether no figure is drawn; with conditions ([=0]"";General) other sections may draw it."""
    first, *others = _WRITTEN.sub("", code).split(";")
    drawn = "".join((first, *others)) if _CONDITION.search(code) else first
    return bool(code) and not _DRAWS.search(drawn)


def divided_by(code: str) -> int:
    """What a number format divides by before it shows a figure.

    A comma behind the last figure divides by a thousand; a point behind ! or a backslash, or in quotes, is
    only drawn, and the figures behind it are places of the whole number.
    """
    plain = _APART.sub("", code)
    drawn, commas = _DRAWN.search(plain), _THOUSANDS.search(plain)
    places = (len(drawn[1]) if drawn else 0) + (3 * len(commas[1]) if commas else 0)
    return int(10**places)


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA: the letter a spreadsheet program shows."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
