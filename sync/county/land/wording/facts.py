"""What the text of a notice states in so many words: only facts under their own label, in plain figures.

A text that is silent, or says it another way, states nothing here. Figures keep the places they were
written with, so that 2.05公顷 can stand for 2.0473. All but the days take a text in its plain form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.land.compensation import Basis, basis_of
from boards.model.numerals import VALUES, number_from_words
from sync.county.formats.cells import possible_day

if TYPE_CHECKING:
    from sync.county.land.case_file import StageFile

_DAY = r"([0-9]{4})年\s*([0-9]{1,2})月\s*([0-9]{1,2})日"
_STARTS = r"(?:^|(?<=[。;,:\s]))"
_FIGURE = r"([0-9][0-9,]*(?:\.[0-9]+)?)"
_FOOT = re.compile(_DAY, re.ASCII)
_FOOT_HAN = re.compile(
    "([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_PERIOD = re.compile(
    _STARTS + r"(?:本?公告|本?公示|本通告)(?:的)?(?:期限|期|时间)?(?:共|为|:)*\s*"
    r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})\s*个?(工作日|日|天)"
    r"(?:[^。;\n]{0,24}?至\s*" + _DAY + ")?",
    re.ASCII | re.MULTILINE,
)
_RANGE = re.compile(
    _DAY + r"\s*起?\s*(?:至|到|[-—~])\s*(?:([0-9]{4})年\s*)?([0-9]{1,2})月\s*([0-9]{1,2})日", re.ASCII
)
_COUNT = "[一二三四五六七八九十]{1,3}"
_HEADING = re.compile(rf"(?P<top>{_COUNT})、|[(（](?P<sub>{_COUNT})[)）]")
_TOTAL = _STARTS + r"(?:面积)?(?:合计|总计|共计)(?:面积)?(?:为|共)?[\s:]*"
_TOTAL_HA = re.compile(_TOTAL + _FIGURE + r"\s*公顷", re.MULTILINE)
_TOTAL_MU = re.compile(
    _TOTAL + r"(?:[0-9][0-9.]*\s*公顷[\s(,]*(?:合|计|折合|即)?\s*)?" + _FIGURE + r"\s*亩(?!\s*[×x*])",
    re.MULTILINE,
)
_ONE_AREA = re.compile(
    _STARTS
    + r"(?:总|征收|征收总)?面积(?:为|共)?\s*"
    + _FIGURE
    + r"\s*公顷\s*(?:\((?:合|计|折合|即)?\s*"
    + _FIGURE
    + r"\s*亩\))?",
    re.MULTILINE,
)
_MONEY = re.compile(
    r"(?:^|(?<=[。;,:\s费用额偿]))(?:合计|总计|共计)(?:应付|金额|人民币|为|共|:|\s)*"
    + _FIGURE
    + r"\s*(万?元)(?!\s*[/每])",
    re.MULTILINE,
)
_PAID = re.compile(
    r"(?:合计|总计|共计)[^。\n]{0,40}?已付(?:合计|金额|为|:|\s)*" + _FIGURE + r"\s*(万?元)(?!\s*[/每])"
)
_AMOUNT = re.compile(_FIGURE + r"\s*(万?元)(?!\s*[/每])")
_RATE_BEFORE = re.compile(r"(?:每.{1,2}|标准|单价|[×x*])[为:]?\s*$")
_OTHER_MONEY = re.compile("保险|社保|社会保障|保证金|其中")
_SETTLED = re.compile(
    r"安置(?:对象|人口|人员|农业人口|农民)(?:为|是|共|计|有|:|被征地|农民|人员|\s)*([0-9]{1,6})\s*(?:人|名)",
    re.ASCII,
)
_REMEDY = re.compile(
    r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})\s*(个工作日|工作日|日|天|个月|年)(?:之)?内[^。;,\n]{0,16}?(复议|诉讼|起诉)"
)
_DIGITS = 4  # of a figure that is no count
_VALUE = re.compile(r"(?<![0-9.-])[0-9][0-9,]*(?:\.[0-9]+)?(?![0-9-])", re.ASCII)
_OTHER_FIGURES = re.compile(  # days, numbers of documents, telephones, articles
    r"[0-9]{1,4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|[\[(〔][0-9]{4}[\])〕][^号]{0,9}号|0[0-9]{2,3}-[0-9]+|第[0-9]+[条号]"
)
_PERIOD_LABEL = re.compile(r"(?:公告|公示)(?:期限|时间|期)(?:为|:|自|从)")
_UNIT = r"\s*(?:亩|公顷|平方米|㎡)"
_BASIS = re.compile(rf"[0-9][0-9,.]*{_UNIT}\s*[×xX*]\s*[0-9][0-9,.]*\s*元\s*/{_UNIT}")
_NUMBER = re.compile(r"[^\s0-9]{2,16}[\[(〔{【]?[0-9]{1,6}[\])〕}】]?第?[0-9]+号")
_TITLE = re.compile(r"[^。;,]{2,40}(?:公告|公示|通告|通知|启事)(?:\(.{1,6}\))?")
_TITLE_END = re.compile(r"(?<!特此)(?<!如下)(?:公告|公示|通告|通知|启事)(?:\(.{1,6}\))?$")
_DATED = re.compile(
    r"\(?(?:[^。;,0-9]{0,30}[府局会处室:])?[0-9〇零○Ｏ一二三四五六七八九]{4}年.{1,3}月.{1,3}日\)?"
)
_ISSUER = re.compile(r"[^。;,:0-9]{2,20}(?:人民政府|管理委员会|自然资源和规划局|自然资源局|国土资源局)")
_LINES_OF_HEAD, _LINES_OF_FOOT, _LONGEST_HEADING = 6, 4, 24
_ATTACHED = re.compile(r"附件[：:]\s*(?P<names>.+)")
_CLOSING = re.compile(r"(?:本|特此)(?:公告|公示|通告)|(?:公告|公示)\s*(?:期|[0-9])|附件")
_LIKE_A_DAY = re.compile(
    r"(?:.{0,20}[:\s县局府])?(?:[0-9〇零○Ｏ一二三四五六七八九十]{0,5}\s*年\s*[0-9一二三四五六七八九十]{0,3}\s*月?"
    r"\s*[0-9一二三四五六七八九十]{0,3}\s*[日号]?|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}|[0-9]{8})"
)


def plain(text: str) -> str:
    """The text in its plain form: half-width figures and marks, 〔〕 as it stands."""
    return unicodedata.normalize("NFKC", text)


def figures(text: str) -> set[str]:
    """Every figure of a text without commas and closing zeros, a day as one: 1,845.60 is 1845.6."""
    days = {"-".join(one.groups()) for one in _FOOT.finditer(text)}
    rest = _FOOT.sub(" ", text)
    return days | {f"{_decimal(one[1]).normalize():f}" for one in re.finditer(_FIGURE, rest)}


def day_said(line: str) -> date | None:
    """The day a line consists of, in figures or Chinese numerals; None where it says anything else."""
    told = _FOOT.fullmatch(plain(line).strip())
    if told is not None:
        return possible_day(*map(int, told.groups()))
    han = _FOOT_HAN.fullmatch(line.strip())
    if han is None:
        return None
    year = int("".join(str(VALUES[one]) for one in han[1]))
    return possible_day(year, number_from_words(han[2]), number_from_words(han[3]))


def signed_day(text: str) -> date | None:
    """The day under the signature (成文日期)."""
    days = (day_said(line) for line in _foot(text))
    return next((day for day in days if day), None)


def malformed_day(text: str) -> str:
    """What stands in the place of the day of signature and is none: 2025年13月1日, 2025-10-31; or ""."""
    if signed_day(text):
        return ""
    return next((line.strip() for line in _foot(text) if _LIKE_A_DAY.fullmatch(plain(line).strip())), "")


def is_framed(text: str) -> bool:
    """Whether a text brings its head or foot along: a whole notice, not its words alone."""
    return bool(numbers_said(text) or issuers_said(text))


def is_titled(text: str) -> bool:
    """Whether the head has a line that says what the notice is; it may be broken into several."""
    head = [squeezed(line) for line in _head(text)]
    return any(_TITLE_END.search(one) and not _NUMBER.fullmatch(one.strip("()")) for one in head)


def is_dated(text: str) -> bool:
    """Whether a day stands on a line of its own, alone, in brackets or behind who signs."""
    return any(_DATED.fullmatch(one) for one in map(squeezed, text.splitlines()))


def _foot(text: str) -> list[str]:
    """The last lines of a text, the last one first."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[: -_LINES_OF_FOOT - 1 : -1]


