"""What one line of a table is: a payee, a total, an amount in words, a heading, or just a remark."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from sync.county.formats.cells import figure, squeezed
from sync.county.gazetteer import group_in
from sync.county.roster.columns.thresholds import HEADING_CHARS, PLACE_CHARS
from sync.county.roster.columns.words import What

if TYPE_CHECKING:
    from sync.county.formats.grid import Value
    from sync.county.formats.merges import Spans
    from sync.county.roster.columns.column import Band


class Kind(Enum):
    """Kinds of lines under a header."""

    BLANK = auto()
    PAYEE = auto()
    PLOT = auto()  # one more of the payee above, whose amount is for both
    TOTAL = auto()
    WORDS = auto()
    HEADING = auto()
    REMARK = auto()


_TOTAL = re.compile(
    r"^\D{0,14}?(小计|合计|总计|共计|累计|总合计|总和|合计数)(\([^)]{0,12}\)|[^\d]{0,10})?[:：]?(?=$|[\d￥¥])"
    r"|^(汇总|总数|总额|全(村|组|镇|乡|县)合?计?|[村组户人]?计|[Σ∑])[:：]?$|^共\d{1,6}[户人][:：]?$"
)
_LABEL = re.compile(
    r"(.*[村组镇乡县社队页])?(小计|合计数?|总计|共计|累计|总合计|汇总|总数|[村组户]?计|[Σ∑])([:：(].*)?"
)
_GRAND = re.compile(r"总计|总合计|总数|汇总|全(乡|镇|县|街道|市|区)|累计")
_SUB = re.compile(r"小计|本页|本组|组合计|单页")
_WORDS = re.compile(r"大写")
_WRITTEN_OUT = re.compile(
    r"负?[零〇壹贰叁肆伍陆柒捌玖拾佰仟][零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿]*[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*"
)
_REMARK = re.compile(
    r"^(注|备注|说明|填表|制表|编制|审核|复核|经办|负责|单位负责|村负责|填报|审批|领导|联系人|监督|举报|公示|附|日期|年月日|"
    r"以上|本表|此表|村民委员会|村委会|[一-龥]{0,12}(负责人|审核人|制表人|经办人|签字|签章|盖章|审核|制表))"
    r".{0,3}[:：（(]|^(注|说明|备注)[:：.、\d]|签字|签章|监督电话|举报电话|制表日期|填表日期|年\d{1,2}月\d{1,2}日"
)
_COUNT = re.compile(r"共?\d{1,6}[户人]")
_EXAMPLE = re.compile(r"示例|样例|举例|例|模板")
_NAMED_EXAMPLE = re.compile(r"[(\[【](示例|样例|举例|范例|例)[)\]】]|^(示例|样例)")
_CARRIED = re.compile(r"^(承前页|承上页|接上页|续上页|上页结转|过次页|转次页|转下页|接下页)")
_PLACE_LABEL = re.compile(
    r"^((行政)?村名?|乡镇|镇|街道|(村民)?小?组别?|所在村组?|社区|单位|编制单位|填报单位)[:：]"
)
_LABELS = frozenset(
    {What.SEQ, What.NAME, What.TOWN, What.VILLAGE, What.GROUP, What.COUNTY, What.OTHER, What.ITEM}
)
_NUMBERS = (What.AMOUNT, What.AREA, What.AREA_CONTRACT, What.HOUSEHOLDS)


class Sorter:
    """Tells the kind of each line of one band."""

    def __init__(self, band: Band, spans: Spans) -> None:
        self.band, self.spans = band, spans
        self.first = min(column.index for column in band.columns)
        self.last = max(column.index for column in band.columns)
        self._names = tuple(column.index for column in band.of(What.NAME))
        self.name_column = self._names[0] if self._names else 0
        self._seqs = tuple(column.index for column in band.of(What.SEQ))
        self._ids = tuple(column.index for column in band.of(What.ID, What.ACCOUNT))
        self._marks = (*self._ids, *self._names, *self._seqs)
        self._amounts = tuple(at for column in band.of(What.AMOUNT) for at in column.indexes)
        self._numbers = tuple(at for column in band.of(*_NUMBERS) for at in column.indexes)
        self._in_words = {
            column.index
            for column in band.columns
            if any(one.what is What.IN_WORDS for one in column.evidence)
        }
        labels = {column.index for column in band.columns if column.meaning.what in _LABELS}
        self._labels = tuple(sorted(labels | {self.first}))
        self._places = tuple(column.index for column in band.of(What.VILLAGE, What.GROUP, What.TOWN))

    def kind(self, row: int, cells: list[Value]) -> Kind:
        """Kind of a line; the common case, a payee, is decided first."""
        if self._plainly_a_payee(cells):
            return Kind.PAYEE
        texts = self.texts(cells)
        if not texts:
            return Kind.BLANK
        beside = self._in_words if set(texts) - self._in_words else set()  # words of its own amount
        said = (text for at, text in texts.items() if at not in beside)
        if any(_WORDS.search(text) or _WRITTEN_OUT.fullmatch(text) for text in said):
            return (
                Kind.TOTAL if self._is_total(texts, cells) and self._has(cells, self._amounts) else Kind.WORDS
            )
        if self._is_total(texts, cells):
            return Kind.TOTAL
        example = any(_EXAMPLE.fullmatch(texts.get(at, "")) for at in self._seqs) or any(
            _NAMED_EXAMPLE.search(texts.get(at, "")) for at in self._names
        )
        if example or any(_CARRIED.search(text) for text in texts.values()):
            return Kind.REMARK
        return self._lesser_kind(row, cells, texts)

    def _lesser_kind(self, row: int, cells: list[Value], texts: dict[int, str]) -> Kind:
        across = max(self.spans.across(row, at) for at in texts)
        if set(texts) <= set(self._names) and any(self.spans.owner(row, at)[0] < row for at in self._amounts):
            return Kind.PAYEE  # one more name beside an amount merged over several lines
        alone = len(texts) == 1 or across * 2 > self.last - self.first + 1
        if not self._has(cells, self._numbers):
            if _REMARK.search(texts[min(texts)]) and not self._has(cells, self._seqs):
                return Kind.REMARK
            labelled = any(_PLACE_LABEL.search(text) for text in texts.values())
            if alone or labelled or not self._identified(row, cells):
                whole = "".join(texts.values())
                places = re.search(r"[村社组队]|社区|居委", whole) or group_in(whole)
                return (
                    Kind.HEADING if len(whole) <= (PLACE_CHARS if places else HEADING_CHARS) else Kind.REMARK
                )
        if alone and across > 2:
            return Kind.REMARK
        return Kind.PAYEE if self._identified(row, cells) or self._nonzero(cells) else Kind.REMARK

    def names_somebody(self, cells: list[Value]) -> bool:
        """Whether a line carries a name, a number of its own, an ID or an account."""
        return any(map(squeezed, [cells[at] for at in self._marks if at < len(cells)]))

    @property
    def numbers_lines(self) -> bool:
        """Whether there is a column of numbers."""
        return bool(self._seqs)

    def unnumbered(self, cells: list[Value]) -> bool:
        """Whether a line of a numbered list has neither a number nor an ID nor an account."""
        return bool(self._seqs) and not self._has(cells, self._seqs) and not self.identifies(cells)

    def identifies(self, cells: list[Value]) -> bool:
        """Whether an ID or account stands in a line."""
        return any(at < len(cells) and squeezed(cells[at]) for at in self._ids)

    def name(self, cells: list[Value]) -> str:
        """First name in a line, folded; "" for none."""
        named = (squeezed(cells[at]) for at in self._names if at < len(cells))
        return next(filter(None, named), "")

    def places_itself(self, cells: list[Value]) -> bool:
        """Whether a line names a village, group or town."""
        return any(at < len(cells) and squeezed(cells[at]) for at in self._places)

    def measures(self, cells: list[Value]) -> bool:
        """Whether a line has an amount or an area."""
        return self._has(cells, self._numbers)

    def texts(self, cells: list[Value]) -> dict[int, str]:
        """The band's non-empty cells, folded."""
        return {
            at: text
            for at in range(self.first, min(self.last + 1, len(cells)))
            if cells[at] not in {"", None} and (text := squeezed(cells[at]))
        }

    def _plainly_a_payee(self, cells: list[Value]) -> bool:
        """A number in the number column, a name and an amount in theirs."""
        return (
            bool(self._seqs and self._names and self._amounts)
            and max(self._seqs[0], self._names[0], self._amounts[0]) < len(cells)
            and isinstance(cells[self._seqs[0]], (int, float))
            and isinstance(cells[self._amounts[0]], (int, float))
            and isinstance(name := cells[self._names[0]], str)
            and len(name) > 1
            and "计" not in name
            and "例" not in name
        )

    def _is_total(self, texts: dict[int, str], cells: list[Value]) -> bool:
        if not self._has(cells, self._seqs) and any(
            _COUNT.fullmatch(texts.get(at, "")) for at in self._names
        ):
            return True
        labelled = [at for at in texts if at in self._labels and _TOTAL.search(texts[at])]
        if not labelled:
            return False
        if set(labelled) <= set(self._names) and self._has(cells, self._seqs):
            return all(_LABEL.fullmatch(texts[at]) for at in labelled)  # 程合计 is somebody's name
        named = any(
            at in texts and at not in labelled and figure(cells[at]).value is None for at in self._names
        )
        return not (named and (not self._seqs or self._has(cells, self._seqs)))

    def _identified(self, row: int, cells: list[Value]) -> bool:
        """Has a name, an ID, an account, or a number of its own with something beside it."""
        if self._has(cells, self._ids) or any(at < len(cells) and squeezed(cells[at]) for at in self._names):
            return True
        merged = any(self.spans.owner(row, at) != (row, at) for at in self._names)
        return self._has(cells, self._seqs) and (self._nonzero(cells) or merged)

    def _nonzero(self, cells: list[Value]) -> bool:
        return any(at < len(cells) and figure(cells[at]).value for at in self._numbers)

    def _has(self, cells: list[Value], columns: tuple[int, ...]) -> bool:
        return any(at < len(cells) and figure(cells[at]).value is not None for at in columns)


def total_rank(label: str) -> int:
    """0 for 小计 and page totals, 1 for 合计, 2 for 总计 and whole towns."""
    if _SUB.search(label):
        return 0
    return 2 if _GRAND.search(label) else 1


def written_out(text: str) -> str:
    """An amount in words inside a line: “合计金额（大写）：肆拾壹万…” → 肆拾壹万…; "" if there is none."""
    found = _WRITTEN_OUT.search(text)
    return found[0] if found else ""
