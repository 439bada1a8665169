"""The county's own annual figures, typed or read from a table: never taken from the lists they are held to.

A table has a row for each village and programme (村, 项目, 金额, and where wanted 镇, 村代码, 户数, 数量),
or a row for each village and a column for each programme. Totals in it must be the sum of their rows.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import FaultsInFile, LineFault, nearest
from boards.model.money import yuan
from sync.county.formats import book_of
from sync.county.formats.cells import figure, squeezed
from sync.county.formats.errors import ReadingTookTooLong, RosterRefused, WorkbookDamaged
from sync.county.intake.process import read_roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from boards.model.pack import Pack, Programme
    from boards.model.place import Village
    from sync.county.formats.grid import Grid, Value

TABLE_MAX_BYTES = 8 << 20
_WORDS = {
    "code": r"(?:行政)?村(?:庄)?(?:代码|编码)|12位村代码|village_code",
    "village": r"(?:行政)?村(?:名|名称|\(社区\)|委会|庄)?|village",
    "town": r"(?:乡镇|镇|镇街|街镇|乡镇\(街道\)|街道)(?:名称)?|town",
    "programme": r"(?:补贴|补助|资金)?项目(?:名称|代码)?|programme",
    "amount": r"(?:全年|年度|实际)?(?:发放|补贴|补助|实发)?(?:总)?金额(?:合计)?(?:\(元\))?|amount",
    "households": r"(?:受益|发放|补贴)?户数(?:\(户\))?|households",
    "quantity": r"(?:发放|补贴)?(?:面积|数量|面积/数量)(?:\([^()]{1,5}\))?|quantity",
}
_HEADS = {name: re.compile(words) for name, words in _WORDS.items()}
_TOTAL = re.compile(r"(?:全县|全镇|全乡|本页)?(?:总计|合计|小计)")


class YearTableUnreadable(FaultsInFile):
    """The table of annual figures is not as it should be: every fault with its line."""

    code = "year-table-unreadable"
    sentence = "年度数据表有不对的地方：{told}\n共 {count} 处。"


class YearTableTooLarge(Refusal):
    """A table of a county's annual figures is small; this is something else."""

    code = "year-table-too-large"
    fault = Fault.PERSON
    sentence = "年度数据表超过 8 MB，不像是各村、各项目的合计。"
    advice = "请换成每个村、每个项目一行的汇总表。"


