"""期号: one period in all its spellings, so that one payment has one name (settled §43)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from boards.model.numerals import number_from_words
from boards.model.payouts import Phase

if TYPE_CHECKING:
    from boards.model.payouts import Terms

_NUMBERED = re.compile(
    r"(?:(20\d\d)[-年./]?)?第?([0-9]{1,6}|[一二三四五六七八九十百零]{1,5})(?:期|批次?|次|季度|月份?)?",
    re.ASCII,
)
_NAMED = re.compile(r"[0-9A-Z]{1,8}(-[0-9A-Z]{1,8})?", re.ASCII)


def period_no(said: str, fiscal_year: int) -> str:
    """The one spelling: 1, 01, 第1期, 第一批, 一季度, 2025年1月, 202501 are 2025-01; "" for what is none."""
    text = "".join(unicodedata.normalize("NFKC", said).split()).upper()
    if found := _NUMBERED.fullmatch(text):
        year, written = found.groups()
        if number := int(written) if written.isdecimal() else number_from_words(written):
            return f"{year or fiscal_year}-{number:02d}"
    if not _NAMED.fullmatch(text):
        return ""
    parts = [part.lstrip("0") or "0" for part in text.split("-")]
    return "-".join(parts if len(parts) > 1 else [str(fiscal_year), *parts])


def same_period(one: Terms, other: Terms) -> bool:
    """Whether two lists are of one programme and one period, however each spells it; the phase may differ."""
    return _period(one) == _period(other)


def year_before(one: Terms, other: Terms) -> bool:
    """Whether `other` paid the same programme in the same period (01, 02 …) of the year before."""
    if one.programme != other.programme or one.fiscal_year != other.fiscal_year + 1:
        return False  # nearly always, and without reading a period
    year, said, was = one.fiscal_year, _period(one)[2], _period(other)[2]
    paid = one.phase is other.phase is Phase.PAYMENT
    return paid and was == said.replace(f"{year}-", f"{year - 1}-", 1)


def _period(terms: Terms) -> tuple[str, int, str]:
    year, said = terms.fiscal_year, terms.period_no
    return terms.programme, year, period_no(said, year) or said
