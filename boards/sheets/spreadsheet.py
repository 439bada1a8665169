"""Tables that a spreadsheet program opens: CSV in which no text is a formula. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA_BEGINS: Final = "=+-@\t\r＝＋－＠"
"""What a program takes for the beginning of a formula, full-width signs too."""


def csv_of(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """UTF-8 with the mark Excel and WPS look for, lines end as RFC 4180 §2 says; None is an empty cell."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(one) for one in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: str | int | None) -> str | int:
    """A number as it is; a text that could be a formula behind a tab, which keeps it a text."""
    if isinstance(value, str) and value.lstrip(" \u3000")[:1] in tuple(FORMULA_BEGINS):
        return f"\t{value}"
    return "" if value is None else value
