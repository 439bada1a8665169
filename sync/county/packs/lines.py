"""Small changes of a file written by hand, line by line: comments, order and spelling of the rest stay."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence

from boards.model.errors import Fault, Refusal
from sync.handwritten.toml import UNREADABLE, places

Cells = Mapping[str, str]
Value = str | int | bool
_HEADER = re.compile(r"\s*\[")


class EditByHand(Refusal):
    """A file spells a field so that no line of it can be changed alone."""

    code = "edit-by-hand"
    fault = Fault.PERSON
    sentence = "{file} 的写法特殊，不能逐项修改，没有改动。"
    advice = "请用文本编辑器打开这个文件，改好后运行 county pack check。"


def with_value(text: str, way: tuple[str, ...], value: Value | None, file: str) -> str:
    """A TOML text with one value set, or taken out; its comment stays. Raises EditByHand."""
    lines = text.split("\n")
    try:
        before = tomllib.loads(text)
        if at := places(lines).get(way):
            changed = _replaced(lines, at - 1, value)
        else:
            if value is None:
                return text
            changed = _added(lines, way, value)
        if tomllib.loads(changed) == _meant(before, way, value):
            return changed
    except UNREADABLE as e:
        raise EditByHand(file=file) from e
    raise EditByHand(file=file)


def _meant(table: dict[str, object], way: tuple[str, ...], value: object) -> dict[str, object]:
    """What the text must say afterwards."""
    first, *rest = way
    inner = table.get(first, {})
    if rest:
        if not isinstance(inner, dict):
            raise tomllib.TOMLDecodeError
        return {**table, first: _meant(inner, tuple(rest), value)}
    kept = {key: one for key, one in table.items() if key != first}
    return kept if value is None else {**kept, first: value}


def _replaced(lines: list[str], at: int, value: Value | None) -> str:
    """The lines with the statement that begins at one of them set anew."""
    end = at + 1
    while not _reads("\n".join(lines[at:end])) and end < len(lines):
        end += 1
    if value is None:
        return "\n".join([*lines[:at], *lines[end:]])
    name, _, said = "\n".join(lines[at:end]).partition("=")
    comment = _comment(said)
    return "\n".join([*lines[:at], f"{name}= {_written(value)}{comment}", *lines[end:]])


def _reads(text: str) -> bool:
    try:
        return bool(tomllib.loads(text))
    except UNREADABLE:
        return False


def _comment(said: str) -> str:
    """What stands behind a value, with the space before it."""
    for found in re.finditer(r"\s*#", said):
        if _reads(f"a={said[: found.start()]}"):
            return said[found.start() :]
    return ""


def _added(lines: list[str], way: tuple[str, ...], value: Value) -> str:
    """The lines with a new one at the end of its table; the table too, where there is none."""
    said = f"{way[-1]} = {_written(value)}"
    begins = places(lines).get(way[:-1], 0) if way[:-1] else 0
    if way[:-1] and not begins:
        while lines and not lines[-1].strip():
            lines = lines[:-1]
        return "\n".join([*lines, "", f"[{'.'.join(way[:-1])}]", said, ""])
    ends = next((at for at in range(begins, len(lines)) if _HEADER.match(lines[at])), len(lines))
    while ends > begins and not _reads(lines[ends - 1]) and not _closes(lines, begins, ends):
        ends -= 1
    return "\n".join([*lines[:ends], said, *lines[ends:]])


def _closes(lines: list[str], begins: int, ends: int) -> bool:
    """Whether a statement of several lines ends here."""
    line = lines[ends - 1].strip()
    return bool(line) and not line.startswith("#") and _reads("\n".join(lines[begins:ends]))


def _written(value: Value) -> str:
    """A value as TOML writes it; a JSON string is a TOML basic string."""
    return json.dumps(value, ensure_ascii=False)


def with_row(text: str, columns: Sequence[str], is_it: Callable[[Cells], bool], row: Cells) -> str:
    """A table with a row changed where it is in, else put at its end; a column it lacks is added."""
    lines = _parted(text) or [f"{','.join(columns)}\n"]
    header = _cells(lines[0])
    for column in row:
        if column not in header and row[column]:
            lines, header = [f"{line.rstrip(chr(10))},\n" for line in lines], [*header, column]
            lines[0] = f"{lines[0].rstrip(',' + chr(10))},{column}\n"
    at = next((n for n, line in enumerate(lines) if n and is_it(_named(header, line))), len(lines))
    before = _named(header, lines[at]) if at < len(lines) else {}
    if lines[-1] and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines[at : at + 1] = [_line([{**before, **row}.get(column, "") for column in header])]
    return "".join(lines)


def without_rows(text: str, is_it: Callable[[Cells], bool]) -> str:
    """A table without some rows."""
    lines = _parted(text)
    header = _cells(lines[0]) if lines else []
    return "".join(line for n, line in enumerate(lines) if not n or not is_it(_named(header, line)))


def _parted(text: str) -> list[str]:
    """The rows of a table as they are written, quoted line breaks and all."""
    parts: list[str] = []
    held = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        held += line
        if held.count('"') % 2 == 0:
            parts, held = [*parts, held], ""
    return [*parts, held] if held else parts


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line, newline="")), [])]


def _named(header: Sequence[str], line: str) -> dict[str, str]:
    return dict(zip(header, _cells(line), strict=False))


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
