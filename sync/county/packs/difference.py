"""What differs between two packs, in words: every field of every file, and nothing where nothing changed."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sync.county.packs.words import CELLS, FILES, HEAD, PROGRAMME, said
from sync.handwritten.encoding import AS_TEXT, plain_text
from sync.handwritten.toml import UNREADABLE

Cells = dict[str, str]
_ByKey = dict[tuple[str, ...], Cells]
Names = Mapping[str, str]
"""Villages by their codes."""
LONG = 24
"""Longer texts stand under each other."""


class _Table(NamedTuple):
    """How the rows of a file are told apart, and what one of them is called."""

    key: tuple[str, ...]
    called: Callable[[Cells, Names], str]


def _village(row: Cells, _: Names) -> str:
    return f"村“{row.get('town', '')}{row.get('village', '')}”（{row.get('village_code', '')}）"


def _contact(row: Cells, names: Names) -> str:
    return f"{_place(row, names)}的办事联系人“{row.get('who', '')}”"


def _case(row: Cells, names: Names) -> str:
    return f"征地案件“{row.get('project', '')}”（{row.get('case_id', '')}）在{_place(row, names)}"


def _day(row: Cells, _: Names) -> str:
    return f"{row.get('date', '')} 的放假安排"


def _item(row: Cells, _: Names) -> str:
    return f"公开事项“{' '.join(filter(None, (row.get('l1'), row.get('l2'))))}”（{row.get('code', '')}）"


def _place(row: Cells, names: Names) -> str:
    code = row.get("village_code", "")
    return names.get(code, code)


_TABLES = {
    "villages.csv": _Table(("village_code",), _village),
    "contacts.csv": _Table(("village_code", "who"), _contact),
    "land/cases.csv": _Table(("case_id", "village_code"), _case),
}
_CALENDAR = _Table(("date",), _day)
_CATALOGUE = _Table(("code",), _item)


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """What became of each file, sentence by sentence; the files of two packs by their names."""
    old, new = _texts(before), _texts(after)
    names = _names(old.get("villages.csv", "")) | _names(new.get("villages.csv", ""))
    return tuple(
        line
        for name in sorted({*old, *new}, key=_place_of)
        if old.get(name) != new.get(name)
        for line in _of_file(name, old.get(name), new.get(name), names)
    )


def _place_of(name: str) -> tuple[int, str]:
    """What is read first: the pack's own fields, villages, then the others."""
    return ("pack.toml", "villages.csv", name).index(name), name


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Line ends and byte-order marks change nothing; what is no UTF-8 is shown as far as it can be."""
    plain = {name: plain_text(raw, AS_TEXT) for name, raw in files.items()}
    return {
        name: text if isinstance(text, str) else files[name].decode("utf-8", "replace")
        for name, text in plain.items()
    }


def _names(villages: str) -> dict[str, str]:
    rows = _rows(villages)
    return {row.get("village_code", ""): row.get("town", "") + row.get("village", "") for row in rows}


def _of_file(name: str, old: str | None, new: str | None, names: Names) -> list[str]:
    """One file; what cannot be told field by field is told as a whole."""
    if name == "terms/forbidden.txt":
        told = [*_terms(old or "", new or "")]
    elif name.endswith(".csv"):
        told = [*_table(name, old, new, names)]
    else:
        told = [*_toml(name, old, new)]
    return told or [f"{_file_called(name)}：只动了注释、空行或写法，内容没有变"]


def _file_called(name: str) -> str:
    if name.startswith("calendar/"):
        return f"{name[9:13]} 年节假日表"
    if name.startswith("catalogue/"):
        return f"公开目录（{name}）"
    return f"{FILES[name]}（{name}）" if name in FILES else name


def _terms(old: str, new: str) -> Iterator[str]:
    before, after = ([line.strip() for line in text.split("\n") if line.strip()] for text in (old, new))
    yield from (f"新增不得公开的词“{one}”" for one in dict.fromkeys(after) if one not in before)
    yield from (f"去掉不得公开的词“{one}”" for one in dict.fromkeys(before) if one not in after)


def _toml(name: str, old: str | None, new: str | None) -> Iterator[str]:
    before, after = _leaves(old), _leaves(new)
    labels, called = HEAD if name == "pack.toml" else PROGRAMME, _file_called(name)
    if name.startswith("programmes/"):
        called = (
            f"补贴“{said('name', (after if new is not None else before).get('name', ''))}”（{name[11:-5]}）"
        )
    if old is None:
        yield f"新增{called}"
    if new is None:
        yield f"撤销{called}"
        return
    for way in dict.fromkeys((*before, *after)):
        if (was := before.get(way, "")) != (now := after.get(way, "")):
            label = labels.get(way) or said(way, way)
            yield f"　　{label}：{said(way, now)}" if old is None else _changed(called, label, way, was, now)


def _leaves(text: str | None) -> dict[str, str]:
    """Every value of a TOML file by the way to it; of one that cannot be read none."""
    try:
        return dict(_flat(tomllib.loads(text or ""), ""))
    except UNREADABLE:
        return {}


def _flat(value: object, way: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{way}.{key}" if way else key)
    else:
        yield way, str(value).lower() if isinstance(value, bool) else str(value)


def _table(name: str, old: str | None, new: str | None, names: Names) -> Iterator[str]:
    table = _CATALOGUE if name.startswith("catalogue/") else _TABLES.get(name, _CALENDAR)
    before, after = _by_key(_rows(old or ""), table), _by_key(_rows(new or ""), table)
    if name not in _TABLES and (old is None or new is None):
        yield f"{'撤销' if new is None else '新增'}{_file_called(name)}"
    gone = {key: row for key, row in before.items() if key not in after}
    come = {key: row for key, row in after.items() if key not in before}
    yield from _moved(name, gone, come)
    for row in come.values():
        yield f"新增{table.called(row, names)}{_beside(row, table)}"
    for row in gone.values():
        yield f"撤销{table.called(row, names)}{_beside(row, table)}"
    for key in (key for key in before if key in after):
        yield from _cells(table.called(before[key], names), before[key], after[key])
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield f"{_file_called(name)}：先后次序变了"


def _moved(name: str, gone: _ByKey, come: _ByKey) -> Iterator[str]:
    """Villages that have another code: said as what it is, beside what was taken out and put in."""
    for old in gone.values() if name == "villages.csv" else ():
        for new in come.values():
            if (old.get("village"), old.get("town")) == (new.get("village"), new.get("town")):
                codes = f"{old.get('village_code')} → {new.get('village_code')}"
                yield f"村“{new.get('town', '')}{new.get('village', '')}”的村代码：{codes}"


def _rows(text: str) -> list[Cells]:
    """Rows by the names of their columns."""
    lines = [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    header = [said("", cell.strip()) for cell in lines[0]] if lines else []
    return [
        {(header[at] if at < len(header) else f"第 {at + 1} 列"): cell.strip() for at, cell in enumerate(row)}
        for row in lines[1:]
    ]


def _by_key(rows: Iterable[Cells], table: _Table) -> _ByKey:
    """Rows by what tells them apart; a second one of the same key is told apart by its number."""
    found: _ByKey = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = tuple(row.get(column, "") for column in table.key)
        found[*key, str(seen[key])] = row
        seen[key] += 1
    return found


def _beside(row: Cells, table: _Table) -> str:
    """What a row says besides what it is called by."""
    told = [
        f"{CELLS.get(column, column)} {said(column, cell)}"
        for column, cell in row.items()
        if cell and column not in table.key
    ]
    return f"：{'，'.join(told)}" if told else ""


def _cells(called: str, old: Cells, new: Cells) -> Iterator[str]:
    for column in dict.fromkeys((*old, *new)):
        if (was := old.get(column, "")) != (now := new.get(column, "")):
            yield _changed(called, CELLS.get(column, column), column, was, now)


def _changed(called: str, label: str, way: str, was: str, now: str) -> str:
    was, now = said(way, was), said(way, now)
    if max(len(was), len(now)) > LONG:
        return f"{called}的{label}改了\n　　原：{was}\n　　现：{now}"
    return f"{called}的{label}：{was} → {now}"