def impossible_days(text: str) -> list[str]:
    """Days that no calendar has, or whose year is not written in full: 2025年11月31日, 205年1月1日."""
    found = re.finditer(r"([0-9]+)年\s*([0-9]+)月\s*([0-9]+)日", text, re.ASCII)
    return [one[0] for one in found if len(one[1]) != 4 or not possible_day(*map(int, one.groups()))]


def head_of(file: StageFile) -> set[str | None]:
    """What may stand over the text of a notice: issuer, title, number."""
    return {file.issuer, file.title, file.doc_no, f"（{file.doc_no}）"}


def between(text: str, head: set[str | None], issuer: str | None) -> tuple[str, tuple[str, ...]]:
    """The paragraphs between head and foot of a notice's text, and the attachments it lists."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    while lines and lines[0] in head:
        lines.pop(0)
    while lines and (lines[-1] == issuer or day_said(lines[-1])):
        lines.pop()
    found = _ATTACHED.fullmatch(lines[-1]) if lines else None
    if found is None:
        return "\n".join(lines), ()
    names = tuple(name.strip() for name in re.split("[、；;，]", found["names"]) if name.strip())
    return "\n".join(lines[:-1]), names


def spoken(body: str) -> str:
    """A text without the headings under which nothing stands."""
    empty = set(empty_headings(body))
    return "\n".join(line for line in body.splitlines() if line.strip() not in empty)


def empty_headings(body: str) -> list[str]:
    """Headings of a text under which nothing stands but the next one, or the end."""
    empty: list[str] = []
    waiting: list[tuple[bool, str]] = []  # headings, whether of the first level
    for line in map(str.strip, body.splitlines()):
        heading = _HEADING.match(line)
        if heading and len(line) <= _LONGEST_HEADING and not re.search("[。;；]", line):
            top = heading["top"] is not None
            empty += [told for first, told in waiting if top or not first]
            waiting = [one for one in waiting if one[0] and not top] + [(top, line)]
        elif line and not _CLOSING.match(line):
            waiting = []
    return empty + [told for _, told in waiting]


def numbering(body: str) -> list[int]:
    """The numbers of the sections (一、二、, without these （一）（二）), in their order."""
    found = [one for line in body.splitlines() if (one := _HEADING.match(line.strip()))]
    tops = [one["top"] for one in found if one["top"]]
    return [number_from_words(one) for one in tops or [one["sub"] for one in found]]


def squeezed(text: str) -> str:
    """A text in its plain form without blanks."""
    return re.sub(r"\s", "", plain(text))


def numbers_said(text: str) -> list[str]:
    """Document numbers that stand alone on a line of the head, in whatever form."""
    heads = (line.strip("() ") for line in _head(text))
    return [one for one in heads if _NUMBER.fullmatch(one)]


def titles_said(text: str) -> list[str]:
    """What stands over the text like a title."""
    return [one for one in map(squeezed, _head(text)) if _TITLE.fullmatch(one)]


def issuers_said(text: str) -> list[str]:
    """Who stands alone on a line over or under the text."""
    return [one for one in map(squeezed, (*_head(text), *_foot(text))) if _ISSUER.fullmatch(one)]


def _head(text: str) -> list[str]:
    """The first lines of a text."""
    return [line.strip() for line in text.splitlines() if line.strip()][:_LINES_OF_HEAD]


def has_number(text: str, number: str) -> bool:
    """Whether a text has a document's number, whatever brackets and blanks it is written with."""
    alike = str.maketrans("[【〔{]】〕}", "(((())))")
    return squeezed(number).translate(alike) in squeezed(text).translate(alike)


