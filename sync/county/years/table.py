"""One sheet of the county's annual figures, cell by cell: what it states, and every cell that does not do.

A table has a row for each village and programme (村, 项目, 金额, and where wanted 镇, 村代码, 户数, 数量),
or a row for each village and a column for each programme. Totals, wherever they stand, must be the sum of
their rows. What states nothing (titles, notes, who filled it in) is passed over; a figure never is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.line_faults import LineFault, nearest
from boards.model.money import yuan
from sync.county.formats.cells import figure, squeezed
from sync.county.formats.grid import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boards.model.pack import Pack
    from boards.model.place import Village
    from sync.county.formats.grid import Grid, Value

_WORDS = {
    "code": r"(?:行政)?村(?:庄)?(?:代码|编码)|12位村代码|village_code",
    "village": r"(?:行政)?村(?:名|名称|\(社区\)|委会|庄)?|village",
    "town": r"(?:乡镇|镇|镇街|街镇|乡镇\(街道\)|街道)(?:名称)?|town",
    "programme": r"(?:补贴|补助|资金)?项目(?:名称|代码)?|programme",
    "amount": r"(?:全年|年度|实际)?(?:发放|补贴|补助|实发)?(?:总)?金额(?:合计)?|amount",
    "households": r"(?:受益|发放|补贴)?户数(?:\(户\))?|households",
    "quantity": r"(?:发放|补贴)?(?:面积|数量|面积/数量)(?:\([^()]{1,5}\))?|quantity",
}
_HEADS = {name: re.compile(words) for name, words in _WORDS.items()}
_WHERE = ("code", "village", "town")
_ONCE = (*_WHERE, "programme", "amount")  # heads that may stand in one column only
_UNIT = re.compile(r"(?:\((?:单位:)?|/)(万?元)\)?$")
_UNIT_LINE = re.compile(r"单位[^。]{0,10}?(万?元)")
_FEN = {"元": 100, "万元": 1_000_000}
_TOTAL = re.compile(r"(.{0,20}?)(总计|合计|小计|共计):?")
_SUMS = re.compile(r"(?:全年|年度)?(?:发放|补贴|补助|资金)?(?:金额)?(?:总计|合计|总额|总金额|共计|小计)")
_NOTHING = re.compile(r"[-—–/\\]*|无")
_FOOT = re.compile(r"注|备注|说明|填|制表|编制|审|复核|经办|负责|主管|单位|盖章|联系|日期|\d+[.、]")
_TOWN_OVER = re.compile(r"(?:\(?[一二三四五六七八九十0-9]+[).、])?(.+?)[:：]?")
_WITHIN = re.compile(r"\([^()]*\)")
_BESIDE = re.compile(
    r"序号|编号|备注|说明|电话|联系.*|.*代码|.*户数?|.*人[数口]?|.*(?:面积|数量|标准|日期|时间|批次|次数)|.*率|占比|.*%"
)


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What the county says of one village and programme, whatever its lists say."""

    village: str  # code
    programme: str  # code
    fen: int
    households: int | None = None
    quantity: Decimal | None = None


class _Unclear(Exception):  # noqa: N818 - one cell, and why; becomes a LineFault
    pass


class _Total(NamedTuple):
    """A total of the table: of a town, of a village ("": any), and the rows since the last one."""

    at: int
    part: bool  # 小计
    town: str
    village: str
    amounts: dict[str, int]  # by programme; "": all
    since: slice


