"""A land case in the fields of the provincial platform, and back, by the pack's table (domain §2.3).

    {"平台": …, "项目": {field: value}, "未对应": {place: value},
     "公告": [{field: value, "地块": [{…}], "补偿": [{…}]}]}

What the table does not name stands under 未对应 by its place in the case file ("stages.0.period.starts"),
so nothing is lost: exported and imported again, a case is equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boards.model.errors import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from boards.model.land.platform import PlatformTable

Json = dict[str, Any]
PLATFORM, PROJECT, NOTICES, PARCELS, SUMS, UNMAPPED = "平台", "项目", "公告", "地块", "补偿", "未对应"
_LISTS = {"areas": PARCELS, "compensation": SUMS}


class PlatformTableMissing(Refusal):
    """The county's pack has no table of the platform's fields."""

    code = "platform-table-missing"
    fault = Fault.PERSON
    sentence = "县级资料包里没有省级平台的字段对照表（land/platform.toml）。"
    advice = "请先在资料包里写明平台字段，再导出或导入。"


class PlatformFileUnfit(Refusal):
    """An export that cannot be read back: changed on its way, or made by another table."""

    code = "platform-file-unfit"
    fault = Fault.PERSON
    sentence = "平台文件不能导入：{why}。"
    advice = "请用同一张对照表导出的文件；平台上改过的内容请在案件文件里改。"


def exported(case: Json, table: PlatformTable) -> Json:
    """The case in the platform's words."""
    left = dict(_leaves(case))
    project = {name: left.pop(place) for name, place in table.case.items() if place in left}
    notices = [_notice(at, stage, table, left) for at, stage in enumerate(_of(case, "stages", list))]
    project |= {name: _DERIVED[what](case) for name, what in table.derived.items()}
    return {PLATFORM: table.name, PROJECT: project, NOTICES: notices, UNMAPPED: left}


def imported(told: Json, table: PlatformTable) -> Json:
    """The case an export was made from; raises PlatformFileUnfit."""
    if told.get(PLATFORM) != table.name:
        raise PlatformFileUnfit(why="不是这张对照表的平台")
    try:
        case = _grown(dict(_back(told, table)))
    except (TypeError, AttributeError, KeyError, ValueError, IndexError) as e:
        raise PlatformFileUnfit(why="结构与约定的不一样") from e
    for name, what in table.derived.items():
        if told[PROJECT].get(name) != _DERIVED[what](case):
            raise PlatformFileUnfit(why=f"“{name}”与案件内容对不上")
    return case


def unmapped(told: Json) -> tuple[str, ...]:
    """Places of an export the table has no field for, without the numbers of rows, each once."""
    places = (".".join(part for part in place.split(".") if not part.isdigit()) for place in told[UNMAPPED])
    return tuple(dict.fromkeys(places))


def _notice(at: int, stage: Any, table: PlatformTable, left: Json) -> Json:  # noqa: ANN401 - any JSON
    """One notice; what is used is taken out of `left`. A word that is the platform's already stays there."""
    told: Json = {}
    for name, place in table.notice.items():
        words, full = table.values.get(place, {}), f"stages.{at}.{place}"
        if full in left and not (isinstance(left[full], str) and left[full] in words):
            ours = left.pop(full)
            told[name] = next((word for word, value in words.items() if value == ours), ours)
    for key, title in _LISTS.items():
        rows = stage.get(key) if isinstance(stage, dict) else None
        if isinstance(rows, list) and rows:
            names = table.area if key == "areas" else table.compensation
            told[title] = [
                {name: left.pop(full) for name, place in names.items() if (full := f"{row}.{place}") in left}
                for row in (f"stages.{at}.{key}.{n}" for n in range(len(rows)))
            ]
    return told | table.constants


def _back(told: Json, table: PlatformTable) -> Iterator[tuple[str, Any]]:
    for name, place in table.case.items():
        if name in told[PROJECT]:
            yield place, told[PROJECT][name]
    for at, notice in enumerate(told[NOTICES]):
        yield f"stages.{at}", {}
        for name, place in table.notice.items():
            if name in notice:
                word, words = notice[name], table.values.get(place, {})
                yield f"stages.{at}.{place}", words.get(word, word) if isinstance(word, str) else word
        for key, title in _LISTS.items():
            names = table.area if key == "areas" else table.compensation
            for n, row in enumerate(notice.get(title, ())):
                yield f"stages.{at}.{key}.{n}", {}
                yield from ((f"stages.{at}.{key}.{n}.{names[name]}", value) for name, value in row.items())
    yield from told[UNMAPPED].items()


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    """Every value by its place; a list of plain values, and what is empty or oddly named, is one value."""
    if isinstance(value, dict) and value and not any(key.isdigit() or "." in key or not key for key in value):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for n, inner in enumerate(value):
            at = f"{place}.{n}"  # a list within a list is one value too: only rows have fields
            yield from _leaves(inner, at) if isinstance(inner, dict) else [(at, inner)]
    else:
        yield place, value


def _grown(leaves: Mapping[str, Any]) -> Json:
    """The tree of these places; numbers are places in a list. A {} marks where a notice or row begins."""
    case: Json = leaves.get("", {})
    if "" in leaves:  # a file whose own names cannot be places was carried whole
        return case
    for place, value in sorted(leaves.items(), key=lambda leaf: _by_steps(leaf[0])):
        node: Any = case
        *way, last = place.split(".")
        for step, following in zip(way, [*way, last][1:], strict=True):
            if not _has(node, step):
                _put(node, step, [] if following.isdigit() else {})
            node = node[int(step)] if isinstance(node, list) else node[step]
        if not (value == {} and _has(node, last)):
            _put(node, last, value)
    return case


def _by_steps(place: str) -> list[tuple[int, str]]:
    """Rows by their number, the tenth after the ninth."""
    return [(int(step), "") if step.isdigit() else (-1, step) for step in place.split(".")]


def _has(node: Any, step: str) -> bool:  # noqa: ANN401 - any JSON
    return int(step) < len(node) if isinstance(node, list) else step in node


def _put(node: Any, step: str, value: Any) -> None:  # noqa: ANN401 - any JSON
    if isinstance(node, list):
        if int(step) != len(node):
            raise ValueError(step)
        node.append(value)
    else:
        node[step] = value


def _of(value: Any, key: str, kind: type) -> Any:  # noqa: ANN401 - any JSON
    """A member of this kind, or an empty one."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, kind) else kind()


def _joined(case: Json, field: str) -> str:
    rows = (row for stage in _of(case, "stages", list) for row in _of(stage, "areas", list))
    return "、".join(filter(None, dict.fromkeys(_of(row, field, str) for row in rows)))


def _approval(case: Json, field: str) -> str:
    stages = (_of(stage, "approval", dict) for stage in _of(case, "stages", list))
    return next(filter(None, (_of(approval, field, str) for approval in stages)), "")


_DERIVED: Mapping[str, Callable[[Json], str]] = {
    "approved_year": lambda case: _approval(case, "date")[:4],
    "towns": lambda case: _joined(case, "town"),
    "villages": lambda case: _joined(case, "village"),
    "module": lambda case: "批后征地信息项目" if _approval(case, "doc_no") else "批前征地信息公告",
}
