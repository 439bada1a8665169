"""Subsidy programmes by the words offices use for them (domain §1.3): what a text says it is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
