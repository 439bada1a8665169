"""Reading case.json: bytes to a `CaseFile`, and a finding for each field that could not be read.

An unreadable field is dropped and named, so that one wrong date does not hide what else is wrong.
A file that is no case at all is refused, and one with a field nobody knows: what it says would be lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.findings import Finding, error
from sync.county.land.case_file import CaseFile
from sync.handwritten.json_lines import json_lines
from sync.handwritten.shape import Way, shown, wrong
from sync.handwritten.toml import line_of

FILE_LIMIT_BYTES = 8 << 20
UNREADABLE_LIMIT = 200

_FIGURE = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,8})?", re.ASCII)
_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class CaseUnreadable(Refusal):
    """The file is not a land case."""

    code = "CASE_UNREADABLE"
    fault = Fault.COUNTY
    sentence = "案件文件读不出来：{why}。"
    advice = "请核对文件是否完整，格式见 case.schema.json。"


class CaseKeysUnknown(CaseUnreadable):
    """Fields that no case file has: a slip of the pen, or in the wrong place."""

    code = "CASE_KEYS_UNKNOWN"
    sentence = "案件文件里有不认识的字段，没有读取：{keys}。"
    advice = "请改成约定的字段名，格式见 case.schema.json。"


class ReadCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case as read: what was legible, and what was not, by stage (None: the file)."""

    case: CaseFile
    unreadable: tuple[tuple[int | None, Finding], ...] = ()


def read_case(raw: bytes) -> ReadCase:
    """Read the bytes of a case.json; CaseUnreadable when it is none, CaseKeysUnknown for other fields."""
    data = decoded(raw)
    lines = json_lines(raw.decode("utf-8-sig"))
    if strange := list(_strange(data, lines)):
        raise CaseKeysUnknown(keys="；".join(strange))
    unreadable = list(_without_odd_figures(data, lines))
    while True:
        try:
            return ReadCase(case=msgspec.convert(data, CaseFile), unreadable=tuple(unreadable))
        except msgspec.ValidationError as e:
            found = _PATH.search(str(e))
            path = [name or int(index) for name, index in _STEP.findall(found["path"] if found else "")]
            if len(path) < 1 or path == ["stages"] or len(unreadable) >= UNREADABLE_LIMIT:
                raise CaseUnreadable(why="缺少 stages，或内容不是约定的格式") from e
            _drop(data, path, str(e))
            stage = path[1] if path[0] == "stages" else None
            unreadable.append((stage if isinstance(stage, int) else None, _finding(path, lines)))


def decoded(raw: bytes) -> dict[str, Any]:
    """One JSON object of a case or an export; raises CaseUnreadable."""
    if len(raw) > FILE_LIMIT_BYTES:
        raise CaseUnreadable(why="文件过大")
    try:
        json.loads(raw, object_pairs_hook=_once)
        data = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as e:
        why = f"第 {e.lineno} 行第 {e.colno} 个字起不是 JSON，看看前面是不是少了逗号、引号或括号"
        raise CaseUnreadable(why=why) from e
    except (msgspec.DecodeError, ValueError, RecursionError) as e:
        raise CaseUnreadable(why="不是 UTF-8 的 JSON") from e
    if not isinstance(data, dict):
        raise CaseUnreadable(why="最外层不是一个对象")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose fields stand once: of two values nobody knows which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if [one for one, _ in pairs].count(key) > 1)
        raise CaseUnreadable(why=f"字段 {twice} 写了两次")
    return found


def _strange(data: dict[str, Any], lines: Mapping[Way, int]) -> Iterator[str]:
    """Fields that are none of their object's, at any depth, each with the known one it is most like."""
    for one in wrong(data, CaseFile):
        if one.unknown:
            meant = f"（是不是 {one.meant}？）" if one.meant else ""
            yield f"第 {line_of(lines, one.way)} 行 {shown(one.way)}{meant}"


def _without_odd_figures(
    data: dict[str, Any], lines: Mapping[Way, int]
) -> Iterator[tuple[int | None, Finding]]:
    """Drop areas that are no plain number: NaN and 1e9 are a Decimal to Python, and no area to anyone."""
    for number, stage in enumerate(_list(data.get("stages"))):
        places: list[tuple[list[str | int], Any]] = [(["totals"], _get(stage, "totals"))]
        places += [(["areas", i], line) for i, line in enumerate(_list(_get(stage, "areas")))]
        for way, line in places:
            for unit in ("ha", "mu"):
                value = _get(line, unit)
                if value is not None and not _FIGURE.fullmatch(str(value)):
                    del line[unit]
                    yield number, _finding(["stages", number, *way, unit], lines)


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else []


def _get(value: Any, key: str) -> Any:  # noqa: ANN401 - any JSON
    return value.get(key) if isinstance(value, dict) else None


def _drop(data: Any, path: list[str | int], message: str) -> None:  # noqa: ANN401 - any JSON
    """Take out one value: a field goes, an element of a list is emptied, so that the others stay."""
    *way, last = path
    for step in way:
        data = data[step]
    if isinstance(last, str):
        del data[last]
    else:
        data[last] = {} if "Expected `object`" in message else ""


def _finding(path: Sequence[str | int], lines: Mapping[Way, int]) -> Finding:
    place = shown(tuple(path[2:] if path[0] == "stages" and len(path) > 2 else path))
    line = line_of(lines, tuple(path))
    return error(
        "FIELD_UNREADABLE", f"第 {line} 行 {place} 写法不对，没有读取（日期如 2025-09-24，金额用整数分）。"
    )