def periods_said(text: str) -> list[tuple[int, str]]:
    """Lengths of the notice's own posting period: 本公告期限为30日, 公示7日, 公示期为十五天."""
    return [
        (_count(one[1]), "working_days" if one[2] == "工作日" else "days") for one in _PERIOD.finditer(text)
    ]


def last_days_said(text: str) -> list[date]:
    """Last days that are printed with the period: …，至2025年11月30日止."""
    days = [possible_day(int(one[3]), int(one[4]), int(one[5])) for one in _PERIOD.finditer(text) if one[3]]
    return [day for day in (*days, *(last for _, last in _period_ranges(text))) if day]


def first_days_said(text: str) -> list[date]:
    """First days that are printed with the period: 公示期自2025年10月22日起."""
    return [first for first, _ in _period_ranges(text)]


def _period_ranges(text: str) -> list[tuple[date, date]]:
    told = (_ranges(text[one.start() : one.start() + 60]) for one in _PERIOD_LABEL.finditer(text))
    return [found[0] for found in told if found]


def counts_the_posting_day(text: str) -> bool:
    """Whether the text says that its period counts the day of posting."""
    return re.search(r"(?:张贴|公告|发布|公示)(?:当日|当天)起(?:计?算|计)", text) is not None


def days_said(text: str) -> list[date]:
    """Every day of a text; one without its year has that of the day before it."""
    found: list[date] = []
    for one in re.finditer(r"(?:([0-9]{4})年\s*)?([0-9]{1,2})月\s*([0-9]{1,2})日", text, re.ASCII):
        year = int(one[1]) if one[1] else found[-1].year if found else 0
        day = possible_day(year, int(one[2]), int(one[3])) if year else None
        found += [day] if day else []
    return found


