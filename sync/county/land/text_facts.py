"""What the text of a notice states in so many words: only facts under their own label, in plain figures.

A text that is silent, or says it another way, states nothing here. Figures keep the places they were
written with, so that 2.05公顷 can stand for 2.0473. All but the days take a text in its plain form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from boards.model.document_numbers import DocumentNumberMalformed, document_number
from boards.model.numerals import VALUES, number_from_words
from sync.county.formats.cells import possible_day

_DAY = r"([0-9]{4})年\s*([0-9]{1,2})月\s*([0-9]{1,2})日"
_STARTS = r"(?:^|(?<=[。;,:\s]))"
_FIGURE = r"([0-9][0-9,]*(?:\.[0-9]+)?)"
_FOOT = re.compile(_DAY, re.ASCII)
_FOOT_HAN = re.compile(
    "([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_PERIOD = re.compile(
    _STARTS
    + r"(?:本?公告|本?公示|本通告)(?:的)?(?:期限|期|时间)?(?:为|:)?\s*([0-9]{1,3})\s*个?(工作日|日|天)"
    r"(?:[^。;\n]{0,24}?至\s*" + _DAY + ")?",
    re.ASCII | re.MULTILINE,
)
_RANGE = re.compile(
    _DAY + r"\s*起?\s*(?:至|到|[-—~])\s*(?:([0-9]{4})年\s*)?([0-9]{1,2})月\s*([0-9]{1,2})日", re.ASCII
)
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
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
_AMOUNT = re.compile(_FIGURE + r"\s*元(?!\s*[/每])")
_RATE_BEFORE = re.compile(r"(?:每.{1,2}|标准|单价|[×x*])[为:]?\s*$")
_OTHER_MONEY = re.compile("保险|社保|社会保障|保证金|其中")
_SETTLED = re.compile(r"安置对象(?:为|是|共|有|:|被征地|农民|人员|\s)*([0-9]{1,6})\s*人", re.ASCII)
_LINES_OF_HEAD, _LINES_OF_FOOT = 6, 4


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
    lines = [line for line in text.splitlines() if line.strip()]
    days = (day_said(line) for line in reversed(lines[-_LINES_OF_FOOT:]))
    return next((day for day in days if day), None)


def numbers_said(text: str) -> list[str]:
    """Document numbers that stand alone on a line of the head."""
    found = []
    for line in [line.strip() for line in text.splitlines() if line.strip()][:_LINES_OF_HEAD]:
        number = line.removeprefix("(").removesuffix(")")
        try:
            document_number(number)
        except DocumentNumberMalformed:
            continue
        found.append(number)
    return found


def periods_said(text: str) -> list[tuple[int, str]]:
    """Lengths of the notice's own posting period: 本公告期限为30日, 公示7日."""
    return [(int(one[1]), "working_days" if one[2] == "工作日" else "days") for one in _PERIOD.finditer(text)]


def last_days_said(text: str) -> list[date]:
    """Last days that are printed with the period: …，至2025年11月30日止."""
    days = [possible_day(int(one[3]), int(one[4]), int(one[5])) for one in _PERIOD.finditer(text) if one[3]]
    return [day for day in days if day]


def windows_said(text: str, about: str, never: str) -> list[tuple[date, date]]:
    """From when to when, in sentences about something, or under a heading about it."""
    found, heading = [], ""
    for line in text.splitlines():
        heading = line[:20] if _HEADING.match(line.strip()) else heading
        for sentence in re.split("[。;]", line):
            if not re.search(about, f"{heading}\n{sentence}") or re.search(never, sentence):
                continue
            for one in _RANGE.finditer(sentence):
                start = possible_day(int(one[1]), int(one[2]), int(one[3]))
                end = possible_day(int(one[4] or one[1]), int(one[5]), int(one[6]))
                found += [(start, end)] if start and end else []
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
    here = rf"(?:^|[乡镇道、,;:\s]){names[0]}[^\n。;]{{0,20}}?{names[1]}[\s:为]*{_FIGURE}\s*公顷"
    also = rf"(?:[\s(,]*(?:合|计|折合|即)?\s*{_FIGURE}\s*亩)?"
    found = list(re.finditer(here + also, text, re.MULTILINE))
    return [_decimal(one[1]) for one in found], [_decimal(one[2]) for one in found if one[2]]


def sums_of(text: str, village: str, item: str) -> list[Decimal]:
    """Every amount in fen, not the rates, on the lines that begin with a village and go on with an item."""
    village, item = plain(village), plain(item)
    lines = (line.strip() for line in text.splitlines())
    tails = [line.split(item, 1)[1] for line in lines if line.startswith(village) and item in line]
    return [
        _decimal(one[1]) * 100
        for tail in tails
        for one in _AMOUNT.finditer(tail)
        if not _RATE_BEFORE.search(tail[: one.start()])
    ]


def sums_said(text: str, *, paid: bool = False) -> list[tuple[Decimal, Decimal]]:
    """Totals of money in fen, each with half a unit of its last place; not those of other purses."""
    found = []
    for line in text.splitlines():
        amounts = (_PAID if paid else _MONEY).finditer(line)
        for one in (one for one in amounts if not _OTHER_MONEY.search(line[: one.start()])):
            scale = Decimal(1_000_000 if one[2] == "万元" else 100)
            figure = _decimal(one[1])
            found.append((figure * scale, Decimal(5).scaleb(int(figure.as_tuple().exponent) - 1) * scale))
    return found


def settled_said(text: str) -> list[int]:
    """How many people are to be settled: 安置对象为被征地农民18人."""
    return [int(one[1]) for one in _SETTLED.finditer(text)]


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))
