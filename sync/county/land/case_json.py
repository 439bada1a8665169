"""Reading case.json: bytes to a `CaseFile`, and a finding for each field that could not be read.

An unreadable field is dropped and named, so that one wrong date does not hide what else is wrong.
A file that is no case at all is refused, and one with a field nobody knows: what it says would be lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

from boards.model.errors import Fault, Refusal
from boards.model.findings import Finding, error
from sync.county.land.case_file import CaseFile

FILE_LIMIT_BYTES = 8 << 20
UNREADABLE_LIMIT = 200

_FIGURE = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,8})?", re.ASCII)
_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_Key = str | int


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
    if strange := list(_strange(data, inspect.type_info(CaseFile), [])):
        raise CaseKeysUnknown(keys="；".join(strange))
    unreadable = list(_without_odd_figures(data))
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
            unreadable.append((stage if isinstance(stage, int) else None, _finding(path)))


def decoded(raw: bytes) -> dict[str, Any]:
    """One JSON object of a case or an export; raises CaseUnreadable."""
    if len(raw) > FILE_LIMIT_BYTES:
        raise CaseUnreadable(why="文件过大")
    try:
        data = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"))
        json.loads(raw, object_pairs_hook=_once)
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


def _strange(value: Any, kind: inspect.Type, way: list[_Key]) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Fields that are none of their object's, at any depth, each with the known one it is most like."""
    if isinstance(kind, inspect.Metadata):
        yield from _strange(value, kind.type, way)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _strange(value, one, way)
    elif isinstance(kind, inspect.VarTupleType):
        for number, inner in enumerate(_list(value)):
            yield from _strange(inner, kind.item_type, [*way, number])
    elif isinstance(kind, inspect.StructType) and isinstance(value, dict):
        fields = {field.encode_name: field.type for field in kind.fields}
        for key, inner in value.items():
            if key in fields:
                yield from _strange(inner, fields[key], [*way, key])
            else:
                yield f"{_shown([*way, key])}{_nearest(key, fields)}"


def _nearest(key: str, fields: Collection[str]) -> str:
    """What may have been meant: a field of the same object, else one of another."""
    for known in (fields, _EVERYWHERE):
        if found := get_close_matches(key.strip().lower(), known, 1):
            return f"（是不是 {found[0] if known is fields else _EVERYWHERE[found[0]]}？）"
    return ""


def _every_field(kind: inspect.Type, way: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a case file, and where it belongs: registration.phone."""
    inner = [getattr(kind, name) for name in ("type", "item_type") if hasattr(kind, name)]
    for one in (*inner, *getattr(kind, "types", ())):
        yield from _every_field(one, way)
    for field in kind.fields if isinstance(kind, inspect.StructType) else ():
        yield field.encode_name, f"{way}{field.encode_name}"
        yield from _every_field(field.type, f"{field.encode_name}.")


def _without_odd_figures(data: dict[str, Any]) -> Iterator[tuple[int | None, Finding]]:
    """Drop areas that are no plain number: NaN and 1e9 are a Decimal to Python, and no area to anyone."""
    for number, stage in enumerate(_list(data.get("stages"))):
        places: list[tuple[list[_Key], Any]] = [(["totals"], _get(stage, "totals"))]
        places += [(["areas", i], line) for i, line in enumerate(_list(_get(stage, "areas")))]
        for way, line in places:
            for unit in ("ha", "mu"):
                value = _get(line, unit)
                if value is not None and not _FIGURE.fullmatch(str(value)):
                    del line[unit]
                    yield number, _finding(["stages", number, *way, unit])


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else []


def _get(value: Any, key: str) -> Any:  # noqa: ANN401 - any JSON
    return value.get(key) if isinstance(value, dict) else None


def _drop(data: Any, path: list[_Key], message: str) -> None:  # noqa: ANN401 - any JSON
    """Take out one value: a field goes, an element of a list is emptied, so that the others stay."""
    *way, last = path
    for step in way:
        data = data[step]
    if isinstance(last, str):
        del data[last]
    else:
        data[last] = {} if "Expected `object`" in message else ""


def _finding(path: list[_Key]) -> Finding:
    shown = _shown(path[2:] if path[0] == "stages" and len(path) > 2 else path)
    return error("FIELD_UNREADABLE", f"{shown} 写法不对，没有读取（日期如 2025-09-24，金额用整数分）。")


def _shown(path: list[_Key]) -> str:
    return " ".join(step if isinstance(step, str) else f"第{step + 1}项" for step in path)


_EVERYWHERE = dict(reversed([*_every_field(inspect.type_info(CaseFile))]))  # of one name the outermost
