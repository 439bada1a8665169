"""One normaliser: what stands in a cell, as a number, a name, a group or a text; and what had to be mended.

Numbers come back exact. Floats are read as a spreadsheet shows them, with 15 significant digits
(0.30000000000000004 is 0.3). Nothing is ever guessed: what cannot be read stays unread.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from boards.model.numerals import number_from_words, number_words

if TYPE_CHECKING:
    from sync.county.formats.grid import Value

_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe00-\ufe0f\u3164]+"
)
_HANGUL_FILLER = "\u3164"  # a letter by its category, and invisible
_FORMULA_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_NUMBER = re.compile(r"^([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d*)?(e[+-]?\d{1,3})?$", re.IGNORECASE)
_SPACED = re.compile(r"\D*\d{1,3}( \d{3})+(\.\d+)?\D*")
_UNBROKEN = str.maketrans("", "", "\u00a0\u2009\u202f")  # spaces that programs put between thousands
_COINED = re.compile(r"^(?:人民币|rmb|cny|[¥￥$])+", re.IGNORECASE)
_UNIT = re.compile(r"(亿元|万元|千元|百元|[元圆角分万]|万亩|市?亩|公顷|平方米|平米|m2|[台人户头])?整?$")
_MINUS = str.maketrans("－−–—﹣", "-----")
_DOTS = re.compile(r"[•‧・∙⋅●．]")
_GROUP = re.compile(
    r"^第?([0-9]{1,3}|[一二两三四五六七八九十零〇百]{1,5})(?:号|、)?(村民小组|居民小组|经济社|村民组|生产队|小组|小队|组|社|队)?$"
)
_DATES = (
    re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]?\d{1,2}:\d{2}.*)?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_SERIAL_ZERO = date(1899, 12, 30)
FINEST_DECIMALS = 8  # rates carry up to 8 decimals (domain §1.3)


class Figure(msgspec.Struct, frozen=True, gc=False):
    """A cell read as a number. `value` None and not `empty`: something stands there that is no number.

    `unit` is what the cell itself says behind it (0.24万元): it governs this cell, whatever the header says.
    """

    value: Decimal | None
    empty: bool = False
    full_width: bool = False
    unit: str = ""


_EMPTY = Figure(value=None, empty=True)


def figure(value: Value) -> Figure:
    """Read the number in a cell."""
    if type(value) is float:
        return _figure_of(value)  # nearly every number of a workbook
    if isinstance(value, str):
        return _figure_in(value) if value else _EMPTY
    if isinstance(value, bool) or value is None:
        return _EMPTY if value is None else Figure(value=None)
    if isinstance(value, (int, float)):
        return _figure_of(value)
    return Figure(value=None)  # a date is no amount


@lru_cache(maxsize=65536)
def _figure_of(value: float) -> Figure:
    return Figure(value=_shortest(value))


def _shortest(value: float) -> Decimal | None:
    if isinstance(value, int):
        return Decimal(value)
    text = format(value, ".15g")
    if len(text.partition(".")[2]) <= FINEST_DECIMALS and text[-1].isdigit() and "e" not in text:
        return Decimal(text)  # nearly every number: already in its shortest form
    return _rounded(Decimal(text)) if abs(value) < 1e30 else None


def _rounded(number: Decimal) -> Decimal:
    """Cut binary dust beyond 8 decimals; exact values keep all they have."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -FINEST_DECIMALS:
        number = number.quantize(Decimal(1).scaleb(-FINEST_DECIMALS))
    return without_zeros(number)


