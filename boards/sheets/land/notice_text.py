"""The text of a notice as what it is made of: headings, paragraphs, tables (GB/T 9704 §7.3.3).

County texts write a table as lines whose cells stand apart by a wide space:

    竹垓村　耕地　1.2036公顷（18.054亩）
    合计2.0473公顷（30.7095亩）

Nothing is computed or corrected: a word or unit that every cell of a column repeats moves into the
column's head, everything else stays as published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from boards.model.land.notice import LandNotice


class Heading(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A line of its own above what it names: level 1 is 一、, level 2 （一）."""

    level: int
    text: str


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Running text. `lead` is its numbered opening (一、征收范围), set as a heading on the same line."""

    text: str
    lead: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Rows of equal length; `head` is empty where no column has a name."""

    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()  # its last cells stand under the last columns, its first fills the rest
    note: str = ""  # 单位：公顷、亩
    caption: str = ""


Block = Heading | Paragraph | Table

TOTAL_WORDS = ("合计", "总计", "共计", "小计")
UNITS = ("平方米", "公顷", "万元", "㎡", "亩", "元", "人", "户")
SENTENCE_END = frozenset("。；：，！？;:")
LONGEST_HEADING = 28  # characters: one line of GB/T 9704
_LEVELS = (
    re.compile(r"[一二三四五六七八九十百]{1,4}、(?P<words>.+)"),
    re.compile(r"（[一二三四五六七八九十百]{1,4}）(?P<words>.+)"),
)
_GAP = re.compile(r"\u3000+|\t+| {2,}")
_WORD = re.compile("[\u4e00-\u9fff]*")
_LABEL = re.compile("[^：]{1,8}：.")
_SPACE = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")  # spaces that fonts may lack and that look alike
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?", re.ASCII)


def period_name(title: str) -> str:
    """What its period is called: 公示期 on a 公示, 公告期 on a 公告 or 通告."""
    return "公示期" if title.rfind("公示") > title.rfind("公告") else "公告期"


def blocks_of(notice: LandNotice) -> tuple[Block, ...]:
    """The notice's text in order; a text that was not published says so."""
    lines = [line.strip() for line in _SPACE.sub(" ", notice.text).splitlines() if line.strip()]
    if not lines:
        said = f"“{notice.project}”这份公告的正文没有随数据发布，请以县里张贴的公告为准。"
        why = (Paragraph(text=f"原因：{notice.reason}"),) if notice.reason else ()
        return (Paragraph(text=said), *why)
    return tuple(_blocks(lines, _names(notice)))


def _names(notice: LandNotice) -> dict[str, frozenset[str]]:
    """What a column is called whose cells are all known from the notice's own data."""
    rows = notice.compensation
    return {
        "村": frozenset(one.village for one in notice.areas) | {one.village for one in rows},
        "地类": frozenset(one.land_class for one in notice.areas),
        "权利人": frozenset(one.owner for one in notice.areas),
        "补偿项目": frozenset(one.item for one in rows),
        "计算依据": frozenset(one.basis for one in rows),
    }


