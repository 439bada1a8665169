"""What is wrong, missing or odd in a pack: all of it at once, each with its line and a line that would do.

*Wrong* is what no kiosk takes (sync.pack says it); *missing* and *odd* is what it takes, and a county would
regret. Pure: files and the day come as arguments; what cannot be read is told as wrong and judged no further.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from boards.model.calendar.years import shipped_calendar
from boards.model.line_faults import LineFault
from boards.model.pack import Programme
from boards.model.place import is_village_code, short_name, town_of
from boards.model.windows import keeps_names_long
from sync.county.founding.starting import TO_FILL, right_line
from sync.handwritten.encoding import AS_TEXT, plain_text
from sync.handwritten.tables import Row, table
from sync.handwritten.toml import UNREADABLE, line_of, places
from sync.pack import CASE_COLUMNS, CONTACT_COLUMNS, HAMLETS, VILLAGE_COLUMNS, PackNotWhole, parsed_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ANNOUNCED_FROM = 11  # the month in which the next year's days off are usually announced
_TOWN_KINDS = {"镇": (100, 199), "乡": (200, 399), "道": (1, 99)}


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to put right in a pack."""

    file: str
    line: int  # from 1; of a file that is not there 1
    field: str = ""
    kind: Literal["wrong", "missing", "odd"]
    why: str  # and what may stand there
    example: str = ""  # a line that would do

    def __str__(self) -> str:
        """Tell the place and what is wrong there, as LineFault does."""
        return str(LineFault(self.line, self.field, self.why, self.file))


class _Files(msgspec.Struct, frozen=True):
    """The files as far as they can be read."""

    tables: dict[str, list[Row]]
    tomls: dict[str, tuple[str, dict[str, Any]]]  # text and what it says
    names: frozenset[str]
    today: date

    def line(self, name: str, *way: str) -> int:
        """Line of a key of a TOML file."""
        return line_of(places(self.tomls[name][0].split("\n")), way)


def lacking(files: Mapping[str, bytes], strange: Sequence[LineFault], today: date) -> list[Lacking]:
    """Everything wrong, missing or odd, by file and line; `strange` is what no pack has."""
    found = [
        Lacking(
            file=one.file,
            line=one.line,
            field=one.field,
            kind="wrong",
            why=one.why,
            example=right_line(one.file, one.field),
        )
        for one in _faults(files, strange)
    ]
    wrong = {(one.file, one.line) for one in found}
    read = _read(files, today)
    for rule in _RULES:
        for one in rule(read):
            shown = msgspec.structs.replace(one, example=one.example or right_line(one.file, one.field))
            found += [] if (one.file, one.line) in wrong and one.line > 1 else [shown]
    return sorted(found, key=lambda one: (one.file, one.line, one.field))


def _faults(files: Mapping[str, bytes], strange: Sequence[LineFault]) -> list[LineFault]:
    try:
        parsed_pack(files, strange)
    except PackNotWhole as e:
        return e.faults
    return []


def _read(files: Mapping[str, bytes], today: date) -> _Files:
    texts = {name: text for name, raw in files.items() if isinstance(text := plain_text(raw, AS_TEXT), str)}
    tomls = {}
    for name in (name for name in texts if name.endswith(".toml")):
        with suppress(*UNREADABLE):
            tomls[name] = texts[name], tomllib.loads(texts[name])
    columns = {"villages.csv": VILLAGE_COLUMNS, "contacts.csv": CONTACT_COLUMNS}
    tables = {
        name: table(texts[name], of, HAMLETS if name == "villages.csv" else "").rows
        for name, of in columns.items()
        if name in texts
    }
    terms = [
        Row(number, {"word": line.strip()})
        for number, line in enumerate(texts.get("terms/forbidden.txt", "").split("\n"), start=1)
        if line.strip()
    ]
    return _Files(
        tables={**tables, "terms/forbidden.txt": terms}, tomls=tomls, names=frozenset(files), today=today
    )


