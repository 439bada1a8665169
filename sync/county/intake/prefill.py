"""What a roster's title and file name say about its batch: offered to a clerk, who confirms (settled §17)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from boards.model.numerals import number_from_words
from boards.model.payouts import Phase

if TYPE_CHECKING:
    from boards.model.pack import Pack, Programme
    from sync.county.reading import Reading

_YEAR = re.compile(r"(20\d{2})\s*年?")
_PERIOD = re.compile(
    r"第?([0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:批次?|期|季度|次)|([0-9]{1,2}|[一二三四五六七八九十]{1,3})月份?"
)
_APPLICATION = re.compile(r"申报|核实|拟补贴|登记公示")
_LIKE_ENOUGH = 0.6  # share of a programme's name that a title must hold


def prefilled(reading: Reading, pack: Pack) -> dict[str, str]:
    """Fields of batch.toml as text; what nothing says is left out."""
    text = f"{reading.title} {reading.file}"
    year = _YEAR.search(text)
    programme = programme_named(text, pack)
    application = bool(_APPLICATION.search(text))
    paid_on = None if application else reading.last_paid_on
    fields = {
        "programme": programme.code if programme else "",
        "fiscal_year": year[1] if year else "",
        "period_no": f"{year[1]}-{_period(text):02d}" if year else "",
        "phase": (Phase.APPLICATION if application else Phase.PAYMENT).value,
        "paid_on": paid_on.isoformat() if paid_on else "",
        "office": programme.department if programme else "",
        "phone": pack.supervision_phone,
    }
    return {name: value for name, value in fields.items() if value}


def programme_named(text: str, pack: Pack) -> Programme | None:
    """The programme whose name the text holds best; None when none is close or two are equally close."""
    scored = []
    for one in pack.programmes:  # by the share of the name's letters found in blocks of two or more
        blocks = SequenceMatcher(None, one.name, text, autojunk=False).get_matching_blocks()
        scored.append((sum(block.size for block in blocks if block.size > 1) / len(one.name), one.code, one))
    scored.sort(reverse=True)
    if not scored or scored[0][0] < _LIKE_ENOUGH or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][2]


def _period(text: str) -> int:
    """第三批 → 3, 2季度 → 2, 9月 → 9; a roster that does not say is the first."""
    found = _PERIOD.search(text)
    if not found:
        return 1
    written = found[1] or found[2]
    return (int(written) if written.isdecimal() else number_from_words(written)) or 1
