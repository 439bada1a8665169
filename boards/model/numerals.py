"""Numbers in spoken Chinese: 一千零九十, 八点三, 一千零九十元七角九分; 十二 is 12. Pure; money in fen.

Written-out amounts for paper (大写: 壹仟零玖拾元柒角玖分) are boards.model.money.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

DIGITS: Final = "零一二三四五六七八九"
_SCALES: Final = ((10**8, "亿"), (10**4, "万"))
LARGEST: Final = 10**16
VALUES: Final = {**{word: value for value, word in enumerate(DIGITS)}, **dict.fromkeys("〇○Ｏ", 0), "两": 2}
"""What a digit is, in all its spellings."""
_ONES: Final = f"[{DIGITS[1:]}两]"
_BELOW_THOUSAND: Final = re.compile(f"({_ONES}?百)?[零〇○]?({_ONES}?十)?[零〇○]?({_ONES})?")


def number_words(number: int) -> str:
    """1090 → 一千零九十, 12 → 十二, 2000 → 两千; beyond 10^16 digit by digit."""
    if abs(number) >= LARGEST:
        return digit_words(str(number).replace("-", "负"))
    sign = "负" if number < 0 else ""
    text = places_in_words(abs(number), DIGITS, "千百十") or "零"
    if text.startswith("一十"):
        text = text[1:]
    if text.startswith("二") and text[1:2] in {"千", "万", "亿"}:
        text = "两" + text[1:]
    return sign + text


def number_from_words(text: str) -> int:
    """十二 → 12, 二十 → 20, 一百零五 → 105, as groups, batches and days are counted; 0 when it is none."""
    found = _BELOW_THOUSAND.fullmatch(text)
    hundreds, tens, ones = found.groups() if found else ("", "", "")
    return 100 * _first(hundreds) + 10 * _first(tens) + VALUES.get(ones or "", 0)


def _first(place: str | None) -> int:
    """三百 → 3, 十 → 1: a place without a digit stands for one."""
    return VALUES.get(place[0], 1) if place else 0


def decimal_words(number: str | Decimal) -> str:
    """8.30 → 八点三零, 1,243.6 → 一千二百四十三点六; decimals one by one, a code like 007 too."""
    whole, _, decimals = str(number).replace(",", "").partition(".")
    coded = len(whole) > 1 and whole.startswith("0")
    said = digit_words(whole) if coded else number_words(int(whole))
    return f"{said}点{digit_words(decimals)}" if decimals else said


def digit_words(digits: str, *, one: str = "一") -> str:
    """2025 → 二零二五; phones and codes say 幺 for 1."""
    return "".join((one if mark == "1" else DIGITS[int(mark)]) if mark.isdigit() else mark for mark in digits)


def amount_words(fen: int) -> str:
    """109079 → 一千零九十元七角九分; 50 → 五角; 10005 → 一百元零五分; 0 → 零元."""
    whole, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    yuan = "两元" if whole == 2 else f"{number_words(whole)}元"
    text = yuan if whole or not rest else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif cents and whole:
        text += "零"
    text += f"{DIGITS[cents]}分" if cents else ""
    return f"负{text}" if fen < 0 else text


def places_in_words(number: int, digits: str, places: str) -> str:
    """A whole number above zero by its places, 亿 and 万; 0 is nothing.

    `digits` and `places` are those of speech (一, 千百十) or of written-out amounts (壹, 仟佰拾).
    """
    for scale, unit in _SCALES:
        if number >= scale:
            high, low = divmod(number, scale)
            gap = "零" if 0 < low < scale // 10 else ""
            return places_in_words(high, digits, places) + unit + gap + places_in_words(low, digits, places)
    return _section(number, digits, places)


def _section(number: int, digits: str, places: str) -> str:
    """Below 10000; one 零 for any run of empty places inside."""
    text, gap = "", False
    for value, unit in zip((1000, 100, 10, 1), (*places, ""), strict=True):
        digit, number = divmod(number, value)
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + unit
        gap = digit == 0
    return text