class FigureTwice(Refusal):
    """Two figures are stated for one village and programme."""

    code = "figure-twice"
    fault = Fault.PERSON
    sentence = "{village} 的 {programme} 写了两次年度金额。"
    advice = "请每个村、每个项目只写一个数。"


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What the county says of one village and programme, whatever its lists say."""

    village: str  # code
    programme: str  # code
    fen: int
    households: int | None = None
    quantity: Decimal | None = None


def stated_once(stated: Iterable[Stated], pack: Pack) -> dict[tuple[str, str], Stated]:
    """The figures by village and programme; raises FigureTwice."""
    found: dict[tuple[str, str], Stated] = {}
    for one in stated:
        key = one.village, one.programme
        if key in found:
            names = {v.code: v.name for v in pack.villages} | {p.code: p.name for p in pack.programmes}
            raise FigureTwice(village=names[one.village], programme=names[one.programme])
        found[key] = one
    return found


def stated_in(data: bytes, pack: Pack) -> tuple[Stated, ...]:
    """The figures of a table; raises YearTableUnreadable, YearTableTooLarge and a RosterRefused."""
    if len(data) > TABLE_MAX_BYTES:
        raise YearTableTooLarge
    readers = [_Reader(grid, pack) for grid in book_of(data).sheets if grid.visible]
    found = [one for reader in readers for one in reader.stated()]
    faults = [fault for reader in readers for fault in reader.faults]
    if not faults and not any(reader.heads for reader in readers):
        faults = [LineFault(1, "", "没有表头：要有 村、项目、金额（元）这几列，或村一列、每个项目一列")]
    if not faults and not found:
        faults = [LineFault(1, "", "没有一行年度金额")]
    if faults:
        raise YearTableUnreadable(faults)
    return tuple(found)


def require_readable(name: str, data: bytes) -> None:
    """Have a child with limits read a table first, so that what breaks a parser breaks there.

    Raises WorkbookDamaged, ReadingTookTooLong, YearTableTooLarge. What it is otherwise refused for as a
    roster is no matter here.
    """
    if len(data) > TABLE_MAX_BYTES:
        raise YearTableTooLarge
    try:
        read_roster(name, data)
    except (WorkbookDamaged, ReadingTookTooLong):
        raise
    except RosterRefused:
        return


class _Unclear(Exception):  # noqa: N818 - one cell, and why; becomes a LineFault
    pass


class _Sums(NamedTuple):
    """What was stated so far, in all and by village; totals in the table are held against it."""

    everything: dict[str, int]
    village: dict[tuple[str, str], int]


class _Reader:
    """One sheet: finds its header, then reads row by row and gathers what is wrong."""

    def __init__(self, grid: Grid, pack: Pack) -> None:
        self._grid, self._pack = grid, pack
        self.faults: list[LineFault] = []
        self._programmes = {name: one for one in pack.programmes for name in (one.code, squeezed(one.name))}
        self._rows = _filled(grid)
        self._at, self.heads, self._wide = self._header()
        self._since: dict[str, int] = {}
        self._sums = _Sums({}, {})

    def stated(self) -> list[Stated]:
        """Every figure of the sheet; what cannot be read is among the faults."""
        found: list[Stated] = []
        for at in range(self._at + 1, len(self._rows)) if self.heads else ():
            if not any(squeezed(cell) for cell in self._rows[at]):
                continue
            try:
                found += self._of_row(at)
            except _Unclear as e:
                field, why = e.args
                self.faults.append(LineFault(self._grid.line(at), field, why))
        return found

    def _header(self) -> tuple[int, dict[str, int], dict[int, Programme]]:
        for at, row in enumerate(self._rows[:20]):
            named = [squeezed(cell) for cell in row]
            heads = {
                name: place
                for name, words in reversed(_HEADS.items())
                for place, text in enumerate(named)
                if words.fullmatch(text)
            }
            wide = {
                place: self._programmes[text.removesuffix("(元)")]
                for place, text in enumerate(named)
                if text.removesuffix("(元)") in self._programmes
            }
            if heads.keys() & {"village", "code"} and ({"programme", "amount"} <= heads.keys() or wide):
                return at, heads, {} if "programme" in heads else wide
        return 0, {}, {}

    def _of_row(self, at: int) -> Iterator[Stated]:
        if at in self._grid.hidden_rows:
            raise _Unclear("", "这一行是隐藏的，请取消隐藏或删去")
        said = [self._text(at, name) for name in ("town", "code", "village", "programme")]
        amounts = self._amounts(at)
        if totals := [text for text in said if _TOTAL.fullmatch(text)]:
            named = any(text and text not in totals for text in said[1:3])
            self._held(at, "小计" in totals[0], named, amounts)
            return
        village = self._village(at)
        if not self._wide:
            amounts = {self._programme(said[3]): self._fen(at, self.heads["amount"])}
        households, quantity = self._count(at), self._number(at, "quantity")
        for programme, fen in amounts.items():
            self._add(village.code, programme, fen)
            yield Stated(
                village=village.code,
                programme=programme,
                fen=fen,
                households=None if self._wide else households,
                quantity=None if self._wide else quantity,
            )

    def _amounts(self, at: int) -> dict[str, int]:
        """By programme, where each has a column; what is empty is not stated."""
        filled = {place: one for place, one in self._wide.items() if squeezed(self._cell(at, place))}
        return {one.code: self._fen(at, place) for place, one in filled.items()}

    def _add(self, village: str, programme: str, fen: int) -> None:
        for sums, key in ((self._sums.everything, programme), (self._since, programme)):
            sums[key] = sums.get(key, 0) + fen
        own = village, programme
        self._sums.village[own] = self._sums.village.get(own, 0) + fen

    def _held(self, at: int, part: bool, named: bool, amounts: dict[str, int]) -> None:
        """A total sums its rows: since the last one (小计), of the village it names, or of the sheet."""
        summed = dict(self._since if part else self._sums.everything)
        if named and not part:
            code = self._village(at).code
            summed = {one: fen for (village, one), fen in self._sums.village.items() if village == code}
        if part:
            self._since = {}
        told = amounts if self._wide else {"": self._fen(at, self.heads["amount"])}
        for programme, fen in told.items():
            rows = summed.get(programme, 0) if programme else sum(summed.values())
            if fen != rows:
                off = f"各行相加是 {yuan(rows)} 元，差 {abs(fen - rows)} 分"
                raise _Unclear("", f"合计写 {yuan(fen)} 元，{off}")

    def _village(self, at: int) -> Village:
        code, name, town = (self._text(at, one) for one in ("code", "village", "town"))
        found = [
            one
            for one in self._pack.villages
            if (one.code in {code, name} if code or name.isdigit() else one.name == name)
            and town in {"", one.town}
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise _Unclear("村", "有几个村叫这个名字，请加一列 镇 或 村代码")
        guess = nearest(name, [one.name for one in self._pack.villages])
        raise _Unclear("村", f"资料包里没有这个村{f'，是不是 {guess}？' if guess else ''}")

    def _programme(self, named: str) -> str:
        if found := self._programmes.get(named):
            return found.code
        guess = nearest(named, [one.name for one in self._pack.programmes])
        raise _Unclear("项目", f"资料包里没有这个补贴项目{f'，是不是 {guess}？' if guess else ''}")

    def _fen(self, at: int, place: int) -> int:
        read, cents = figure(self._cell(at, place)), None
        if read.value is not None and read.unit in {"", "元"}:
            cents = read.value * 100
        if cents is None or cents < 0 or cents != cents.to_integral_value():
            raise _Unclear("金额", "应是以元为单位的金额，最多两位小数")
        return int(cents)

    def _count(self, at: int) -> int | None:
        number = self._number(at, "households")
        if number is not None and number != number.to_integral_value():
            raise _Unclear("户数", "应是整数")
        return None if number is None else int(number)

    def _number(self, at: int, name: str) -> Decimal | None:
        if name not in self.heads:
            return None
        read = figure(self._cell(at, self.heads[name]))
        if read.value is None and not read.empty:
            raise _Unclear(name, "应是一个数")
        return read.value

    def _text(self, at: int, name: str) -> str:
        return squeezed(self._cell(at, self.heads[name])) if name in self.heads else ""

    def _cell(self, at: int, place: int) -> Value:
        if (at, place) in self._grid.faults:
            raise _Unclear("", "有一格是没有算出来的公式，请在表格程序里打开重新保存")
        row = self._rows[at]
        return row[place] if place < len(row) else ""


def _filled(grid: Grid) -> list[list[Value]]:
    """The rows, with the text of a cell that is merged downwards in each of its rows."""
    rows = [list(row) for row in grid.rows]
    for merge in grid.merges:
        for at in range(merge.top + 1, min(merge.bottom + 1, len(rows))):
            if merge.left < min(len(rows[at]), len(rows[merge.top])):
                rows[at][merge.left] = rows[merge.top][merge.left]
    return rows
