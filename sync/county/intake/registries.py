"""The county's registries, as its offices export them: text tables in registries/ of the county's folder.

people.csv           身份证号,姓名,村代码[,注销]    注销: anything written there means that the person is gone
contracts.csv        身份证号,承包面积              mu; several lines of one household are added up
excluded_land.csv    身份证号,面积,原因             as above

Each is optional. An ID is hashed as it is read, as the roster's are, and kept nowhere else; a text in which
a personal number stands is withheld here, for a finding repeats the reason. What cannot be read refuses the
file: to skip a line, a column or a file would be to check less than is said.
"""

from __future__ import annotations

import os
from collections import defaultdict
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown
from sync.county.checks.registries import Excluded, Person, Registries
from sync.county.checks.rules import looked_up
from sync.county.county import County, household
from sync.county.formats.cells import figure, person, squeezed, text_of
from sync.county.formats.delimited import delimited_book
from sync.county.formats.errors import RosterRefused
from sync.county.reading import Reading, Verdict
from sync.county.roster.columns.identity_numbers import judged_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.county.formats.grid import Grid

FOLDER = "registries"
PEOPLE, CONTRACTS, EXCLUDED_LAND = FILES = "people.csv", "contracts.csv", "excluded_land.csv"
ID, NAME, VILLAGE, GONE = "身份证号", "姓名", "村代码", "注销"
CONTRACTED, EXCLUDED, WHY = "承包面积", "面积", "原因"
LEFT_BY_WINDOWS = {"thumbs.db", "desktop.ini"}
FILE_LIMIT_BYTES = 64 << 20


class RegistryUnreadable(Refusal):
    """A registry is there and a line of it cannot be read."""

    code = "registry-unreadable"
    fault = Fault.COUNTY
    sentence = "登记资料 {file} 第 {line} 行读不出来：{why}。"
    advice = "什么都没有提交；请改正这个文件。暂时不用它时移出 registries 目录，提交时会注明这一项没有核对。"


class RegistryNameUnknown(Refusal):
    """A file lies among the registries under a name nothing reads."""

    code = "registry-name-unknown"
    fault = Fault.COUNTY
    sentence = f"registries 目录里的 {{file}} 不是登记资料：只认 {'、'.join(FILES)}。"
    advice = "什么都没有提交；请把它改成其中一个名称，或移出 registries 目录。"


class _Line(NamedTuple):
    """One line of a registry."""

    file: str
    number: int
    household: str
    fields: dict[str, str]

    def area(self, name: str) -> Decimal:
        """A field in mu."""
        value = figure(self.fields[name]).value
        if value is None or value < 0:
            raise RegistryUnreadable(file=self.file, line=self.number, why=f"{name}不是数字")
        return value


def registries_of(county: County) -> Registries:
    """What the county has given; raises RegistryUnreadable, RegistryNameUnknown, KeyUnreadable."""
    key, files = county.household_key(), _files(county.folder / FOLDER)
    people = _lines(files.get(PEOPLE), key, (ID, NAME, VILLAGE), (GONE,))
    contracts = _lines(files.get(CONTRACTS), key, (ID, CONTRACTED))
    excluded = _lines(files.get(EXCLUDED_LAND), key, (ID, EXCLUDED, WHY))
    return Registries(
        people=None if people is None else _people(people),
        contracts=None if contracts is None else _contracts(contracts),
        excluded_land=None if excluded is None else _excluded(excluded),
    )


def looked_up_in(county: County, reading: Reading) -> Reading:
    """A reading with what the registries say against its rows (R4, R7, R8); raises as registries_of."""
    if not _files(county.folder / FOLDER):
        return reading
    name = partial(household, county.household_key())
    found = tuple(looked_up(reading.rows, registries_of(county), name))
    findings = (*reading.findings, *found)
    return replace(reading, findings=findings, verdict=Verdict.HOLD) if found else reading


def _files(folder: Path) -> dict[str, Path]:
    """The registries that are there, by name. Folders and what programs leave there are none."""
    if not os.path.lexists(folder):
        return {}
    try:
        entries = sorted(folder.iterdir())
    except OSError as why:
        raise RegistryUnreadable(file=FOLDER, line=1, why="目录打不开") from why
    for path in entries:
        left = path.name.startswith((".", "~")) or path.name.lower() in LEFT_BY_WINDOWS or path.is_dir()
        if path.name not in FILES and not left:
            raise RegistryNameUnknown(file=shown(os.fsencode(path.name).decode("utf-8", "replace")))
    return {path.name: path for path in entries if path.name in FILES}