def _blocks(lines: list[str], names: dict[str, frozenset[str]]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        note = lines[at] if lines[at].startswith("单位：") else ""
        start = at + bool(note)
        end = _table_end(lines, start)
        if end:
            yield _table(lines[start:end], names, note)
            at = end
        else:
            yield _prose(lines[at])
            at += 1


def _table_end(lines: Sequence[str], start: int) -> int:
    """Where a table that begins at a line ends (its total line included); 0 where none begins.

    A row has as many cells as the first, and is neither a numbered heading nor a total nor
    联系人：…　电话：….
    """
    columns = len(cells(lines[start])) if start < len(lines) else 0
    end = start
    while columns > 1 and end < len(lines):
        line, row = lines[end], cells(lines[end])
        other = _is_total(line) or _LEVELS[0].match(line) or all(map(_LABEL.match, row))
        if other or len(row) != columns:
            break
        end += 1
    if end == start:
        return 0
    if end < len(lines) and _is_total(lines[end]) and len(_total_cells(lines[end])) <= columns:
        return end + 1
    return end if end - start > 1 else 0


def cells(line: str) -> list[str]:
    """A line's cells: what stands apart by wide spaces, tabs or runs of spaces."""
    return [cell for cell in _GAP.split(line) if cell]


def _is_total(line: str) -> bool:
    return line.startswith(TOTAL_WORDS) and bool(_NUMBER.search(line))


def _total_cells(line: str) -> tuple[str, ...]:
    """合计应付18.00元，已付18.00元 → 合计 | 应付18.00元 | 已付18.00元."""
    rest = line[2:].strip("\u3000 \t：:。")
    parts = cells(rest)
    return (line[:2], *(parts if len(parts) > 1 else filter(None, re.split("[，、；]", rest))))


def _table(lines: list[str], names: dict[str, frozenset[str]], note: str) -> Table:
    total = _total_cells(lines.pop()) if _is_total(lines[-1]) else ()
    rows = [tuple(cells(line)) for line in lines]
    titled = len(rows) > 1 and not _NUMBER.search(lines[0]) and all(map(_NUMBER.search, lines[1:]))
    if titled:
        return Table(head=rows[0], rows=tuple(rows[1:]), total=total, note=note)
    columns = [_column(column, names) for column in zip(*rows, strict=True)]
    heads = tuple(head for head, _, _ in columns)
    stripped = tuple(zip(*(column for _, column, _ in columns), strict=True))
    # A figure of the total line loses what the head of its column says already.
    under = zip(total[1:], [shared for _, _, shared in columns][len(columns) - len(total[1:]) :], strict=True)
    figures = [
        _bare(figure, (prefix, unit)) if _is_measure(figure.removeprefix(prefix), "", unit) else figure
        for figure, (prefix, unit) in under
    ]
    return Table(
        head=heads if any(heads) else (),
        rows=stripped,
        total=(*total[:1], *figures),
        note=note,
    )


_Shared = tuple[str, str]


def _column(column: Sequence[str], names: dict[str, frozenset[str]]) -> tuple[str, tuple[str, ...], _Shared]:
    """Head of a column, its cells without what they share, and what that was."""
    known = next((name for name, members in names.items() if set(column) <= members), "")
    if known:
        return known, tuple(column), ("", "")
    words = {_NUMBER.split(cell, maxsplit=1)[0] for cell in column}
    word = words.pop() if len(words) == 1 and all(map(_NUMBER.search, column)) else ""
    prefix = word if _WORD.fullmatch(word) else ""  # 应付 of 应付18.00元, 应付20.00元
    unit = next((unit for unit in UNITS if all(_is_measure(cell, prefix, unit) for cell in column)), "")
    if unit:
        head = prefix or ("金额" if "元" in unit else "面积" if unit not in {"人", "户"} else "数量")
        return f"{head}（{unit}）", tuple(_bare(cell, (prefix, unit)) for cell in column), (prefix, unit)
    area = all("公顷" in cell or "亩" in cell for cell in column) and not any("元" in cell for cell in column)
    return "面积" if area else "", tuple(column), ("", "")


def _is_measure(cell: str, prefix: str, unit: str) -> bool:
    return cell.endswith(unit) and _NUMBER.fullmatch(cell[len(prefix) : -len(unit)]) is not None


def _bare(cell: str, shared: _Shared) -> str:
    return cell.removeprefix(shared[0]).removesuffix(shared[1])


def _prose(line: str) -> Block:
    for level, pattern in enumerate(_LEVELS, start=1):
        if not pattern.match(line):
            continue
        lead, gap, rest = _GAP.sub("\u3000", line).partition("\u3000")
        if gap and _short(lead):
            return Paragraph(lead=lead, text=rest)
        if _short(line):
            return Heading(level=level, text=line)
    return Paragraph(text=line.replace("\t", "\u3000"))


def _short(words: str) -> bool:
    return len(words) <= LONGEST_HEADING and not SENTENCE_END & set(words)


def figures_in(line: str) -> set[Decimal]:
    """Every figure of a line; thousands commas and closing zeros make no difference."""
    return {Decimal(figure.replace(",", "")) for figure in _NUMBER.findall(line)}