def days_before(text: str, words: str) -> list[date]:
    """Days that stand before some words in one clause: 于2026年1月14日收到批准文件."""
    found = re.finditer(rf"{_DAY}(?:(?![0-9]{{4}}年)[^。;,\n]){{0,40}}?(?:{words})", text, re.ASCII)
    days = (possible_day(int(one[1]), int(one[2]), int(one[3])) for one in found)
    return [day for day in days if day]


def authorities_said(text: str) -> list[str]:
    """Who is said to have approved: a province's government, a ministry, the State Council."""
    offices = r"(国务院|[\u4e00-\u9fff]{2,8}?(?:省人民政府|自治区人民政府)|自然资源部)"
    told = re.findall(rf"{offices}[^。,;\n]{{0,60}}批准", text)
    return [re.sub(r"^.*?[经由]", "", one) for one in told]


def places_said(text: str) -> list[str]:
    """Where people are said to register: 到竹垓乡人民政府101室办理."""
    where = r"(?:到|在|前往|赴)([^。;,、\n到在]{2,30}?)(?:办理|登记)|地点(?:为|:|在)?\s*([^。;,、\n]{2,30})"
    places = re.findall(where, text)
    told = (squeezed(one or other) for one, other in places)
    return [one for one in told if re.search(r"室|窗口|中心|大厅|政府|所|站|楼|号|村", one)]


def phones_said(text: str) -> list[str]:
    """Telephone numbers of a text, as bare digits."""
    plainly = re.findall(r"(?<![0-9])(?:0[0-9]{2,3}[- ]?[0-9]{7,8}|1[3-9][0-9]{9})(?![0-9])", text, re.ASCII)
    labelled = re.findall(r"电话[:为\s]*([0-9][0-9 -]{5,14}[0-9])", text, re.ASCII)
    return [re.sub(r"\D", "", one) for one in (*plainly, *labelled)]


def rows_said(text: str, *, money: bool) -> list[tuple[str, str]]:
    """Village and land class, or item of money, of each line that reads like a row with its figure."""
    units = "元" if money else "公顷|亩"
    row = re.compile(
        r"(?:[\u4e00-\u9fff]{2,4}?[乡镇])?([\u4e00-\u9fff]{1,8}?(?:村|社区))(?:农民集体所有土地)?[\s:,]{1,3}"
        rf"([\u4e00-\u9fff][\u4e00-\u9fff()、]*)[\s:]*(?:.*[^0-9.])?{_FIGURE}\s*(?:{units})"
    )
    found = (row.match(line.strip()) for line in text.splitlines() if money is ("元" in line))
    sums = re.compile("合计|小计|共计|总计|其中|面积")
    return [(one[1], one[2]) for one in found if one and not sums.match(one[2])]


def _ranges(text: str) -> list[tuple[date, date]]:
    found = []
    for one in _RANGE.finditer(text):
        start = possible_day(int(one[1]), int(one[2]), int(one[3]))
        end = possible_day(int(one[4] or one[1]), int(one[5]), int(one[6]))
        found += [(start, end)] if start and end else []
    return found


def windows_said(text: str, about: str, never: str) -> list[tuple[date, date]]:
    """From when to when, in sentences about something, or under a heading about it."""
    found, heading = [], ""
    for line in text.splitlines():
        heading = line[:20] if _HEADING.match(line.strip()) else heading
        for sentence in re.split("[。;]", line):
            if not re.search(about, f"{heading}\n{sentence}") or re.search(never, sentence):
                continue
            found += _ranges(sentence)
    return found


def total_areas_said(text: str) -> tuple[list[Decimal], list[Decimal]]:
    """Total areas in hectares and in mu; a lone area of the text is its total."""
    hectares = [_decimal(one[1]) for one in _TOTAL_HA.finditer(text)]
    mu = [_decimal(one[1]) for one in _TOTAL_MU.finditer(text)]
    alone = _ONE_AREA.search(text)
    if alone is not None and text.count("公顷") == 1:
        hectares.append(_decimal(alone[1]))
        mu += [_decimal(alone[2])] if alone[2] else []
    return hectares, mu