def _people(lines: list[_Line]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for line in lines:
        name, village = person(line.fields[NAME]), line.fields[VILLAGE]
        if not name or not (len(village) == 12 and village.isascii() and village.isdigit()):
            raise RegistryUnreadable(file=line.file, line=line.number, why="没有姓名，或村代码不是 12 位")
        known = Person(name=name, village=village, gone=bool(line.fields[GONE]))
        if found.setdefault(line.household, known) != known:
            raise RegistryUnreadable(file=line.file, line=line.number, why="同一身份证号在前面写的不一样")
    return found


def _contracts(lines: list[_Line]) -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.household] += line.area(CONTRACTED)
    return dict(found)


def _excluded(lines: list[_Line]) -> dict[str, Excluded]:
    found: dict[str, Excluded] = {}
    for line in lines:
        before = found.get(line.household, Excluded(mu=Decimal(0), why=""))
        why = "、".join(dict.fromkeys(filter(None, (*before.why.split("、"), line.fields[WHY]))))
        found[line.household] = Excluded(mu=before.mu + line.area(EXCLUDED), why=why)
    return found


def _lines(
    path: Path | None, key: bytes, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[_Line] | None:
    """Every line of a registry; None where it is not given."""
    if path is None:
        return None
    grid = _grid(path)
    head = [squeezed(cell) for cell in grid.rows[0]] if grid.rows else []
    if wrong := _wrong_header(head, needed, optional):
        raise RegistryUnreadable(file=path.name, line=1, why=wrong)
    lines = list(_read(path.name, grid, head, key, (*needed, *optional)))
    if not lines:
        raise RegistryUnreadable(file=path.name, line=1, why="只有表头，没有内容")
    return lines


def _grid(path: Path) -> Grid:
    """The table as it stands. A line break in a field is a quote nobody closed: it swallows lines."""
    try:
        if not path.is_file():
            raise RegistryUnreadable(file=path.name, line=1, why="文件打不开")
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise RegistryUnreadable(file=path.name, line=1, why=f"文件大于 {FILE_LIMIT_BYTES >> 20} MB")
        grid = delimited_book(path.read_bytes()).sheets[0]
    except OSError as why:
        raise RegistryUnreadable(file=path.name, line=1, why="文件打不开") from why
    except RosterRefused as why:
        raise RegistryUnreadable(
            file=path.name, line=why.facts.get("line", 1), why="文字编码或格式不对"
        ) from why
    for index, cells in enumerate(grid.rows):
        if any(mark in str(cell) for cell in cells for mark in "\r\n"):
            raise RegistryUnreadable(
                file=path.name, line=grid.line(index), why="一栏里有换行，可能少了一个引号"
            )
    return grid


def _wrong_header(head: list[str], needed: tuple[str, ...], optional: tuple[str, ...]) -> str:
    """What is wrong with the columns: one nearly named as one of ours would be left out without a word."""
    known = (*needed, *optional)
    for name in known:
        if near := [at for at, title in enumerate(head, 1) if name in title and title not in known]:
            return f"第 {near[0]} 栏的名称应为“{name}”；不是这一项的，名称里不要有“{name}”"
        if head.count(name) > 1 or (name in needed and name not in head):
            return f"{'要有' if name in needed else '可以有'}“{name}”一列，且只有一列"
    return ""


def _read(file: str, grid: Grid, head: list[str], key: bytes, names: tuple[str, ...]) -> Iterator[_Line]:
    for index, cells in enumerate(grid.rows[1:], 1):
        texts = [text_of(cell) for cell in cells]
        if not any(texts):
            continue
        number = grid.line(index)
        if len(texts) > len(head):
            raise RegistryUnreadable(file=file, line=number, why="比表头多出一栏")
        fields = dict.fromkeys(names, "") | dict(zip(head, texts, strict=False))
        written = fields.pop(ID)
        identity = judged_id(written)
        if not identity.number:
            wrong = "是 15 位的旧号，要写 18 位的" if identity.code == "ID_15_DIGITS" else "不对"
            raise RegistryUnreadable(file=file, line=number, why=f"身份证号{wrong if written else '没有写'}")
        safe = {name: shown(text) for name, text in fields.items()}
        yield _Line(file, number, household(key, identity.number), safe)
