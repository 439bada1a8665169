"""The mapping file: which column of a foreign table is what, in TOML.

payee = "Beneficiary"            # header text, or a column's letter
amount = ["EAGF", "EAFRD"]       # one column, or several that add up
area = "Municipality"            # optional, as are all below
scheme = "Measure"
year = "Year"
total = "Total"                  # a column that declares what the payee gets in all
total_words = ["TOTAL"]          # the payee's cell of a line that sums others
declared_total = "59,123.40"     # what the publisher says the whole file comes to
header_line = 1
delimiter = ";"                  # told from the first lines when left out
encoding = "cp1252"              # told from the bytes when left out
decimal = ","                    # "." when left out; the other one groups thousands
"""

from __future__ import annotations

import codecs
from decimal import ROUND_HALF_UP
from typing import Literal

import msgspec

from sync.county.foreign.errors import MappingUnreadable
from sync.county.roster.cells import figure

_LIMIT = 10**14
_SIGNS = str.maketrans("", "", "€£$¥￥ \u00a0\u202f'")


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the columns of a table are, and how it writes."""

    payee: str
    amount: str | tuple[str, ...]
    area: str = ""
    scheme: str = ""
    year: str = ""
    total: str = ""
    total_words: tuple[str, ...] = ()
    declared_total: str = ""
    header_line: int = 1
    delimiter: str = ""
    encoding: str = ""
    decimal: Literal[".", ","] = "."

    @property
    def amounts(self) -> tuple[str, ...]:
        """Columns that add up to a row's amount."""
        return (self.amount,) if isinstance(self.amount, str) else self.amount

    def fen(self, text: str) -> tuple[int | None, bool]:
        """Amount in hundredths, and whether it is exact; None for what is no number."""
        if self.decimal == ".":
            digits = text[:-3] + text[-2:] if text[-3:-2] == "." else ""
            if digits.isdecimal() and digits.isascii() and len(digits) < 15:
                return int(digits), True  # nearly every cell
        return self._read(text)

    def _read(self, text: str) -> tuple[int | None, bool]:
        plain = text.translate(_SIGNS)
        if self.decimal == ",":
            plain = plain.replace(".", "").replace(",", ".")
        value = figure(plain).value
        if value is None or abs(value) > _LIMIT:
            return None, True
        fen = value * 100
        whole = fen.to_integral_value(ROUND_HALF_UP)
        return int(whole), whole == fen


def mapping_toml(data: bytes, name: str) -> Mapping:
    """Read a mapping file; raises MappingUnreadable."""
    try:
        mapping = msgspec.toml.decode(data, type=Mapping)
        if mapping.encoding:
            codecs.lookup(mapping.encoding)
    except (msgspec.MsgspecError, LookupError, UnicodeDecodeError) as why:
        raise MappingUnreadable(name=name, why=str(why).splitlines()[0][:80]) from why
    if not mapping.amounts or mapping.header_line < 1 or len(mapping.delimiter) > 1:
        raise MappingUnreadable(name=name, why="amount、header_line 或 delimiter 不对")
    if mapping.declared_total and mapping.fen(mapping.declared_total)[0] is None:
        raise MappingUnreadable(name=name, why="declared_total 不是数字")
    return mapping