def _head(read: _Files) -> Iterator[Lacking]:
    said = read.tomls.get("pack.toml", ("", {}))[1]
    if "supervision_phone" in said and not str(said["supervision_phone"]).strip():
        yield Lacking(
            file="pack.toml",
            line=read.line("pack.toml", "supervision_phone"),
            field="supervision_phone",
            kind="missing",
            why="没有监督电话：名单和公告上都要印；写单位固定电话或热线，不写手机号",
        )


def _programmes(read: _Files) -> Iterator[Lacking]:
    """At least one; nothing left to fill in; names of sensitive ones off the screen in time (settled §37)."""
    said = {name: one for name, (_, one) in read.tomls.items() if name.startswith("programmes/")}
    if not any(name.startswith("programmes/") for name in read.names):
        why = "还没有补贴项目，发放名册都要归到一个项目；可选的模板见 county pack templates"
        yield Lacking(file="programmes/<code>.toml", line=1, kind="missing", why=why)
    named: dict[str, str] = {}
    for name, one in said.items():
        yield from _unfilled(read, name)
        yield from _of_programme(read, name, one)
        called = str(one.get("name", name))
        if named.setdefault(called, name) != name:
            why = f"项目名称和 {named[called]} 相同，名册会分不清是哪一个"
            yield Lacking(file=name, line=read.line(name, "name"), field="name", kind="odd", why=why)


def _unfilled(read: _Files, name: str) -> Iterator[Lacking]:
    for number, line in enumerate(read.tomls[name][0].split("\n"), start=1):
        field, _, value = line.partition(" = ")
        if f"【{TO_FILL}" in value and not field.startswith("#"):
            why = "模板里的“待填”还没有填：按本县当年文件填写，把【】整个换掉"
            yield Lacking(file=name, line=number, field=field.strip(), kind="missing", why=why)


def _of_programme(read: _Files, name: str, said: dict[str, Any]) -> Iterator[Lacking]:
    def told(field: str, kind: Literal["missing", "odd"], why: str) -> Lacking:
        return Lacking(file=name, line=read.line(name, *field.split(" ")), field=field, kind=kind, why=why)

    guide = said.get("guide")
    for field, why in _GUIDE.items():
        if isinstance(guide, dict) and not str(guide.get(field, "")).strip():
            yield told(f"guide {field}", "missing", why)
    if not said.get("name_en"):
        yield told("name_en", "odd", "没有英文名称，英文页面上只能显示中文；应是不超过 80 个字符的英文")
    until = str(said.get("apply_to", ""))
    if len(until) > len("03-01") and until < read.today.isoformat():
        yield told("apply_to", "odd", "申报时间已经过去，页面上不再显示；写今年的，或写每年的月和日")
    with suppress(msgspec.ValidationError):
        one = msgspec.convert(said, Programme)
        if one.sensitive and keeps_names_long(one.windows):
            why = "敏感项目的姓名显示超过 30 天（或 21 个工作日），请缩短"
            yield told("windows wall_days", "odd", why)


_GUIDE = {
    "how": "没有写怎么办理",
    "materials": "没有写要带什么材料",
    "deadline": "没有写什么时候申报、什么时候发放",
    "office": "没有写受理单位",
    "phone": "没有咨询电话；写单位固定电话",
    "basis": "没有写政策依据",
}


def _villages(read: _Files) -> Iterator[Lacking]:
    """Names that are short and told apart by ear, towns of one code and one name, codes of their kind."""
    towns: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    heard: dict[tuple[str, str], Row] = {}
    for row in read.tables.get("villages.csv", []):
        cells = row.cells
        kept = towns.setdefault(cells["town_code"], row)
        if kept.cells["town"] != cells["town"]:
            yield _village(row, "town", f"同一个 town_code，第 {kept.line} 行写的是另一个乡镇名")
        kept = codes.setdefault(cells["town"], row)
        if kept.cells["town_code"] != cells["town_code"]:
            yield _village(row, "town_code", f"同一个乡镇名，第 {kept.line} 行写的是另一个代码")
        yield from _village_odd(row)
        sound = cells["town_code"], _sound(short_name(cells["village"]))
        kept = heard.setdefault(sound, row)
        if kept.line != row.line and kept.cells["village_code"] != cells["village_code"]:
            why = f"和同一乡镇第 {kept.line} 行的村名相同或读音相同，请核对是不是同一个村写了两次"
            yield _village(row, "village", why)