class YearSheet:
    """A sheet: its header is found, then it is read row by row; `faults` gathers what is wrong."""

    def __init__(self, grid: Grid, pack: Pack, *, named: bool) -> None:
        """`named`: its faults say on which sheet they are."""
        self._grid, self._pack, self._file = grid, pack, f"工作表“{grid.name}”" if named else ""
        self._programmes = {key: p.code for p in pack.programmes for key in (p.code, squeezed(p.name))}
        self._towns = {one.code: one.town for one in pack.villages}
        self._names = {name for one in pack.villages for name in _names(one)}
        self._over, self._faulty = dict(_merged_down(grid)), {at for at, _ in grid.faults}
        self.faults: list[LineFault] = []
        self.stated: list[Stated] = []
        self._totals: list[_Total] = []
        self._rows: list[int] = []
        self._town, self._since = "", {True: 0, False: 0}
        self.heads: dict[str, int] = {}
        self._wide: dict[int, str] = {}
        self._sums: list[int] = []
        self._first = self._last = 0
        self._find_header()
        if self.heads:
            self._read()
        elif grid.visible:
            self._refuse_headless()

    # The header

    def _find_header(self) -> None:
        for at in range(min(20, len(self._grid.rows))):
            columns = self._columns(at)
            found = {
                name: [n for n, texts in enumerate(columns) if any(words.fullmatch(_bare(t)) for t in texts)]
                for name, words in _HEADS.items()
            }
            long = bool(found["programme"] and found["amount"])
            wide = not long and any(self._headed(head) for head, _ in columns)
            if (found["village"] or found["code"]) and (long or wide):
                self._first, self._last = at, at + any(sub for _, sub in columns)
                self._take_header(columns, found if long else {name: found[name] for name in _WHERE})
                return

    def _columns(self, at: int) -> list[tuple[str, str]]:
        """What stands over each column; where a programme has several (户数, 金额), which one it is, too."""
        named, below = self._texts(at), self._texts(at + 1)
        if not any(_HEADS["amount"].fullmatch(_bare(text)) for text in below):
            return [(text, "") for text in named]
        over, found = "", []
        for place in range(max(len(named), len(below))):
            top, sub = (row[place] if place < len(row) else "" for row in (named, below))
            over = top or (over if sub else "")
            found.append((over, sub))
        return found

    def _take_header(self, columns: list[tuple[str, str]], found: dict[str, list[int]]) -> None:
        self._columns_read, self._units = columns, self._units_over(columns)
        self.heads = {name: places[0] for name, places in found.items() if places}
        if "amount" not in found:
            money = {n: head for n, (head, sub) in enumerate(columns) if _money(sub)}
            self._wide = {n: code for n, head in money.items() if (code := self._headed(head))}
            self._sums = [n for n, head in money.items() if _SUMS.fullmatch(_bare(head))]
        again = [places for name, places in found.items() if name in _ONCE]
        again += [[n for n, one in self._wide.items() if one == code] for code in {*self._wide.values()}]
        for places in again:
            if len(places) > 1:
                letters = "、".join(map(column_letter, places))
                self._fault(self._last, "", f"{letters} 列的表头是同一个意思，请只留一列")
        for place in {*self.heads.values(), *self._wide} & self._grid.hidden_columns:
            self._fault(self._last, f"{column_letter(place)}列", "这一列是隐藏的，请取消隐藏或删去")

    def _headed(self, head: str) -> str:
        """The programme a column's head names: by code or full name, with 金额 behind it or not."""
        bare = _bare(head)
        return self._programmes.get(bare) or self._programmes.get(bare.removesuffix("金额"), "")

    def _units_over(self, columns: list[tuple[str, str]]) -> list[int]:
        """Fen of one unit in each column: as its head says, else the line of units over the table."""
        above = (text for at in range(self._last) for text in self._texts(at))
        line = next((found[1] for text in above if (found := _UNIT_LINE.search(text))), "元")
        own = ([_UNIT.search(text) for text in reversed(heads)] for heads in columns)
        return [_FEN[next((one[1] for one in found if one), line)] for found in own]

    def _refuse_unknown(self) -> None:
        """A column of figures that nobody could place: it may be a programme that is spelled otherwise."""
        used = {*self.heads.values(), *self._wide, *self._sums}
        columns = dict(enumerate(self._columns_read))
        rows = [self._grid.rows[at] for at in self._rows]
        for place in sorted({n for row in rows for n in range(len(row))} - used):
            head, sub = columns.get(place, ("", ""))
            beside = any(_BESIDE.fullmatch(_WITHIN.sub("", text)) for text in (sub or head, head))
            if not beside and any(place < len(row) and figure(row[place]).value for row in rows):
                guess = nearest(_bare(head), [one.name for one in self._pack.programmes])
                why = f"不是资料包里的补贴项目，却有金额{_maybe(guess)}" if head else "没有表头，却有数"
                self._fault(self._last, f"{column_letter(place)}列", why)

    def _refuse_headless(self) -> None:
        """A sheet without a header may hold no figure of a village."""
        for at, row in enumerate(self._grid.rows):
            if self._names & {*self._texts(at)} and any(figure(cell).value for cell in row):
                why = "上面没有表头：要有 村、项目、金额（元）这几列，或村一列、每个项目一列"
                self._fault(at, "", why)
                return

    # The rows

    def _read(self) -> None:
        if not self._grid.visible:
            self._fault(self._last, "", "这张工作表是隐藏的，请取消隐藏或删去")
            return
        for at in range(self._last + 1, len(self._grid.rows)):
            try:
                self._of_row(at)
            except _Unclear as e:
                self._fault(at, *e.args)
        for total in self._totals:
            self._hold(total)
        if self._wide:
            self._refuse_unknown()

    def _of_row(self, at: int) -> None:
        if self._says_nothing(at):
            return
        if at in self._grid.hidden_rows:
            raise _Unclear("", "这一行是隐藏的，请取消隐藏或删去")
        words = self._texts(at)[: min(self._wide or [self.heads["amount"]])]
        if found := next((f for text in words if (f := _TOTAL.fullmatch(text))), None):
            self._take_total(at, found[1], part=found[2] == "小计")
            return
        village = self._village(at)
        self._rows.append(at)
        amounts = self._amounts(at) if self._wide else self._amount(at)
        self._hold_sums(at, amounts)
        households, quantity = (None, None) if self._wide else (self._count(at), self._number(at, "quantity"))
        self.stated += [
            Stated(village=village.code, programme=one, fen=fen, households=households, quantity=quantity)
            for one, fen in amounts.items()
        ]

    def _says_nothing(self, at: int) -> bool:
        """Whether a row is empty, the header once more, a town over its villages, or words beside them."""
        texts = [text for text in self._texts(at) if text]
        if at in self._faulty or not texts:
            return at not in self._faulty
        if texts in [[text for text in self._texts(head) if text] for head in (self._first, self._last)]:
            return True
        if len(texts) == 1 and (found := _TOWN_OVER.fullmatch(texts[0])) and found[1] in self._towns.values():
            self._town = found[1]
            return True
        figures = any(figure(cell).value is not None for cell in self._grid.rows[at])
        words = len(texts) == 1 or bool(_FOOT.match(texts[0]))
        return words and not figures and not (self._names | self._programmes.keys()) & {*texts}

    def _amount(self, at: int) -> dict[str, int]:
        return {self._programme(at): self._fen(at, self.heads["amount"])}

    def _amounts(self, at: int) -> dict[str, int]:
        """By programme, where each has a column; what is empty is not stated."""
        filled = {place: one for place, one in self._wide.items() if not self._empty(at, place)}
        return {one: self._fen(at, place) for place, one in filled.items()}

    def _empty(self, at: int, place: int) -> bool:
        return bool(_NOTHING.fullmatch(squeezed(self._cell(at, place))))

    # What is added up

    def _take_total(self, at: int, of: str, *, part: bool) -> None:
        """A total names its town, village or programme, or sums the rows since the last one, or all."""
        said = of, self._text(at, "village"), self._text(at, "code")
        named = next((text for text in said if text in self._names), "")
        village = self._village(at, named).code if named else ""
        town = next((text for text in (of, self._text(at, "town")) if text in self._towns.values()), "")
        programme = self._headed(of) or self._headed(self._text(at, "programme"))
        if self._wide:
            amounts = self._amounts(at)
            self._hold_sums(at, amounts)
        else:
            empty = self._empty(at, self.heads["amount"])
            amounts = {} if empty else {programme: self._fen(at, self.heads["amount"])}
        since = slice(self._since[part], len(self.stated))
        self._totals.append(_Total(at, part, town, village, amounts, since))
        if not village:
            self._since[part] = len(self.stated)

    def _hold(self, total: _Total) -> None:
        """Held when all rows are read: a total may stand over what it sums."""
        named = bool(total.town or total.village)
        scope = [
            one
            for one in self.stated
            if total.village in {"", one.village} and total.town in {"", self._towns[one.village]}
        ]
        since = self.stated[total.since]
        options = [scope] if named else [since] if total.part else [scope, since]
        for programme, fen in total.amounts.items():
            sums = [sum(one.fen for one in rows if programme in {"", one.programme}) for rows in options]
            if fen not in sums:
                self._fault(total.at, "", _off("合计", fen, "各行", sums[0]))

    def _hold_sums(self, at: int, amounts: dict[str, int]) -> None:
        """The sum of a row beside its programmes."""
        for place in self._sums:
            if not self._empty(at, place):
                fen, rows = self._fen(at, place), sum(amounts.values())
                if fen != rows:
                    raise _Unclear(f"{column_letter(place)}列", _off("合计", fen, "各项目", rows))

    # One cell

    def _village(self, at: int, named: str = "") -> Village:
        code, name, town = (self._text(at, one) for one in ("code", "village", "town"))
        name, town = named or name, town or self._town
        known = [one for one in self._pack.villages if {code, name} <= {"", *_names(one)} and code + name]
        found = [one for one in known if town in {"", one.town, one.county + one.town}]
        if len(found) == 1:
            return found[0]
        if found:
            raise _Unclear("村", "有几个村叫这个名字，请加一列 镇 或 村代码")
        if known:
            raise _Unclear("村", "这个村不在这一行写的镇，请核对")
        if not (code or name):
            raise _Unclear("村", "没有写是哪个村；合并的单元格请逐行写")
        if code and name and any(code in _names(one) for one in self._pack.villages):
            raise _Unclear("村", "村代码和村名不是同一个村")
        guess = nearest(name, [one.name for one in self._pack.villages])
        raise _Unclear("村", f"资料包里没有这个村{_maybe(guess)}")

    def _programme(self, at: int) -> str:
        named = self._text(at, "programme")
        if found := self._programmes.get(named):
            return found
        if not named:
            raise _Unclear("项目", "没有写是哪个补贴项目")
        guess = nearest(named, [one.name for one in self._pack.programmes])
        raise _Unclear("项目", f"资料包里没有这个补贴项目{_maybe(guess)}")

    def _fen(self, at: int, place: int) -> int:
        where = f"{column_letter(place)}列金额"
        if (at, place) in self._over:
            raise _Unclear(where, "几行合并成了一格，看不出各是多少，请拆开逐行写")
        read, cents = figure(self._cell(at, place)), None
        if read.value is not None and read.unit in {"", "元"}:
            cents = read.value * (100 if read.unit else self._units[place])
        if cents is None or cents < 0 or cents != cents.to_integral_value():
            more = "；这一格是空的" if read.empty else "；不能是负数" if (read.value or 0) < 0 else ""
            raise _Unclear(where, f"应是以元为单位的金额，最多两位小数{more}")
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
            raise _Unclear(f"{column_letter(self.heads[name])}列", "应是一个数")
        return read.value

    def _text(self, at: int, name: str) -> str:
        """A word of a row; of a cell that is merged downwards, in each of its rows."""
        if name not in self.heads:
            return ""
        place = self.heads[name]
        return squeezed(self._cell(self._over.get((at, place), at), place))

    def _texts(self, at: int) -> list[str]:
        return [squeezed(cell) for cell in self._grid.rows[at]] if at < len(self._grid.rows) else []

    def _cell(self, at: int, place: int) -> Value:
        where = f"{column_letter(place)}列"
        if (at, place) in self._grid.faults:
            raise _Unclear(where, "有一格是没有算出来的公式，请在表格程序里打开重新保存")
        if (at, place) in self._grid.struck:
            raise _Unclear(where, "有一格被划掉了，请删去或取消删除线")
        row = self._grid.rows[at]
        return row[place] if place < len(row) else ""

    def _fault(self, at: int, field: str, why: str) -> None:
        self.faults.append(LineFault(self._grid.line(at), field, why, self._file))


def _bare(head: str) -> str:
    """A head without its unit."""
    return _UNIT.sub("", head)


def _money(sub: str) -> bool:
    """Whether a column below a programme is its amount; where nothing stands there it is."""
    return not sub or bool(_HEADS["amount"].fullmatch(_bare(sub)))


def _names(village: Village) -> tuple[str, ...]:
    """How a table may call a village: by code, or by name, with town and county before it or not."""
    town = village.town + village.name
    return village.code, village.name, town, village.county + town


def _merged_down(grid: Grid) -> Iterator[tuple[tuple[int, int], int]]:
    """The cells below the first one of each merge, and its row."""
    for merge in grid.merges:
        for at in range(merge.top + 1, min(merge.bottom + 1, len(grid.rows))):
            yield (at, merge.left), merge.top


def _maybe(guess: str) -> str:
    return f"，是不是 {guess}？" if guess else ""


def _off(what: str, fen: int, of: str, rows: int) -> str:
    return f"{what}写 {yuan(fen)} 元，{of}相加是 {yuan(rows)} 元，差 {abs(fen - rows)} 分"
