"""Subsidy programmes: which one a text is about (domain §1.3), when people may apply (domain §1.9). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_PAY = "(?:补贴|补助|补偿|津贴|资金|直补)"
_KNOWN = {
    "耕地地力保护补贴": f"地力(?:保护)?{_PAY}",
    "实际种粮农民一次性补贴": f"(?:实际)?种粮(?:农民)?.{{0,4}}一次性{_PAY}|实际种粮农民{_PAY}",
    "规模种粮补贴": f"(?:规模(?:化)?种粮|种粮大户).{{0,4}}{_PAY}",
    "稻谷补贴": f"稻谷(?:种植|生产者)?{_PAY}",
    "农机购置与应用补贴": f"农机具?(?:购置)?(?:[与和及]?应用)?{_PAY}",
    "生态公益林补偿": f"公益林.{{0,8}}{_PAY}",
    "水库移民后期扶持": f"移民(?:后期)?(?:扶持|{_PAY})",
    "渔业补贴": f"(?:渔业|渔船|渔民).{{0,8}}{_PAY}",
    "动物防疫补助": f"(?:强制扑杀|强制免疫|无害化处理|动物防疫).{{0,6}}{_PAY}",
    "农业保险保费补贴": f"保费{_PAY}",
    "最低生活保障": f"(?:低保|最低生活保障)(?:金|{_PAY})",
    "特困供养": f"特困.{{0,4}}(?:供养|救助).{{0,4}}(?:金|{_PAY})",
    "临时救助": "临时救助",
    "医疗救助": "医疗救助",
    "残疾人补贴": f"(?:残疾人|重残|困残).{{0,8}}{_PAY}",
    "高龄津贴": f"高龄(?:老人|老年人)?{_PAY}",
    "被征地农民养老保障": f"(?:被征地|失地)农民.{{0,6}}(?:保障|{_PAY})",
}
APPLY_FORM = '应是月和日 "03-01"（每年），或年月日 "2026-03-01"（只这一次），加英文引号'
_DAY = re.compile(r"(?:(?:19|20)[0-9]{2}-)?[0-9]{2}-[0-9]{2}", re.ASCII)
_WORDS = {name: re.compile(words) for name, words in _KNOWN.items()}


def programme_said(text: str, own: Iterable[str] = ()) -> str:
    """The one programme a text names, by its usual name; "" for none, for several, for 惠农补贴 in general.

    `own` are names the county has besides; one that is only another word for a known one is that one.
    """
    known = {name for name, words in _WORDS.items() if words.search(text)}
    others = {
        name for name in own if name in text and not any(words.search(name) for words in _WORDS.values())
    }
    named = known | others
    return named.pop() if len(named) == 1 else ""


def open_until(first: str, last: str, today: date) -> date | None:
    """The last day to apply, where people may apply today; both days belong to the time.

    Two dates are one time; two days of a month come again every year, over New Year too (11-01 to 02-28).
    """
    now = today.isoformat()[-len(first) :]
    if not first or not (first <= now <= last or (first > last and not last < now < first)):
        return None
    year = today.year + (first > last and now >= first)
    return date.fromisoformat(last if len(last) > len("03-01") else f"{year}-{last}")


def apply_faults(first: str, last: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the days to apply, by field."""
    days = [(name, day) for name, day in (("apply_from", first), ("apply_to", last)) if day]
    odd = [(name, APPLY_FORM) for name, day in days if not _DAY.fullmatch(day)]
    unreal = [(name, "没有这一天（每年的写法里也不能写 02-29）") for name, day in days if not _real(day)]
    if odd or unreal:
        yield from odd or unreal
    elif bool(first) != bool(last):
        yield ("apply_from" if first else "apply_to"), "apply_from 和 apply_to 要么都写，要么都不写"
    elif len(first) != len(last):
        yield "apply_to", "写法应和 apply_from 一样：都写月和日，或都写年月日"
    elif len(first) > len("03-01") and first > last:
        yield "apply_to", "不能早于 apply_from"


def _real(day: str) -> bool:
    """Whether there is such a day; in a year that has no 29 February, where it comes every year."""
    try:
        date.fromisoformat(day if len(day) > len("03-01") else f"2025-{day}")
    except ValueError:
        return False
    return True
