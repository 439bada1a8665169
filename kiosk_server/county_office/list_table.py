"""A list as a table of texts: the columns of its printed sheet, and what only screens show."""

from __future__ import annotations

from typing import NamedTuple

from boards.model.money import yuan
from boards.sheets.sheet import Line, Sheet


class ListTable(NamedTuple):
    """What a reviewer reads line by line; `figures` are the columns of numbers."""

    head: tuple[str, ...]
    figures: frozenset[int]
    rows: tuple[tuple[str, ...], ...]


def list_table(sheet: Sheet) -> ListTable:
    """Every line of a sheet."""
    from printouts.columns import layout_of  # noqa: PLC0415 - reportlab, only where somebody looks

    columns = [(one.label, one.align == "r", one.text) for one in layout_of(sheet).columns]
    columns += [("更正前", False, _before), ("备注", False, lambda line: line.remark)]
    told = [(label, right, [text(line) for line in sheet.lines]) for label, right, text in columns]
    filled = [one for one in told if any(one[2])]
    return ListTable(
        head=tuple(label for label, _, _ in filled),
        figures=frozenset(at for at, (_, right, _) in enumerate(filled) if right),
        rows=tuple(zip(*(texts for _, _, texts in filled), strict=True)),
    )


def _before(line: Line) -> str:
    return "" if line.corrected_from_fen is None else f"{yuan(line.corrected_from_fen)} {line.corrected_why}"
