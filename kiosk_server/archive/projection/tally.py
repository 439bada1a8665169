"""What is counted while a list streams by, so that its close need not read it again.

Only for a list that begins and closes within one import and has nothing but published lines;
everything else is counted from the tables, and a property test holds the two ways together.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from operator import lt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boards.model.payouts import Payout

_ZERO = Decimal(0)
MOST_LINES = 131_072  # 4 MiB of hashes; a longer list is counted from the tables


class Tally:
    """Lines, quantity, leaf hashes and whether records rise, of one list so far."""

    __slots__ = ("hashes", "last_rec", "lines", "quantity", "records_rise")

    def __init__(self) -> None:
        self.lines = 0
        self.quantity = _ZERO
        self.hashes = bytearray()  # RFC 6962 leaf hashes in log order
        self.last_rec = ""
        self.records_rise = True  # each rec greater than the one before: none stands twice

    def add_lines(self, heads: list[bytes], recs: list[str], payouts: list[Payout]) -> None:
        """Count published lines in log order."""
        self.lines += len(recs)
        self.hashes += b"".join([sha256(b"\x00" + head).digest() for head in heads])
        self.quantity += sum([p.quantity for p in payouts if p.quantity is not None], _ZERO)
        keys = [self.last_rec, *recs]
        lengths = list(map(len, keys))
        one_length = lengths.count(lengths[0]) == len(lengths)
        ordered: list[Any] = keys if one_length else list(zip(lengths, keys, strict=True))  # 9999 < 10000
        self.records_rise = self.records_rise and all(map(lt, ordered, ordered[1:]))
        self.last_rec = keys[-1]
