"""Reading a county pack: the folder of boards.model.pack, validated, pinned by one hash.

The hash is what these two lines print, so that anybody can check it without our program:

    cd pack && find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum

Only `read_pack` touches the disk; the rest is bytes in, `Pack` out.
"""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.calendar.years import CalendarUnreadable, exceptions_from
from boards.model.errors import Fault, Refusal
from boards.model.land.platform import PlatformTable
from boards.model.land.register import ListedCase
from boards.model.names import unshowable
from boards.model.pack import Contact, MaskPolicy, Pack, Programme
from boards.model.place import Village, county_of, is_village_code, town_of
from boards.model.privacy.public_fields import faults_in, field_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from boards.model.calendar.workdays import DayException

FILE_LIMIT_BYTES = 4 << 20
FILES_LIMIT = 500
VILLAGE_COLUMNS = ("county_code", "county", "town_code", "town", "village_code", "village", "official")
CASE_COLUMNS = ("case_id", "project", "standing", "village_code")
CONTACT_COLUMNS = ("village_code", "who", "place", "hours", "phone")
_KNOWN = re.compile(
    r"pack\.toml|villages\.csv|contacts\.csv|programmes/[a-z][a-z0-9_]*\.toml|terms/forbidden\.txt|calendar/(?:19|20)\d\d\.csv"
    r"|land/cases\.csv|land/platform\.toml",
    re.ASCII,
)
_CASES, _PLATFORM = "land/cases.csv", "land/platform.toml"
_OLD_MASK = {"ids": "omit", "accounts": "omit", "phones": "omit"}  # packs of old say so, and it is so


class PackMissing(Refusal):
    """There is no pack where the settings say."""

    code = "pack-missing"
    fault = Fault.PERSON
    sentence = "找不到县级资料包：{folder}。"
    advice = "请核对设置里的 pack.folder，或重新复制资料包。"


class PackNotWhole(Refusal):
    """A file of the pack is missing, unknown or wrong."""

    code = "pack-not-whole"
    fault = Fault.COUNTY
    sentence = "县级资料包的文件 {file} 第 {line} 行有问题：{why}。"
    advice = "本机继续使用原来的资料包；请通知县里更正后重新下发。"


class PackNotPinned(Refusal):
    """The pack on this machine is not the one the settings name."""

    code = "pack-not-pinned"
    fault = Fault.MACHINE
    sentence = "县级资料包与设置里登记的校验值不一致（实际 {found}）。"
    advice = "请核对县里公布的校验值；一致时更新设置里的 pack.sha256，不一致时不要使用。"


class _PackHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What pack.toml says."""

    version: str
    county_code: str
    county: str
    supervision_phone: str
    mask: MaskPolicy


def read_pack(folder: Path, pinned: str | None = None) -> Pack:
    """Read and validate the pack in a folder; with `pinned`, refuse any other pack before parsing it."""
    files = _files_of(folder)
    found = pack_digest(files)
    if pinned is not None and found != pinned:
        raise PackNotPinned(found=found)
    return parsed_pack(files)


def pack_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the lines `sha256sum` prints for the files, in the order of their names."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def parsed_pack(files: Mapping[str, bytes]) -> Pack:
    """Bytes of a pack's files by their names ("villages.csv", "programmes/rice.toml") to a valid Pack."""
    texts = {name: _text(name, raw) for name, raw in files.items()}
    for name in ("pack.toml", "villages.csv"):
        if name not in texts:
            raise PackNotWhole(file=name, line=1, why="缺少这个文件")
    head = _toml(texts, "pack.toml", _PackHead)
    if not head.version:
        raise PackNotWhole(file="pack.toml", line=_line_of(texts["pack.toml"], "version"), why="没有版本号")
    _refuse_unlikely("pack.toml", texts["pack.toml"], head)
    villages = tuple(_villages(texts["villages.csv"], head))
    codes = {village.code for village in villages}
    terms = (line.strip() for line in texts.get("terms/forbidden.txt", "").split("\n"))
    years = tuple(sorted(int(name[9:13]) for name in texts if name.startswith("calendar/")))
    return Pack(
        version=head.version,
        county_code=head.county_code,
        county=head.county,
        supervision_phone=head.supervision_phone,
        mask=head.mask,
        villages=villages,
        programmes=tuple(_programme(texts, name) for name in sorted(texts) if name.startswith("programmes/")),
        contacts=tuple(_contacts(texts.get("contacts.csv", ""), codes)),
        forbidden_terms=tuple(dict.fromkeys(filter(None, terms))),
        calendar_years=years,
        calendar=tuple(one for year in years for one in _exceptions(texts, year)),
        land_cases=tuple(_land_cases(texts.get(_CASES, ""), codes)),
        platform=_platform(texts) if _PLATFORM in texts else None,
        digest=pack_digest(files),
    )


