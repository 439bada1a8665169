"""Data held against a Struct: what no field takes, with what a field does take.

msgspec tells the first fault only; this walk asks it field by field. What a type alone cannot say to a person
(a code, a sum as text) the type carries as `Meta(extra={"shape": …})`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from boards.model.line_faults import nearest

Way = tuple[str | int, ...]
"""Where a value is: ("confirmed", 1, "reason")."""

DAYS = (date, datetime, time)  # TOML has them, unquoted


class Wrong(NamedTuple):
    """One place of the data that does not do."""

    way: Way
    why: str
    meant: str = ""  # of an unknown key: the known one it is most like
    missing: bool = False
    unknown: bool = False


def shown(way: Way) -> str:
    """A place as a person finds it: confirmed 第2项 reason."""
    return " ".join(step if isinstance(step, str) else f"第{step + 1}项" for step in way)


def wrong(value: Any, kind: Any, way: Way = (), root: Any = None) -> Iterator[Wrong]:  # noqa: ANN401 - any data, any type
    """Everything in a value that is not as its type says; `root` is the type of the whole."""
    for one in _alternatives(kind):
        if get_origin(one) is tuple and isinstance(value, list):
            for number, item in enumerate(value):
                yield from wrong(item, get_args(one)[0], (*way, number), root)
            return
        if get_origin(one) is dict and isinstance(value, dict):
            for key, item in value.items():
                yield from wrong(item, get_args(one)[1], (*way, key), root)
            return
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and isinstance(value, dict):
            yield from _of_table(value, one, way, root or one)
            return
    try:
        msgspec.convert(value, kind, builtin_types=DAYS)
    except msgspec.ValidationError:
        yield Wrong(way, taken(inspect.type_info(kind)))


def _alternatives(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any type
    """The types a value may have, without what is said about them."""
    if get_origin(kind) is Annotated:
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return tuple(one for each in get_args(kind) for one in _alternatives(each))
    return (kind,)


def _of_table(table: dict[str, Any], kind: type[msgspec.Struct], way: Way, root: Any) -> Iterator[Wrong]:  # noqa: ANN401
    """Unknown keys with the one that was meant, wrong values, and what is missing and was not misspelt."""
    fields = _fields(kind)
    strange = {key: _meant(key, fields, root) for key in table if key not in fields}
    for key, known in strange.items():
        guess = f"没有这一项，是不是 {known}？" if known else f"没有这一项；可用的有 {'、'.join(fields)}"
        told = "写错了地方，应写在所有 [ ] 段之前" if known == key else guess
        yield Wrong((*way, key), told, meant=known, unknown=True)
    for name, field in fields.items():
        if name in table:
            yield from wrong(table[name], field.type, (*way, name), root)
        elif field.required and name not in strange.values():
            yield Wrong((*way, name), f"没有写；{taken(inspect.type_info(field.type))}", missing=True)


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields of a Struct by their keys; msgspec evaluates their types anew each time it is asked."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _meant(key: str, fields: Collection[str], root: Any) -> str:  # noqa: ANN401 - a Struct
    """The field of this table that was probably meant, else one that belongs elsewhere; "" for none."""
    outside = _everywhere(root)
    return nearest(key, fields) or outside.get(nearest(key, outside), "")


@cache
def _everywhere(root: type[msgspec.Struct]) -> dict[str, str]:
    """Every key of a Struct at any depth with where it belongs; of one name the outermost."""
    return {way[-1]: ".".join(way[-2:]) for way in sorted(_ways(root, ()), key=len, reverse=True)}


def _ways(kind: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - any type
    for one in _alternatives(kind):
        if get_origin(one) is tuple:
            yield from _ways(get_args(one)[0], way)
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            for field in msgspec.structs.fields(one):
                yield (*way, field.encode_name)
                yield from _ways(field.type, (*way, field.encode_name))


def taken(kind: inspect.Type) -> str:
    """What a field takes, in a person's words, with an example where the kind alone does not show it."""
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra or {}).get("shape") or taken(kind.type))
    if isinstance(kind, inspect.UnionType):
        return taken(kind.types[0])
    return next((told(kind) for one, told in _FORMS if isinstance(kind, one)), "写法不对")


def _bounds(kind: inspect.IntType) -> str:
    if kind.le is not None:
        return f" {kind.ge or 0} 到 {kind.le} 的"
    return "" if kind.ge is None else f"不小于 {kind.ge} 的"


def _length(kind: inspect.StrType) -> str:
    if not kind.max_length:
        return "不空的" if kind.min_length else ""
    return (
        f" {kind.min_length} 到 {kind.max_length} 个字的"
        if kind.min_length
        else f"不超过 {kind.max_length} 个字的"
    )


def _words(words: Iterable[object]) -> str:
    return f"只能是 {'、'.join(map(str, words))} 之一，加英文引号"


_FORMS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (inspect.LiteralType, lambda kind: _words(kind.values)),
    (inspect.EnumType, lambda kind: _words(one.value for one in kind.cls)),
    (inspect.IntType, lambda kind: f"应是{_bounds(kind)}整数，不加引号"),
    (inspect.StrType, lambda kind: f"应是{_length(kind)}文字，加英文引号"),
    (inspect.BoolType, lambda _: "只能是 true 或 false，不加引号"),
    (inspect.DateType, lambda _: "应是日期，不加引号，例如 2025-09-30"),
    (inspect.VarTupleType, lambda _: "应是方括号里的一列，用逗号隔开"),
    ((inspect.StructType, inspect.DictType), lambda _: "应是一段，以 [名称] 开头"),
)
