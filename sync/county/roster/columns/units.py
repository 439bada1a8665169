"""Units in headers and unit lines: 元/万元/角/分 for money, 亩/公顷/平方米 and things counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import msgspec

from sync.county.formats.grid import divided_by, hides

MONEY = {
    "亿元": Decimal(100_000_000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "千元": Decimal(1000),
    "百元": Decimal(100),
    "元": Decimal(1),
    "角": Decimal("0.1"),
    "分": Decimal("0.01"),
}
AREAS = {
    "万亩": Decimal(10_000),
    "公顷": Decimal(15),  # 1 公顷 = 15 亩, exactly
    "平方米": Decimal("0.0015"),
    "平米": Decimal("0.0015"),
    "m2": Decimal("0.0015"),
    "m²": Decimal("0.0015"),
    "㎡": Decimal("0.0015"),
    "hm2": Decimal(15),
    "ha": Decimal(15),
    "市亩": Decimal(1),
    "亩": Decimal(1),
}
COUNTED = (
    *("台套", "台", "套", "架", "艘"),
    *("头", "只", "羽", "株", "棵"),
    *("袋", "公斤", "kg", "千克", "吨", "斤"),
    *("人", "户", "月", "天", "工日"),
)
_IN_BRACKETS = re.compile(
    r"[\(\[（【:：]\s*(?:单位[:：])?([^\)\]）】]{1,12})|(?<=[^元])[/／,，]([^/／\)]{1,4})$"
)
_IN_FORMAT = re.compile("|".join(MONEY))
_UNIT_LINE = re.compile(r"单位[:：]?\s*(?=([^()（）:：]{1,24}))")


def unit_in(parts: tuple[str, ...], kind: str) -> tuple[str, Decimal]:
    """Unit a column's header states and the factor to our unit, lowest level first; ("", 1) when none.

    money: the factor to yuan. quantity: areas are given in 亩. rate: yuan for one 亩 (or one thing):
    万元/公顷 has the factor 10000 / 15.
    """
    for part in reversed(parts):
        for inside in _IN_BRACKETS.finditer(part):
            if found := _KINDS[kind](inside[1] or inside[2]):
                return found
        if (len(parts) > 1 or part in AREAS) and (found := _KINDS[kind](_bare(part))):
            return found
    return "", Decimal(1)


def is_unit(text: str) -> bool:
    """Whether a header cell holds a unit and nothing else: 亩, （元/亩）, (公顷)."""
    bare = _bare(text)
    return any(read(bare) for read in _KINDS.values())


def _bare(part: str) -> str:
    return re.sub(r"^(\(|\[)?(单位[:：])?|[\)\]]$", "", part.strip())


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """Units a line above a table states for columns that state none: each its name and the factor to ours."""

    money: tuple[str, Decimal] | None = None
    area: tuple[str, Decimal] | None = None
    rate: tuple[str, Decimal] | None = None


def stated_units(text: str) -> Stated:
    """Units of a line like “单位：亩、元/亩、万元”; parts of names (XX分局) do not count."""
    words = [word for line in _UNIT_LINE.findall(text) for word in re.split(r"[、,，;；\s和及]+", line)]
    rate = next((found for word in words if re.search(r"[/／]", word) and (found := _rate(word))), None)
    plain = [word for word in words if not _rate(word) or word in MONEY]
    parts = [part for word in plain or words for part in re.split(r"[/／]", word)]
    money = next(((part, MONEY[part]) for part in parts if part in MONEY), None)
    area = next((("亩", AREAS[part]) for part in parts if part in AREAS), None)
    if rate is None and money and area:
        rate = (area[0], money[1] / area[1])
    return Stated(money=money, area=area, rate=rate)


def unit_of_format(code: str, unit: str, factor: Decimal) -> tuple[str, Decimal] | None:
    """Unit and factor of what is stored, where number format and header say the same; None where they do not.

    Yuan shown in ten-thousands under 万元 (0!.0000), or behind 万元 where no header says a unit; 0.00"万元"
    over figures in 万元. `unit` and `factor` are the header's, or the unit line's.
    """
    divisor, said = divided_by(code), _IN_FORMAT.search(code)
    shown = MONEY[said[0]] if said else None
    if hides(code) or "%" in code or "‰" in code or (shown and unit and shown != factor):
        return None
    stated = factor if unit else shown or Decimal(1)
    return (unit, stated / divisor) if divisor in {1, stated} and (unit or divisor != 1) else None


def _money(inside: str) -> tuple[str, Decimal] | None:
    words = re.split(r"[、,，/／]", inside.strip())
    return next(((word, MONEY[word]) for word in words if word in MONEY), None)


def _quantity(inside: str) -> tuple[str, Decimal] | None:
    after = re.split(r"[/／每]", inside)[-1].strip()
    if after in AREAS:
        return "亩", AREAS[after]
    return (after, Decimal(1)) if after in COUNTED else None


def _rate(inside: str) -> tuple[str, Decimal] | None:
    found = re.fullmatch(r"(亿元|万元|千元|百元|元|角|分)(?:[/／每]\s*(\S+))?", inside.strip())
    if not found:
        return None
    unit, per = _quantity(found[2] or "") or ("", Decimal(1))
    return unit, MONEY[found[1]] / per


_KINDS: dict[str, Callable[[str], tuple[str, Decimal] | None]] = {
    "money": _money,
    "quantity": _quantity,
    "rate": _rate,
}
