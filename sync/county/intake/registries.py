"""The county's registries, as its offices export them: text tables in registries/ of the county's folder.

people.csv           身份证号,姓名,村代码[,注销]    注销: anything written there means that the person is gone
contracts.csv        身份证号,承包面积              mu; several lines of one household are added up
excluded_land.csv    身份证号,面积,原因             as above

Each is optional. An ID is hashed as it is read, as the roster's are, and kept nowhere else. A line that
cannot be read refuses the file: to skip it would be to check less than is said.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Fault, Refusal
from sync.county.checks.registries import Excluded, Person, Registries
from sync.county.county import household
from sync.county.formats.cells import figure, person, squeezed, text_of
from sync.county.formats.delimited import delimited_book
from sync.county.formats.errors import RosterRefused
from sync.county.roster.columns.identity_numbers import judged_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.county.county import County
    from sync.county.formats.grid import Grid

FOLDER = "registries"
ID, NAME, VILLAGE, GONE = "身份证号", "姓名", "村代码", "注销"
CONTRACTED, EXCLUDED, WHY = "承包面积", "面积", "原因"


class RegistryUnreadable(Refusal):
    """A registry is there and a line of it cannot be read."""

    code = "registry-unreadable"
    fault = Fault.COUNTY
    sentence = "登记资料 {file} 第 {line} 行读不出来：{why}。"
    advice = "什么都没有提交；请改正这个文件。暂时不用它时移出 registries 目录，提交时会注明这一项没有核对。"


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
    """What the county has given; raises RegistryUnreadable, KeyUnreadable."""
    key, folder = county.household_key(), county.folder / FOLDER
    people = _lines(folder / "people.csv", key, (ID, NAME, VILLAGE), (GONE,))
    contracts = _lines(folder / "contracts.csv", key, (ID, CONTRACTED))
    excluded = _lines(folder / "excluded_land.csv", key, (ID, EXCLUDED, WHY))
    return Registries(
        people=None if people is None else _people(people),
        contracts=None if contracts is None else _contracts(contracts),
        excluded_land=None if excluded is None else _excluded(excluded),
    )


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
    path: Path, key: bytes, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[_Line] | None:
    """Every line of a registry; None where it is not given."""
    try:
        grid = delimited_book(path.read_bytes()).sheets[0]
    except FileNotFoundError:
        return None
    except OSError as why:
        raise RegistryUnreadable(file=path.name, line=1, why="文件打不开") from why
    except RosterRefused as why:
        line = why.facts.get("line", 1)
        raise RegistryUnreadable(file=path.name, line=line, why="文字编码或格式不对") from why
    head = [squeezed(cell) for cell in grid.rows[0]] if grid.rows else []
    if missing := [name for name in needed if head.count(name) != 1]:
        raise RegistryUnreadable(file=path.name, line=1, why=f"要有“{missing[0]}”一列，且只有一列")
    return list(_read(path.name, grid, head, key, (*needed, *optional)))


def _read(file: str, grid: Grid, head: list[str], key: bytes, names: tuple[str, ...]) -> Iterator[_Line]:
    for index, cells in enumerate(grid.rows[1:], 1):
        texts = [text_of(cell) for cell in cells]
        if not any(texts):
            continue
        number = grid.line(index)
        if len(texts) > len(head):
            raise RegistryUnreadable(file=file, line=number, why="比表头多出一栏")
        fields = dict.fromkeys(names, "") | dict(zip(head, texts, strict=False))
        identity = judged_id(fields.pop(ID))
        if not identity.number:
            raise RegistryUnreadable(file=file, line=number, why="身份证号不对或没有写")
        yield _Line(file, number, household(key, identity.number), fields)
