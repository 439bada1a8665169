"""Names of people: surnames for the tiles, what cannot be shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from boards.model.payouts import PayeeKind

# The two-character surnames of a count over Chinese names (1,074 surnames). 刘付 and 刘傅 are
# left out on purpose: in Zhejiang 刘付军 is far more often 刘 + 付军 than a double surname.
COMPOUND_SURNAMES = frozenset(
    (  # noqa: SIM905 - a list a person can read and compare
        "欧阳 殴阳 百里 淳于 澹台 第五 东方 独孤 端木 段干 公孙 公西 公羊 公冶 赫连 呼延 皇甫 乐正 冷狐 令狐 "
        "闾丘 慕容 纳兰 南宫 南门 濮阳 亓官 上官 申屠 司空 司寇 司马 司徒 太史 太叔 拓跋 完颜 万俟 尉迟 闻人 "
        "巫马 西门 夏侯 夏候 鲜于 轩辕 宇文 长孙 钟离 仲孙 诸葛 颛孙 宗政 左丘"
    ).split()
)

MIDDLE_DOT = "·"
"""U+00B7, the separator of transliterated names (买买提·吐尔逊); other dots are turned into it on entry."""

_ORGANISATION = re.compile(
    r"(合作社|联合社|公司|企业|[农林茶牧渔]场|委员会|村委会|经营部|工作室|中心|集团|协会|基地|"
    r"村民小组|服务站|农机站|厂|学校|医院|人民政府|办事处)(（[^）]*）|\([^)]*\))?$"
)
_HOUSEHOLD = PayeeKind.HOUSEHOLD  # asked for every line of every list
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_organisation(name: str) -> bool:
    """Whether a name reads as a cooperative, firm or office rather than a person."""
    return len(name) >= 4 and MIDDLE_DOT not in name and _ORGANISATION.search(name) is not None


def surname_of(name: str, kind: PayeeKind = PayeeKind.HOUSEHOLD) -> str:
    """欧阳修文 → 欧阳, 王小明 → 王, 买买提·吐尔逊 → 买; "" for organisations and for no name.

    A compound surname needs a given name behind it: 欧阳 alone is 欧 with the given name 阳.
    """
    if kind is not _HOUSEHOLD:
        return ""
    if len(name) < 3:
        return name[:1]
    if len(name) > 3 and is_organisation(name):
        return ""
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[0]


def unshowable(text: str) -> str | None:
    """Why a text may not be shown, or None.

    private-use: U+E000-F8FF and planes 15 and 16 (Python's gb18030 decodes some codes to them, and
    they print as boxes). control, bidi, zero-width: could hide or reorder what is read.
    unassigned, surrogate: no font will ever have them. not-nfc: a name has one spelling only.
    """
    if text.isascii() and text.isprintable():
        return None
    if reason := next(filter(None, map(_unshowable_character, text)), None):
        return reason
    return None if unicodedata.is_normalized("NFC", text) else "not-nfc"


@lru_cache(maxsize=8_192)
def _unshowable_character(character: str) -> str | None:
    if character in _BIDI:
        return "bidi"
    category = unicodedata.category(character)
    if category == "Cn":
        # Planes 2 and 3 hold Hanzi only; ones newer than this Python's Unicode tables are still names.
        newer_hanzi = 0x20000 <= ord(character) <= 0x3FFFD and ord(character) & 0xFFFF < 0xFFFE
        return None if newer_hanzi else "unassigned"
    if character == "\ufffd":
        return "replacement"
    return {"Co": "private-use", "Cc": "control", "Cf": "zero-width", "Cs": "surrogate"}.get(
        category, "control" if category in {"Zl", "Zp"} else None
    )