def without_zeros(number: Decimal) -> Decimal:
    """The same number without an exponent or zeros behind the point."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


@lru_cache(maxsize=65536)
def _figure_in(raw: str) -> Figure:
    folded = unicodedata.normalize("NFKC", unwrapped(raw)).translate(_MINUS)
    if re.search(r"\d\s+\d", folded) and not _one_number(raw, folded):
        return Figure(value=None)
    text = _INVISIBLE.sub("", folded).replace("，", ",").replace("'", "")
    if not text:
        return _EMPTY
    text = _COINED.sub("", text)
    unit = _UNIT.search(text)
    text = text[: unit.start()] if unit else text
    negative = text.startswith("(") and text.endswith(")")
    matched = _NUMBER.match(text[1:-1] if negative else text)
    if not matched or not (matched[2] or len(matched[3] or "") > 1):
        return Figure(value=None)
    try:
        number = _rounded(Decimal(matched[0].replace(",", "")))
    except InvalidOperation:
        return Figure(value=None)
    return Figure(
        value=-number if negative else number,
        full_width=any("\uff10" <= letter <= "\uff19" for letter in raw),
        unit=(unit[1] or "").replace("圆", "元") if unit else "",
    )


def _one_number(raw: str, folded: str) -> bool:
    """Whether spaces between digits part thousands (1 234.50): “100 200” may be two amounts of two people."""
    found = _SPACED.fullmatch(folded.strip())
    return bool(found and (found[2] or not re.search(r"\d\s+\d", raw.translate(_UNBROKEN))))


def unwrapped(text: str) -> str:
    """Take the text out of ="330590…" and drop a leading apostrophe, as exports write them."""
    found = _FORMULA_TEXT.match(text.strip())
    return found[1] if found else text


def text_of(value: Value) -> str:
    """A cell as clean text: outer and zero-width spaces gone, whole numbers without “.0”."""
    if isinstance(value, str):
        return _text_in(value) if value else ""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        number = _shortest(value)
        return "" if number is None else f"{number:f}"
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


@lru_cache(maxsize=65536)
def _text_in(raw: str) -> str:
    return re.sub(
        r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]", "", unwrapped(raw)
    ).strip()


def squeezed(value: Value) -> str:
    """Text folded to compare words: half-width, no space of any kind."""
    if not isinstance(value, str):
        return text_of(value)
    return value if value.isascii() and value.isalnum() else _squeezed(value)


@lru_cache(maxsize=65536)
def _squeezed(raw: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", unwrapped(raw)))


def person(raw: str) -> str:
    """A name without the spaces and zero-width marks typists put into it; “·” in its one spelling.

    Spaces between Latin letters stay. Nothing else changes: rare and compatibility characters are names.
    """
    return raw if raw.isalpha() and _HANGUL_FILLER not in raw else _person(raw)


@lru_cache(maxsize=65536)
def _person(raw: str) -> str:
    name = unwrapped(raw)
    if re.search(r"[A-Za-z]\s+[A-Za-z]", name):
        return " ".join(_INVISIBLE.sub(" ", name).split())
    return _DOTS.sub("·", _INVISIBLE.sub("", name))


@lru_cache(maxsize=4096)
def group_name(raw: str) -> str:
    """“1组”, “一组”, “1”, “第五村民小组” → 一组, 五组; a named group (上坞组) stays as written."""
    text = _squeezed(raw)
    found = _GROUP.match(text)
    if not found:
        return text
    number = int(found[1]) if found[1].isdigit() else number_from_words(found[1])
    ending = found[2] or "组"
    return f"{number_words(number)}{'组' if ending.endswith('组') else ending}" if number else text


def day_of(value: Value) -> date | None:
    """A day from a date cell, 2025/09/01, 2025年9月1日, 20250901, or a spreadsheet's serial number."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (
            _SERIAL_ZERO + timedelta(days=int(value)) if 36526 <= value <= 73050 else _day_in(text_of(value))
        )
    return _day_in(squeezed(value)) if isinstance(value, str) else None


def _day_in(text: str) -> date | None:
    found = next(filter(None, (rule.match(text) for rule in _DATES)), None)
    return possible_day(*map(int, found.groups())) if found else None


def possible_day(year: int, month: int, day: int) -> date | None:
    """The day; None where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