def _files_of(folder: Path) -> dict[str, bytes]:
    """Names and contents; refuses links, unknown names and sizes no pack has."""
    if not folder.is_dir():
        raise PackMissing(folder=folder.name)
    files: dict[str, bytes] = {}
    for path in (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or not _KNOWN.fullmatch(name):
            raise PackNotWhole(file=name, line=1, why="不是资料包里应有的文件")
        if path.stat().st_size > FILE_LIMIT_BYTES or len(files) >= FILES_LIMIT:
            raise PackNotWhole(file=name, line=1, why="文件过大或文件过多")
        files[name] = path.read_bytes()
    return files


def _text(name: str, raw: bytes) -> str:
    """UTF-8 (a byte-order mark is dropped) without anything that cannot be shown."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        raise PackNotWhole(file=name, line=raw.count(b"\n", 0, e.start) + 1, why="不是 UTF-8 文字") from e
    for number, line in enumerate(text.split("\n"), start=1):
        if unshowable(line.replace("\t", " ")):
            raise PackNotWhole(file=name, line=number, why="有不能显示的字符")
    return text


def _toml(texts: Mapping[str, str], name: str, kind: type[Any]) -> Any:  # noqa: ANN401 - one of two Structs
    try:
        table = tomllib.loads(texts[name])
        if isinstance(mask := table.get("mask"), dict):
            table["mask"] = {key: said for key, said in mask.items() if said != _OLD_MASK.get(key)}
        return msgspec.convert(table, kind)
    except tomllib.TOMLDecodeError as e:
        at = re.search(r"line (\d+)", str(e))
        raise PackNotWhole(file=name, line=int(at[1]) if at else 1, why="TOML 写法不对") from e
    except msgspec.ValidationError as e:
        # "… missing required field `who` - at `$.guide`", "Expected `int` … at `$.windows.wall_days`"
        field = re.search(r"field `(\w+)`", str(e)) or re.search(r"\.(\w+)`$", str(e))
        key = field[1] if field else ""
        raise PackNotWhole(file=name, line=_line_of(texts[name], key), why=f"{key} 缺少或写法不对") from e


def _line_of(text: str, key: str) -> int:
    """Line where a key is set; 1 where it is missing."""
    set_here = re.compile(rf"\s*\[?{re.escape(key)}\b")
    lines = enumerate(text.split("\n"), start=1)
    return next((number for number, line in lines if set_here.match(line)), 1)


def _rows(name: str, text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV by column, with their line; the header must be exactly the known one."""
    reader = csv.reader(text.split("\n"))
    if tuple(next(reader, ())) != columns:
        raise PackNotWhole(file=name, line=1, why="表头应为 " + ",".join(columns))
    for row in filter(None, reader):
        if len(row) != len(columns) or not all(cell.strip() == cell != "" for cell in row):
            raise PackNotWhole(file=name, line=reader.line_num, why="列数不对，或有空格、空单元格")
        found = dict(zip(columns, row, strict=True))
        faults = ((key, field_fault(key, text)) for key, text in found.items())
        _refuse(name, reader.line_num, {f"{key} {fault}": bool(fault) for key, fault in faults})
        yield reader.line_num, found


def _refuse(name: str, line: int, wrong: Mapping[str, bool]) -> None:
    """Refuse the file for the first of these faults that is there."""
    for why in (why for why, is_wrong in wrong.items() if is_wrong):
        raise PackNotWhole(file=name, line=line, why=why)


def _refuse_unlikely(name: str, text: str, record: object) -> None:
    """Refuse a TOML file for the first field that does not look like what it is."""
    for field, fault in faults_in(record):
        key = field.rsplit(".", 1)[-1]
        raise PackNotWhole(file=name, line=_line_of(text, key), why=f"{field} {fault}")


def _villages(text: str, head: _PackHead) -> Iterator[Village]:
    seen: set[str] = set()
    for line, row in _rows("villages.csv", text, VILLAGE_COLUMNS):
        code = row["village_code"]
        ours = (head.county_code, county_of(code), head.county)
        wrong = {
            "村代码不对或重复": not is_village_code(code)
            or town_of(code) != row["town_code"]
            or code in seen,
            "不是本县的村": (county_of(code), row["county_code"], row["county"]) != ours,
        }
        _refuse("villages.csv", line, wrong)
        seen.add(code)
        yield Village(code=code, name=row["village"], town=row["town"], county=row["county"])
    if not seen:
        raise PackNotWhole(file="villages.csv", line=1, why="没有村")


def _contacts(text: str, villages: set[str]) -> Iterator[Contact]:
    for line, row in _rows("contacts.csv", text, CONTACT_COLUMNS) if text else ():
        wrong = {
            "不是本县的村": row["village_code"] not in villages,
        }
        _refuse("contacts.csv", line, wrong)
        yield Contact(
            village=row["village_code"],
            who=row["who"],
            place=row["place"],
            hours=row["hours"],
            phone=row["phone"],
        )


def _land_cases(text: str, villages: set[str]) -> Iterator[ListedCase]:
    """Cases of the list, their villages together; a case has one project and one standing."""
    found: dict[str, list[dict[str, str]]] = {}
    for line, row in _rows(_CASES, text, CASE_COLUMNS) if text else ():
        rows = found.setdefault(row["case_id"], [])
        wrong = {
            "不是本县的村": row["village_code"] not in villages,
            "standing 应为 open、approved 或 closed": row["standing"] not in {"open", "approved", "closed"},
            "同一案件的同一个村写了两次": row["village_code"] in {one["village_code"] for one in rows},
            "同一案件的名称或状态不一致": bool(rows)
            and (row["project"], row["standing"]) != (rows[0]["project"], rows[0]["standing"]),
        }
        _refuse(_CASES, line, wrong)
        rows.append(row)
    for case_id, rows in found.items():
        codes = [row["village_code"] for row in rows]
        named = {"case_id": case_id, "project": rows[0]["project"], "standing": rows[0]["standing"]}
        yield msgspec.convert({**named, "villages": codes}, ListedCase)


def _platform(texts: Mapping[str, str]) -> PlatformTable:
    table: PlatformTable = _toml(texts, _PLATFORM, PlatformTable)
    if why := table.unfit():
        raise PackNotWhole(file=_PLATFORM, line=1, why=why)
    return table


def _programme(texts: Mapping[str, str], name: str) -> Programme:
    programme: Programme = _toml(texts, name, Programme)
    windows = programme.windows
    wrong = {
        "code": name != f"programmes/{programme.code}.toml",
        "name": not programme.name,
        "who": not programme.guide.who,
        "standard": not programme.guide.standard,
        "application_days": not 1 <= windows.application_days <= 90,
        "payment_max_months": not 1 <= windows.payment_max_months <= 18,  # settled §2
        "wall_days": not 1 <= windows.wall_days <= 90,
    }
    for key in (key for key, is_wrong in wrong.items() if is_wrong):
        raise PackNotWhole(file=name, line=_line_of(texts[name], key), why=f"{key} 的值不能用")
    _refuse_unlikely(name, texts[name], programme)
    return programme


def _exceptions(texts: Mapping[str, str], year: int) -> Iterator[DayException]:
    name = f"calendar/{year}.csv"
    try:
        exceptions = exceptions_from(texts[name])
    except CalendarUnreadable as e:
        raise PackNotWhole(file=name, line=e.facts["line"], why=e.facts["why"]) from e
    for exception in exceptions:
        if exception.day.year != year:
            raise PackNotWhole(
                file=name, line=_line_of(texts[name], exception.day.isoformat()), why="日期不在这一年"
            )
        yield exception
