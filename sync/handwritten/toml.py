"""TOML written by hand, held against a Struct. tomllib reads it, and tomllib says where: no second parser.

A text is cut into its statements by asking tomllib how many lines make one; so every key has its line. What
tomllib cannot read is taken out and told, and the rest is judged as if it stood alone.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import msgspec

from boards.model.line_faults import LineFault
from sync.handwritten.shape import DAYS, Way, Wrong, shown, wrong

T = TypeVar("T", bound=msgspec.Struct)
Rules = Callable[[dict[str, Any]], Iterator[Wrong]]
"""What one value alone cannot say; given the values that are sound."""

UNREADABLE = (tomllib.TOMLDecodeError, RecursionError)  # the second: brackets in brackets without end
LINES_OF_ONE = 2_000  # no statement is longer
UNREADABLE_AT_MOST = 50
_BEGINS = re.compile(r"\s*(?:\[|[\w.\"'-]+\s*[=＝:：])", re.ASCII)
_NAMED = re.compile(r"\s*\[*\s*([\w.-]+)", re.ASCII)
_WIDE = re.compile("[“”‘’＝：，［］]")
_OPEN = re.compile(r"nclosed|ntermin|at end of document|'\\n'")


class _Legible(NamedTuple):
    """A text without what tomllib cannot read."""

    lines: list[str]
    faults: list[LineFault]
    lost: set[str]  # keys and tables taken out


def _no_rules(_: dict[str, Any]) -> Iterator[Wrong]:
    yield from ()


def read(text: str, kind: type[T], rules: Rules = _no_rules) -> T | list[LineFault]:
    """What a TOML text says, or all its faults in the order of their lines."""
    lines, faults, lost = _legible(text)
    table = tomllib.loads("\n".join(lines))
    found = [one for one in wrong(table, kind) if not (one.missing and one.way[-1] in lost)]
    found += rules(_sound(table, {one.way for one in found}, ()))
    if not found and not faults:
        return msgspec.convert(table, kind, builtin_types=DAYS)
    at = places(lines)
    return sorted([*faults, *(LineFault(line_of(at, one.way), shown(one.way), one.why) for one in found)])


def line_of(at: Mapping[Way, int], way: Way) -> int:
    """Line of a key, else of the table it belongs in, else the first."""
    return next((at[way[:size]] for size in range(len(way), 0, -1) if way[:size] in at), 1)


def places(lines: list[str]) -> dict[Way, int]:
    """The line of every table, key and item of a legible text."""
    found: dict[Way, int] = {}
    above: Way = ()
    tables: Counter[Way] = Counter()
    for first, last, said in _statements(lines):
        if lines[first].lstrip().startswith("["):
            above = _header(said, tables)
            for size in range(1, len(above) + 1):
                found.setdefault(above[:size], first + 1)
        for line in range(first, last):  # a list over several lines: its items, by closing it early
            with suppress(*UNREADABLE):
                _note(found, above, tomllib.loads("\n".join(lines[first : line + 1]) + "]"), line + 1)
        _note(found, above, said, first + 1)
    return found


def _note(found: dict[Way, int], above: Way, said: object, line: int) -> None:
    """Give a line to everything said that has none yet."""
    items = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for key, inner in items:
        found.setdefault((*above, key), line)
        _note(found, (*above, key), inner, line)


def _header(said: dict[str, Any], tables: Counter[Way]) -> Way:
    """Where the keys below a header belong; the tables of a list are counted."""
    way: Way = ()
    while said:
        ((key, inner),) = said.items()
        way, said = (*way, key), inner if isinstance(inner, dict) else {}
        tables[way] += isinstance(inner, list)
        if tables[way]:
            way = (*way, tables[way] - 1)
    return way


def _statements(lines: list[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """First and last line of each statement, from 0, and what it says; one without an end says nothing."""
    first = 0
    for last in range(len(lines)):
        try:
            said = tomllib.loads("\n".join(lines[first : last + 1]))
        except UNREADABLE:
            if last - first >= LINES_OF_ONE:
                break
            continue
        yield first, last, said
        first = last + 1
    if first < len(lines):
        yield first, first, {}


def rewritten(text: str, values: Mapping[Way, object], gone: Container[Way]) -> str:
    """A text with other values under some keys and without others; all the rest stays, comments too.

    A key that is not there comes first in its table; with one that goes, the comment above it goes. Keys are
    found on lines of their own, so who calls compares what tomllib reads of both.
    """
    parts = [*_parts(text.split("\n"))]
    missing = [key for key in values if not any(part.way == key for part in parts)]
    kept = [f"{key[-1]} = {_value(values[key])}" for key in missing if len(key) == 1]
    for part in parts:
        if part.way[:1] in gone or part.way in gone:
            while part.key and kept and kept[-1].startswith("#"):
                kept.pop()
        elif part.key and part.way in values:
            kept.append(f"{part.way[-1]} = {_value(values[part.way])}")
        else:
            kept += part.lines
            within = part.way if part.table else None
            kept += [f"{key[-1]} = {_value(values[key])}" for key in missing if key[:-1] == within]
    return "\n".join(kept)


class _Part(NamedTuple):
    """Some lines: a table's head, a key with its value, or what lies between them."""

    way: Way
    lines: list[str]
    table: bool = False
    key: bool = False