def areas_said(text: str, village: str, land_class: str) -> tuple[list[Decimal], list[Decimal]]:
    """Areas in hectares and mu a line gives for a village's land of one class."""
    names = re.escape(plain(village)), re.escape(plain(land_class))
    row = rf"(?:^|[乡镇道、,;:\s]){names[0]}[^\n。;]{{0,20}}?{names[1]}[\s:为]*"
    hectares, also = rf"{_FIGURE}\s*公顷", r"[\s(,]*(?:合|计|折合|即)?\s*"
    mu = rf"(?:{hectares}{also})?{_FIGURE}\s*亩(?!\s*[×xX*])"
    return (
        [_decimal(one[1]) for one in re.finditer(row + hectares, text, re.MULTILINE)],
        [_decimal(one[2]) for one in re.finditer(row + mu, text, re.MULTILINE)],
    )


def sums_of(text: str, village: str, item: str) -> list[tuple[Decimal, Decimal]]:
    """Every amount in fen, not the rates, on the lines that begin with a village and go on with an item."""
    return [
        _in_fen(one)
        for tail in _tails(text, village, item)
        for one in _AMOUNT.finditer(tail)
        if not _RATE_BEFORE.search(tail[: one.start()])
    ]


def bases_said(text: str, village: str, item: str) -> list[Basis]:
    """Every basis that can be computed on those lines: 24.669亩×58000元/亩."""
    found = (_BASIS.finditer(tail) for tail in _tails(text, village, item))
    told = (basis_of(one[0]) for each in found for one in each)
    return [one for one in told if one]


def _tails(text: str, village: str, item: str) -> list[str]:
    village, item = plain(village), plain(item)
    begins = re.compile(rf"\s*(?:[\u4e00-\u9fff]{{2,6}}?(?:乡|镇|街道))?{re.escape(village)}")
    return [line.split(item, 1)[1] for line in text.splitlines() if begins.match(line) and item in line]


def sums_said(text: str, *, paid: bool = False) -> list[tuple[Decimal, Decimal]]:
    """Totals of money in fen, each with half a unit of its last place; not those of other purses."""
    found = []
    for line in text.splitlines():
        amounts = (_PAID if paid else _MONEY).finditer(line)
        found += [_in_fen(one) for one in amounts if not _OTHER_MONEY.search(line[: one.start()])]
    return found


def _in_fen(amount: re.Match[str]) -> tuple[Decimal, Decimal]:
    """An amount and its unit in fen, with half a unit of its last place; jiao and fen are exact."""
    value, slack = _valued(amount[1], 1_000_000 if amount[2] == "万元" else 100)
    return value, Decimal(0) if amount[2] == "元" and "." in amount[1] else slack


def values_said(text: str) -> list[tuple[Decimal, Decimal]]:
    """Every figure of a text with half a unit of its last place, 万 counted.

    No days, numbers of documents, telephones, or counts of less than four digits.
    """
    bare = _OTHER_FIGURES.sub(" ", text)
    found = [one for one in _VALUE.finditer(bare) if "." in one[0] or len(one[0].replace(",", "")) >= _DIGITS]
    return [_valued(one[0], 10_000 if bare[one.end() :].lstrip()[:1] == "万" else 1) for one in found]


def _valued(figure: str, scale: int) -> tuple[Decimal, Decimal]:
    value = _decimal(figure)
    return value * scale, Decimal(5).scaleb(int(value.as_tuple().exponent) - 1) * scale


def remedies_said(text: str) -> list[tuple[str, str]]:
    """How long review and court are open by the text, and by the law (行政复议法 §20, 行政诉讼法 §46)."""
    lawful = {"复议": "60日内行政复议", "诉讼": "6个月内行政诉讼", "起诉": "6个月内行政诉讼"}
    found = [(f"{_count(one[1])}{one[2]}", lawful[one[3]]) for one in _REMEDY.finditer(text)]
    return [(f"{term}内{right[-4:]}", right) for term, right in found]


def settled_said(text: str) -> list[int]:
    """How many people are to be settled: 安置对象为被征地农民18人."""
    return [int(one[1]) for one in _SETTLED.finditer(text)]


def _count(words: str) -> int:
    return int(words) if words.isdigit() else number_from_words(words)


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))
