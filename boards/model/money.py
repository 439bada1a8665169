"""Money as integer fen (分), and its two written forms: 1,234.50 and 壹仟贰佰叁拾肆元伍角整."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NewType

from boards.model.errors import Fault, Refusal
from boards.model.numerals import places_in_words

Fen = NewType("Fen", int)
"""Hundredths of a yuan. Never a float, never a Decimal once it is an amount."""

LIMIT_FEN = 10**16
"""The largest amount that is written out: 壹佰万亿元. More is a fault in the data, not a payout."""

_ONE = Decimal(1)
DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_COMMA_FROM_FEN = 100_000
_CENTS = tuple(f"{cents:02d}" for cents in range(100))
_SCALES = ((10**8, "亿"), (10**4, "万"))
_SECTION = re.compile(
    rf"零?(?:([{DIGITS[1:]}])仟)?零?(?:([{DIGITS[1:]}])佰)?零?(?:([{DIGITS[1:]}])拾)?零?([{DIGITS[1:]}])?",
)
_AMOUNT = re.compile(
    rf"(负?)(?:([{DIGITS}仟佰拾万亿]+)元)?(?:(零?)([{DIGITS[1:]}])角)?(?:(零?)([{DIGITS[1:]}])分)?(整?)",
)


class AmountNotExact(Refusal):
    """An amount is not a number of whole fen."""

    code = "amount-not-exact"
    fault = Fault.COUNTY
    sentence = "金额不是精确到分的数字。"
    advice = "请把金额改成最多两位小数。"


class AmountTooLarge(Refusal):
    """An amount is beyond anything a village is ever paid."""

    code = "amount-too-large"
    fault = Fault.COUNTY
    sentence = "金额过大，不可能是补贴金额。"
    advice = "请核对金额的单位（元、万元）和小数点。"


class AmountWordsUnreadable(Refusal):
    """A written-out amount does not follow the rules of 大写金额."""

    code = "amount-words-unreadable"
    fault = Fault.PERSON
    sentence = "大写金额写得不规范，无法核对。"
    advice = "请按规范书写，例如“壹拾万零伍元整”。"


def yuan(fen: int) -> str:
    """1234567 → "12,345.67": two decimals, thousands commas, a leading minus below zero."""
    if fen < 0:
        return f"-{yuan(-fen)}"
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{_CENTS[rest]}"


def yuans(column: Iterable[int]) -> list[str]:
    """`yuan` of a whole column: a call a cell would cost as much as the cell."""
    return [
        f"{fen // 100}.{_CENTS[fen % 100]}" if 0 <= fen < _COMMA_FROM_FEN else yuan(fen) for fen in column
    ]


def fen_of(value: Decimal | str) -> Fen:
    """Yuan to fen, exactly; AmountNotExact for a third decimal, NaN, or text that is no plain number."""
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", value, re.ASCII):
        raise AmountNotExact
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount.adjusted()) > 20:
        raise AmountNotExact
    fen = amount.scaleb(2)
    if fen != int(fen):
        raise AmountNotExact
    return Fen(int(fen))


def rounded_fen(amount_yuan: Decimal) -> Fen:
    """Yuan to fen, half a fen rounded away from zero (四舍五入)."""
    try:
        return Fen(int((amount_yuan * 100).quantize(_ONE, ROUND_HALF_UP)))
    except InvalidOperation as e:
        raise AmountTooLarge from e


def product_fen(quantity: Decimal, rate: Decimal) -> Fen:
    """Quantity × rate in yuan, rounded once: 3.27 亩 × 124.9788302 元/亩 = 408.68 元 (R2)."""
    return rounded_fen(quantity * rate)


def in_words(fen: int) -> str:
    """40868 → 肆佰零捌元陆角捌分; 整 closes an amount without 分; 负 below zero (domain §1.8)."""
    if abs(fen) > LIMIT_FEN:
        raise AmountTooLarge
    sign = "负" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    text = f"{places_in_words(whole, DIGITS, '仟佰拾')}元" if whole else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif cents and whole:
        text += "零"
    text += f"{DIGITS[cents]}分" if cents else ("整" if text else "零元整")
    return sign + text


def fen_from_words(text: str) -> Fen:
    """Read a written-out amount; 圆 and 正 are accepted for 元 and 整, an optional 零 too.

    The rules of 正确填写票据和结算凭证的基本规定 leave a 零 free where a section ends in
    zeros (壹拾元零伍角) and 整 free after 角; every other form must be the canonical one.
    """
    plain = text.replace("圆", "元").replace("正", "整")
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise AmountWordsUnreadable
    sign, whole, _, jiao, _, cents, _ = match.groups()
    fen = (_whole_from_words(whole) if whole else 0) * 100
    fen += DIGITS.index(jiao or "零") * 10 + DIGITS.index(cents or "零")
    if sign:
        fen = -fen
    if abs(fen) > LIMIT_FEN or not _same_words(plain, in_words(fen)):
        raise AmountWordsUnreadable
    return Fen(fen)


def _whole_from_words(text: str) -> int:
    if text == "零":
        return 0
    for scale, unit in _SCALES:
        high, found, low = text.rpartition(unit)
        if found:
            return _whole_from_words(high) * scale + (_whole_from_words(low) if low else 0)
    match = _SECTION.fullmatch(text)
    if match is None:
        raise AmountWordsUnreadable
    digits = (DIGITS.index(digit) if digit else 0 for digit in match.groups())
    return sum(digit * value for digit, (value, _) in zip(digits, _PLACES, strict=True))


def _same_words(given: str, canonical: str) -> bool:
    """Equal but for a 零 the rules leave free and a 整 after 角: extra ones may be there, none may miss."""
    if "零零" in given or (given.startswith("零") and given != canonical):
        return False
    if given.endswith("角"):
        given += "整"
    if given.replace("零", "") != canonical.replace("零", ""):
        return False
    letters = iter(given)
    return all(letter in letters for letter in canonical)