def _parts(lines: list[str]) -> Iterator[_Part]:
    above: Way = ()
    for first, last, said in _statements(lines):
        table = lines[first].lstrip().startswith("[")
        above = _header(said, Counter()) if table else above
        key = bool(said) and not table
        yield _Part((*above, *said) if key else above, lines[first : last + 1], table, key)


def _value(value: object) -> str:
    """A text, or a list of texts: JSON writes them as TOML does."""
    return msgspec.json.encode(value).decode()


def _legible(text: str) -> _Legible:
    """Take out one broken statement after the other; too many, and nothing is left."""
    found = _Legible(text.split("\n"), [], set())
    while len(found.faults) < UNREADABLE_AT_MOST:
        try:
            tomllib.loads("\n".join(found.lines))
        except UNREADABLE as why:
            _take_out(found, str(why))
        else:
            return found
    return found._replace(lines=[])


def _take_out(found: _Legible, told: str) -> None:
    """The statement tomllib stopped in, up to where the next begins; of a header, up to the next header."""
    lines = found.lines
    stopped = re.search(r"line (\d+)", told)
    at = int(stopped[1]) - 1 if stopped else max(n for n, line in enumerate(lines) if line.strip())
    *_, (first, _, _) = _statements(lines[: at + 1])
    named = _NAMED.match(lines[first])
    ends = "[" if lines[first].lstrip().startswith("[") else ""
    last = first + 1
    while last < len(lines) and not (_BEGINS.match(lines[last]) and lines[last].lstrip().startswith(ends)):
        last += 1
    blamed = first if _OPEN.search(told) or not stopped else at
    found.faults.append(LineFault(blamed + 1, named[1] if named else "", _mend(told, lines[blamed])))
    found.lost.update({named[1], named[1].rpartition(".")[2]} if named else ())
    lines[first:last] = [""] * (last - first)


def _mend(told: str, line: str) -> str:
    """What to do about a line tomllib cannot read."""
    if _WIDE.search(line.partition("#")[0]):
        return '引号、等号、逗号和括号要用英文半角的，例如 name = "文字"'
    if "overwrite" in told or "twice" in told or "already" in told:
        return "写了两次，只留一处"
    if _OPEN.search(told):
        return "引号或括号没有写完，请补上另一半"
    return '写法不对：一行一项，像 name = "文字"、n = 7、day = 2025-09-30、yes = true；只有文字加英文引号'


def _sound(value: dict[str, Any], bad: set[Way], way: Way) -> dict[str, Any]:
    """The values nothing is wrong with; a list with a wrong item is not one of them."""
    found = {}
    for key, inner in value.items():
        here = (*way, key)
        if isinstance(inner, dict) and here not in bad:
            found[key] = _sound(inner, bad, here)
        elif not any(one[: len(here)] == here for one in bad):
            found[key] = inner
    return found
