"""What a roster's title and file name say about its batch: offered to a clerk, who confirms (settled §17)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.numerals import number_from_words
from boards.model.payouts import Phase
from sync.county.checks.title_agrees import programme_named

if TYPE_CHECKING:
    from boards.model.pack import Pack
    from sync.county.reading import Reading

_YEAR = re.compile(r"(20\d{2})\s*年?")
_PERIOD = re.compile(
    r"第?([0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:批次?|期|季度|次)|([0-9]{1,2}|[一二三四五六七八九十]{1,3})月份?"
)
_APPLICATION = re.compile(r"申报|核实|拟补贴|登记公示")


def prefilled(reading: Reading, pack: Pack) -> dict[str, str]:
    """Fields of batch.toml as text; what nothing says is left out."""
    text = f"{reading.title} {reading.file}"
    year = _YEAR.search(text)
    programme = programme_named(text, pack.programmes)
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


def _period(text: str) -> int:
    """第三批 → 3, 2季度 → 2, 9月 → 9; a roster that does not say is the first."""
    found = _PERIOD.search(text)
    if not found:
        return 1
    written = found[1] or found[2]
    return (int(written) if written.isdecimal() else number_from_words(written)) or 1
