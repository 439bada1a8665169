"""P16: every name can be printed. Fonts are the machine's, not the file's: who draws comes as an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from boards.model.findings import CellFinding, Level
from boards.model.rare_characters import rare_characters
from sync.county.checks.place import at_row

if TYPE_CHECKING:
    from sync.county.reading import Row

Drawn: TypeAlias = Callable[[frozenset[str]], frozenset[str]]
"""Which of these characters a font here draws."""

_ADVICE = "请安装字库（apt-get install fonts-noto-cjk fonts-babelstone-han），或把含此字的字体放进字体目录。"


def names_are_drawn(rows: Sequence[Row], drawn: Drawn) -> Iterator[CellFinding]:
    """A note for each name with a character that no installed font draws, with the font to install.

    Only rare characters are asked about: every font has the others.
    """
    rare = frozenset(rare_characters({*"".join(map(_names, rows))}))
    lost = rare - drawn(rare) if rare else rare
    for row in rows if lost else ():
        if missing := sorted(lost & {*_names(row)}):
            codes = "、".join(f"U+{ord(char):04X}" for char in missing)
            message = f"姓名里有这台机器的字体画不出的字（{codes}），打印时会停下。{_ADVICE}"
            yield at_row(row, Level.NOTE, "NAME_NOT_DRAWN", message)


def _names(row: Row) -> str:
    return row.payout.holder + row.payout.payee + row.payout.beneficiary
