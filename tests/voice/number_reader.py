"""The way back: a number as it was said, read by the rules of spoken Chinese. Independent of our own code."""

from decimal import Decimal

DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"两": 2, "幺": 1}
PLACES = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10**4, "亿": 10**8}


def number(text: str) -> int:
    """一千零九十 → 1090."""
    if text.startswith("负"):
        return -number(text[1:])
    for unit in ("亿", "万"):
        high, found, low = text.rpartition(unit)
        if found:
            return number(high) * SCALES[unit] + (number(low) if low else 0)
    total, digit = 0, 0
    for mark in text:
        if mark in PLACES:
            total += (digit or 1) * PLACES[mark]
            digit = 0
        else:
            digit = DIGITS[mark]
    return total + digit


def decimal(text: str) -> Decimal:
    """八点三零 → 8.30."""
    whole, _, rest = text.partition("点")
    return Decimal(f"{number(whole)}{'.' if rest else ''}{digits(rest)}")


def fen(text: str) -> int:
    """一千零九十元七角九分 → 109079."""
    if text.startswith("负"):
        return -fen(text[1:])
    whole, found, rest = text.partition("元")
    if not found:
        whole, rest = "零", whole
    jiao, found, cents = rest.partition("角")
    if not found:
        jiao, cents = "零", jiao
    return number(whole) * 100 + DIGITS[jiao] * 10 + DIGITS[cents.strip("零").removesuffix("分") or "零"]


def digits(text: str) -> str:
    """零五七二 → 0572; pauses are not heard."""
    return "".join(str(DIGITS[mark]) for mark in text if mark not in "，、。")