def _village_odd(row: Row) -> Iterator[Lacking]:
    cells = row.cells
    if (short := short_name(cells["village"])) != cells["village"]:
        yield _village(row, "village", f"这里写简称，应是 {short}；全称写在 official")
    if short[:2] != cells["official"][:2]:
        yield _village(row, "official", "全称和简称不像同一个村")
    least, most = _TOWN_KINDS.get(cells["town"][-1:], (1, 599))
    number = town_of(cells["village_code"])[6:]
    if is_village_code(cells["village_code"]) and not least <= int(number) <= most:
        why = f"乡镇代码和名称不合：{cells['town'][-1]}的第 7 至 9 位一般是 {least:03} 到 {most:03}"
        yield _village(row, "town_code", why)


def _village(row: Row, field: str, why: str) -> Lacking:
    return Lacking(file="villages.csv", line=row.line, field=field, kind="odd", why=why)


def _sound(name: str) -> str:
    """How a name is said: 石垟村 and 石洋村 are one."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary takes a second

    return " ".join(lazy_pinyin(name))


def _contacts(read: _Files) -> Iterator[Lacking]:
    """Somebody to turn to in every village."""
    rows = read.tables.get("contacts.csv", [])
    if not rows and read.tables.get("villages.csv"):
        why = f"没有联系人：每村写一个找人办理的人或岗位；表头 {','.join(CONTACT_COLUMNS)}"
        yield Lacking(file="contacts.csv", line=1, kind="missing", why=why)
        return
    known = {row.cells["village_code"] for row in rows}
    for row in read.tables.get("villages.csv", []):
        if row.cells["village_code"] not in known:
            why = f"{row.cells['village']}没有联系人，请在 contacts.csv 里补一行"
            example = right_line("contacts.csv", "").replace("330590100201", row.cells["village_code"])
            example = example.replace("岭东村", row.cells["village"])
            yield Lacking(
                file="villages.csv",
                line=row.line,
                field="village_code",
                kind="missing",
                why=why,
                example=example,
            )


def _calendars(read: _Files) -> Iterator[Lacking]:
    """This year's days off, and from November on the next one's: terms in working days depend on them."""
    years = [read.today.year] + [read.today.year + 1] * (read.today.month >= ANNOUNCED_FROM)
    for year in years:
        name = f"calendar/{year}.csv"
        if name not in read.names and year not in shipped_calendar().years:
            why = (
                f"没有 {year} 年的节假日和调休：国务院办公厅一般 11 月公布；"
                "表头 date,kind，kind 写 holiday 或 makeup_workday"
            )
            yield Lacking(file=name, line=1, kind="missing", why=why)


def _terms(read: _Files) -> Iterator[Lacking]:
    if not read.tables["terms/forbidden.txt"]:
        why = "没有禁用词：一行一个词，或 错的→对的"
        yield Lacking(file="terms/forbidden.txt", line=1, kind="missing", why=why)


def _land(read: _Files) -> Iterator[Lacking]:
    told = {
        "land/cases.csv": "没有征地案件清单：漏挂的公告不会有人提醒；"
        f"没有案件就只写表头 {','.join(CASE_COLUMNS)}",
        "land/platform.toml": "没有省级征地信息公开平台的字段对照，导不出案件",
    }
    for name, why in told.items():
        if name not in read.names:
            yield Lacking(file=name, line=1, kind="missing", why=why)


_RULES: tuple[Callable[[_Files], Iterator[Lacking]], ...] = (
    *(_head, _programmes, _villages, _contacts, _calendars, _terms, _land),
)
