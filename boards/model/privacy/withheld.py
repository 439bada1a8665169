"""A text as a report may show it: as it is, or that it is withheld because a personal number stands in it."""

from __future__ import annotations

from functools import lru_cache

from boards.model.privacy.identifiers import NumberKind
from boards.model.privacy.numbers import numbers_in

_IN_TEXT = {
    NumberKind.MOBILE: ("UNMASKED_PHONE_IN_TEXT", "文字里有电话号码，公示时必须去掉。"),
    NumberKind.BANK: ("UNMASKED_ACCOUNT_IN_TEXT", "文字里有银行账号，公示时必须去掉。"),
}
_ID_IN_TEXT = ("UNMASKED_ID_IN_TEXT", "文字里有身份证号，公示时必须去掉。")


@lru_cache(maxsize=4096)
def told_in_text(text: str) -> tuple[str, str] | None:
    """Code and message when free text carries a personal number; None for the usual harmless text."""
    seen = numbers_in(text)
    return _IN_TEXT.get(seen[0].kind, _ID_IN_TEXT) if seen else None


def shown(text: str) -> str:
    """Text for a report: withheld as a whole when a personal number stands in it."""
    return "（含个人号码，不显示）" if told_in_text(text) else text
