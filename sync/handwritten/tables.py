"""CSV written by hand: rows by column with their line, and everything that is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from boards.model.line_faults import LineFault, nearest
from sync.handwritten.encoding import AS_CSV


class Row(NamedTuple):
    """One row of a table."""

    line: int
    cells: dict[str, str]


class Table(NamedTuple):
    """The rows that can be read, and what is wrong with them and with the others."""

    rows: list[Row]
    faults: list[LineFault]


def table(text: str, columns: Sequence[str], optional: str = "") -> Table:
    """A table whose header is exactly these columns, whose cells are filled; the optional one may follow."""
    lines = _lines(text, ",")
    _, header = next(lines, (1, []))
    if tuple(header) not in {tuple(columns), (*columns, optional)}:
        return Table([], [LineFault(1, "", _header_wrong(header, columns))])
    return _table(lines, header, columns, exact=True)


def loose_table(text: str, needed: Sequence[str], delimiter: str) -> Table:
    """A table that has at least these columns, in any order; the others may be there and may be empty."""
    lines = _lines(text, delimiter)
    _, first = next(lines, (1, []))
    header = [one.strip() for one in first]
    if not set(needed) <= set(header):
        return Table([], [LineFault(1, "", _header_wrong(header, needed))])
    return _table(lines, header, needed, exact=False)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with the line they begin in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        yield line, []


def _table(
    lines: Iterator[tuple[int, list[str]]], header: Sequence[str], needed: Sequence[str], *, exact: bool
) -> Table:
    found = Table([], [])
    for line, row in lines:
        if len(row) != len(header) and (exact or not row):
            why = f"有 {len(row)} 格，应有 {len(header)} 格：{','.join(header)}"
            found.faults.append(LineFault(line, "", why))
            continue
        typed = dict(zip(header, [*row, *[""] * len(header)], strict=False))
        cells = {column: cell.strip() for column, cell in typed.items()}
        wrong = {column: _cell_wrong(typed[column], exact=exact) for column in needed}
        found.faults.extend(LineFault(line, column, why) for column, why in wrong.items() if why)
        found.rows.append(Row(line, cells))
    return found


def _cell_wrong(typed: str, *, exact: bool) -> str:
    if not typed.strip():
        return "是空的"
    if "\n" in typed or "\r" in typed:
        return "这一格里有换行，多半是少了一个引号"
    return "前后有空格" if exact and typed.strip() != typed else ""


def _header_wrong(header: Sequence[str], known: Sequence[str]) -> str:
    """What the header should be, and the column that was probably meant."""
    told = f"表头应为 {','.join(known)}"
    if len(header) == 1 and any(mark in header[0] for mark in ";\t，"):
        return f"{told}，用英文逗号分隔。{AS_CSV}"
    guesses = [(one, nearest(one, known)) for one in header if one not in known]
    return told + "".join(f"；没有“{one}”这一列，是不是 {guess}？" for one, guess in guesses if guess)
